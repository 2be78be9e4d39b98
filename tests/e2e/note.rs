//! The whole path on `local/note`: no cloud, every layer.

use anyhow::{Context, Result};
use tfpilot_tests::{NOTE, REPOSITORY, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_becomes_an_applied_note() -> Result<()> {
    let world = World::start().await?;
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;

    let forge = &world.forge;
    let pull = forge.pulls(REPOSITORY)?.into_iter().next().context("a pull request")?;
    assert_eq!(pull.title, "feat(dev): add note hello-team");
    let number = pull.number;
    let at = format!("#{number}");
    let plan = forge.check(REPOSITORY, &at, "tfpilot/plan")?;
    assert_eq!(
        (plan.conclusion.as_deref(), plan.title.as_str()),
        (Some("success"), "1 create in live/dev/hello-team")
    );
    let apply = forge.check(REPOSITORY, &at, "tfpilot/apply")?;
    assert_eq!((apply.status.as_str(), apply.title.as_str()), ("queued", "Waiting for 1 approval"));

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;

    assert!(forge.pull(REPOSITORY, number)?.merged, "{}", forge.thread(REPOSITORY, number)?);
    assert!(!forge.issue(REPOSITORY, issue)?.open);
    let state = std::fs::read_to_string(world.dir().join("state/live/dev/hello-team.tfstate"))?;
    assert!(state.contains("Welcome to TfPilot"));
    world.finish().await
}
