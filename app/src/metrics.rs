//! What is counted: plain totals of this process and of the log, without any user's text. Telling them is
//! `web::admin`'s.

pub(crate) mod report;
mod tally;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use tfpilot_engine::{Failure, Signal};
use tokio::sync::Mutex;

use self::tally::Tally;
use crate::store::{Store, StoreError};

/// Counters of this process.
#[derive(Debug, Default)]
pub struct Metrics {
    webhooks: AtomicU64,
    webhooks_duplicate: AtomicU64,
    webhooks_refused: AtomicU64,
    commands_done: AtomicU64,
    commands_retried: AtomicU64,
    commands_given_up: AtomicU64,
    plans: AtomicU64,
    applies: AtomicU64,
    jobs_failed: AtomicU64,
    /// Totals of the log, where they were asked for; one reader at a time counts on.
    tally: Mutex<Option<Tally>>,
}

/// The counters at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct Counts {
    /// Webhooks acknowledged.
    pub webhooks: u64,
    /// Of these, known already.
    pub webhooks_duplicate: u64,
    /// Webhooks without a valid signature.
    pub webhooks_refused: u64,
    /// Commands that had their effect.
    pub commands_done: u64,
    /// Attempts that are made again later.
    pub commands_retried: u64,
    /// Commands that failed for good.
    pub commands_given_up: u64,
    /// Plans reported.
    pub plans: u64,
    /// Stacks applied.
    pub applies: u64,
    /// Jobs that failed.
    pub jobs_failed: u64,
}

impl Metrics {
    pub(crate) fn webhook_accepted(&self, duplicate: bool) {
        add(&self.webhooks);
        if duplicate {
            add(&self.webhooks_duplicate);
        }
    }

    pub(crate) fn webhook_refused(&self) {
        add(&self.webhooks_refused);
    }

    pub(crate) fn command_done(&self) {
        add(&self.commands_done);
    }

    pub(crate) fn command_retried(&self) {
        add(&self.commands_retried);
    }

    pub(crate) fn command_given_up(&self) {
        add(&self.commands_given_up);
    }

    pub(crate) fn job_concluded(&self, signal: &Signal) {
        match signal {
            Signal::Planned { .. } => add(&self.plans),
            Signal::StackApplied { .. } => add(&self.applies),
            Signal::JobFailed { failure, .. } if !matches!(failure, Failure::Cancelled) => {
                add(&self.jobs_failed)
            }
            _ => {}
        }
    }

    /// The totals of the log, up to its end.
    async fn tally(&self, store: &dyn Store) -> Result<Tally, StoreError> {
        let mut kept = self.tally.lock().await;
        let mut tally = match kept.take() {
            Some(tally) => tally,
            None => Tally::load(store).await?,
        };
        let followed = tally.follow(store).await;
        // What was counted before a failure is counted.
        *kept = Some(tally.clone());
        followed.map(|()| tally)
    }

    /// The counters now.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            webhooks: read(&self.webhooks),
            webhooks_duplicate: read(&self.webhooks_duplicate),
            webhooks_refused: read(&self.webhooks_refused),
            commands_done: read(&self.commands_done),
            commands_retried: read(&self.commands_retried),
            commands_given_up: read(&self.commands_given_up),
            plans: read(&self.plans),
            applies: read(&self.applies),
            jobs_failed: read(&self.jobs_failed),
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
