//! The hash chain over the log: how a record's hash is made, and how a copy of the log is proven whole.
//!
//! Every backend hashes alike, so a log can be exported from one and checked anywhere. The chain shows a change
//! or a gap in what is there. It cannot show a missing end: whoever must notice that keeps the last
//! [`Chained::hash`] elsewhere and compares.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Record, Store, StoreError, StreamId};

/// What stands for the previous hash of the first record.
pub const GENESIS: [u8; 32] = [0; 32];

/// Records read at a time while checking.
const PAGE: usize = 256;

/// SHA-256 over the previous hash, the position, the stream, the version, the time in nanoseconds and the body.
///
/// Numbers are big-endian; stream and body carry their length first, so that no two records hash alike by
/// moving bytes from one to the other.
#[must_use]
pub fn record_hash(
    previous: &[u8; 32],
    position: u64,
    stream: &StreamId,
    version: u64,
    at: Timestamp,
    body: &[u8],
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(position.to_be_bytes());
    hash.update((stream.0.len() as u64).to_be_bytes());
    hash.update(stream.0.as_bytes());
    hash.update(version.to_be_bytes());
    hash.update(at.as_nanosecond().to_be_bytes());
    hash.update((body.len() as u64).to_be_bytes());
    hash.update(body);
    hash.finalize().into()
}

/// The end of a chain that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chained {
    /// How many records were checked.
    pub records: u64,
    /// Position of the last record; the one before the start when none was checked.
    pub position: u64,
    /// Hash of that record.
    pub hash: [u8; 32],
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainVerdict {
    /// Every record follows from the one before.
    Whole(Chained),
    /// The first record that does not.
    Broken {
        /// Where.
        position: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// Checks the log from position `from` on (1 for all of it) and reports the first record that does not follow.
///
/// # Errors
/// What [`Store::log`] gives when the log cannot be read at all.
pub async fn verify_chain(store: &dyn Store, from: u64) -> Result<ChainVerdict, StoreError> {
    let from = from.max(1);
    let mut end = Chained { records: 0, position: from.saturating_sub(1), hash: GENESIS };
    if from > 1 {
        match store.log(from.saturating_sub(2), 1).await?.first() {
            Some(before) if before.position == from.saturating_sub(1) => end.hash = before.hash,
            _ => return Ok(broken(from.saturating_sub(1), "the record before the start is missing")),
        }
    }
    loop {
        let page = store.log(end.position, PAGE).await?;
        if page.is_empty() {
            return Ok(ChainVerdict::Whole(end));
        }
        for record in &page {
            if let Err(why) = follows(&end, record) {
                return Ok(broken(end.position.saturating_add(1), why));
            }
            end = Chained {
                records: end.records.saturating_add(1),
                position: record.position,
                hash: record.hash,
            };
        }
    }
}

/// Whether `record` is the one after `end`.
pub(super) fn follows(end: &Chained, record: &Record) -> Result<(), &'static str> {
    if Some(record.position) != end.position.checked_add(1) {
        return Err("this position is missing");
    }
    let hash =
        record_hash(&end.hash, record.position, &record.stream, record.version, record.at, &record.body);
    if hash == record.hash { Ok(()) } else { Err("its hash does not follow from the record before it") }
}

fn broken(position: u64, why: &str) -> ChainVerdict {
    ChainVerdict::Broken { position, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second implementation of the documented bytes, so that a change of the hash is seen: old logs would
    /// no longer verify.
    #[test]
    fn the_hash_is_over_the_documented_bytes() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let mut bytes = vec![7_u8; 32];
        bytes.extend(3_u64.to_be_bytes());
        bytes.extend(5_u64.to_be_bytes());
        bytes.extend(b"a/b#1");
        bytes.extend(2_u64.to_be_bytes());
        bytes.extend(1_700_000_000_000_000_000_i128.to_be_bytes());
        bytes.extend(2_u64.to_be_bytes());
        bytes.extend(b"{}");
        let expected: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(record_hash(&[7; 32], 3, &StreamId("a/b#1".into()), 2, at, b"{}"), expected);
    }

    #[test]
    fn a_byte_moved_from_stream_to_body_changes_the_hash() {
        let hash = |stream: &str, body: &[u8]| {
            record_hash(&GENESIS, 1, &StreamId(stream.into()), 1, Timestamp::UNIX_EPOCH, body)
        };
        assert_ne!(hash("ab", b"c"), hash("a", b"bc"));
    }
}
