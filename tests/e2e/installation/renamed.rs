//! A repository with another name is the same repository: by its number, whatever is open goes on.

use anyhow::{Context, Result, ensure};
use tfpilot::worker::sweep;
use tfpilot_tests::{NOTE, REPOSITORY, Stage, World, WorldOptions};

use super::{all_conclude, applying_many, check, in_state, merged, told, working};
use crate::told::planned_note;

const RENAMED: &str = "acme/platform";

async fn renamed(world: &World) -> Result<()> {
    assert_eq!(world.forge.carol().renames_repository(REPOSITORY, "platform").await?, RENAMED);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_an_approval_goes_on_under_the_new_name() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    renamed(&world).await?;
    world.settle().await?;
    world.bob().approves(RENAMED, number).await?;
    world.settle().await?;
    world.alice().comments(RENAMED, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, RENAMED, number)?;
    assert_eq!(world.recorded("run-requested").await?, 2, "one plan, one apply: nothing was made twice");
    assert_eq!(world.recorded("requested").await?, 1);

    // What comes later is no different.
    world.alice().opens_issue(RENAMED, "Another note", &NOTE.replace("hello-team", "second-team")).await?;
    world.settle().await?;
    let next = world.forge.pulls(RENAMED)?.last().context("a pull request")?.number;
    assert_eq!(check(&world, RENAMED, next, "tfpilot/plan")?, "success 1 create in live/dev/second-team");
    world.finish().await
}

/// The word of the rename is lost, so the app asks under the old name, which leads to the new one.
#[tokio::test(flavor = "multi_thread")]
async fn an_apply_ends_and_is_merged_though_nobody_told_of_the_new_name() -> Result<()> {
    let world = World::start().await?;
    let number = applying_many(&world).await?;
    world.forge.github().loses_webhooks(1);
    renamed(&world).await?;
    world.settle().await?;
    merged(&world, RENAMED, number)?;
    assert_eq!(in_state(&world, "many")?, 400);
    assert_eq!((world.recorded("ticket-spent").await?, world.recorded("stack-applied").await?), (1, 1));
    let led: Vec<u16> = world.forge.requests().into_iter().map(|seen| seen.status).collect();
    ensure!(led.contains(&301) && led.contains(&307), "no old name was asked");
    told(&world, RENAMED, number, "Applied")?;
    let violations = world.forge.contract_violations();
    ensure!(violations.is_empty(), "{violations:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_runs_proves_itself_under_either_name_and_links_lead_to_the_new_one() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let bucket = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", bucket).await?;
    for _ in 0..60_000 {
        if !world.forge.runs(REPOSITORY)?.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    // The job proves itself before any word of the rename arrives.
    world.forge.github().loses_webhooks(1);
    renamed(&world).await?;
    world.settle().await?;
    let number = world.forge.pulls(RENAMED)?.first().context("a pull request")?.number;
    assert_eq!(world.forge.runs(RENAMED)?.len(), 1, "one workflow run was enough");
    all_conclude(&world, RENAMED, number)?;
    ensure!(check(&world, RENAMED, number, "tfpilot/plan")?.starts_with("success "));

    world.bob().approves(RENAMED, number).await?;
    world.settle().await?;
    world.alice().comments(RENAMED, number, "/tfpilot apply").await?;
    working(&world).await?;
    world.settle().await?;
    merged(&world, RENAMED, number)?;
    ensure!(world.aws()?.has("acme-invoices").await?, "there is no bucket");
    let sticky = world.forge.comments(RENAMED, number)?.into_iter().next().context("a comment")?;
    ensure!(sticky.body.contains("/acme/platform/actions/runs/"), "{}", sticky.body);
    ensure!(!sticky.body.contains("/acme/infra/"), "{}", sticky.body);
    Ok(())
}

/// A delivery that comes late names the repository as it was called then; by now that is somebody else's name.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_delivery_with_the_old_name_is_not_about_whoever_has_it_now() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    sweep(world.app()).await.context("the sweep failed")?;
    world.forge.github().loses_webhooks(1);
    world.alice().comments(REPOSITORY, number, "/tfpilot help").await?;
    renamed(&world).await?;
    world.settle().await?;
    world.forge.repository(REPOSITORY, &[("README.md", "# another\n")]).await?;
    let issue = world.alice().opens_issue(REPOSITORY, "Lunch", "Where do we go?").await?;
    world.settle().await?;

    assert_eq!(sweep(world.app()).await.context("the sweep failed")?.asked_again, 1);
    world.settle().await?;
    told(&world, RENAMED, number, "You may here: ")?;
    ensure!(world.forge.comments(REPOSITORY, issue)?.is_empty(), "told in the wrong repository");
    world.bob().approves(RENAMED, number).await?;
    world.settle().await?;
    world.alice().comments(RENAMED, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, RENAMED, number)?;
    world.finish().await
}
