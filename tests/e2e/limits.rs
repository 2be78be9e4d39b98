//! GitHub's limits: one pause for everybody, what was asked for is done afterwards, and people see what waits.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{NOTE, check, only_pull, reactions};

/// API calls of the installation, as `POST 201 /repos/…`.
fn calls(world: &World) -> Vec<String> {
    let requests = world.forge.requests();
    let ours = requests.into_iter().filter(|seen| !seen.path.starts_with("/app"));
    ours.map(|seen| format!("{} {} {}", seen.method, seen.status, seen.path)).collect()
}

/// digger #2004, atlantis #3756, atlantis #4932, stategraph #554: limits failed without a word.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_one_pause_for_everything() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    world.forge.github().on("POST", "/git/").rate_limits(600, 1);
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    let before = calls(&world);
    let limited = before.iter().position(|call| call.starts_with("POST 429")).context("no limit was met")?;
    // The one that was under way at the same moment may still come; nothing begins after it.
    ensure!(before.len() - limited <= 4, "asked on: {:?}", before.get(limited..));
    // A comment of the meantime waits as well.
    world.alice().comments(REPOSITORY, issue, "/tfpilot help").await?;
    world.settle().await?;
    assert_eq!(calls(&world).len(), before.len(), "nothing is asked during the pause");
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());

    world.advance(Duration::from_secs(601));
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    ensure!(world.forge.comments(REPOSITORY, issue)?.len() >= 2, "the command was answered");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secondary_limit_holds_back_as_well_and_the_apply_is_done_afterwards() -> Result<()> {
    let world = World::start().await?;
    let number = crate::told::planned_note(&world).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.forge.github().on("PUT", "/merge").limits_secondarily(300, 1);
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged, "the limit was not met");
    let met = calls(&world);
    let limited = met.iter().rposition(|call| call.starts_with("PUT 403")).context("no limit was met")?;
    ensure!(met.len() - limited <= 4, "asked on: {:?}", met.get(limited..));

    world.advance(Duration::from_secs(301));
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_the_hour_is_for_what_runs_and_people_see_what_waits() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    world.forge.github().has_used(4_900);
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "new work was begun with the last requests");
    let sticky = world.forge.comments(REPOSITORY, issue)?.into_iter().next().context("a comment")?;
    let lines: Vec<&str> = sticky.body.lines().take(2).collect();
    ensure!(lines[0].ends_with(": opening a pull request"), "{lines:?}");
    ensure!(
        lines[1].starts_with("Next: delayed by GitHub until ") && lines[1].ends_with(" UTC."),
        "{lines:?}"
    );

    // A courtesy waits with it.
    let comment = world.alice().comments(REPOSITORY, issue, "/tfpilot help").await?;
    world.settle().await?;
    ensure!(reactions(&world, issue, comment)?.is_empty());

    world.advance(Duration::from_secs(3_600));
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    ensure!(!reactions(&world, issue, comment)?.is_empty(), "the reaction is made up for");
    let sticky = world.forge.comments(REPOSITORY, issue)?.into_iter().next().context("a comment")?;
    ensure!(!sticky.body.contains("delayed"), "{}", sticky.body);
    world.finish().await
}
