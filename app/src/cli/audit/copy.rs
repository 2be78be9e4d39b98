//! One record of an exported log, as a line of JSON and as a row of CSV. Both hold the same fields, and both are read back.
//!
//! What the hash covers is there byte for byte: `body` is a string and not an object, and the time is in nanoseconds too.
//! `at` and `event` say the same for people and are compared when a file is read; `repository` is today's name and is
//! covered by nothing.

use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::copied::Copied;
use crate::store::{Record, StreamId};

/// The fields, in their order in CSV.
pub(super) const FIELDS: [&str; 10] =
    ["position", "previous", "hash", "change", "version", "at", "at_ns", "repository", "event", "body"];

/// A record as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// Place in the whole log, from 1.
    position: u64,
    /// Hash of the record before it (hex).
    previous: String,
    /// Its own hash (hex).
    hash: String,
    /// The change: repository id and the number it began with.
    change: String,
    /// Place in the change's own history, from 1.
    version: u64,
    /// When it was decided (RFC 3339).
    at: Timestamp,
    /// The same in nanoseconds since 1970: more digits than a number of JSON keeps.
    at_ns: String,
    /// The repository's name today, where it is known.
    repository: Option<String>,
    /// The event's kind.
    event: String,
    /// The event as it was recorded, byte for byte.
    body: String,
}

impl Line {
    /// A record for writing.
    ///
    /// # Errors
    /// When its body is no text, which no event's is.
    pub(super) fn new(copied: &Copied, repository: Option<&str>) -> anyhow::Result<Self> {
        let Copied { previous, record } = copied;
        let body = String::from_utf8(record.body.clone())
            .with_context(|| format!("event {} is no text", record.position))?;
        Ok(Self {
            position: record.position,
            previous: hex::encode(previous),
            hash: hex::encode(record.hash),
            change: record.stream.0.clone(),
            version: record.version,
            at: record.at,
            at_ns: record.at.as_nanosecond().to_string(),
            repository: repository.map(str::to_owned),
            event: kind(&body),
            body,
        })
    }

    /// The record that was written; what people read must be what the hash covers.
    ///
    /// # Errors
    /// With what cannot be read, or says two things.
    pub(super) fn into_copied(self) -> anyhow::Result<Copied> {
        let Self { position, change, version, at, at_ns, event, body, .. } = &self;
        let nanoseconds: i128 = at_ns.parse().with_context(|| format!("at_ns is {at_ns:?}"))?;
        ensure!(at.as_nanosecond() == nanoseconds, "`at` and `at_ns` are not the same time");
        ensure!(*event == kind(body), "`event` is not the kind of event in `body`");
        let record = Record {
            position: *position,
            stream: StreamId(change.clone()),
            version: *version,
            at: *at,
            body: body.clone().into_bytes(),
            hash: hash(&self.hash)?,
        };
        Ok(Copied { previous: hash(&self.previous)?, record })
    }

    /// The values, in the order of [`FIELDS`].
    pub(super) fn values(&self) -> [String; FIELDS.len()] {
        let Self { position, previous, hash, change, version, at, at_ns, repository, event, body } = self;
        [
            position.to_string(),
            previous.clone(),
            hash.clone(),
            change.clone(),
            version.to_string(),
            at.to_string(),
            at_ns.clone(),
            repository.clone().unwrap_or_default(),
            event.clone(),
            body.clone(),
        ]
    }

    /// Reads the values of a row.
    ///
    /// # Errors
    /// When one is missing or cannot be read.
    pub(super) fn from_values(values: Vec<String>) -> anyhow::Result<Self> {
        let count = values.len();
        let Ok([position, previous, hash, change, version, at, at_ns, repository, event, body]) =
            <[String; FIELDS.len()]>::try_from(values)
        else {
            bail!("it has {count} fields instead of {}", FIELDS.len());
        };
        Ok(Self {
            position: position.parse().context("position")?,
            previous,
            hash,
            change,
            version: version.parse().context("version")?,
            at: at.parse().context("at")?,
            at_ns,
            repository: Some(repository).filter(|name| !name.is_empty()),
            event,
            body,
        })
    }
}

/// The kind of event that a body holds; empty where it holds none.
fn kind(body: &str) -> String {
    #[derive(Deserialize)]
    struct Tagged {
        event: String,
    }
    serde_json::from_str(body).map(|Tagged { event }| event).unwrap_or_default()
}

fn hash(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.with_context(|| {
        format!("{:?} is no hash of 64 hex digits", text.chars().take(80).collect::<String>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::chain::GENESIS;

    fn copied() -> Copied {
        let at = Timestamp::from_nanosecond(1_700_000_000_123_456_789).expect("a time");
        let body = "{\"v\":1,\"event\":\"merge-blocked\",\"why\":\"a, \\\"b\\\"\\nc\"}".as_bytes().to_vec();
        let record =
            Record { position: 7, stream: StreamId("11/42".to_owned()), version: 3, at, body, hash: [9; 32] };
        Copied { previous: GENESIS, record }
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let line = Line::new(&copied(), Some("acme/infra")).expect("a line");
        assert_eq!(line.event, "merge-blocked");
        let read: Line = serde_json::from_str(&serde_json::to_string(&line).expect("JSON")).expect("a line");
        assert_eq!(read.into_copied().expect("a record"), copied());
        let read = Line::from_values(line.values().to_vec()).expect("a row");
        assert_eq!(read, line);
        assert!(Line::from_values(vec!["1".to_owned()]).is_err());
    }

    #[test]
    fn what_people_read_is_what_the_hash_covers() {
        let line = Line::new(&copied(), None).expect("a line");
        let later = Line { at: Timestamp::UNIX_EPOCH, ..line.clone() };
        assert!(later.into_copied().is_err());
        let other = Line { event: "merged".to_owned(), ..line.clone() };
        assert!(other.into_copied().is_err());
        assert!(Line { hash: "12".to_owned(), ..line }.into_copied().is_err());
    }
}
