//! `tfpilot audit verify`: whether every event of the log follows from the one before.

use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Subcommand;
use serde_json::json;

use super::stopped::open_store;
use super::{NO, log};
use crate::config::Settings;
use crate::store::chain::{ChainVerdict, verify_chain};
use crate::store::{Store, StoreError};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the hash chain. Exits 0 when it holds, 1 when it does not. The server must be stopped.
    Verify {
        /// An end that was noted earlier, as this command printed it; the log must still hold it, so that a cut end
        /// is noticed.
        #[arg(long, value_name = "POSITION:HASH")]
        expect: Option<Expected>,
    },
}

/// An end of the log, noted elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
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

pub(super) fn run(settings: Option<&Path>, command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Verify { expect } = command;
    let settings = Settings::load_from_process(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let verdict = runtime.block_on(async {
        let store = open_store(&settings.store.dir)?;
        verify(&store, expect.as_ref()).await
    })?;
    Ok(tell(&verdict, json))
}

/// Checks the chain, and that it holds what is expected.
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
        Some(record) if record.position == position => {
            "its hash is another than the noted one: the log was rewritten"
        }
        _ => "the log ends before it: its end was cut off",
    };
    Ok(ChainVerdict::Broken { position, why: why.to_owned() })
}

fn tell(verdict: &ChainVerdict, json: bool) -> ExitCode {
    let (object, text, code) = match verdict {
        ChainVerdict::Whole(end) => {
            let hash = hex::encode(end.hash);
            let object =
                json!({ "whole": true, "events": end.records, "position": end.position, "hash": hash });
            let text = format!("whole: {} events; end {}:{hash}", end.records, end.position);
            (object, text, ExitCode::SUCCESS)
        }
        ChainVerdict::Broken { position, why } => {
            let object = json!({ "whole": false, "position": position, "why": why });
            let text = format!(
                "broken at event {position}: {why}. Next: keep a copy of the store, then restore the last good backup"
            );
            (object, text, ExitCode::from(NO))
        }
    };
    log::say(&if json { object.to_string() } else { text });
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Commit, SledStore, StreamId};

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
        let whole = |verdict: ChainVerdict| matches!(verdict, ChainVerdict::Whole(_));
        for (expected, expect) in [
            (end(1, log[0].hash), true),
            (end(2, log[1].hash), true),
            (end(2, log[0].hash), false),
            (end(3, log[1].hash), false),
            (end(0, log[0].hash), false),
        ] {
            let verdict = verify(&store, Some(&expected)).await.expect("readable");
            assert_eq!(whole(verdict), expect, "{expected:?}");
        }
        assert!(whole(verify(&store, None).await.expect("readable")));
        let noted = format!("2:{}", hex::encode(log[1].hash));
        assert_eq!(noted.parse(), Ok(end(2, log[1].hash)));
        for bad in ["", "2", "2:", "x:00", "2:zz"] {
            assert!(bad.parse::<Expected>().is_err(), "{bad}");
        }
    }
}
