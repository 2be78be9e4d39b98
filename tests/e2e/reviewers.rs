//! Who GitHub asks for a review.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{check, planned_note};

const TEAM: &str = "acme/platform";

fn requested(world: &World, number: u64) -> Result<Vec<String>> {
    Ok(world.forge.pull(REPOSITORY, number)?.requested)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_approve_is_asked_for_a_review_once() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    assert_eq!(requested(&world, number)?, [TEAM]);

    // A person takes it back: it stays so, whatever is pushed.
    world.alice().asks_no_review(REPOSITORY, number, &[TEAM]).await?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    let more = ("live/dev/hello-team/more.tf", "resource \"terraform_data\" \"more\" {}\n");
    world.forge.carol().pushes(REPOSITORY, &branch, &[more], "more").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    ensure!(requested(&world, number)?.is_empty(), "asked again");
    assert_eq!(world.recorded("review-requested").await?, 1);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_asks_nobody_and_a_refusal_of_github_stops_nothing() -> Result<()> {
    let world = World::start().await?;
    let main = crate::by_hand::stack(&world, "drafted", "resource \"terraform_data\" \"this\" {}\n");
    world
        .alice()
        .pushes(REPOSITORY, "drafted", &[("live/dev/drafted/main.tf", main.as_str())], "a stack")
        .await?;
    let number = world.alice().opens_draft(REPOSITORY, "drafted", "main", "a stack", "by hand").await?;
    world.settle().await?;
    ensure!(requested(&world, number)?.is_empty(), "a draft asked for a review");
    world.forge.github().on("POST", "/requested_reviewers").answers(422, 1);
    world.alice().marks_ready(REPOSITORY, number).await?;
    world.settle().await?;
    ensure!(requested(&world, number)?.is_empty(), "GitHub had refused");
    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}
