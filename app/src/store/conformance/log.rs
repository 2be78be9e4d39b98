//! What the trait says about streams, the log and the one transaction of a decision.

use super::{Backend, at, command, decision, delivery, event, stream};
use crate::store::chain::{ChainVerdict, GENESIS, record_hash, verify_chain};
use crate::store::{
    Accepted, Commit, Committed, Guard, Lane, NAME_LIMIT, Store, StoreError, View, ViewChange,
};

/// A decision that writes to every table.
fn everything(name: &str, expected_version: u64) -> Commit {
    Commit {
        events: vec![event(1)],
        commands: vec![command("dispatch", Lane::Act, 0)],
        views: vec![ViewChange { view: View::Changes, key: name.into(), value: Some(b"row".to_vec()) }],
        ..decision(name, expected_version)
    }
}

#[track_caller]
fn assert_conflict<T: std::fmt::Debug>(result: Result<T, StoreError>, names: &str) {
    match result {
        Err(StoreError::Conflict(what)) => assert!(what.contains(names), "`{what}` does not name {names}"),
        other => panic!("no conflict: {other:?}"),
    }
}

pub(in crate::store) async fn a_stream_begins_empty(backend: &impl Backend) {
    let store = backend.open().await;
    assert_eq!(store.load(&stream("new")).await.unwrap(), []);
    assert_eq!(store.log(0, 10).await.unwrap(), []);
    // A decision without events begins the stream without moving it.
    let committed = store.commit(decision("new", 0)).await.unwrap();
    assert_eq!(committed, Committed { version: 0, position: 0 });
    assert_eq!(store.load(&stream("new")).await.unwrap(), []);
}

pub(in crate::store) async fn events_are_versioned_in_their_stream_and_placed_in_the_log(
    backend: &impl Backend,
) {
    let store = backend.open().await;
    let two = Commit { events: vec![event(1), event(2)], ..decision("a", 0) };
    assert_eq!(store.commit(two).await.unwrap(), Committed { version: 2, position: 2 });
    let other = Commit { events: vec![event(3)], ..decision("b", 0) };
    assert_eq!(store.commit(other).await.unwrap(), Committed { version: 1, position: 3 });
    let third = Commit { events: vec![event(4)], at: at(7), ..decision("a", 2) };
    assert_eq!(store.commit(third).await.unwrap(), Committed { version: 3, position: 4 });
    let records = store.load(&stream("a")).await.unwrap();
    let places: Vec<_> = records.iter().map(|record| (record.position, record.version)).collect();
    assert_eq!(places, [(1, 1), (2, 2), (4, 3)]);
    let last = records.last().unwrap();
    assert_eq!((last.at, last.body.clone(), last.stream.clone()), (at(7), event(4), stream("a")));
    for version in 0..5 {
        let newer = store.load_after(&stream("a"), version).await.unwrap();
        assert_eq!(newer, records.get(version as usize..).unwrap_or_default(), "after {version}");
    }
    assert_eq!(store.load_after(&stream("a"), u64::MAX).await.unwrap(), []);
    assert_eq!(store.load_after(&stream("new"), 1).await.unwrap(), []);
}

pub(in crate::store) async fn a_conflict_leaves_nothing_behind(backend: &impl Backend) {
    let store = backend.open().await;
    store.commit(Commit { events: vec![event(1)], ..decision("a", 0) }).await.unwrap();
    for wrong in [0, 2, u64::MAX] {
        assert_conflict(store.commit(everything("a", wrong)).await, "a");
    }
    assert_conflict(store.commit(everything("b", 1)).await, "b");
    assert_nothing_behind(&store).await;
}

async fn assert_nothing_behind(store: &impl Store) {
    assert_eq!(store.log(0, 10).await.unwrap().len(), 1);
    assert_eq!(store.load(&stream("a")).await.unwrap().len(), 1);
    assert_eq!(store.load(&stream("b")).await.unwrap(), []);
    assert_eq!(store.claim_command(at(0), 60).await.unwrap(), None);
    assert_eq!(store.scan(View::Changes, "", 10).await.unwrap(), []);
}

