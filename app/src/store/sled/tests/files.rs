//! The directory: what sled leaves there, who may open it, and what happens when it is damaged.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::store::conformance::{at, command, decision, delivery, event, stream};
use crate::store::sled::mark::Mark;
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

/// Changes a row of a closed store behind its back.
fn overwrite(dir: &Path, table: &str, key: &[u8], value: &[u8]) {
    let tables = crate::store::sled::open::open(dir).unwrap().tables;
    tables.db().open_tree(table).unwrap().insert(key, value).unwrap();
    tables.db().flush().unwrap();
}

/// A copy of a closed store with other bytes for its log.
fn copy(source: &Path, name: &str, db: &[u8]) -> std::path::PathBuf {
    let copy = source.with_file_name(name);
    fs::create_dir(&copy).unwrap();
    for file in ["conf", "tfpilot.mark"] {
        fs::copy(source.join(file), copy.join(file)).unwrap();
    }
    fs::write(copy.join("db"), db).unwrap();
    copy
}

#[tokio::test]
async fn a_torn_end_loses_whole_decisions_only_and_never_unseen() {
    let dir = TempDir::new().unwrap();
    let source = dir.path().join("store");
    fill(&source, 60).await;
    let whole = fs::read(source.join("db")).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for cut in 1..8 {
        let copy = copy(&source, &format!("cut-{cut}"), &whole[..used - cut * 211]);
        let refused = SledStore::open(&copy).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
        // Without the mark it is the end that a power cut tears: nobody was told that it is there.
        fs::remove_file(copy.join("tfpilot.mark")).unwrap();
        SledStore::open(&copy).unwrap().check().await.unwrap();
    }
}

#[tokio::test]
async fn damage_is_refused_with_how_to_restore() {
    let dir = TempDir::new().unwrap();
    let source = dir.path().join("store");
    fill(&source, 1500).await;
    let whole = fs::read(source.join("db")).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let mut refused = 0;
    for damage in 0..16 {
        let mut bytes = whole.clone();
        let start = used / 16 * damage;
        bytes[start..start + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
        let copy = copy(&source, &format!("damage-{damage}"), &bytes);
        let outcome = match SledStore::open(&copy) {
            Ok(store) => store.check().await.map(|()| store),
            Err(error) => Err(error),
        };
        match outcome {
            // It hit what is no longer used.
            Ok(store) => assert_eq!(store.log(0, 2000).await.unwrap().len(), 1500),
            Err(StoreError::Damaged(why)) => {
                assert!(why.contains("restore the last backup"), "{why}");
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(refused >= 8, "only {refused} of 16 damages were seen: this proves little");
}

#[tokio::test]
async fn an_answer_comes_after_the_sync_never_before() {
    let dir = TempDir::new().unwrap();
    let store = SledStore::open(dir.path()).unwrap();
    let mark = Mark::open(dir.path()).unwrap();
    for number in 0..20 {
        store.commit(Commit { events: vec![event(number)], ..decision("a", number) }).await.unwrap();
        // The mark is set by the committer once a sync returned.
        assert_eq!(mark.get().unwrap(), number + 1);
    }
    // Writing nothing needs no sync.
    assert_eq!(store.claim_command(at(0), 60).await.unwrap(), None);
    assert_eq!(mark.get().unwrap(), 20);
}

/// Bytes that no packing makes fewer.
fn noise(seed: u8, length: usize) -> Vec<u8> {
    let mut state = u64::from(seed) + 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .flatten()
    .take(length)
    .collect()
}

#[tokio::test]
async fn a_store_of_the_layout_before_is_carried_on() {
    let dir = TempDir::new().unwrap();
    fill(dir.path(), 3).await;
    overwrite(dir.path(), "meta", b"layout", &1_u64.to_be_bytes());
    let store = SledStore::open(dir.path()).unwrap();
    store.check().await.unwrap();
    assert_eq!(store.log(0, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn large_writes_do_not_share_a_transaction() {
    let dir = TempDir::new().unwrap();
    let store = std::sync::Arc::new(SledStore::open(dir.path()).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16_u8 {
        let store = std::sync::Arc::clone(&store);
        let delivery = Delivery { body: noise(number, 2 << 20), ..delivery(&number.to_string(), 0) };
        tasks.spawn(async move { store.accept(delivery).await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(Mark::open(dir.path()).unwrap().get().unwrap(), 16);
}

#[tokio::test]
async fn an_emptied_store_does_not_pass_for_a_new_one() {
    let dir = TempDir::new().unwrap();
    let source = dir.path().join("store");
    fill(&source, 5).await;
    let refused = SledStore::open(copy(&source, "emptied", b"")).unwrap_err().to_string();
    assert!(refused.contains("5 of 5 transactions are missing"), "{refused}");
}

#[tokio::test]
async fn a_newer_layout_is_refused_not_guessed_at() {
    let dir = TempDir::new().unwrap();
    fill(dir.path(), 1).await;
    overwrite(dir.path(), "meta", b"layout", &3_u64.to_be_bytes());
    let refused = SledStore::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("newer TfPilot"), "{refused}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_the_store_for_good() {
    let dir = TempDir::new().unwrap();
    fill(dir.path(), 3).await;
    overwrite(dir.path(), "log", &2_u64.to_be_bytes(), b"\0nonsense");
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
    let item = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    store.release_delivery(item.seq, item.token, at(30), &"ü".repeat(1000)).await.unwrap();
    let item = store.claim_command(at(0), 60).await.unwrap().unwrap();
    store.release_command(item.id, item.token, at(40), "GitHub answered 502").await.unwrap();
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
