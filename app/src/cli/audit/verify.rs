//! `tfpilot audit verify`: whether every event follows from the one before, in the store or in an exported file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::json;

use super::copy::{FIELDS, Line};
use super::csv::Rows;
use crate::cli::stopped::Place;
use crate::cli::{NO, log};
use crate::store::chain::{ChainVerdict, Chained, verify_chain};
use crate::store::copied::{Copied, CopyCheck};
use crate::store::{Store, StoreError};

/// `tfpilot audit verify`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// A file of `tfpilot audit export`, JSON lines or CSV, to be checked instead of the store.
    #[arg(value_name = "FILE", conflicts_with = "dir")]
    file: Option<PathBuf>,
    /// An end that was noted earlier, as this command printed it; the log must still hold it, so that a cut end is
    /// noticed.
    #[arg(long, value_name = "POSITION:HASH")]
    expect: Option<Expected>,
    #[command(flatten)]
    place: Place,
}

/// An end of the log, noted elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    position: u64,
    hash: [u8; 32],
}

impl FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = text.split_once(':').and_then(|(position, hash)| {
            let hash = hex::decode(hash).ok()?.try_into().ok()?;
            Some(Self { position: position.parse().ok()?, hash })
        });
        read.ok_or_else(|| "write it as POSITION:HASH, with 64 hex digits".to_owned())
    }
}

/// A verdict, and how many parts of the log were not looked at because a file leaves them out.
struct Verified {
    verdict: ChainVerdict,
    gaps: u64,
}

/// What a log is that was rewritten since an end of it was noted.
const REWRITTEN: &str = "its hash is another than the noted one: the log was rewritten";

pub(super) fn run(settings: Option<&Path>, arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let expected = arguments.expect.as_ref();
    let (verified, next) = match &arguments.file {
        Some(file) => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            let verified = verify_text(&text, expected).with_context(|| file.display().to_string())?;
            (verified, "keep the file, and ask for another copy")
        }
        None => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let store = arguments.place.open(settings)?;
            let verdict = runtime.block_on(verify(&store, expected))?;
            (Verified { verdict, gaps: 0 }, "keep a copy of the store, then restore the last good backup")
        }
    };
    Ok(tell(&verified, next, json))
}

/// Checks the chain of a store, and that it holds what is expected.
async fn verify(store: &dyn Store, expected: Option<&Expected>) -> Result<ChainVerdict, StoreError> {
    let verdict = verify_chain(store, 1).await?;
    let (Some(expected), ChainVerdict::Whole(_)) = (expected, &verdict) else { return Ok(verdict) };
    let position = expected.position;
    let found = match position.checked_sub(1) {
        Some(before) => store.log(before, 1).await?.into_iter().next(),
        None => None,
    };
    let why = match found {
        Some(record) if record.position == position && record.hash == expected.hash => return Ok(verdict),
        Some(record) if record.position == position => REWRITTEN,
        _ => "the log ends before it: its end was cut off",
    };
    Ok(ChainVerdict::Broken { position, why: why.to_owned() })
}

/// Checks an exported file, and that it holds what is expected.
///
/// # Errors
/// When it is no such file; what is wrong with a record of one is a verdict.
fn verify_text(text: &str, expected: Option<&Expected>) -> anyhow::Result<Verified> {
    let mut check = CopyCheck::default();
    // The hash of the noted position, from its own record or from the one after it.
    let mut there = None;
    for (line, read) in records(text)? {
        let copied = read.with_context(|| format!("line {line}"))?;
        if let Err(why) = check.next(&copied) {
            let (position, why) = (copied.record.position, format!("{why} (line {line})"));
            return Ok(Verified { verdict: ChainVerdict::Broken { position, why }, gaps: check.gaps });
        }
        let wanted = expected.map(|expected| expected.position);
        if wanted == Some(copied.record.position) {
            there = Some(copied.record.hash);
        } else if wanted == copied.record.position.checked_sub(1) {
            there = Some(copied.previous);
        }
    }
    let whole = ChainVerdict::Whole(check.end);
    let verdict = match (expected, there) {
        (Some(expected), Some(hash)) if hash != expected.hash => {
            ChainVerdict::Broken { position: expected.position, why: REWRITTEN.to_owned() }
        }
        (Some(expected), None) => {
            let why = "the file does not hold it: it was left out, or the end was cut off".to_owned();
            ChainVerdict::Broken { position: expected.position, why }
        }
        _ => whole,
    };
    Ok(Verified { verdict, gaps: check.gaps })
}

/// A record with the line it begins on.
type Read = (usize, anyhow::Result<Copied>);

/// The records of a file: JSON lines begin with a brace, CSV with the names of its fields.
fn records(text: &str) -> anyhow::Result<Box<dyn Iterator<Item = Read> + '_>> {
    if text.starts_with('{') || text.is_empty() {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        return Ok(Box::new(lines.map(|(index, line)| {
            let line: Result<Line, _> = serde_json::from_str(line);
            (index + 1, line.map_err(anyhow::Error::from).and_then(Line::into_copied))
        })));
    }
    let mut rows = Rows::new(text);
    let head = rows.next().and_then(|(_, row)| row.ok());
    ensure!(head.is_some_and(|head| head == FIELDS), "this is no file of `tfpilot audit export`");
    Ok(Box::new(rows.map(|(line, row)| (line, row.and_then(Line::from_values).and_then(Line::into_copied)))))
}

