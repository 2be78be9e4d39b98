//! What is counted: plain totals of this process and of the log, without any user's text. Telling them is
//! `web::admin`'s.

pub(crate) mod report;
mod tally;
mod text;

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use tfpilot_engine::{Failure, Signal};
use tokio::sync::Mutex;

use self::tally::Tally;
use crate::store::{Store, StoreError};
use crate::worker::Swept;

/// Counters of this process.
#[derive(Debug, Default)]
pub struct Metrics {
    webhooks: AtomicU64,
    webhooks_duplicate: AtomicU64,
    webhooks_refused: AtomicU64,
    commands_done: AtomicU64,
    commands_retried: AtomicU64,
    commands_given_up: AtomicU64,
    commands_delayed: AtomicU64,
    commands_dropped: AtomicU64,
    access_lost: AtomicU64,
    too_much: AtomicU64,
    permissions_lacking: AtomicU64,
    plans: AtomicU64,
    applies: AtomicU64,
    jobs_failed: AtomicU64,
    sweeps: AtomicU64,
    sweeps_failed: AtomicU64,
    deliveries_asked_again: AtomicU64,
    deliveries_given_up: AtomicU64,
    swept_open: AtomicU64,
    /// Calls of the language model by how they ended; the words are ours.
    model: std::sync::Mutex<BTreeMap<&'static str, u64>>,
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
    /// Times that a command waited for GitHub's limits.
    pub commands_delayed: u64,
    /// Commands dropped because GitHub shuts us out of the repository; they are ordered again when it does not.
    pub commands_dropped: u64,
    /// Times that GitHub shut us out of a repository.
    pub access_lost: u64,
    /// Comments and issues that were not read, as too much was asked for within an hour.
    pub too_much: u64,
    /// Times that an installation was found to lack a permission.
    pub permissions_lacking: u64,
    /// Plans reported.
    pub plans: u64,
    /// Stacks applied.
    pub applies: u64,
    /// Jobs that failed.
    pub jobs_failed: u64,
    /// Sweeps of what GitHub did not bring.
    pub sweeps: u64,
    /// Sweeps that could not go on.
    pub sweeps_failed: u64,
    /// Deliveries that GitHub was asked to repeat.
    pub deliveries_asked_again: u64,
    /// Deliveries that never came, however often they were asked for.
    pub deliveries_given_up: u64,
    /// Issues and pull requests that were read after an outage longer than GitHub's memory.
    pub swept_open: u64,
    /// Calls of the language model by how they ended.
    pub model_calls: BTreeMap<&'static str, u64>,
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

    pub(crate) fn command_delayed(&self) {
        add(&self.commands_delayed);
    }

    pub(crate) fn command_dropped(&self) {
        add(&self.commands_dropped);
    }

    pub(crate) fn too_much(&self) {
        add(&self.too_much);
    }

    pub(crate) fn access_lost(&self) {
        add(&self.access_lost);
    }

    pub(crate) fn permission_lacking(&self) {
        add(&self.permissions_lacking);
    }

    pub(crate) fn swept(&self, swept: &Swept) {
        add(&self.sweeps);
        let more = |counter: &AtomicU64, by: usize| {
            counter.fetch_add(u64::try_from(by).unwrap_or(u64::MAX), Ordering::Relaxed)
        };
        more(&self.deliveries_asked_again, swept.asked_again);
        more(&self.deliveries_given_up, swept.given_up);
        more(&self.swept_open, swept.issues + swept.pulls);
    }

    pub(crate) fn sweep_failed(&self) {
        add(&self.sweeps_failed);
    }

    /// The language model answered, with something that counts or nothing.
    pub(crate) fn model_answered(&self, with_something: bool) {
        self.model_ended(if with_something { "suggested" } else { "nothing" });
    }

    /// The language model was of no use: why, in one of our words.
    pub(crate) fn model_failed(&self, word: &'static str) {
        self.model_ended(word);
    }

    fn model_ended(&self, word: &'static str) {
        let mut calls = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(word).or_default() += 1;
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
            commands_delayed: read(&self.commands_delayed),
            commands_dropped: read(&self.commands_dropped),
            access_lost: read(&self.access_lost),
            too_much: read(&self.too_much),
            permissions_lacking: read(&self.permissions_lacking),
            plans: read(&self.plans),
            applies: read(&self.applies),
            jobs_failed: read(&self.jobs_failed),
            sweeps: read(&self.sweeps),
            sweeps_failed: read(&self.sweeps_failed),
            deliveries_asked_again: read(&self.deliveries_asked_again),
            deliveries_given_up: read(&self.deliveries_given_up),
            swept_open: read(&self.swept_open),
            model_calls: self.model.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
