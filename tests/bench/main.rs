//! `make bench`: what TfPilot costs beside what it stands on, as ratios on this machine.
//!
//! Speed is measured here and never asserted by a test: a number belongs to a machine and its load. Each file
//! measures one subject; [`report`] says how numbers become rows, [`machine`] where they were taken. What the world
//! is made of is `tests/world`'s.

mod bare;
mod change;
mod cost;
mod disk;
mod load;
mod machine;
mod plans;
mod process;
mod report;
mod requests;
mod stacks;
mod story;
mod terraform;
mod timeline;
mod webhooks;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};

use crate::report::Report;

/// Runs whose median is reported, unless `--runs` says otherwise.
const RUNS: usize = 5;

/// Argument with which this program starts itself as the handler to compare with.
const BARE_HANDLER: &str = "bare-handler";

/// Argument with which this program starts itself to look at one plan.
const PLAN_CHILD: &str = "one-plan";

const USAGE: &str = "usage: tfpilot-bench [--runs N] [changes|cost|notes|plans|requests|stacks|webhooks]";

/// What is asked for on the command line.
struct Arguments {
    runs: usize,
    only: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some(BARE_HANDLER) => bare::serve().await,
        Some(PLAN_CHILD) => plans::child(arguments.get(1..).unwrap_or_default()),
        _ => measure(&arguments).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(arguments: &[String]) -> anyhow::Result<()> {
    let Arguments { runs, only } = read(arguments)?;
    let wanted = |section: &str| only.as_deref().is_none_or(|only| only == section);
    let dir = tempfile::tempdir().context("a directory for the stores")?;
    let mut report = Report::default();
    report.note(&machine::describe(dir.path()));
    if wanted("changes") {
        change::buckets(&mut report, runs, dir.path()).await?;
        print(&mut report);
    }
    if wanted("notes") {
        change::notes(&mut report, runs, dir.path()).await?;
        print(&mut report);
    }
    if wanted("cost") {
        cost::measure(&mut report)?;
        print(&mut report);
    }
    if wanted("plans") {
        plans::measure(&mut report, runs, dir.path()).await?;
        print(&mut report);
    }
    if wanted("requests") {
        requests::measure(&mut report)?;
        print(&mut report);
    }
    if wanted("stacks") {
        stacks::measure(&mut report, dir.path()).await?;
        print(&mut report);
    }
    if wanted("webhooks") {
        webhooks::measure(&mut report, runs, dir.path()).await?;
        print(&mut report);
    }
    report.note(&format!("load at the end: {}", machine::load()));
    print(&mut report);
    Ok(())
}

/// Prints what is measured so far, so that a later section that fails takes nothing with it.
fn print(report: &mut Report) {
    let _ = writeln!(std::io::stdout(), "{}", std::mem::take(report).render());
}

fn read(arguments: &[String]) -> anyhow::Result<Arguments> {
    let mut read = Arguments { runs: RUNS, only: None };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => {
                let number = words.next().and_then(|number| number.parse().ok());
                read.runs = number.with_context(|| format!("--runs wants a number; {USAGE}"))?;
            }
            "changes" | "cost" | "notes" | "plans" | "requests" | "stacks" | "webhooks" => {
                read.only = Some(word.clone())
            }
            other => bail!("{other:?} is not known; {USAGE}"),
        }
    }
    ensure!((1..=100).contains(&read.runs), "--runs is from 1 to 100; {USAGE}");
    Ok(read)
}

/// Tells whoever waits what is being measured; the report alone goes to stdout.
fn progress(what: &str) {
    let _ = writeln!(std::io::stderr(), "bench: {what}");
}
