//! The ground moves under a change: its repository is renamed or given away, the app is suspended, uninstalled, installed
//! again, loses a permission and gets it back. Each in the middle of the main story.

mod permission;
mod renamed;
mod suspended;
mod transferred;
mod uninstalled;

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tfpilot::store::View;
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::pull;

/// So many resources that something can happen while they are applied.
const MANY: &str = "resource \"terraform_data\" \"many\" {\n  count = 400\n  input = count.index\n}\n";

/// A change with many resources, approved and asked to be applied; the apply told of its first one.
async fn applying_many(world: &World) -> Result<u64> {
    let number = pull(world, "many", MANY).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    crate::aftermath::first_resource(world, number).await?;
    Ok(number)
}

/// Waits until a worker has a job.
async fn working(world: &World) -> Result<()> {
    for _ in 0..60_000 {
        let rows = world.app().store().scan(View::Jobs, "", 10).await?;
        if rows.iter().any(|(_, row)| String::from_utf8_lossy(row).contains("\"queued\":false")) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    bail!("no worker ever had a job")
}

/// A check's state and title in a repository of any name.
fn check(world: &World, repository: &str, number: u64, name: &str) -> Result<String> {
    let check = world.forge.check(repository, &format!("#{number}"), name)?;
    Ok(format!("{} {}", check.conclusion.unwrap_or(check.status), check.title))
}

/// Every check of ours on a pull request's head has a conclusion, but for those that wait for people.
fn all_conclude(world: &World, repository: &str, number: u64) -> Result<()> {
    for name in ["tfpilot/plan", "tfpilot/policy", "tfpilot/cost"] {
        let found = check(world, repository, number, name)?;
        let concluded = ["success ", "failure ", "neutral ", "action_required "];
        ensure!(concluded.iter().any(|word| found.starts_with(word)), "{name}: {found}");
    }
    Ok(())
}

/// Somebody in a thread of a repository of any name was told this.
#[track_caller]
fn told(world: &World, repository: &str, number: u64, text: &str) -> Result<()> {
    let comments = world.forge.comments(repository, number)?;
    let found = comments.iter().any(|comment| comment.body.contains(text));
    ensure!(found, "nobody was told {text:?} in\n{}", world.forge.thread(repository, number)?);
    Ok(())
}

fn merged(world: &World, repository: &str, number: u64) -> Result<()> {
    let merged = world.forge.pull(repository, number)?.merged;
    ensure!(merged, "not merged:\n{}", world.forge.thread(repository, number)?);
    Ok(())
}

/// Nothing more is asked of GitHub, however long nothing happens; the app's own look after what is unwell left out.
async fn is_silent(world: &World) -> Result<()> {
    world.settle().await?;
    let before = world.forge.requests().len();
    for _ in 0..3 {
        world.advance(Duration::from_secs(3_600));
        world.settle().await?;
    }
    let asked: Vec<String> = world
        .forge
        .requests()
        .into_iter()
        .skip(before)
        .map(|seen| format!("{} {} {}", seen.method, seen.status, seen.path))
        .collect();
    ensure!(asked.is_empty(), "asked on: {asked:?}");
    Ok(())
}

/// The resources of a state on the sidecar's disk.
fn in_state(world: &World, name: &str) -> Result<usize> {
    let path = world.dir().join(format!("state/live/dev/{name}.tfstate"));
    let state: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let instances = state.pointer("/resources/0/instances").and_then(|all| all.as_array());
    Ok(instances.context("instances")?.len())
}

/// What the process counts under this name.
fn counted(world: &World, name: &str) -> u64 {
    let counts = serde_json::to_value(world.app().metrics().counts()).unwrap_or_default();
    counts.get(name).and_then(serde_json::Value::as_u64).unwrap_or(u64::MAX)
}
