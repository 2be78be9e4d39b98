//! Owns: the forge's time: the machine's, plus what a test advanced it by.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A clock that only a test moves ahead of the machine's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    ahead_millis: Arc<AtomicI64>,
}

impl Clock {
    /// The time everybody at the forge agrees on.
    pub(crate) fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_millis.load(Ordering::SeqCst));
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    /// The machine's time. What speaks to the forge signs its tokens by it: libraries have no clock that a test moves.
    pub(crate) fn of_machine() -> Timestamp {
        Timestamp::now()
    }

    /// Moves time on.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::SeqCst);
    }
}

/// A time as pages show it.
pub(crate) fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A time as GitHub writes it: UTC, whole seconds.
pub(crate) fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
