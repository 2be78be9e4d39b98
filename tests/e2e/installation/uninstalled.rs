//! The app is uninstalled in mid-run: it says so once and asks nothing more; plans end, an apply ends by itself and is
//! recorded. Installed again, everything that is open goes on.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use super::{all_conclude, applying_many, check, counted, in_state, is_silent, merged, told, working};
use crate::by_hand::{approved_and_applied, stack};
use crate::told::planned_note;

#[tokio::test(flavor = "multi_thread")]
async fn while_a_plan_runs_it_ends_and_is_made_again_afterwards() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    let number = planning_many(&world).await?;
    world.forge.carol().uninstalls_app("acme").await?;
    is_silent(&world).await?;
    assert_eq!(world.recorded("access-lost").await?, 1, "said once");
    assert_eq!(counted(&world, "access_lost"), 1);
    assert_eq!(world.recorded("plan-recorded").await?, 0);

    world.forge.carol().installs_app("acme").await?;
    world.settle().await?;
    assert_eq!(world.recorded("access-regained").await?, 1);
    all_conclude(&world, REPOSITORY, number)?;
    assert_eq!(check(&world, REPOSITORY, number, "tfpilot/plan")?, "success 1500 create in live/dev/many");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_an_apply_runs_it_ends_is_recorded_and_merged_afterwards() -> Result<()> {
    let world = World::start().await?;
    let number = applying_many(&world).await?;
    world.forge.carol().uninstalls_app("acme").await?;
    is_silent(&world).await?;
    assert_eq!(in_state(&world, "many")?, 400, "the apply was let to end");
    assert_eq!((world.recorded("stack-applied").await?, world.recorded("apply-finished").await?), (1, 1));
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);

    world.forge.carol().installs_app("acme").await?;
    world.settle().await?;
    merged(&world, REPOSITORY, number)?;
    assert_eq!(check(&world, REPOSITORY, number, "tfpilot/apply")?, "success Applied 400 changes");
    assert_eq!(world.recorded("ticket-spent").await?, 1);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_falls_silent_meanwhile_is_unknown_and_told_afterwards() -> Result<()> {
    let mut world = World::start().await?;
    let number = applying_many(&world).await?;
    world.forge.carol().uninstalls_app("acme").await?;
    world.runner().context("a runner")?.kill().await?;
    world.advance(Duration::from_secs(300));
    is_silent(&world).await?;
    assert_eq!(world.recorded("stack-applied").await?, 0);

    world.restart_runner().await?;
    world.forge.carol().installs_app("acme").await?;
    world.settle().await?;
    assert_eq!(check(&world, REPOSITORY, number, "tfpilot/apply")?, "failure Outcome unknown");
    told(&world, REPOSITORY, number, "@alice I do not know how the apply of `live/dev/many` ended")?;
    assert_eq!(world.recorded("ticket-spent").await?, 1, "nothing repeated it");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_waits_for_an_approval_what_people_did_meanwhile_counts() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.forge.carol().uninstalls_app("acme").await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    let other = "We need a note called second-team in dev saying \"Hello\", team platform";
    world.alice().opens_issue(REPOSITORY, "Another note", other).await?;
    world.settle().await?;

    world.forge.carol().installs_app("acme").await?;
    world.settle().await?;
    assert_eq!(check(&world, REPOSITORY, number, "tfpilot/apply")?, "queued Ready: 1 create");
    let opened = world.forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.title.contains("second-team"));
    let opened = opened.context("the issue of the meantime has no pull request")?.number;
    all_conclude(&world, REPOSITORY, opened)?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, REPOSITORY, number)?;
    world.finish().await
}

/// Nobody tells of the end: the first refusal does, and it is told once however many steps meet it.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_nobody_told_of_is_found_out_by_the_first_refusal() -> Result<()> {
    let world = World::start().await?;
    let first = planned_note(&world).await?;
    let number = planning_many(&world).await?;
    world.forge.github().loses_webhooks(1);
    world.forge.carol().uninstalls_app("acme").await?;
    is_silent(&world).await?;
    assert_eq!(world.recorded("access-lost").await?, 2, "once for each open change");
    assert_eq!((counted(&world, "access_lost"), counted(&world, "commands_given_up")), (1, 0));

    world.forge.carol().installs_app("acme").await?;
    world.settle().await?;
    all_conclude(&world, REPOSITORY, number)?;
    approved_and_applied(&world, first).await?;
    merged(&world, REPOSITORY, first)
}

/// A pull request whose plan takes a while; a worker has it.
async fn planning_many(world: &World) -> Result<u64> {
    let slow = "resource \"terraform_data\" \"many\" {\n  count = 1500\n  input = count.index\n}\n";
    let main = stack(world, "many", slow);
    world.alice().pushes(REPOSITORY, "many", &[("live/dev/many/main.tf", main.as_str())], "many").await?;
    let number = world.alice().opens_pull(REPOSITORY, "many", "main", "many", "").await?;
    working(world).await?;
    Ok(number)
}
