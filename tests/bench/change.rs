//! What a change costs: TfPilot's time beside Terraform's own, its calls to GitHub, and what it leaves in the store.
//!
//! A request is played to its checks, bare Terraform plans the same files, then the change is applied; so both meet the
//! same load of the machine. The first request of a repository is told apart: its plan brings the lock file back.

use std::collections::BTreeMap;
use std::path::Path;

use tfpilot_forge::Seen;
use tfpilot_tests::{Stage, World, WorldOptions};

use crate::disk::allocated;
use crate::progress;
use crate::report::{Report, count, median, percent, ratio, size, spread, time};
use crate::story;
use crate::terraform::{Bare, Call, Calls, Terraform, until_init};
use crate::timeline::{Timeline, WORKER};

/// TfPilot's own share should stay below this.
const GOAL: f64 = 0.10;

/// Endpoints that are listed.
const LISTED: usize = 6;

/// What one change took.
struct Change {
    timeline: Timeline,
    /// Terraform's calls inside the plan's run, where they can be seen.
    inside: Vec<Call>,
    /// The same inside the apply's.
    apply_inside: Vec<Call>,
    /// From the order to apply to the merge, in seconds.
    apply: f64,
    bare: Bare,
    planning: Vec<Seen>,
    applying: Vec<Seen>,
}

/// All changes of one world.
struct Changes {
    first: Change,
    rest: Vec<Change>,
    store: f64,
    blobs: f64,
}

/// Buckets on AWS, planned in the repository's workflow.
///
/// # Errors
/// When a story does not end well.
pub(crate) async fn buckets(report: &mut Report, runs: usize, dir: &Path) -> anyhow::Result<()> {
    let options =
        WorldOptions { stage: Stage::Actions, dir: Some(dir.join("aws")), ..WorldOptions::default() };
    let world = World::start_with(options).await?;
    let terraform = Terraform::find(world.aws()?.environment())?;
    let calls = terraform.timed(&dir.join("timed"))?;
    world.forge.runner_env("PATH", &calls.path());
    world.forge.runner_env("BASH_ENV", &calls.begin());
    let request =
        |name: &str| format!("We need an S3 bucket called {name} in dev, versioned, owned by team billing");
    let changes = play(&world, &terraform, Some(&calls), runs, ("bucket", &request)).await?;

    report.section("a bucket: AWS provider and S3 backend on moto, in the workflow");
    share(report, &changes, Some(GOAL));
    inside(report, &changes.rest);
    applying(report, &changes.rest);
    let total = changes.first.timeline.total();
    let bare = changes.first.bare.total().as_secs_f64();
    report.row(
        "first request of the repository, whose lock file comes back",
        &time(total),
        &format!("bare {}", time(bare)),
        &percent(ratio(total - bare, bare)),
    );
    traffic(report, &changes);
    Ok(())
}

/// Notes in `terraform_data`, planned by the sidecar.
///
/// # Errors
/// When a story does not end well.
pub(crate) async fn notes(report: &mut Report, runs: usize, dir: &Path) -> anyhow::Result<()> {
    let options =
        WorldOptions { stage: Stage::Sidecar, dir: Some(dir.join("notes")), ..WorldOptions::default() };
    let world = World::start_with(options).await?;
    let terraform = Terraform::find(Vec::new())?;
    let request =
        |name: &str| format!("We need a note called {name} in dev saying \"Welcome\", team platform");
    let changes = play(&world, &terraform, None, runs, ("note", &request)).await?;
    report.section("a note: no provider, local state, on the sidecar");
    // Against the least that Terraform can do, a share says little: what counts are the milliseconds.
    share(report, &changes, None);
    traffic(report, &changes);
    Ok(())
}

/// Plays one request more than `runs`, each planned by both, and applied.
async fn play(
    world: &World,
    terraform: &Terraform,
    calls: Option<&Calls>,
    runs: usize,
    (kind, request): (&str, &dyn Fn(&str) -> String),
) -> anyhow::Result<Changes> {
    let mut files = BTreeMap::new();
    let data = world.dir().join("app");
    let sizes = || (allocated(&data.join("store")) as f64, allocated(&data.join("blobs")) as f64);
    let mut before = sizes();
    let (mut first, mut rest) = (None, Vec::new());
    for number in 0..=runs {
        let name = format!("acme-{kind}-{number}");
        progress(&format!("{kind} {number} of {runs}"));
        let played = story::plan(world, &name, &request(&name), &mut files).await?;
        let inside = calls.map(Calls::take).unwrap_or_default();
        let bare = terraform.bare(&files, &played.stack).await?;
        let applied = story::apply(world, played.pull).await?;
        let apply_inside = calls.map(Calls::take).unwrap_or_default();
        let (timeline, planning) = (played.timeline, played.planning);
        let (apply, applying) = (applied.seconds, applied.calls);
        let change = Change { timeline, inside, apply_inside, apply, bare, planning, applying };
        if first.is_none() {
            first = Some(change);
            before = sizes();
        } else {
            rest.push(change);
        }
    }
    let first = first.ok_or_else(|| anyhow::anyhow!("nothing was played"))?;
    let (after, number) = (sizes(), rest.len() as f64);
    Ok(Changes { first, rest, store: (after.0 - before.0) / number, blobs: (after.1 - before.1) / number })
}

