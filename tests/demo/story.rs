//! The story that the demo tells: an issue becomes an applied note.

use anyhow::{Context, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::say::Narrator;

const STEPS: usize = 4;

const REQUEST: &str = "We need a note called hello-team in dev saying \"Welcome to TfPilot\", team platform";

pub(crate) async fn tell(world: &World, narrator: &Narrator) -> anyhow::Result<()> {
    let forge = &world.forge;
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", REQUEST).await?;
    narrator.step(1, STEPS, &format!("alice opens #{issue}"), REQUEST);

    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().next().context("no pull request was opened")?;
    let number = pull.number;
    let plan = forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/plan")?;
    narrator.step(2, STEPS, &format!("tfpilot opens #{number}"), &format!("plan: {}", plan.title));

    world.bob().approves(REPOSITORY, number).await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    let apply = forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/apply")?;
    narrator.step(3, STEPS, "bob approves, alice applies", &apply.title);

    let merged = forge.pull(REPOSITORY, number)?.merged;
    let closed = !forge.issue(REPOSITORY, issue)?.open;
    ensure!(merged && closed, "the story did not end well:\n{}", forge.thread(REPOSITORY, number)?);
    narrator.step(4, STEPS, &format!("#{number} merged, #{issue} closed"), "the note is in the state");
    Ok(())
}
