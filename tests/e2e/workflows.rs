//! Workflow runs that end badly, on GitHub's word and not on a timer's: plans are made elsewhere, an apply is never
//! repeated, what a newer head made pointless is cancelled.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tfpilot::store::View;
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::told::{check, only_pull, told};

const BUCKET: &str = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";

async fn world() -> Result<World> {
    World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await
}

/// How every workflow run ended, in their order.
fn ends(world: &World) -> Result<Vec<String>> {
    let runs = world.forge.runs(REPOSITORY)?;
    Ok(runs.into_iter().map(|run| run.conclusion.unwrap_or(run.status)).collect())
}

/// Waits until a row of the view holds the text: the moment a story is about lies within a job.
async fn until(world: &World, view: View, text: &str) -> Result<()> {
    for _ in 0..60_000 {
        let rows = world.app().store().scan(view, "", 100).await?;
        if rows.iter().any(|(_, row)| String::from_utf8_lossy(row).contains(text)) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bail!("{view:?} never held {text}")
}

fn last_run(world: &World) -> Result<u64> {
    Ok(world.forge.runs(REPOSITORY)?.last().context("a workflow run")?.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_starts_nothing_is_dispatched_again_at_once_then_given_up() -> Result<()> {
    let world = world().await?;
    world.forge.github().starts_no_runs(2);
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(ends(&world)?, ["startup_failure", "startup_failure"]);
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure ") && plan.contains("no runner"), "{plan}");

    // Asked again, it goes on as if nothing had been; one bad start in between is not seen by anybody.
    world.forge.github().starts_no_runs(1);
    world.alice().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.settle().await?;
    assert_eq!(ends(&world)?, ["startup_failure", "startup_failure", "startup_failure", "success"]);
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success "), "{plan}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_machine_costs_a_plan_once_and_an_apply_its_certainty() -> Result<()> {
    let world = world().await?;
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    until(&world, View::Jobs, "\"queued\":false").await?;
    world.forge.loses_machine(REPOSITORY, last_run(&world)?)?;
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(ends(&world)?, ["failure", "success"]);
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success "), "{plan}");

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    until(&world, View::Tickets, "\"spent\"").await?;
    world.forge.loses_machine(REPOSITORY, last_run(&world)?)?;
    world.settle().await?;
    told(&world, number, "@alice I do not know how the apply of `live/dev/acme-invoices` ended")?;
    assert_eq!(ends(&world)?, ["failure", "success", "failure", "success"], "a fresh plan, no apply");
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_head_cancels_the_run_of_a_plan_that_nobody_waits_for() -> Result<()> {
    let world = world().await?;
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    until(&world, View::Jobs, "\"queued\":false").await?;
    let number = only_pull(&world)?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    let more = "resource \"terraform_data\" \"more\" {\n  input = \"more\"\n}\n";
    let path = "live/dev/acme-invoices/more.tf";
    world.forge.carol().pushes(REPOSITORY, &branch, &[(path, more)], "more").await?;
    world.settle().await?;
    let cancel = "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel";
    assert_eq!(world.forge.request_counts(None).get(cancel), Some(&1));
    let ends = ends(&world)?;
    ensure!(ends.len() == 2 && ends.last().is_some_and(|end| end == "success"), "{ends:?}");
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success "), "{plan}");
    world.finish().await
}
