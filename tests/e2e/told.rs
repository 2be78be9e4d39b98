//! What the stories look at: threads as people see them.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

pub(crate) use tfpilot_tests::NOTE;

/// The only pull request.
pub(crate) fn only_pull(world: &World) -> Result<u64> {
    let pulls = world.forge.pulls(REPOSITORY)?;
    ensure!(pulls.len() == 1, "{} pull requests", pulls.len());
    Ok(pulls.first().context("a pull request")?.number)
}

/// Alice asks for a note; its plan is there.
pub(crate) async fn planned_note(world: &World) -> Result<u64> {
    world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    only_pull(world)
}

/// Somebody in the thread was told this.
#[track_caller]
pub(crate) fn told(world: &World, number: u64, text: &str) -> Result<()> {
    let comments = world.forge.comments(REPOSITORY, number)?;
    let found = comments.iter().any(|comment| comment.body.contains(text));
    ensure!(found, "nobody was told {text:?} in\n{}", world.forge.thread(REPOSITORY, number)?);
    Ok(())
}

/// A check's state and title: `success 1 create in …`, `queued Waiting for 1 approval`.
pub(crate) fn check(world: &World, number: u64, name: &str) -> Result<String> {
    let check = world.forge.check(REPOSITORY, &format!("#{number}"), name)?;
    Ok(format!("{} {}", check.conclusion.unwrap_or(check.status), check.title))
}

/// The reactions under a comment, and whose they are.
pub(crate) fn reactions(world: &World, number: u64, comment: u64) -> Result<Vec<String>> {
    let comments = world.forge.comments(REPOSITORY, number)?;
    let found = comments.into_iter().find(|known| known.id == comment).context("the comment")?;
    Ok(found.reactions.into_iter().flat_map(|(one, other)| [one, other]).collect())
}