pub(in crate::store) async fn a_guard_that_does_not_hold_leaves_nothing_behind(backend: &impl Backend) {
    let store = backend.open().await;
    let lock = |value: &[u8]| ViewChange { view: View::Locks, key: "l".into(), value: Some(value.to_vec()) };
    let taken = Commit { events: vec![event(1)], views: vec![lock(b"a")], ..decision("a", 0) };
    store.commit(taken).await.unwrap();
    let guard = |key: &str, expected: Option<&[u8]>| Guard {
        view: View::Locks,
        key: key.into(),
        expected: expected.map(<[u8]>::to_vec),
    };
    let failing =
        [guard("l", None), guard("l", Some(b"b")), guard("free", Some(b"")), guard("free", Some(b"a"))];
    for failing in failing {
        let name = failing.key.clone();
        let guards = vec![guard("l", Some(b"a")), failing];
        assert_conflict(store.commit(Commit { guards, ..everything("a", 1) }).await, &name);
    }
    assert_nothing_behind(&store).await;
    let holding = vec![guard("l", Some(b"a")), guard("free", None)];
    store.commit(Commit { guards: holding, ..everything("a", 1) }).await.unwrap();
}

pub(in crate::store) async fn the_log_is_read_in_pages(backend: &impl Backend) {
    let store = backend.open().await;
    let events = (1..=300).map(event).collect();
    store.commit(Commit { events, ..decision("a", 0) }).await.unwrap();
    let mut after = 0;
    for expected in [128, 128, 44, 0] {
        let page = store.log(after, 128).await.unwrap();
        assert_eq!(page.len(), expected);
        for record in page {
            after += 1;
            assert_eq!((record.position, record.body), (after, event(after)));
        }
    }
    assert_eq!(store.log(0, 0).await.unwrap(), []);
    assert_eq!(store.log(u64::MAX, 10).await.unwrap(), []);
}

pub(in crate::store) async fn the_chain_holds_over_all_streams(backend: &impl Backend) {
    let store = backend.open().await;
    for number in 0..20 {
        let name = if number % 3 == 0 { "a" } else { "b" };
        let version = store.load(&stream(name)).await.unwrap().len() as u64;
        let events = vec![event(number), event(number)];
        store.commit(Commit { events, at: at(number as i64), ..decision(name, version) }).await.unwrap();
    }
    let mut previous = GENESIS;
    let records = store.log(0, 100).await.unwrap();
    assert_eq!(records.len(), 40);
    for r in &records {
        assert_eq!(r.hash, record_hash(&previous, r.position, &r.stream, r.version, r.at, &r.body));
        previous = r.hash;
    }
    match verify_chain(&store, 1).await.unwrap() {
        ChainVerdict::Whole(end) => assert_eq!((end.records, end.position, end.hash), (40, 40, previous)),
        broken => panic!("{broken:?}"),
    }
}

pub(in crate::store) async fn the_chain_can_be_checked_from_the_middle(backend: &impl Backend) {
    let store = backend.open().await;
    store.commit(Commit { events: (1..=10).map(event).collect(), ..decision("a", 0) }).await.unwrap();
    for (from, expected) in [(0, 10), (1, 10), (2, 9), (10, 1), (11, 0)] {
        match verify_chain(&store, from).await.unwrap() {
            ChainVerdict::Whole(end) => assert_eq!((end.records, end.position), (expected, 10)),
            broken => panic!("from {from}: {broken:?}"),
        }
    }
    let beyond = verify_chain(&store, 12).await.unwrap();
    assert!(matches!(beyond, ChainVerdict::Broken { position: 11, .. }), "{beyond:?}");
}

pub(in crate::store) async fn a_decision_finishes_its_delivery_once(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("d", 0)).await.unwrap();
    let first = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    let second = store.claim_delivery(at(60), 60).await.unwrap().unwrap();
    assert_eq!(first.seq, second.seq);
    let done = Commit { finishes_delivery: Some(first.seq), ..everything("a", 0) };
    store.commit(done).await.unwrap();
    // The other holder decided on other facts: of the two only one has an effect.
    let late = Commit { finishes_delivery: Some(first.seq), ..everything("b", 0) };
    assert_conflict(store.commit(late).await, "delivery");
    assert_eq!(store.load(&stream("b")).await.unwrap(), []);
    assert_eq!(store.claim_delivery(at(10_000), 60).await.unwrap(), None);
    assert_eq!(store.accept(delivery("d", 1)).await.unwrap(), Accepted::Duplicate);
}

