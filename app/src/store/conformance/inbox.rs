//! What the trait says about deliveries.

use super::{Backend, at, delivery};
use crate::store::{Accepted, Delivery, Store};

async fn claimed(store: &impl Store, seconds: i64) -> Option<String> {
    store.claim_delivery(at(seconds), 60).await.unwrap().map(|item| item.delivery.id)
}

pub(in crate::store) async fn a_delivery_is_accepted_once(backend: &impl Backend) {
    let store = backend.open().await;
    assert_eq!(store.accept(delivery("a", 0)).await.unwrap(), Accepted::New);
    let other_body = Delivery { body: b"other".to_vec(), ..delivery("a", 5) };
    assert_eq!(store.accept(other_body).await.unwrap(), Accepted::Duplicate);
    let item = store.claim_delivery(at(10), 60).await.unwrap().unwrap();
    assert_eq!(item.delivery, delivery("a", 0));
    assert_eq!(claimed(&store, 10).await, None);
}

pub(in crate::store) async fn what_was_accepted_is_known(backend: &impl Backend) {
    let store = backend.open().await;
    assert!(!store.is_known("a").await.unwrap());
    store.accept(delivery("a", 0)).await.unwrap();
    assert!(store.is_known("a").await.unwrap());
    let item = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    store.finish_delivery(item.seq).await.unwrap();
    assert!(store.is_known("a").await.unwrap());
    assert!(!store.is_known("b").await.unwrap());
    drop(store);
    assert!(backend.open().await.is_known("a").await.unwrap());
}

pub(in crate::store) async fn a_delivery_keeps_its_bytes(backend: &impl Backend) {
    let store = backend.open().await;
    let sizes = [0, 1, 4094, 4095, 4096, 4097, 8192, 300_000, 1 << 20];
    for (number, size) in sizes.into_iter().enumerate() {
        let body = (0..size).map(|byte| (byte % 251) as u8).collect();
        store.accept(Delivery { body, ..delivery(&number.to_string(), 0) }).await.unwrap();
    }
    for size in sizes {
        let body = store.claim_delivery(at(0), 60).await.unwrap().unwrap().delivery.body;
        assert_eq!(body.len(), size);
        assert!(body.iter().enumerate().all(|(place, byte)| *byte == (place % 251) as u8));
    }
}

pub(in crate::store) async fn deliveries_are_claimed_in_order_of_arrival(backend: &impl Backend) {
    let store = backend.open().await;
    for id in ["c", "a", "b"] {
        store.accept(delivery(id, 0)).await.unwrap();
    }
    let mut last = 0;
    for id in ["c", "a", "b"] {
        let item = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
        assert_eq!((item.delivery.id.as_str(), item.attempts), (id, 0));
        assert!(item.seq > last);
        last = item.seq;
    }
}

pub(in crate::store) async fn a_delivery_is_due_from_its_arrival_on(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("later", 10)).await.unwrap();
    store.accept(delivery("now", 0)).await.unwrap();
    assert_eq!(claimed(&store, 9).await.as_deref(), Some("now"));
    assert_eq!(claimed(&store, 9).await, None);
    assert_eq!(claimed(&store, 10).await.as_deref(), Some("later"));
}

pub(in crate::store) async fn a_claimed_delivery_is_held_until_its_lease_ends(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("a", 0)).await.unwrap();
    store.accept(delivery("b", 0)).await.unwrap();
    assert_eq!(claimed(&store, 0).await.as_deref(), Some("a"));
    assert_eq!(claimed(&store, 59).await.as_deref(), Some("b"));
    assert_eq!(claimed(&store, 59).await, None);
    let again = store.claim_delivery(at(60), 60).await.unwrap().unwrap();
    assert_eq!((again.delivery.id.as_str(), again.attempts), ("a", 1));
    // The oldest first, whenever its lease ended.
    assert_eq!(claimed(&store, 119).await.as_deref(), Some("b"));
}

