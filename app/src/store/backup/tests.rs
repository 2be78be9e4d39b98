//! A backup brings everything back; a broken one leaves nothing behind.

use tempfile::TempDir;

use super::*;
use crate::store::chain::{ChainVerdict, verify_chain};
use crate::store::conformance::{at, command, decision, delivery, event};
use crate::store::{Accepted, Commit, Lane, Store, View, ViewChange};

/// A store with something in every table.
async fn filled(dir: &Path) -> SledStore {
    let store = SledStore::open(dir).unwrap();
    for id in ["done", "open"] {
        store.accept(crate::store::Delivery { body: vec![b'x'; 20_000], ..delivery(id, 0) }).await.unwrap();
    }
    let seq = store.claim_delivery(at(0), 60).await.unwrap().unwrap().seq;
    let commands =
        vec![command("act", Lane::Act, 0), command("next", Lane::Act, 0), command("t", Lane::Timer, 9)];
    let views = vec![ViewChange { view: View::Changes, key: "a".into(), value: Some(vec![b'v'; 9000]) }];
    let events = vec![event(1), vec![b'e'; 5000]];
    let finishes_delivery = Some(seq);
    let commit = Commit { events, commands, views, finishes_delivery, ..decision("a", 0) };
    store.commit(commit).await.unwrap();
    store.lease("l", "me", at(0), 60).await.unwrap();
    store
}

#[tokio::test]
async fn a_backup_brings_everything_back() {
    let dir = TempDir::new().unwrap();
    let store = filled(&dir.path().join("store")).await;
    let file = dir.path().join("backup");
    let summary = export(&store, &file).await.unwrap();
    assert_eq!(summary.bytes, fs::metadata(&file).unwrap().len());
    // Also over an older one, and while the store is used.
    assert_eq!(export(&store, &file).await.unwrap(), summary);
    let records = store.log(0, 10).await.unwrap();
    store.commit(Commit { events: vec![event(9)], ..decision("after", 0) }).await.unwrap();
    drop(store);

    let target = dir.path().join("restored");
    fs::create_dir(&target).unwrap();
    assert_eq!(restore(&file, &target).unwrap(), summary);
    let store = SledStore::open(&target).unwrap();
    store.check().await.unwrap();
    assert_eq!(store.log(0, 10).await.unwrap(), records);
    assert!(matches!(verify_chain(&store, 1).await.unwrap(), ChainVerdict::Whole(end) if end.records == 2));
    assert_eq!(store.accept(delivery("done", 1)).await.unwrap(), Accepted::Duplicate);
    assert_eq!(store.claim_delivery(at(0), 60).await.unwrap().unwrap().delivery.body.len(), 20_000);
    assert_eq!(store.claim_command(at(0), 60).await.unwrap().unwrap().key, "act");
    assert_eq!(store.claim_command(at(9), 60).await.unwrap().unwrap().key, "t");
    assert_eq!(store.view(View::Changes, "a").await.unwrap().unwrap().len(), 9000);
    assert_eq!(store.lease("l", "other", at(1), 60).await.unwrap(), None);
}

#[tokio::test]
async fn a_directory_that_holds_something_is_not_touched() {
    let dir = TempDir::new().unwrap();
    let store = filled(&dir.path().join("store")).await;
    let file = dir.path().join("backup");
    export(&store, &file).await.unwrap();
    let refused = restore(&file, dir.path().join("store")).unwrap_err();
    assert!(matches!(refused, StoreError::Refused(_)), "{refused}");
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_changed_or_cut_backup_is_refused_and_leaves_nothing() {
    let dir = TempDir::new().unwrap();
    let store = filled(&dir.path().join("store")).await;
    let file = dir.path().join("backup");
    export(&store, &file).await.unwrap();
    let whole = fs::read(&file).unwrap();
    let places = (0..MAGIC.len() + 40).chain((MAGIC.len() + 40..whole.len()).step_by(997));
    let mut broken: Vec<(String, Vec<u8>)> = places
        .chain(whole.len() - 45..whole.len())
        .map(|place| {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            (format!("byte {place}"), bytes)
        })
        .collect();
    for length in [0, 5, MAGIC.len(), whole.len() / 2, whole.len() - 33, whole.len() - 32, whole.len() - 1] {
        broken.push((format!("cut to {length}"), whole[..length].to_vec()));
    }
    broken.push(("longer".into(), [whole.as_slice(), b"x"].concat()));
    let target = dir.path().join("restored");
    for (what, bytes) in broken {
        fs::write(&file, bytes).unwrap();
        let refused = restore(&file, &target);
        assert!(matches!(refused, Err(StoreError::Damaged(_))), "{what}: {refused:?}");
        assert!(!target.exists() && !beside(&target, "restoring").exists(), "{what}");
    }
}

#[tokio::test]
async fn a_backup_whose_tables_disagree_is_refused() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("backup");
    // Summed up correctly, but a delivery's index entry leads nowhere.
    let key = [0; 16].into_iter().chain(7_u64.to_be_bytes()).collect();
    let mut rows = [Ok(("inbox-wait", key, vec![0]))].into_iter();
    write_backup(&file, &mut rows).unwrap();
    let refused = restore(&file, dir.path().join("restored")).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
    let mut rows = [Ok(("of tomorrow", vec![1], vec![0]))].into_iter();
    write_backup(&file, &mut rows).unwrap();
    let refused = restore(&file, dir.path().join("restored")).unwrap_err();
    assert!(refused.to_string().contains("of tomorrow"), "{refused}");
}