pub(in crate::store) async fn a_decision_finishes_its_command_once(backend: &impl Backend) {
    let store = backend.open().await;
    store.commit(everything("a", 0)).await.unwrap();
    let item = store.claim_command(at(0), 60).await.unwrap().unwrap();
    let outcome = Commit { finishes_command: Some(item.id), events: vec![event(2)], ..decision("a", 1) };
    store.commit(outcome.clone()).await.unwrap();
    assert_conflict(store.commit(Commit { expected_version: 2, ..outcome }).await, "command");
    assert_eq!(store.load(&stream("a")).await.unwrap().len(), 2);
    assert_eq!(store.claim_command(at(10_000), 60).await.unwrap(), None);
}

pub(in crate::store) async fn large_events_come_back_whole(backend: &impl Backend) {
    let store = backend.open().await;
    let events: Vec<Vec<u8>> = [4000, 4096, 70_000].into_iter().map(|size| vec![b'x'; size]).collect();
    let commands =
        vec![crate::store::NewCommand { body: vec![b'y'; 50_000], ..command("big", Lane::Act, 0) }];
    store.commit(Commit { events: events.clone(), commands, ..decision("a", 0) }).await.unwrap();
    let bodies: Vec<_> = store.load(&stream("a")).await.unwrap().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, events);
    assert_eq!(store.claim_command(at(0), 60).await.unwrap().unwrap().body, vec![b'y'; 50_000]);
}

pub(in crate::store) async fn streams_whose_names_contain_each_other_stay_apart(backend: &impl Backend) {
    let store = backend.open().await;
    let names = ["a", "a/", "a/b", "a\u{1}b", "ü", "A"];
    for (number, name) in names.into_iter().enumerate() {
        let events = vec![event(number as u64)];
        let commands = vec![command("c", Lane::Act, 0)];
        store.commit(Commit { events, commands, ..decision(name, 0) }).await.unwrap();
    }
    for (number, name) in names.into_iter().enumerate() {
        let records = store.load(&stream(name)).await.unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].body, event(number as u64));
        assert_eq!(store.claim_command(at(0), 60).await.unwrap().unwrap().stream, stream(name));
    }
}

pub(in crate::store) async fn everything_is_there_after_reopening(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("done", 0)).await.unwrap();
    store.accept(delivery("open", 0)).await.unwrap();
    let seq = store.claim_delivery(at(0), 60).await.unwrap().unwrap().seq;
    store.commit(Commit { finishes_delivery: Some(seq), ..everything("a", 0) }).await.unwrap();
    let before = store.load(&stream("a")).await.unwrap();
    let token = store.lease("l", "me", at(0), 60).await.unwrap().unwrap().token;
    drop(store);
    let store = backend.open().await;
    assert_eq!(store.load(&stream("a")).await.unwrap(), before);
    assert_eq!(store.view(View::Changes, "a").await.unwrap().as_deref(), Some(&b"row"[..]));
    assert_eq!(store.accept(delivery("done", 0)).await.unwrap(), Accepted::Duplicate);
    assert_eq!(store.claim_delivery(at(0), 60).await.unwrap().unwrap().delivery, delivery("open", 0));
    assert_eq!(store.claim_command(at(0), 60).await.unwrap().unwrap().key, "dispatch");
    assert_eq!(store.lease("l", "other", at(0), 60).await.unwrap(), None);
    assert!(store.lease("l", "other", at(60), 60).await.unwrap().unwrap().token > token);
    store.commit(Commit { events: vec![event(2)], ..decision("a", 1) }).await.unwrap();
    assert!(matches!(verify_chain(&store, 1).await.unwrap(), ChainVerdict::Whole(end) if end.records == 2));
}

pub(in crate::store) async fn names_that_cannot_be_keys_are_refused_and_the_store_goes_on(
    backend: &impl Backend,
) {
    let store = backend.open().await;
    for name in [String::new(), "a\0b".to_owned(), "x".repeat(NAME_LIMIT + 1)] {
        let row = ViewChange { view: View::Marks, key: name.clone(), value: Some(vec![]) };
        let refused = [
            store.commit(everything(&name, 0)).await.err(),
            store
                .commit(Commit { commands: vec![command(&name, Lane::Act, 0)], ..everything("a", 0) })
                .await
                .err(),
            store.accept(delivery(&name, 0)).await.err(),
            store.put_views(vec![row], vec![]).await.err(),
            store.lease(&name, "me", at(0), 60).await.err(),
        ];
        for refused in refused {
            assert!(matches!(refused, Some(StoreError::Refused(_))), "{refused:?}");
        }
    }
    store.healthy().unwrap();
    assert_eq!(store.log(0, 10).await.unwrap(), []);
    store.commit(everything("a", 0)).await.unwrap();
}
