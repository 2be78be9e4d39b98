//! The stories that the demo tells: an issue becomes something that is applied.

use anyhow::{Context, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::say::Narrator;

const STEPS: usize = 4;

/// What is asked for, and what is there at the end.
pub(crate) struct Story<'a> {
    pub(crate) title: &'a str,
    pub(crate) request: &'a str,
    pub(crate) end: &'a str,
}

pub(crate) const NOTE: Story<'static> = Story {
    title: "A note for the team",
    request: "We need a note called hello-team in ENVIRONMENT saying \"Welcome to TfPilot\", team platform",
    end: "the note is in the state",
};

pub(crate) const BUCKET: Story<'static> = Story {
    title: "A bucket for invoices",
    request: "We need an S3 bucket called acme-invoices in ENVIRONMENT, versioned, owned by team billing",
    end: "moto has acme-invoices, versioned",
};

/// Plays a story in an environment.
pub(crate) async fn tell(
    world: &World,
    narrator: &mut Narrator,
    story: &Story<'_>,
    environment: &str,
) -> anyhow::Result<()> {
    narrator.restart();
    let forge = &world.forge;
    let request = story.request.replace("ENVIRONMENT", environment);
    let issue = world.alice().opens_issue(REPOSITORY, story.title, &request).await?;
    narrator.step(1, STEPS, &format!("alice opens #{issue}"), &request);

    world.settle().await?;
    let closes = format!("Closes #{issue}");
    let pull = forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.body.contains(&closes));
    let Some(pull) = pull else {
        anyhow::bail!("no pull request was opened:\n{}", forge.thread(REPOSITORY, issue)?)
    };
    let (number, at) = (pull.number, format!("#{}", pull.number));
    let plan = forge.check(REPOSITORY, &at, "tfpilot/plan").context("reading the plan check")?;
    narrator.step(2, STEPS, &format!("tfpilot opens #{number}"), &format!("plan: {}", plan.title));

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    let apply = forge.check(REPOSITORY, &at, "tfpilot/apply")?;
    narrator.step(3, STEPS, "bob approves, alice applies", &apply.title);

    let merged = forge.pull(REPOSITORY, number)?.merged;
    let closed = !forge.issue(REPOSITORY, issue)?.open;
    ensure!(merged && closed, "the story did not end well:\n{}", forge.thread(REPOSITORY, number)?);
    narrator.step(4, STEPS, &format!("#{number} merged, #{issue} closed"), story.end);
    Ok(())
}
