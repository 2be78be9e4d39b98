//! What one pull request with many stacks asks of GitHub.

use std::path::Path;

use anyhow::ensure;
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::progress;
use crate::report::Report;
use crate::story;

/// Stacks of one pull request.
const STACKS: [usize; 3] = [1, 10, 200];

/// One pull request for each number of stacks, planned and applied on a sidecar.
///
/// # Errors
/// When a story does not end well.
pub(crate) async fn measure(report: &mut Report, dir: &Path) -> anyhow::Result<()> {
    let options =
        WorldOptions { stage: Stage::Sidecar, dir: Some(dir.join("stacks")), ..WorldOptions::default() };
    let world = World::start_with(options).await?;
    // The first one of a repository reads its configuration.
    play(&world, "first", 1).await?;
    report.section("calls to GitHub for one pull request, opened → applied and merged");
    for stacks in STACKS {
        progress(&format!("{stacks} stacks"));
        let (planning, applying) = play(&world, &format!("of-{stacks}"), stacks).await?;
        let text = format!("{}, until the checks {planning}, then {applying}", planning + applying);
        report.number(&format!("{stacks} stacks"), &text);
    }
    Ok(())
}

/// Calls until the checks, and from the approval on.
async fn play(world: &World, name: &str, stacks: usize) -> anyhow::Result<(usize, usize)> {
    world.alice().pushes(REPOSITORY, name, &world.stacks_by_hand(name, stacks), name).await?;
    world.settle().await?;
    let before = world.forge.requests().len();
    let pull = world.alice().opens_pull(REPOSITORY, name, "main", name, "").await?;
    world.settle().await?;
    let planning = world.forge.requests().len() - before;
    let plan = world.forge.check(REPOSITORY, &format!("#{pull}"), "tfpilot/plan")?;
    ensure!(plan.conclusion.as_deref() == Some("success"), "{}", plan.summary);
    Ok((planning, story::apply(world, pull).await?.calls.len()))
}
