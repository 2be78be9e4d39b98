//! The directory: what sled leaves there, who may open it, and what happens when it is damaged.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::store::conformance::{at, command, decision, delivery, event, stream};
use crate::store::{Commit, Delivery, Lane, SledStore, Store, StoreError, View, ViewChange};

/// Files that sled put beside its own; it never syncs them.
fn spilled(dir: &Path) -> usize {
    fs::read_dir(dir.join("blobs")).map_or(0, Iterator::count)
}

/// Fills a store with some records and closes it.
async fn fill(dir: &Path, records: u64) {
    let store = SledStore::open(dir).unwrap();
    for number in 0..records {
        store.commit(Commit { events: vec![event(number)], ..decision("a", number) }).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_spills_into_files_that_are_never_synced() {
    let dir = TempDir::new().unwrap();
    let store = SledStore::open(dir.path()).unwrap();
    for number in 0..12_u8 {
        let delivery = Delivery { body: vec![number; 1 << 20], ..delivery(&number.to_string(), 0) };
        store.accept(delivery).await.unwrap();
    }
    // The largest webhook GitHub sends.
    let largest: Vec<u8> = (0..25_u32 << 20).map(|place| (place % 241) as u8).collect();
    store.accept(Delivery { body: largest.clone(), ..delivery("largest", 0) }).await.unwrap();
    for number in 0..200_u64 {
        // Around the limit, where rows fill pages badly.
        let events = vec![vec![b'e'; 3900 + 4 * number as usize]];
        let views = vec![ViewChange {
            view: View::Repositories,
            key: number.to_string(),
            value: Some(vec![b'v'; 20 * number as usize]),
        }];
        let commands = vec![command(&"k".repeat(2000), Lane::Act, 0)];
        store.commit(Commit { events, views, commands, ..decision("a", number) }).await.unwrap();
    }
    let mut last = Vec::new();
    while let Some(item) = store.claim_delivery(at(0), 60).await.unwrap() {
        store.finish_delivery(item.seq).await.unwrap();
        last = item.delivery.body;
    }
    assert!(last == largest, "the largest body came back changed");
    drop(store);
    assert_eq!(spilled(dir.path()), 0);
    let store = SledStore::open(dir.path()).unwrap();
    store.check().await.unwrap();
    drop(store);
    assert_eq!(spilled(dir.path()), 0);
}

#[tokio::test]
async fn a_second_opener_is_told_why_it_cannot() {
    let dir = TempDir::new().unwrap();
    let store = SledStore::open(dir.path()).unwrap();
    let refused = SledStore::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("is open in another process"), "{refused}");
    drop(store);
    for _ in 0..10 {
        // Closing lets go of everything at once.
        drop(SledStore::open(dir.path()).unwrap());
    }
}

#[tokio::test]
async fn a_stray_snapshot_is_moved_aside() {
    let dir = TempDir::new().unwrap();
    fill(dir.path(), 20).await;
    for content in [&b""[..], b"no snapshot at all"] {
        fs::write(dir.path().join("snap.00000000000000FF"), content).unwrap();
        let store = SledStore::open(dir.path()).unwrap();
        assert_eq!(store.load(&stream("a")).await.unwrap().len(), 20);
        store.check().await.unwrap();
    }
}

#[tokio::test]
async fn a_torn_end_loses_whole_decisions_only() {
    let dir = TempDir::new().unwrap();
    let source = dir.path().join("store");
    fill(&source, 60).await;
    let whole = fs::read(source.join("db")).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for cut in 1..8 {
        let copy = dir.path().join(format!("cut-{cut}"));
        fs::create_dir(&copy).unwrap();
        fs::copy(source.join("conf"), copy.join("conf")).unwrap();
        fs::write(copy.join("db"), &whole[..used - cut * 211]).unwrap();
        match SledStore::open(&copy) {
            Ok(store) => store.check().await.unwrap(),
            Err(error) => assert!(matches!(error, StoreError::Damaged(_)), "{error}"),
        }
    }
}

#[tokio::test]
async fn damage_is_refused_with_how_to_restore() {
    let dir = TempDir::new().unwrap();
    let source = dir.path().join("store");
    fill(&source, 400).await;
    let whole = fs::read(source.join("db")).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let mut refused = 0;
    for damage in 0..6 {
        let copy = dir.path().join(format!("damage-{damage}"));
        fs::create_dir(&copy).unwrap();
        fs::copy(source.join("conf"), copy.join("conf")).unwrap();
        let mut bytes = whole.clone();
        let start = used / 8 * damage;
        bytes[start..start + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(copy.join("db"), bytes).unwrap();
        let outcome = match SledStore::open(&copy) {
            Ok(store) => store.check().await,
            Err(error) => Err(error),
        };
        match outcome {
            // It hit what is no longer used.
            Ok(()) => {}
            Err(StoreError::Damaged(why)) => {
                assert!(why.contains("restore the last backup"), "{why}");
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
        assert_eq!(fs::metadata(copy.join("db")).unwrap().len() >= whole.len() as u64, true);
    }
    assert!(refused >= 2, "damage went unseen: this proves nothing");
}

#[tokio::test]
async fn a_newer_layout_is_refused_not_guessed_at() {
    let dir = TempDir::new().unwrap();
    fill(dir.path(), 1).await;
    let db = ::sled::open(dir.path()).unwrap();
    db.open_tree("meta").unwrap().insert("layout", &2_u64.to_be_bytes()).unwrap();
    drop(db);
    let refused = SledStore::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("newer TfPilot"), "{refused}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_the_store_for_good() {
    let dir = TempDir::new().unwrap();
    fill(dir.path(), 3).await;
    let db = ::sled::open(dir.path()).unwrap();
    db.open_tree("log").unwrap().insert(2_u64.to_be_bytes(), b"\0nonsense").unwrap();
    drop(db);
    let store = SledStore::open(dir.path()).unwrap();
    store.healthy().unwrap();
    assert!(matches!(store.load(&stream("a")).await, Err(StoreError::Damaged(_))));
    // From now on everything fails, with the first reason.
    let first = store.healthy().unwrap_err().to_string();
    assert!(first.contains("`log`") && first.contains("restore the last backup"), "{first}");
    let later = [
        store.accept(delivery("d", 0)).await.err(),
        store.commit(decision("b", 0)).await.err(),
        store.view(View::Marks, "m").await.err(),
        store.next_due().await.err(),
    ];
    for later in later {
        assert_eq!(later.map(|error| error.to_string()).as_ref(), Some(&first));
    }
}

#[tokio::test]
async fn what_is_retried_can_be_listed_with_its_reason() {
    let dir = TempDir::new().unwrap();
    let store = SledStore::open(dir.path()).unwrap();
    store.accept(delivery("d", 0)).await.unwrap();
    store.commit(Commit { commands: vec![command("k", Lane::Show, 0)], ..decision("s", 0) }).await.unwrap();
    assert_eq!(store.retried(10).await.unwrap(), []);
    let seq = store.claim_delivery(at(0), 60).await.unwrap().unwrap().seq;
    store.release_delivery(seq, at(30), &"ü".repeat(1000)).await.unwrap();
    let id = store.claim_command(at(0), 60).await.unwrap().unwrap().id;
    store.release_command(id, at(40), "GitHub answered 502").await.unwrap();
    let retried = store.retried(10).await.unwrap();
    let shown: Vec<_> = retried.iter().map(|r| (r.what.as_str(), r.attempts, r.due)).collect();
    assert_eq!(shown, [("delivery d", 1, at(30)), ("s k", 1, at(40))]);
    assert_eq!((retried[0].why.len(), retried[1].why.as_str()), (512, "GitHub answered 502"));
    assert_eq!(store.retried(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_caller_that_went_away_leaves_its_write_standing_and_the_store_working() {
    let dir = TempDir::new().unwrap();
    let store = SledStore::open(dir.path()).unwrap();
    for number in 0..50 {
        let accept = store.accept(delivery(&number.to_string(), 0));
        // Polled once, so handed in, then dropped.
        let _gone = tokio::time::timeout(std::time::Duration::ZERO, accept).await;
    }
    store.accept(delivery("last", 0)).await.unwrap();
    store.check().await.unwrap();
    let mut claimed = 0;
    while store.claim_delivery(at(0), 60).await.unwrap().is_some() {
        claimed += 1;
    }
    assert_eq!(claimed, 51);
}
