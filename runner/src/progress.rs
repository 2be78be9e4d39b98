//! Where a job is: kept for the heartbeat, told to whoever watches the worker's console. Lines are masked
//! before they come here.

use std::fmt;
use std::sync::Mutex;

use tfpilot_protocol::{Heartbeat, Phase};

use crate::terraform::diagnostics::cut;

/// More lines of one job are counted, not shown.
const MOST_LINES: u64 = 20_000;

/// Who hears what a job says: a log or an Actions console.
pub trait Watch: Send + Sync {
    /// A new phase begins.
    fn phase(&self, phase: Phase);
    /// One masked line of output.
    fn line(&self, line: &str);
}

/// Writes to the worker's log.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log;

impl Watch for Log {
    fn phase(&self, phase: Phase) {
        tracing::info!(?phase, "phase");
    }
    fn line(&self, line: &str) {
        tracing::debug!(target: "tfpilot_runner::output", "{line}");
    }
}

/// The state of one job.
pub struct Progress {
    now: Mutex<Heartbeat>,
    lines: std::sync::atomic::AtomicU64,
    watch: std::sync::Arc<dyn Watch>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Progress {
    /// At the beginning of a job.
    pub fn new(watch: std::sync::Arc<dyn Watch>) -> Self {
        let now = Heartbeat { phase: Phase::Checkout, done: 0, total: 0, line: None };
        Self { now: Mutex::new(now), lines: std::sync::atomic::AtomicU64::new(0), watch }
    }

    /// The next phase begins.
    pub fn phase(&self, phase: Phase) {
        self.change(|now| now.phase = phase);
        self.watch.phase(phase);
    }

    /// One masked line.
    pub fn line(&self, line: &str) {
        let line = cut(line.trim_end(), 2000);
        if line.is_empty() {
            return;
        }
        let count = self.lines.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match count.cmp(&MOST_LINES) {
            std::cmp::Ordering::Less => line.split('\n').for_each(|part| self.watch.line(part)),
            std::cmp::Ordering::Equal => self.watch.line("(more output is not shown)"),
            std::cmp::Ordering::Greater => {}
        }
        self.change(|now| now.line = Some(line));
    }

    /// How far an apply is.
    pub fn count(&self, done: u32, total: u32) {
        self.change(|now| (now.done, now.total) = (done, total));
    }

    /// What the next heartbeat says.
    pub fn heartbeat(&self) -> Heartbeat {
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Heartbeat)) {
        change(&mut self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}
