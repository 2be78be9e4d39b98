//! What the trait says about leases.

use super::{Backend, at};
use crate::store::Store;

pub(in crate::store) async fn a_lease_has_one_holder(backend: &impl Backend) {
    let store = backend.open().await;
    let lease = store.lease("stream/a", "one", at(0), 30).await.unwrap().unwrap();
    assert_eq!((lease.key.as_str(), lease.until), ("stream/a", at(30)));
    assert_eq!(store.lease("stream/a", "two", at(29), 30).await.unwrap(), None);
    assert!(store.lease("stream/b", "two", at(29), 30).await.unwrap().is_some());
}

pub(in crate::store) async fn a_lease_is_renewed_by_its_holder_with_the_same_token(backend: &impl Backend) {
    let store = backend.open().await;
    let first = store.lease("l", "one", at(0), 30).await.unwrap().unwrap();
    let renewed = store.lease("l", "one", at(20), 30).await.unwrap().unwrap();
    assert_eq!((renewed.token, renewed.until), (first.token, at(50)));
    assert_eq!(store.lease("l", "two", at(49), 30).await.unwrap(), None);
}

pub(in crate::store) async fn a_lease_ends_and_its_token_grows(backend: &impl Backend) {
    let store = backend.open().await;
    let mut last = 0;
    for (turn, holder) in ["one", "two", "two", "one"].into_iter().enumerate() {
        let lease = store.lease("l", holder, at(30 * turn as i64), 30).await.unwrap().unwrap();
        assert!(lease.token > last, "{} is not above {last}", lease.token);
        last = lease.token;
    }
}

pub(in crate::store) async fn a_lease_is_given_back_only_by_its_holder(backend: &impl Backend) {
    let store = backend.open().await;
    let first = store.lease("l", "one", at(0), 30).await.unwrap().unwrap();
    store.release_lease("l", "two").await.unwrap();
    store.release_lease("unknown", "two").await.unwrap();
    assert_eq!(store.lease("l", "two", at(1), 30).await.unwrap(), None);
    store.release_lease("l", "one").await.unwrap();
    let second = store.lease("l", "two", at(1), 30).await.unwrap().unwrap();
    assert!(second.token > first.token);
    // A late holder releases nothing of the new one.
    store.release_lease("l", "one").await.unwrap();
    assert_eq!(store.lease("l", "one", at(2), 30).await.unwrap(), None);
}
