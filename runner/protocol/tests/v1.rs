//! One of each message of version 1, kept for ever: what was written then is read now, and written the same.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tfpilot_protocol::{
    ClaimAnswer, ClaimRequest, Conclusion, Heartbeat, JournalAck, JournalBatch, Manifest, Orders, Problem,
    SidecarScope, StartAnswer, StartRequest,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/v1")
}

#[track_caller]
fn kept<T: Serialize + DeserializeOwned>(names: &[&str]) -> Vec<String> {
    let check = |name: &&str| {
        let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        let message: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (written, kept): (Value, Value) =
            (serde_json::to_value(&message).unwrap(), serde_json::from_str(&text).unwrap());
        assert_eq!(written, kept, "{name}");
        // A newer app or runner may say more; what it adds is passed over.
        let mut newer = kept;
        newer.as_object_mut().unwrap().insert("added_later".into(), Value::Bool(true));
        let _: T = serde_json::from_value(newer).unwrap_or_else(|error| panic!("{name}, newer: {error}"));
        (*name).to_owned()
    };
    names.iter().map(check).collect()
}

#[test]
fn every_message_is_read_and_written_as_it_was() {
    let known: BTreeSet<String> = [
        kept::<ClaimRequest>(&["claim-request", "claim-request.sidecar", "claim-request.named"]),
        kept::<ClaimAnswer>(&["claim-answer.plan", "claim-answer.apply", "claim-answer.nothing"]),
        kept::<Heartbeat>(&["heartbeat"]),
        kept::<Orders>(&["orders"]),
        kept::<StartRequest>(&["start-request"]),
        kept::<StartAnswer>(&["start-answer.go", "start-answer.refused"]),
        kept::<JournalBatch>(&["journal-batch"]),
        kept::<JournalAck>(&["journal-ack"]),
        kept::<Manifest>(&["manifest"]),
        kept::<Conclusion>(&[
            "conclusion.planned",
            "conclusion.applied",
            "conclusion.failed",
            "conclusion.not-admitted",
        ]),
        kept::<Problem>(&["problem"]),
        kept::<SidecarScope>(&["sidecar-scope"]),
    ]
    .into_iter()
    .flatten()
    .collect();
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<String> =
        files.map(|name| name.to_str().unwrap().trim_end_matches(".json").to_owned()).collect();
    assert_eq!(files, known, "every file is read, every message has a file");
}

#[test]
fn tokens_are_not_printed() {
    let text = std::fs::read_to_string(folder().join("claim-answer.plan.json")).unwrap();
    let answer: ClaimAnswer = serde_json::from_str(&text).unwrap();
    let printed = format!("{answer:?}");
    assert!(printed.contains("Secret(…)") && !printed.contains("not-a-real-token"), "{printed}");
}