fn tell(Verified { verdict, gaps }: &Verified, next: &str, json: bool) -> ExitCode {
    let (object, text, code) = match verdict {
        ChainVerdict::Whole(Chained { records, position, hash }) => {
            let hash = hex::encode(hash);
            let object =
                json!({ "whole": true, "events": records, "position": position, "hash": hash, "gaps": gaps });
            let left_out = match gaps {
                0 => String::new(),
                gaps => format!("; events are left out in {gaps} places, of which nothing is proven"),
            };
            let text = format!("whole: {records} events; end {position}:{hash}{left_out}");
            (object, text, ExitCode::SUCCESS)
        }
        ChainVerdict::Broken { position, why } => {
            let object = json!({ "whole": false, "position": position, "why": why });
            let text = format!("broken at event {position}: {why}. Next: {next}");
            (object, text, ExitCode::from(NO))
        }
    };
    log::say(&if json { object.to_string() } else { text });
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::chain::{GENESIS, record_hash};
    use crate::store::{Commit, Record, SledStore, StreamId};

    #[tokio::test]
    async fn a_noted_end_must_still_be_there() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SledStore::open(dir.path().join("store")).expect("a store");
        let commit = Commit {
            stream: StreamId("1/2".to_owned()),
            expected_version: 0,
            at: jiff::Timestamp::UNIX_EPOCH,
            events: vec![b"{}".to_vec(), b"{}".to_vec()],
            commands: Vec::new(),
            views: Vec::new(),
            guards: Vec::new(),
            finishes_delivery: None,
            finishes_command: None,
        };
        store.commit(commit).await.expect("committed");
        let log = store.log(0, 9).await.expect("a log");
        let end = |position: u64, hash: [u8; 32]| Expected { position, hash };
        let whole = |verdict: &ChainVerdict| matches!(verdict, ChainVerdict::Whole(_));
        for (expected, expect) in [
            (end(1, log[0].hash), true),
            (end(2, log[1].hash), true),
            (end(2, log[0].hash), false),
            (end(3, log[1].hash), false),
            (end(0, log[0].hash), false),
        ] {
            let verdict = verify(&store, Some(&expected)).await.expect("readable");
            assert_eq!(whole(&verdict), expect, "{expected:?}");
        }
        assert!(whole(&verify(&store, None).await.expect("readable")));
        let noted = format!("2:{}", hex::encode(log[1].hash));
        assert_eq!(noted.parse(), Ok(end(2, log[1].hash)));
        for bad in ["", "2", "2:", "x:00", "2:zz"] {
            assert!(bad.parse::<Expected>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_says_what_it_holds() {
        let copied = |position: u64, previous: [u8; 32]| {
            let (stream, at, body) =
                (StreamId("1/2".to_owned()), jiff::Timestamp::UNIX_EPOCH, b"{}".to_vec());
            let hash = record_hash(&previous, position, &stream, position, at, &body);
            Copied { previous, record: Record { position, stream, version: position, at, body, hash } }
        };
        let first = copied(1, GENESIS);
        let second = copied(2, first.record.hash);
        let third = copied(3, second.record.hash);
        let json = |all: &[&Copied]| {
            let line =
                |one: &&Copied| Line::new(one, None).and_then(|line| Ok(serde_json::to_string(&line)?));
            all.iter().map(|one| line(one).expect("a line") + "\n").collect::<String>()
        };
        let noted = |one: &Copied| Expected { position: one.record.position, hash: one.record.hash };
        let said = |text: &str, expected: Option<&Expected>| match verify_text(text, expected) {
            Ok(Verified { verdict: ChainVerdict::Whole(end), gaps }) => {
                format!("{} to {}, {gaps}", end.records, end.position)
            }
            Ok(Verified { verdict: ChainVerdict::Broken { position, why }, .. }) => {
                format!("{position}: {why}")
            }
            Err(error) => format!("{error:#}"),
        };
        let all = json(&[&first, &second, &third]);
        assert_eq!(said(&all, Some(&noted(&third))), "3 to 3, 0");
        let part = json(&[&first, &third]);
        // The record after the noted one knows its hash.
        assert_eq!(said(&part, Some(&noted(&second))), "2 to 3, 1");
        let cut = json(&[&first]);
        let end = "the file does not hold it: it was left out, or the end was cut off";
        assert_eq!(said(&cut, Some(&noted(&third))), format!("3: {end}"));
        let other = Expected { position: 2, hash: [7; 32] };
        assert_eq!(said(&all, Some(&other)), format!("2: {REWRITTEN}"));
        let changed = all.replacen("\"body\":\"{}\"", "\"body\":\"{ }\"", 1);
        assert_eq!(said(&changed, None), "1: its hash does not follow from the record before it (line 1)");
        assert_eq!(said("", None), "0 to 0, 0");
        assert!(said("nonsense", None).starts_with("this is no file of"));
        assert!(said("{\"position\":1}", None).starts_with("line 1: missing field"));
    }
}
