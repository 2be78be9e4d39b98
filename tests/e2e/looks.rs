//! `status` and `why`: whoever may read asks, and asking again edits the answer.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{planned_note, reactions, told};

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_asks_where_it_stands_and_what_it_waits_for() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let comment = world.forge.victor().comments(REPOSITORY, number, "/tfpilot status").await?;
    world.settle().await?;
    told(&world, number, &format!("Waiting for 1 approval** (#{number})\nNext: acme/platform reviews"))?;
    told(&world, number, "| Approval | 0 of 1 |\n| Lock | free |\n\n<!-- tfpilot:call status/")?;
    ensure!(reactions(&world, number, comment)?.iter().any(|reaction| reaction == "+1"));

    world.forge.victor().comments(REPOSITORY, number, "/tfpilot why apply").await?;
    world.settle().await?;
    let rule = "1. approved: waiting. `environments.dev.approvals.count` of .github/tfpilot.yml asks 1; counted nobody.";
    told(&world, number, rule)?;

    let before = world.forge.comments(REPOSITORY, number)?.len();
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    // A time is kept to the second: asked in the same one, it would be the same question.
    world.advance(std::time::Duration::from_secs(2));
    world.forge.victor().comments(REPOSITORY, number, "/tfpilot status\n/tfpilot why").await?;
    world.settle().await?;
    let comments = world.forge.comments(REPOSITORY, number)?;
    ensure!(comments.len() == before + 1, "{}", world.forge.thread(REPOSITORY, number)?);
    told(&world, number, &format!("Ready to apply** (#{number})\nNext: alice: `/tfpilot apply`."))?;
    told(
        &world,
        number,
        "approved: open. `environments.dev.approvals.count` of .github/tfpilot.yml asks 1; counted bob.",
    )?;
    ensure!(!comments.iter().any(|comment| comment.body.contains("Waiting for 1 approval** (#")));

    // An issue that is no request has nothing to stand anywhere.
    let issue =
        world.alice().opens_issue(REPOSITORY, "The build is red", "It fails since this morning.").await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, issue, "/tfpilot status").await?;
    world.settle().await?;
    told(&world, issue, "@alice **Not here**: `status` is for a request or pull request.")?;
    world.finish().await
}