pub(in crate::store) async fn a_released_delivery_waits_until_its_time(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("a", 0)).await.unwrap();
    let item = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    store.release_delivery(item.seq, item.token, at(500), "GitHub answered 502").await.unwrap();
    assert_eq!(claimed(&store, 499).await, None);
    assert_eq!(store.next_due().await.unwrap(), Some(at(500)));
    let again = store.claim_delivery(at(500), 60).await.unwrap().unwrap();
    assert_eq!((again.seq, again.attempts, again.delivery), (item.seq, 1, item.delivery));
}

pub(in crate::store) async fn a_late_holder_gives_no_delivery_back(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("a", 0)).await.unwrap();
    let late = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    let holder = store.claim_delivery(at(60), 60).await.unwrap().unwrap();
    assert_ne!(late.token, holder.token);
    store.release_delivery(late.seq, late.token, at(61), "late").await.unwrap();
    assert_eq!(claimed(&store, 119).await, None, "the second holder still has it");
    store.release_delivery(holder.seq, holder.token, at(90), "mine").await.unwrap();
    assert_eq!(claimed(&store, 90).await.as_deref(), Some("a"));
}

pub(in crate::store) async fn a_done_delivery_is_gone_but_known(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("a", 0)).await.unwrap();
    let item = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    store.finish_delivery(item.seq).await.unwrap();
    store.finish_delivery(item.seq).await.unwrap();
    store.release_delivery(item.seq, item.token, at(1), "late").await.unwrap();
    assert_eq!(claimed(&store, 1_000_000).await, None);
    assert_eq!(store.next_due().await.unwrap(), None);
    assert_eq!(store.accept(delivery("a", 5)).await.unwrap(), Accepted::Duplicate);
}

const DAY: i64 = 24 * 60 * 60;

pub(in crate::store) async fn the_id_of_a_done_delivery_is_remembered_for_a_week_at_least(
    backend: &impl Backend,
) {
    let store = backend.open().await;
    store.accept(delivery("old", 0)).await.unwrap();
    let item = store.claim_delivery(at(0), 60).await.unwrap().unwrap();
    store.finish_delivery(item.seq).await.unwrap();
    store.accept(delivery("seven days later", 7 * DAY)).await.unwrap();
    assert_eq!(store.accept(delivery("old", 7 * DAY)).await.unwrap(), Accepted::Duplicate);
    // And not for ever: the store must not grow with every delivery there ever was.
    store.accept(delivery("sixty days later", 60 * DAY)).await.unwrap();
    assert_eq!(store.accept(delivery("old", 60 * DAY)).await.unwrap(), Accepted::New);
}

pub(in crate::store) async fn an_open_delivery_is_never_forgotten(backend: &impl Backend) {
    let store = backend.open().await;
    store.accept(delivery("open", 0)).await.unwrap();
    store.accept(delivery("sixty days later", 60 * DAY)).await.unwrap();
    assert_eq!(store.accept(delivery("open", 60 * DAY)).await.unwrap(), Accepted::Duplicate);
    assert_eq!(claimed(&store, 60 * DAY).await.as_deref(), Some("open"));
}

pub(in crate::store) async fn a_burst_that_became_due_at_once_is_claimed_in_order(backend: &impl Backend) {
    let store = backend.open().await;
    let accepts = (0..600).map(|number| store.accept(delivery(&format!("{number:03}"), 0)));
    futures_join(accepts).await;
    let mut order = Vec::new();
    while let Some(item) = store.claim_delivery(at(0), 60).await.unwrap() {
        order.push(item.seq);
    }
    // All leases end at the same moment.
    for expected in order {
        assert_eq!(store.claim_delivery(at(60), 60).await.unwrap().unwrap().seq, expected);
    }
}

/// Runs futures one after another; the first failure fails the test.
async fn futures_join<T, E: std::fmt::Debug>(
    futures: impl Iterator<Item = impl Future<Output = Result<T, E>>>,
) {
    for future in futures {
        future.await.unwrap();
    }
}
