//! Many tasks at once: nothing is lost, nothing happens twice, versions have no gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{Backend, at, command, decision, delivery, event, stream};
use crate::store::chain::{ChainVerdict, verify_chain};
use crate::store::{Accepted, Commit, Guard, Lane, Store, StoreError, View, ViewChange};

/// Tasks that work at the same time.
const TASKS: u64 = 64;

/// Runs one task per number and gives their results in no order.
async fn at_once<S, T, W, R>(store: &Arc<S>, tasks: u64, work: W) -> Vec<T>
where
    S: Store,
    T: Send + 'static,
    W: Fn(Arc<S>, u64) -> R,
    R: Future<Output = T> + Send + 'static,
{
    let mut set = JoinSet::new();
    for number in 0..tasks {
        set.spawn(work(Arc::clone(store), number));
    }
    set.join_all().await
}

async fn assert_chain(store: &impl Store, records: u64) {
    match verify_chain(store, 1).await.unwrap() {
        ChainVerdict::Whole(end) => assert_eq!((end.records, end.position), (records, records)),
        broken => panic!("{broken:?}"),
    }
}

pub(in crate::store) async fn many_tasks_on_many_streams_lose_nothing(backend: &impl Backend) {
    let store = Arc::new(backend.open().await);
    at_once(&store, TASKS, async |store: Arc<_>, number: u64| {
        for version in 0..8 {
            let name = format!("s{number}");
            let commands = vec![command(&format!("c{version}"), Lane::Act, 0)];
            let commit = Commit { events: vec![event(version)], commands, ..decision(&name, version) };
            assert_eq!(Store::commit(&*store, commit).await.unwrap().version, version + 1);
        }
    })
    .await;
    assert_chain(&*store, TASKS * 8).await;
    for number in 0..TASKS {
        let records = store.load(&stream(&format!("s{number}"))).await.unwrap();
        let bodies: Vec<_> = records.iter().map(|record| record.body.clone()).collect();
        assert_eq!(bodies, (0..8).map(event).collect::<Vec<_>>());
    }
    let mut done = BTreeMap::<_, u64>::new();
    while let Some(item) = store.claim_command(at(0), 60).await.unwrap() {
        let turn = done.entry(item.stream).or_default();
        assert_eq!(item.key, format!("c{turn}"));
        *turn += 1;
        store.finish_command(item.id).await.unwrap();
    }
    assert_eq!((done.len() as u64, done.values().sum::<u64>()), (TASKS, TASKS * 8));
}

pub(in crate::store) async fn many_tasks_on_one_stream_stay_gapless(backend: &impl Backend) {
    let store = Arc::new(backend.open().await);
    let tries: Vec<u64> = at_once(&store, TASKS, async |store: Arc<_>, number: u64| {
        let mut tries = 0;
        loop {
            tries += 1;
            let expected = Store::load(&*store, &stream("one")).await.unwrap().len() as u64;
            let commit = Commit { events: vec![event(number)], ..decision("one", expected) };
            match store.commit(commit).await {
                Ok(committed) => {
                    assert_eq!(committed.version, expected + 1);
                    return tries;
                }
                Err(StoreError::Conflict(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    })
    .await;
    assert!(tries.iter().any(|tries| *tries > 1), "no two tasks ever met: this proves nothing");
    let records = store.load(&stream("one")).await.unwrap();
    let versions: Vec<_> = records.iter().map(|record| record.version).collect();
    assert_eq!(versions, (1..=TASKS).collect::<Vec<_>>());
    let writers: BTreeSet<_> = records.into_iter().map(|record| record.body).collect();
    assert_eq!(writers, (0..TASKS).map(event).collect());
    assert_chain(&*store, TASKS).await;
}

pub(in crate::store) async fn of_many_guarded_writers_one_wins(backend: &impl Backend) {
    let store = Arc::new(backend.open().await);
    let won = at_once(&store, TASKS, async |store: Arc<_>, number: u64| {
        let guards = vec![Guard { view: View::Locks, key: "live/dev".into(), expected: None }];
        let value = Some(number.to_be_bytes().to_vec());
        let views = vec![ViewChange { view: View::Locks, key: "live/dev".into(), value }];
        let name = format!("s{number}");
        let commit = Commit { events: vec![event(number)], guards, views, ..decision(&name, 0) };
        match Store::commit(&*store, commit).await {
            Ok(_) => Some(number),
            Err(StoreError::Conflict(_)) => None,
            Err(other) => panic!("{other}"),
        }
    })
    .await;
    let won: Vec<u64> = won.into_iter().flatten().collect();
    assert_eq!(won.len(), 1);
    assert_eq!(store.view(View::Locks, "live/dev").await.unwrap(), Some(won[0].to_be_bytes().to_vec()));
    assert_chain(&*store, 1).await;
}

pub(in crate::store) async fn many_claimers_get_each_thing_once(backend: &impl Backend) {
    let store = Arc::new(backend.open().await);
    at_once(&store, TASKS, async |store: Arc<_>, number: u64| {
        let commands = vec![command("c", Lane::Show, 0)];
        let commit = Commit { commands, ..decision(&format!("s{number}"), 0) };
        Store::commit(&*store, commit).await.unwrap();
        store.accept(delivery(&number.to_string(), 0)).await.unwrap();
    })
    .await;
    let claims = at_once(&store, 8, async |store: Arc<_>, _| {
        let (mut deliveries, mut commands) = (Vec::new(), Vec::new());
        while let Some(item) = Store::claim_delivery(&*store, at(0), 60).await.unwrap() {
            deliveries.push(item.seq);
        }
        while let Some(item) = Store::claim_command(&*store, at(0), 60).await.unwrap() {
            commands.push(item.id);
        }
        (deliveries, commands)
    })
    .await;
    let (deliveries, commands): (Vec<_>, Vec<_>) = claims.into_iter().unzip();
    for ids in [deliveries.concat(), commands.concat()] {
        assert_eq!(ids.len() as u64, TASKS);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len() as u64, TASKS);
    }
}

pub(in crate::store) async fn the_same_delivery_from_many_sides_is_new_once(backend: &impl Backend) {
    let store = Arc::new(backend.open().await);
    let answers = at_once(&store, TASKS, async |store: Arc<_>, number: u64| {
        Store::accept(&*store, delivery("same", i64::try_from(number).unwrap())).await.unwrap()
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Accepted::New).count(), 1);
    assert!(store.claim_delivery(at(100), 60).await.unwrap().is_some());
    assert_eq!(store.claim_delivery(at(100), 60).await.unwrap(), None);
}
