//! What nothing is left to do about is folded away, once.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{check, only_pull, told};

/// What the thread's folded comments begin with, each with why it is folded.
fn folded(world: &World, number: u64) -> Result<Vec<String>> {
    let comments = world.forge.comments(REPOSITORY, number)?.into_iter();
    let folded = comments.filter_map(|comment| {
        let start: String = comment.body.chars().take_while(|c| *c != ':' && *c != '.').collect();
        comment.minimized.map(|why| format!("{why} {start}"))
    });
    Ok(folded.collect())
}

/// atlantis #3367: threads were full of comments that said nothing new.
#[tokio::test(flavor = "multi_thread")]
async fn answered_questions_and_lifted_refusals_are_folded_away_once() -> Result<()> {
    let world = World::start().await?;
    let text = "We need a note in dev saying \"Welcome\", team platform";
    let issue = world.alice().opens_issue(REPOSITORY, "A note", text).await?;
    world.settle().await?;
    assert_eq!(folded(&world, issue)?, [""; 0]);
    world.alice().comments(REPOSITORY, issue, "name: hello-team").await?;
    world.settle().await?;
    assert_eq!(folded(&world, issue)?, ["resolved @alice one answer is missing"]);

    let number = only_pull(&world)?;
    world.alice().comments(REPOSITORY, number, "/tfpilot aply").await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "@alice **Not approved**")?;
    assert_eq!(folded(&world, number)?, [""; 0]);
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(folded(&world, number)?, ["resolved @alice **Not approved**"]);
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    assert_eq!(
        folded(&world, number)?,
        ["resolved @alice **Unknown command `aply`**", "resolved @alice **Not approved**"]
    );
    assert_eq!(world.recorded("call-settled").await?, 3, "each was settled once");
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_again_later_is_a_comment_of_its_own() -> Result<()> {
    let world = World::start().await?;
    let number = crate::told::planned_note(&world).await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    // GitHub fails at first: the comment is folded all the same.
    world.forge.github().on("POST", "/graphql").answers(502, 1);
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(folded(&world, number)?, ["resolved @alice **Not approved**"]);
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");

    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    let more = ("live/dev/hello-team/more.tf", "resource \"terraform_data\" \"more\" {}\n");
    world.forge.carol().pushes(REPOSITORY, &branch, &[more], "more").await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    let open =
        world.forge.comments(REPOSITORY, number)?.into_iter().filter(|comment| {
            comment.minimized.is_none() && comment.body.contains("@alice **Approval stale**")
        });
    assert_eq!(open.count(), 1, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}
