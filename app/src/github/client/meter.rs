//! How much of GitHub we use: requests per kind of route, and what each installation's hourly limit has left.
//!
//! Labels are templates of our own code, so no user text becomes one. What to do with the rest of a limit is
//! the outbox's decision.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, Method};
use jiff::Timestamp;

use super::{Identity, failure::header};

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

/// Counts; shared by all clients of one process.
#[derive(Debug, Default)]
pub(super) struct Meter {
    counts: Mutex<BTreeMap<RouteKind, u64>>,
    allowances: Mutex<HashMap<Identity, Allowance>>,
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
