//! A disk that takes nothing more: the first failure sticks, and what was acknowledged before is there.
//!
//! The test runs its own binary again under a limit on the size of files, which fails writes like a full disk
//! does, with the signal that comes with it ignored.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::store::conformance::{at, decision, delivery, event, stream};
use crate::store::{Commit, SledStore, Store, StoreError};

const THIS_TEST: &str = "store::sled::tests::full::the_first_failed_write_stops_the_store_for_good";
/// Makes the test the one with the full disk and says which store to work on.
const VICTIM: &str = "TFPILOT_FULL_VICTIM";
/// Largest file, in blocks of 512 bytes (or 1024, as the shell likes): some segments of sled's log.
const LIMIT: &str = "4096";

#[test]
fn the_first_failed_write_stops_the_store_for_good() {
    if let Some(dir) = std::env::var_os(VICTIM) {
        return tokio::runtime::Runtime::new().unwrap().block_on(fill_up(Path::new(&dir)));
    }
    let dir = TempDir::new().unwrap();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "sh", LIMIT])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", THIS_TEST, "--nocapture"])
        .env(VICTIM, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let acknowledged = said.lines().filter_map(|line| line.strip_prefix("acknowledged ")).next_back();
    let acknowledged: u64 = acknowledged.unwrap().parse().unwrap();
    assert!(acknowledged > 0, "{said}");
    tokio::runtime::Runtime::new().unwrap().block_on(compare(dir.path(), acknowledged));
}

async fn fill_up(dir: &Path) {
    let store = SledStore::open(dir).unwrap();
    let mut version = 0;
    let first = loop {
        let commit = Commit { events: vec![event(version), vec![b'e'; 30_000]], ..decision("a", version) };
        match store.commit(commit).await {
            Ok(committed) => version = committed.version,
            Err(error) => break error,
        }
        println!("acknowledged {version}");
    };
    assert!(matches!(first, StoreError::Failed(_)), "{first}");
    let first = first.to_string();
    assert!(first.contains("check the disk's space"), "{first}");
    assert_eq!(store.healthy().unwrap_err().to_string(), first);
    let later = [
        store.accept(delivery("d", 0)).await.err(),
        store.load(&stream("a")).await.err(),
        store.claim_delivery(at(0), 60).await.err(),
    ];
    for later in later {
        assert_eq!(later.unwrap().to_string(), first);
    }
}

async fn compare(dir: &Path, acknowledged: u64) {
    let store = SledStore::open(dir).unwrap();
    store.check().await.unwrap();
    let there = store.load(&stream("a")).await.unwrap().len() as u64;
    assert!(there >= acknowledged, "{acknowledged} were acknowledged, {there} are there");
}
