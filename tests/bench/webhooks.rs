//! Webhooks: how fast they are acknowledged, what they leave on disk, and what they do to memory.
//!
//! The load is of a kind that needs no decision (a check suite), padded to the size of GitHub's larger payloads: what
//! is measured is taking, keeping and finishing it, not GitHub.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tfpilot_forge::{Forge, ForgeOptions};
use tfpilot_tests::Server;

use crate::bare::Bare;
use crate::load::{self, Bounds, Letter, Loaded};
use crate::report::{Report, median, percentile, ratio, size, spread, time, times};
use crate::{disk, process, progress};

/// Connections at the same time, each measured for itself.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Deliveries of one run for each connection; time may end it earlier.
const PER_CONNECTION: u64 = 500;

/// Longest time of one run.
const RUN: Duration = Duration::from_secs(4);

/// Deliveries after which memory and store are looked at.
const MANY: u64 = 100_000;

/// Longest time for [`MANY`].
const MANY_WITHIN: Duration = Duration::from_secs(180);

/// How long the server may work on what it has taken.
const CALM_WITHIN: Duration = Duration::from_secs(400);

/// Size of a payload, in bytes: between GitHub's small and large ones.
const PAYLOAD: usize = 12 * 1024;

const REPOSITORY: &str = "acme/infra";

/// Runs of one number of connections.
#[derive(Default)]
struct Level {
    ours: Vec<Loaded>,
    bare: Vec<Loaded>,
}

/// Acknowledgement, growth and memory.
///
/// # Errors
/// When the server does not start, or refuses a delivery.
pub(crate) async fn measure(report: &mut Report, runs: usize, dir: &Path) -> anyhow::Result<()> {
    let options = ForgeOptions { state_dir: Some(dir.join("forge")), ..ForgeOptions::default() };
    let forge = Forge::start(options).await?;
    let letter = Arc::new(letter(&forge).await?);
    acknowledge(report, &forge, &letter, runs, dir).await?;
    grow(report, &forge, &letter, dir).await
}

async fn acknowledge(
    report: &mut Report,
    forge: &Forge,
    letter: &Arc<Letter>,
    runs: usize,
    dir: &Path,
) -> anyhow::Result<()> {
    let server = Server::start(forge, &dir.join("acknowledge")).await?;
    let bare = Bare::start(&forge.webhook_secret()).await?;
    // The first delivery of a repository reads its configuration from GitHub.
    load::run(server.address(), letter, Bounds { connections: 1, count: 1, time: RUN }).await?;
    process::idle(server.pid()?, CALM_WITHIN).await?;
    let mut syncs = Vec::new();
    let mut levels: Vec<Level> = CONNECTIONS.iter().map(|_| Level::default()).collect();
    for run in 1..=runs {
        progress(&format!("webhooks, run {run} of {runs}"));
        syncs.push(disk::syncs_per_second(dir)?);
        for (level, connections) in levels.iter_mut().zip(CONNECTIONS) {
            let bounds = Bounds { connections, count: PER_CONNECTION * connections as u64, time: RUN };
            level.bare.push(load::run(&bare.address, letter, bounds).await?);
            level.ours.push(load::run(server.address(), letter, bounds).await?);
            process::idle(server.pid()?, CALM_WITHIN).await?;
        }
    }
    report.section(&format!("webhooks of {}, acknowledged when durable", size(letter.len() as f64)));
    let disk = median(&syncs);
    let (least, most) = (percentile(&syncs, 0.0), percentile(&syncs, 1.0));
    report.number("the disk: 4 KiB appended + fdatasync", &format!("{disk:.0}/s ({least:.0} to {most:.0})"));
    for (level, connections) in levels.iter().zip(CONNECTIONS) {
        show(report, level, connections, disk);
    }
    Ok(())
}

fn show(report: &mut Report, level: &Level, connections: usize, disk: f64) {
    let rates = |all: &[Loaded]| median(&all.iter().map(Loaded::rate).collect::<Vec<_>>());
    let (ours, bare) = (rates(&level.ours), rates(&level.bare));
    let named = |what: &str| format!("{connections} connections: {what}");
    report.row(
        &named("acknowledged, against the disk"),
        &format!("{ours:.0}/s"),
        &format!("{disk:.0} fdatasync/s"),
        &times(ratio(ours, disk)),
    );
    report.row(
        &named("acknowledged, against a handler that keeps nothing"),
        &format!("{ours:.0}/s"),
        &format!("{bare:.0}/s"),
        &times(ratio(ours, bare)),
    );
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let of = |all: &[Loaded]| -> Vec<f64> {
            all.iter().map(|loaded| percentile(&loaded.latencies, share)).collect()
        };
        let (ours, bare) = (of(&level.ours), of(&level.bare));
        report.row(
            &named(name),
            &spread(&ours),
            &format!("bare {}", time(median(&bare))),
            &times(ratio(median(&ours), median(&bare))),
        );
    }
}

async fn grow(report: &mut Report, forge: &Forge, letter: &Arc<Letter>, dir: &Path) -> anyhow::Result<()> {
    let dir = dir.join("grow");
    let server = Server::start(forge, &dir).await?;
    process::idle(server.pid()?, CALM_WITHIN).await?;
    let idle = process::resident(server.pid()?)?;
    let before = disk::allocated(&dir.join("data"));
    progress(&format!("{MANY} webhooks"));
    let bounds = Bounds { connections: 16, count: MANY, time: MANY_WITHIN };
    let sent = load::run(server.address(), letter, bounds).await?.latencies.len();
    process::idle(server.pid()?, CALM_WITHIN).await?;
    let grown = disk::allocated(&dir.join("data")).saturating_sub(before);
    report.section("memory and disk of `tfpilot serve`");
    report.number("resident, idle with an empty store", &size(idle));
    report
        .number(&format!("resident, idle after {sent} deliveries"), &size(process::resident(server.pid()?)?));
    report.number("the most that was resident meanwhile", &size(process::resident_peak(server.pid()?)?));
    let each = ratio(grown as f64, sent as f64);
    report.row(
        &format!("store growth per delivery, over {sent} that are finished"),
        &size(each),
        &format!("a body of {}", size(letter.len() as f64)),
        &times(ratio(each, letter.len() as f64)),
    );
    Ok(())
}

/// What GitHub says of a new check suite after a push, signed.
async fn letter(forge: &Forge) -> anyhow::Result<Letter> {
    forge.repository(REPOSITORY, &[("README.md", "# infra\n")]).await?;
    let files = [("README.md", "# infrastructure\n")];
    forge.alice().pushes(REPOSITORY, "topic", &files, "words").await?;
    let delivery = forge.deliveries().into_iter().find(|delivery| delivery.event == "check_suite");
    let mut payload = delivery.context("the forge sent no check_suite after a push")?.payload;
    let length = PAYLOAD.saturating_sub(payload.to_string().len());
    if let Some(fields) = payload.as_object_mut() {
        fields.insert("padding".to_owned(), "x".repeat(length).into());
    }
    Letter::new("check_suite", payload.to_string().into_bytes(), &forge.webhook_secret())
}
