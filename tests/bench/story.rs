//! One request from the issue to what is applied, and what it took.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use tfpilot_forge::Seen;
use tfpilot_tests::{REPOSITORY, World};

use crate::timeline::Timeline;

/// Records read from the log at once.
const PAGE: usize = 1_000;

/// What one story took.
pub(crate) struct Played {
    /// From the issue to the last check.
    pub(crate) timeline: Timeline,
    /// Directory of the stack.
    pub(crate) stack: String,
    /// What GitHub was asked until the checks were there.
    pub(crate) planning: Vec<Seen>,
    /// Number of the pull request.
    pub(crate) pull: u64,
}

/// Opens an issue and lets everything happen until the checks are there. Adds the rendered files to `files`.
///
/// # Errors
/// When the plan's check is not green: what failed is no measure.
pub(crate) async fn plan(
    world: &World,
    name: &str,
    request: &str,
    files: &mut BTreeMap<String, String>,
) -> anyhow::Result<Played> {
    let forge = &world.forge;
    let (calls, position) = (forge.requests().len(), last_position(world).await?);
    let asked = world.app().clock().now();
    let issue = world.alice().opens_issue(REPOSITORY, "Something for the team", request).await?;
    world.settle().await?;

    let closes = format!("Closes #{issue}");
    let pull = forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.body.contains(&closes));
    let thread = || forge.thread(REPOSITORY, issue).unwrap_or_default();
    let pull = pull.with_context(|| format!("no pull request was opened:\n{}", thread()))?;
    let plan = forge.check(REPOSITORY, &format!("#{}", pull.number), "tfpilot/plan")?;
    ensure!(plan.conclusion.as_deref() == Some("success"), "the plan is not green:\n{}", thread());
    for path in &pull.files {
        files.insert(path.clone(), forge.file(REPOSITORY, &pull.head_ref, path)?);
    }
    let records = world.app().store().log(position, PAGE).await?;
    let planning: Vec<Seen> = forge.requests().into_iter().skip(calls).collect();
    let timeline = Timeline::read(asked, &records, &planning)?;
    Ok(Played { timeline, stack: format!("live/dev/{name}"), planning, pull: pull.number })
}

/// What an apply took.
pub(crate) struct Applied {
    /// From the order to the merge.
    pub(crate) seconds: f64,
    /// What GitHub was asked from the approval on.
    pub(crate) calls: Vec<Seen>,
}

/// Approves and applies what was planned, to the merge.
///
/// # Errors
/// When it is not merged at the end.
pub(crate) async fn apply(world: &World, pull: u64) -> anyhow::Result<Applied> {
    let forge = &world.forge;
    let calls = forge.requests().len();
    world.bob().approves(REPOSITORY, pull).await?;
    world.settle().await?;
    let asked = world.app().clock().now();
    world.alice().comments(REPOSITORY, pull, "/tfpilot apply").await?;
    world.settle().await?;
    let merged = forge.pull(REPOSITORY, pull)?.merged;
    ensure!(merged, "#{pull} was not merged:\n{}", forge.thread(REPOSITORY, pull).unwrap_or_default());
    let calls: Vec<Seen> = forge.requests().into_iter().skip(calls).collect();
    let merge = calls.iter().rev().find(|seen| seen.method == "PUT" && seen.path.ends_with("/merge"));
    let merge = merge.context("no merge was asked for")?;
    Ok(Applied { seconds: merge.at.duration_since(asked).as_secs_f64(), calls })
}

async fn last_position(world: &World) -> anyhow::Result<u64> {
    let mut position = 0;
    loop {
        let page = world.app().store().log(position, PAGE).await?;
        match page.last() {
            Some(record) => position = record.position,
            None => return Ok(position),
        }
    }
}
