//! Several signals at once: all of them or none, each on what the ones before it led to.

use std::sync::Arc;

use tempfile::TempDir;
use tfpilot_engine::{Actor, Ask, Person, Roles, Rules, Signal};

use super::{Ledger, Settles};
use crate::clock::Clock;
use crate::store::{Delivery, SledStore, Store, StoreError, StreamId};

struct Bench {
    _dir: TempDir,
    store: Arc<dyn Store>,
    ledger: Ledger,
    clock: Clock,
}

fn bench() -> Bench {
    let dir = TempDir::new().expect("a directory");
    let store: Arc<dyn Store> = Arc::new(SledStore::open(dir.path()).expect("a store"));
    let clock = Clock::default();
    Bench { ledger: Ledger::new(Arc::clone(&store), clock.clone()), _dir: dir, store, clock }
}

impl Bench {
    async fn delivery(&self) -> u64 {
        let (id, kind) = ("github/1".to_owned(), "github/issue_comment".to_owned());
        let delivery = Delivery { id, kind, body: Vec::new(), received_at: self.clock.now() };
        self.store.accept(delivery).await.expect("accepted");
        let claimed = self.store.claim_delivery(self.clock.now(), 60).await.expect("a store");
        claimed.expect("the delivery").seq
    }

    async fn events(&self) -> usize {
        self.store.load(&stream()).await.expect("a stream").len()
    }
}

fn stream() -> StreamId {
    StreamId("7/1".to_owned())
}

fn help(id: u64) -> Signal {
    let by = Actor { person: Person { id, login: format!("person-{id}") }, roles: Roles::default() };
    Signal::Asked { number: 1, comment: Some(9), by, ask: Ask::Help, written_at: jiff::Timestamp::UNIX_EPOCH }
}

fn settles(delivery: u64) -> Settles {
    Settles { delivery: Some(delivery), ..Settles::default() }
}

#[tokio::test]
async fn several_signals_are_one_transaction_that_finishes_their_delivery() {
    let bench = bench();
    let delivery = bench.delivery().await;
    let signals = [help(1), help(2)];
    let decided = bench.ledger.decide(&stream(), &Rules::default(), &signals, settles(delivery)).await;
    assert_eq!(decided.expect("decided").facts.calls.len(), 2);
    assert_eq!(bench.events().await, 2);
    // Deciding again, as a holder would whose lease had ended, finds the delivery done and changes nothing.
    let again = bench.ledger.decide(&stream(), &Rules::default(), &[help(3)], settles(delivery)).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    assert_eq!(bench.events().await, 2);
}

#[tokio::test]
async fn where_the_delivery_is_done_none_of_its_signals_has_an_effect() {
    let bench = bench();
    let delivery = bench.delivery().await;
    bench.store.finish_delivery(delivery).await.expect("finished");
    let signals = [help(1), help(2)];
    let refused = bench.ledger.decide(&stream(), &Rules::default(), &signals, settles(delivery)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    assert_eq!(bench.events().await, 0);
}

#[tokio::test]
async fn a_signal_is_decided_on_what_the_one_before_it_led_to() {
    let (together, apart) = (bench(), bench());
    let signals = [help(1), help(1), help(2)];
    let rules = Rules::default();
    let at_once = together.ledger.decide(&stream(), &rules, &signals, Settles::default()).await;
    let mut one_by_one = None;
    for signal in &signals {
        let signal = std::slice::from_ref(signal);
        one_by_one = Some(apart.ledger.decide(&stream(), &rules, signal, Settles::default()).await);
    }
    let at_once = at_once.expect("decided").facts;
    assert_eq!(at_once, one_by_one.expect("three signals").expect("decided").facts);
    assert_eq!((at_once.calls.len(), together.events().await), (2, 2), "the same is not said twice");
}
