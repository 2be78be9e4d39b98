//! A look that began before the merge and is told after it.

use tfpilot_engine::{Ask, CommitSha, PullSnapshot, PullState, Signal};

use crate::tale::{Tale, alice, bob, snapshot, tree};

fn applied() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p").reviews(&bob());
    tale.asks(&alice(), Ask::Apply).claims().starts().applies();
    tale
}

/// Open still, on a base that moved, and nothing left that the head changes there.
fn late() -> Signal {
    let pull = PullSnapshot { base: CommitSha::new("merged"), ..snapshot("h1") };
    let mut reading = tree("h1", "i1");
    reading.stacks.clear();
    Signal::PullSeen { pull, tree: Some(reading) }
}

#[test]
fn after_our_merge_it_changes_nothing() {
    let mut tale = applied();
    tale.tell(Signal::Merged { commit: CommitSha::new("m1") });
    let (facts, events) = (tale.facts.clone(), tale.events.len());
    tale.tell(late());
    assert_eq!((tale.events.len(), tale.facts.stacks()), (events, facts.stacks()));
    assert_eq!(tale.facts, facts);
}

#[test]
fn after_the_merge_was_seen_it_is_not_open_again() {
    let mut tale = applied();
    let pull = PullSnapshot { state: PullState::Merged, ..snapshot("h1") };
    tale.tell(Signal::PullSeen { pull, tree: None });
    let events = tale.events.len();
    tale.tell(late());
    assert_eq!(tale.events.len(), events);
    assert_eq!(tale.facts.pull.as_ref().unwrap().state, PullState::Merged);
    tale.tell(Signal::Merged { commit: CommitSha::new("m1") });
    assert!(tale.facts.merged.is_some());
}