/// From the issue to the checks, against bare Terraform, and where the time goes.
fn share(report: &mut Report, changes: &Changes, goal: Option<f64>) {
    let rest = &changes.rest;
    let totals = each(rest, |change| change.timeline.total());
    let bare = each(rest, |change| change.bare.total().as_secs_f64());
    let own = each(rest, |change| own(change) / change.bare.total().as_secs_f64());
    let against = format!("bare init + plan + show {}", spread(&bare));
    let what = "issue opened → checks finished; ratio: what is added";
    match goal {
        Some(goal) => report.goal(what, &spread(&totals), &against, median(&own), goal),
        None => report.row(what, &spread(&totals), &against, &percent(median(&own))),
    }
    report.number("added to bare Terraform", &spread(&each(rest, self::own)));
    for (name, _) in &changes.first.timeline.steps {
        report.number(name, &spread(&each(rest, |change| change.timeline.step(name))));
    }
}

/// What is neither init, plan nor show as everybody runs them.
fn own(change: &Change) -> f64 {
    change.timeline.total() - change.bare.total().as_secs_f64()
}

/// Terraform's processes inside the run, and what the worker does around them.
fn inside(report: &mut Report, rest: &[Change]) {
    let all = |change: &Change| taken(&change.inside, &[]);
    for name in ["version", "init", "plan", "show"] {
        let of = |change: &Change| taken(&change.inside, &[name]);
        let against = match name {
            "init" => each(rest, |change| change.bare.init.as_secs_f64()),
            "plan" => each(rest, |change| change.bare.plan.as_secs_f64()),
            "show" => each(rest, |change| change.bare.show.as_secs_f64()),
            _ => Vec::new(),
        };
        let measured = each(rest, of);
        let (against, quotient) = if against.is_empty() {
            ("nothing: bare Terraform is not asked".to_owned(), String::new())
        } else {
            let quotient = crate::report::times(ratio(median(&measured), median(&against)));
            (format!("bare {}", spread(&against)), quotient)
        };
        report.row(&format!("terraform {name} in the worker"), &spread(&measured), &against, &quotient);
    }
    let started: Vec<f64> = rest.iter().filter_map(|change| until_init(&change.inside)).collect();
    report.number("the action's step starts → `terraform init` starts", &spread(&started));
    let around = each(rest, |change| change.timeline.step(WORKER) - all(change));
    report.number("the worker around Terraform", &spread(&around));
    let outside = each(rest, |change| change.timeline.total() - all(change));
    let share =
        each(rest, |change| ratio(change.timeline.total() - all(change), change.bare.total().as_secs_f64()));
    let bare = each(rest, |change| change.bare.total().as_secs_f64());
    report.row(
        "all that is no Terraform process",
        &spread(&outside),
        &format!("bare {}", time(median(&bare))),
        &percent(median(&share)),
    );
}

/// From the order to apply to the merge, against what everybody runs: `init` and `apply` of the saved plan.
fn applying(report: &mut Report, rest: &[Change]) {
    let needed = |change: &Change| taken(&change.apply_inside, &["init", "apply"]);
    let totals = each(rest, |change| change.apply);
    let bare = each(rest, needed);
    let own = each(rest, |change| ratio(change.apply - needed(change), needed(change)));
    report.goal(
        "`/tfpilot apply` → applied and merged; ratio: what is added",
        &spread(&totals),
        &format!("its own init + apply {}", spread(&bare)),
        median(&own),
        GOAL,
    );
    report.number(
        "of this: `terraform show`, to compare with what was judged",
        &spread(&each(rest, |change| taken(&change.apply_inside, &["show"]))),
    );
    let outside = each(rest, |change| change.apply - taken(&change.apply_inside, &[]));
    report.number("of this: all that is no Terraform process", &spread(&outside));
}

/// What these calls took together; all, where none is named.
fn taken(calls: &[Call], names: &[&str]) -> f64 {
    let counts = |call: &&Call| names.is_empty() || names.contains(&call.name.as_str());
    calls.iter().filter(counts).map(|call| call.seconds).sum()
}

/// Calls to GitHub and bytes in the store.
fn traffic(report: &mut Report, changes: &Changes) {
    let rest = &changes.rest;
    let calls = |of: fn(&Change) -> Vec<&Seen>| median(&each(rest, |change| of(change).len() as f64));
    let all =
        |change: &Change| -> Vec<Seen> { change.planning.iter().chain(&change.applying).cloned().collect() };
    let total = median(&each(rest, |change| all(change).len() as f64));
    let paid =
        median(&each(rest, |change| all(change).iter().filter(|seen| seen.status != 304).count() as f64));
    let writes =
        median(&each(rest, |change| all(change).iter().filter(|seen| seen.method != "GET").count() as f64));
    let planning = calls(|change| change.planning.iter().collect());
    let applying = calls(|change| change.applying.iter().collect());
    report.number("calls to GitHub, issue → applied and merged", &count(total));
    report.number(
        "of these until the checks / from the approval on",
        &format!("{planning:.0} / {applying:.0}"),
    );
    report.number("of these counted by the rate limit (not 304)", &count(paid));
    report.number("of these writes", &count(writes));
    if let Some(last) = rest.last() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for seen in all(last) {
            *counts.entry(format!("{} {}", seen.method, seen.route.unwrap_or(&seen.path))).or_default() += 1;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(name, number)| (std::cmp::Reverse(*number), name.clone()));
        for (name, number) in counts.iter().take(LISTED) {
            report.number(&format!("most asked: `{name}`"), &number.to_string());
        }
    }
    report.number("store growth per change (mean)", &size(changes.store));
    report.number("blobs growth per change (mean)", &size(changes.blobs));
}

fn each(changes: &[Change], of: impl Fn(&Change) -> f64) -> Vec<f64> {
    changes.iter().map(of).collect()
}
