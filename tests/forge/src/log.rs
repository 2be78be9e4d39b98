//! Owns: the record of API calls, so that tests can count them per endpoint and per pull request.

use jiff::Timestamp;

use crate::state::World;

/// How many requests an hour an installation has.
const PER_HOUR: usize = 5_000;

/// One API call as it was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The path without prefix.
    pub path: String,
    /// The endpoint (`/repos/{owner}/{repo}/pulls`); `None` when the forge does not serve it.
    pub route: Option<&'static str>,
    /// The issue or pull request the path names.
    pub number: Option<u64>,
    /// What was answered.
    pub status: u16,
}

impl Seen {
    pub(crate) fn new(at: Timestamp, method: &str, path: &str, route: Option<&'static str>) -> Seen {
        Seen { at, method: method.to_owned(), path: path.to_owned(), route, number: None, status: 0 }
    }

    pub(crate) fn read_params(&mut self, params: &[(String, String)]) {
        let names = |key: &str| matches!(key, "pull_number" | "issue_number");
        let found = params.iter().find(|(key, _)| names(key));
        self.number = found.and_then(|(_, value)| value.parse().ok());
    }
}

impl World {
    /// How many requests are left this hour. A 304 is free, as at GitHub.
    pub(crate) fn rate_remaining(&self) -> usize {
        let since = self.rate_start();
        let used = self
            .log
            .iter()
            .rev()
            .take_while(|seen| seen.at >= since)
            .filter(|seen| seen.status != 304)
            .count();
        let elsewhere = self.faults.used.filter(|(hour, _)| *hour == since).map_or(0, |(_, used)| used);
        PER_HOUR.saturating_sub(used).saturating_sub(elsewhere)
    }

    /// When the next hour starts, in seconds since 1970.
    pub(crate) fn rate_reset(&self) -> i64 {
        self.rate_start().as_second() + 3_600
    }

    /// When this hour began. It is the installation's own hour, not the clock's.
    pub(crate) fn rate_start(&self) -> Timestamp {
        let since = self.now().as_second() - self.app.created.as_second();
        let started = self.app.created.as_second() + since - since.rem_euclid(3_600);
        Timestamp::from_second(started).unwrap_or(self.app.created)
    }
}
