//! Pull requests beyond the straight path: closed, reopened, overtaken by their base.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{check, only_pull, planned_note, told};

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_issue_stops_the_request_and_reopening_goes_on() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let issue = 1;
    world.alice().closes(REPOSITORY, issue).await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.open, "{}", world.forge.thread(REPOSITORY, number)?);
    told(&world, issue, "closed without an apply\nNext: nothing. To go on, reopen #1.")?;
    told(&world, number, "### Closed without an apply\nNext: nothing. To go on, reopen #1.")?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "neutral Closed without an apply");

    world.alice().reopens(REPOSITORY, issue).await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.open);
    assert_eq!(only_pull(&world)?, number);
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_that_a_person_closed_stays_closed_until_a_person_opens_it() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.bob().closes(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().closes(REPOSITORY, 1).await?;
    world.settle().await?;
    world.alice().reopens(REPOSITORY, 1).await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.open);
    told(&world, number, "To go on, reopen #2.")?;
    world.bob().reopens(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_whose_branch_is_gone_cannot_be_reopened_and_it_is_said() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    world.alice().closes(REPOSITORY, 1).await?;
    world.settle().await?;
    world.bob().deletes_branch(REPOSITORY, &branch).await?;
    world.alice().reopens(REPOSITORY, 1).await?;
    world.settle().await?;
    told(&world, 1, "@alice **#2 stays closed**")?;
    told(&world, 1, &format!("restore the branch `{branch}` and reopen #2"))?;
    world.finish().await
}
