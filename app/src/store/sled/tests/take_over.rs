//! What a process held when it was killed is worked on at once by the next one.

use jiff::SignedDuration;
use tempfile::TempDir;

use crate::store::conformance::{at, command, decision, delivery};
use crate::store::{Commit, Lane, SledStore, Store};

const LEASE: u32 = 300;

#[tokio::test]
async fn what_the_last_process_held_is_due_at_once_and_what_waits_goes_on_waiting() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store");
    let store = SledStore::open(&path).unwrap();
    for (id, second) in [("held", 1), ("waits", 2), ("fresh", 3)] {
        store.accept(delivery(id, second)).await.unwrap();
    }
    let commands = vec![command("act", Lane::Act, 1), command("show", Lane::Show, 1)];
    store.commit(Commit { commands, ..decision("7/1", 0) }).await.unwrap();

    let first = store.claim_delivery(at(10), LEASE).await.unwrap().unwrap();
    let second = store.claim_delivery(at(10), LEASE).await.unwrap().unwrap();
    assert_eq!((first.delivery.id.as_str(), second.delivery.id.as_str()), ("held", "waits"));
    store.release_delivery(second.seq, second.token, at(90), "rate limited").await.unwrap();
    let act = store.claim_command(at(10), LEASE).await.unwrap().unwrap();
    assert_eq!(act.key, "act");
    let show = store.claim_command(at(10), LEASE).await.unwrap().unwrap();
    store.release_command(show.id, show.token, at(95), "rate limited").await.unwrap();
    drop(store);

    let store = SledStore::open(&path).unwrap();
    assert_eq!(store.take_over().await.unwrap(), 2);
    assert_eq!(store.take_over().await.unwrap(), 0);
    store.check().await.unwrap();
    let again = store.claim_delivery(at(11), LEASE).await.unwrap().unwrap();
    assert_eq!((again.delivery.id.as_str(), again.attempts), ("held", 1));
    assert_eq!(store.claim_delivery(at(11), LEASE).await.unwrap().unwrap().delivery.id, "fresh");
    assert_eq!(store.claim_delivery(at(11), LEASE).await.unwrap(), None);
    assert_eq!(store.claim_command(at(11), LEASE).await.unwrap().unwrap().key, "act");
    assert_eq!(store.claim_command(at(11), LEASE).await.unwrap(), None);
    let due = store.next_due().await.unwrap().unwrap();
    assert_eq!(due.duration_since(at(0)), SignedDuration::from_secs(90));
}
