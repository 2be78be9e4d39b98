//! How much of GitHub we use: requests per kind of route, and what each installation's hourly limit has left.
//!
//! Labels are templates of our own code, so no user text becomes one. What to do with the rest of a limit is
//! the outbox's decision; a limit that was hit is a pause in which nothing is asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, Method};
use jiff::Timestamp;

use super::{Identity, failure::header};
use crate::github::InstallationId;

/// One kind of request and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteKind {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Such as `/repos/{owner}/{repo}/issues/{number}`.
    pub template: &'static str,
    /// The HTTP status, or 0 when there was no answer.
    pub status: u16,
}

/// What GitHub said about an installation's primary limit in its latest answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests an hour.
    pub limit: u64,
    /// Requests left until the reset.
    pub remaining: u64,
    /// When the count starts anew.
    pub resets_at: Timestamp,
}

/// What an installation may still ask for, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The installation.
    pub installation: InstallationId,
    /// What GitHub said last of its hourly limit.
    pub allowance: Option<Allowance>,
    /// Until when GitHub wants to hear nothing.
    pub paused_until: Option<Timestamp>,
}

/// Counts; shared by all clients of one process.
#[derive(Debug, Default)]
pub(super) struct Meter {
    counts: Mutex<BTreeMap<RouteKind, u64>>,
    allowances: Mutex<HashMap<Identity, Allowance>>,
    /// Until when GitHub wants to hear nothing, by who speaks.
    pauses: Mutex<HashMap<Identity, Timestamp>>,
    paused: AtomicU64,
}

impl Meter {
    /// Counts one request; a 304 counts as itself, as it costs nothing of the limit.
    pub(super) fn count(&self, method: &Method, template: &'static str, status: u16) {
        let kind = RouteKind { method: method.to_string(), template, status };
        *lock(&self.counts).entry(kind).or_default() += 1;
    }

    /// Remembers what an answer says about the limit.
    pub(super) fn read_allowance(&self, identity: Identity, headers: &HeaderMap) {
        let number = |name| header(headers, name).and_then(|text| text.parse::<i64>().ok());
        let (Some(limit), Some(remaining), Some(reset)) =
            (number("x-ratelimit-limit"), number("x-ratelimit-remaining"), number("x-ratelimit-reset"))
        else {
            return;
        };
        // Search and GraphQL have limits of their own, which say nothing about this one.
        if header(headers, "x-ratelimit-resource").is_some_and(|resource| resource != "core") {
            return;
        }
        if let Ok(resets_at) = Timestamp::from_second(reset) {
            let whole = |number: i64| u64::try_from(number).unwrap_or(0);
            let allowance = Allowance { limit: whole(limit), remaining: whole(remaining), resets_at };
            lock(&self.allowances).insert(identity, allowance);
        }
    }

    /// Asks nothing until then. True when there was no pause before.
    pub(super) fn pause(&self, identity: Identity, until: Timestamp, now: Timestamp) -> bool {
        let mut pauses = lock(&self.pauses);
        let running = pauses.get(&identity).copied().filter(|known| *known > now);
        pauses.insert(identity, running.map_or(until, |known| known.max(until)));
        let begins = running.is_none() && until > now;
        if begins {
            self.paused.fetch_add(1, Ordering::Relaxed);
        }
        begins
    }

    /// The end of the pause, while there is one.
    pub(super) fn paused_until(&self, identity: Identity, now: Timestamp) -> Option<Timestamp> {
        lock(&self.pauses).get(&identity).copied().filter(|until| *until > now)
    }

    /// How often a pause began.
    pub(super) fn pauses(&self) -> u64 {
        self.paused.load(Ordering::Relaxed)
    }

    /// Every installation that was spoken for, by its id.
    pub(super) fn budgets(&self, now: Timestamp) -> Vec<Budget> {
        let known: BTreeSet<InstallationId> = lock(&self.allowances)
            .keys()
            .chain(lock(&self.pauses).keys())
            .filter_map(|identity| match identity {
                Identity::App => None,
                Identity::Installation(id) => Some(*id),
            })
            .collect();
        let budget = |installation| {
            let identity = Identity::Installation(installation);
            let (allowance, paused_until) = (self.allowance(identity), self.paused_until(identity, now));
            Budget { installation, allowance, paused_until }
        };
        known.into_iter().map(budget).collect()
    }

    pub(super) fn counts(&self) -> BTreeMap<RouteKind, u64> {
        lock(&self.counts).clone()
    }

    pub(super) fn allowance(&self, identity: Identity) -> Option<Allowance> {
        lock(&self.allowances).get(&identity).copied()
    }
}

/// A panic elsewhere leaves counters and caches usable: they hold nothing that can be half done.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
