//! A model that fails again and again is left alone for a while, so that requests do not wait for nothing.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::ModelError;

/// Failures in a row.
const FAILURES: u32 = 3;

/// How long it is left alone then.
const REST: Duration = Duration::from_secs(60);

/// How it fared of late.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rests_until: Option<Instant>,
}

impl Health {
    /// Whether it is left alone now.
    pub(super) fn rests(&self) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.rests_until.is_some_and(|until| until > Instant::now())
    }

    /// Takes in how a call ended.
    pub(super) fn note(&self, error: Option<&ModelError>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            None => *state = State::default(),
            Some(_) => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= FAILURES {
                    state.failures = 0;
                    state.rests_until = Some(Instant::now() + REST);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_are_a_rest() {
        let (health, failed) = (Health::default(), ModelError::Status { status: 500 });
        for _ in 0..2 {
            health.note(Some(&failed));
            health.note(Some(&failed));
            health.note(None);
            assert!(!health.rests());
        }
        for _ in 0..3 {
            health.note(Some(&failed));
        }
        assert!(health.rests());
    }
}
