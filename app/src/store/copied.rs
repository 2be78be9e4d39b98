//! A copy of the log, or of a part of it: each record carries the hash before it, so that it can be checked without the
//! records that were left out.

use super::Record;
use super::chain::{Chained, GENESIS, follows};

/// A record outside the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The hash of the record before it, copied or not.
    pub previous: [u8; 32],
    /// The record.
    pub record: Record,
}

/// Checks a copy, record by record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyCheck {
    /// What was checked so far.
    pub end: Chained,
    /// How often records are left out between two that are there, or before the first.
    pub gaps: u64,
}

impl Default for CopyCheck {
    fn default() -> Self {
        Self { end: Chained { records: 0, position: 0, hash: GENESIS }, gaps: 0 }
    }
}

impl CopyCheck {
    /// Takes the next record.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub fn next(&mut self, copied: &Copied) -> Result<(), &'static str> {
        let Copied { previous, record } = copied;
        let before = record.position.checked_sub(1).ok_or("positions begin with 1")?;
        if before < self.end.position {
            return Err("its position does not come after the one before it");
        }
        if before == self.end.position && *previous != self.end.hash {
            return Err("the record before it is another one than it was made after");
        }
        follows(&Chained { records: 0, position: before, hash: *previous }, record)?;
        self.gaps = self.gaps.saturating_add(u64::from(before > self.end.position));
        let records = self.end.records.saturating_add(1);
        self.end = Chained { records, position: record.position, hash: record.hash };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::StreamId;
    use crate::store::chain::record_hash;

    fn log(count: u64) -> Vec<Copied> {
        let mut previous = GENESIS;
        (1..=count)
            .map(|position| {
                let (stream, at) = (StreamId("1/2".to_owned()), Timestamp::UNIX_EPOCH);
                let body = format!("{{\"n\":{position}}}").into_bytes();
                let hash = record_hash(&previous, position, &stream, position, at, &body);
                let record = Record { position, stream, version: position, at, body, hash };
                Copied { previous: std::mem::replace(&mut previous, hash), record }
            })
            .collect()
    }

    fn check(copy: &[Copied]) -> Result<CopyCheck, &'static str> {
        let mut check = CopyCheck::default();
        copy.iter().try_for_each(|one| check.next(one)).map(|()| check)
    }

    #[test]
    fn a_part_of_the_log_is_checked_for_what_is_there() {
        let whole = log(5);
        let checked = check(&whole).expect("is whole");
        assert_eq!((checked.end.records, checked.end.position, checked.gaps), (5, 5, 0));
        let part = [whole[1].clone(), whole[2].clone(), whole[4].clone()];
        let checked = check(&part).expect("is whole as far as it goes");
        assert_eq!((checked.end.records, checked.gaps), (3, 2));
    }

    #[test]
    fn what_was_changed_moved_or_put_in_between_is_seen() {
        let whole = log(5);
        let changed = |at: usize, change: fn(&mut Copied)| {
            let mut copy = whole.clone();
            change(&mut copy[at]);
            check(&copy)
        };
        assert!(changed(2, |one| one.record.body = b"{}".to_vec()).is_err());
        assert!(changed(2, |one| one.record.at = Timestamp::MAX).is_err());
        assert!(changed(2, |one| one.record.stream.0.push('0')).is_err());
        assert!(changed(2, |one| one.record.version += 1).is_err());
        assert!(changed(0, |one| one.previous = [1; 32]).is_err());
        // A record that was made anew, with a hash that fits: the one after it was made after another.
        let anew = changed(2, |one| {
            let Copied { previous, record } = one;
            record.body = b"{}".to_vec();
            let Record { position, stream, version, at, body, .. } = &*record;
            record.hash = record_hash(previous, *position, stream, *version, *at, body);
        });
        assert_eq!(anew, Err("the record before it is another one than it was made after"));
        let twice = [whole[0].clone(), whole[0].clone()];
        assert!(check(&twice).is_err());
        let turned = [whole[1].clone(), whole[0].clone()];
        assert!(check(&turned).is_err());
    }
}
