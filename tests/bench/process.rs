//! What Linux says of a running process: memory and processor time.

use std::time::Duration;

use anyhow::{Context, bail};

/// Between two looks at the processor time.
const LOOK: Duration = Duration::from_millis(500);

/// Looks in a row without work after which a process counts as idle.
const QUIET_LOOKS: u32 = 4;

/// Clock ticks which an idle process may use between two looks, for its timers.
const IDLE_TICKS: u64 = 1;

/// Resident memory, in bytes.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident(pid: u32) -> anyhow::Result<f64> {
    status(pid, "VmRSS")
}

/// The most memory that was ever resident, in bytes.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident_peak(pid: u32) -> anyhow::Result<f64> {
    status(pid, "VmHWM")
}

/// Waits until the process uses no processor time any more.
///
/// # Errors
/// When it is gone, or not idle within the deadline.
pub(crate) async fn idle(pid: u32, deadline: Duration) -> anyhow::Result<()> {
    let end = tokio::time::Instant::now() + deadline;
    let (mut before, mut quiet) = (ticks(pid)?, 0);
    while quiet < QUIET_LOOKS {
        if tokio::time::Instant::now() > end {
            bail!("process {pid} is still busy after {deadline:?}");
        }
        tokio::time::sleep(LOOK).await;
        let now = ticks(pid)?;
        quiet = if now.saturating_sub(before) <= IDLE_TICKS { quiet + 1 } else { 0 };
        before = now;
    }
    Ok(())
}

fn status(pid: u32, name: &str) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes: Option<f64> =
        line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse().ok());
    Ok(kibibytes.with_context(|| format!("{path} has no {name}"))? * 1024.0)
}

/// User and system time so far.
fn ticks(pid: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    // The name in brackets may hold spaces; what follows it does not.
    let rest = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let numbers: Vec<u64> =
        rest.split_whitespace().skip(11).take(2).filter_map(|word| word.parse().ok()).collect();
    Ok(numbers.iter().sum())
}
