//! How much one person may ask of a repository within an hour, so that nobody wears out its budget at GitHub or its runners.
//!
//! Counted in this process: after a restart, and in each replica, anew. A delivery that is tried again counts once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::Limited;

/// Over what is counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Counts that are kept; then those that are over go.
const KEPT: usize = 10_000;

/// What was asked for within the last hour.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    counts: Mutex<HashMap<Asker, VecDeque<(Timestamp, u64)>>>,
}

/// Whose count it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Asker {
    /// The repository's id.
    pub(crate) repository: u64,
    /// The person's id; none for all of them together.
    pub(crate) person: Option<u64>,
    /// What is counted.
    pub(crate) what: Limited,
}

impl Limits {
    /// Counts a delivery by its number, when there are fewer than `most` within the hour; else says when there will be.
    pub(crate) fn admit(
        &self,
        asker: Asker,
        most: u32,
        delivery: u64,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEPT {
            counts.retain(|_, asked| asked.back().is_some_and(|(at, _)| *at + WINDOW > now));
        }
        let asked = counts.entry(asker).or_default();
        while asked.front().is_some_and(|(at, _)| *at + WINDOW <= now) {
            asked.pop_front();
        }
        if asked.iter().any(|(_, counted)| *counted == delivery) {
            return Ok(());
        }
        match asked.front() {
            Some((first, _)) if asked.len() >= usize::try_from(most).unwrap_or(usize::MAX) => {
                Err(*first + WINDOW)
            }
            _ => {
                asked.push_back((now, delivery));
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    const ALICE: Asker = Asker { repository: 1, person: Some(7), what: Limited::Commands };

    #[test]
    fn the_hour_slides_and_each_person_has_their_own() {
        let limits = Limits::default();
        assert_eq!(limits.admit(ALICE, 2, 1, at(0)), Ok(()));
        assert_eq!(limits.admit(ALICE, 2, 2, at(10)), Ok(()));
        assert_eq!(limits.admit(ALICE, 2, 3, at(20)), Err(at(60)));
        assert_eq!(limits.admit(Asker { person: Some(8), ..ALICE }, 2, 4, at(20)), Ok(()));
        assert_eq!(limits.admit(Asker { what: Limited::Requests, ..ALICE }, 2, 5, at(20)), Ok(()));
        assert_eq!(limits.admit(ALICE, 2, 6, at(60)), Ok(()));
        assert_eq!(limits.admit(ALICE, 2, 7, at(61)), Err(at(70)));
    }

    #[test]
    fn a_delivery_that_is_tried_again_counts_once() {
        let limits = Limits::default();
        for _ in 0..3 {
            assert_eq!(limits.admit(ALICE, 1, 1, at(0)), Ok(()));
        }
        assert_eq!(limits.admit(ALICE, 1, 2, at(0)), Err(at(60)));
    }
}
