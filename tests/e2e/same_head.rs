//! One commit that is the head of two pull requests: its checks are those of the worse one.

use anyhow::{Result, ensure};
use tfpilot::store::StreamId;
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::stack;
use crate::told::{check, told};

/// Runs asked for in the stream of a pull request.
async fn runs(world: &World, number: u64) -> Result<usize> {
    let stream = StreamId(format!("{}/{number}", world.forge.repository_id(REPOSITORY)?));
    let records = world.app().store().load(&stream).await?;
    let run = |body: &[u8]| String::from_utf8_lossy(body).contains("\"run-requested\"");
    Ok(records.iter().filter(|record| run(&record.body)).count())
}

/// `release` is managed too, and lacks a stack of main whose plan fails.
async fn two_bases(world: &World) -> Result<()> {
    let carol = world.forge.carol();
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let config = format!("{config}branches: [main, release]\n");
    carol.pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", config.as_str())], "branches").await?;
    carol.pushes(REPOSITORY, "release", &[("RELEASE.md", "1\n")], "release").await?;
    let broken = stack(world, "broken", "resource \"terraform_data\" \"this\" {\n  inptu = \"x\"\n}\n");
    carol.pushes(REPOSITORY, "main", &[("live/dev/broken/main.tf", broken.as_str())], "broken").await?;
    world.settle().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checks_of_a_shared_commit_are_those_of_the_worse_pull_request() -> Result<()> {
    let world = World::start().await?;
    two_bases(&world).await?;
    let fine = stack(&world, "fine", "resource \"terraform_data\" \"this\" {}\n");
    world.alice().pushes(REPOSITORY, "fine", &[("live/dev/fine/main.tf", fine.as_str())], "fine").await?;
    let good = world.alice().opens_pull(REPOSITORY, "fine", "main", "fine", "").await?;
    world.settle().await?;
    assert_eq!(check(&world, good, "tfpilot/plan")?, "success 1 create in live/dev/fine");

    let bad = world.alice().opens_pull(REPOSITORY, "fine", "release", "fine too", "").await?;
    world.settle().await?;
    let plan = check(&world, good, "tfpilot/plan")?;
    ensure!(plan.starts_with(&format!("failure #{bad}: Failed in live/dev/broken")), "{plan}");
    let summary = world.forge.check(REPOSITORY, &format!("#{good}"), "tfpilot/plan")?.summary;
    let whose = format!("This commit is the head of #{good} and #{bad}; the worst counts.");
    ensure!(summary.starts_with(&whose), "{summary}");
    told(&world, good, "### Plan: 1 create, +\\$0.00/mo. Waiting for 1 approval")?;
    told(&world, bad, "### Plan failed in 1 of 2 stacks")?;

    // The button is the worse one's.
    let before = (runs(&world, good).await?, runs(&world, bad).await?);
    world.alice().presses(REPOSITORY, good, "tfpilot/plan", "plan").await?;
    world.settle().await?;
    assert_eq!((runs(&world, good).await?, runs(&world, bad).await?), (before.0, before.1 + 1));

    // What happens to the other one does not hide it, and closed it counts for nothing.
    world.bob().approves(REPOSITORY, good).await?;
    world.settle().await?;
    let apply = check(&world, good, "tfpilot/apply")?;
    ensure!(apply.starts_with(&format!("failure #{bad}: ")), "{apply}");
    world.alice().closes(REPOSITORY, bad).await?;
    world.settle().await?;
    assert_eq!(check(&world, good, "tfpilot/plan")?, "success 1 create in live/dev/fine");
    assert_eq!(check(&world, good, "tfpilot/apply")?, "queued Ready: 1 create");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_one_of_two_left_shows_the_one_that_stayed() -> Result<()> {
    let world = World::start().await?;
    two_bases(&world).await?;
    let fine = stack(&world, "fine", "resource \"terraform_data\" \"this\" {}\n");
    let files = [("live/dev/fine/main.tf", fine.as_str())];
    let commit = world.alice().pushes(REPOSITORY, "fine", &files, "fine").await?;
    let good = world.alice().opens_pull(REPOSITORY, "fine", "main", "fine", "").await?;
    world.alice().branches(REPOSITORY, "also-fine", &commit).await?;
    let bad = world.alice().opens_pull(REPOSITORY, "also-fine", "release", "fine too", "").await?;
    world.settle().await?;
    let plan = check(&world, good, "tfpilot/plan")?;
    ensure!(plan.starts_with(&format!("failure #{bad}: ")), "{plan}");
    world.alice().pushes(REPOSITORY, "also-fine", &[("docs/a.md", "# A\n")], "prose").await?;
    world.settle().await?;
    assert_eq!(check(&world, good, "tfpilot/plan")?, "success 1 create in live/dev/fine");
    let plan = check(&world, bad, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure Failed in live/dev/broken"), "{plan}");
    world.finish().await
}
