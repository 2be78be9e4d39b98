//! A base that moved in what a plan depends on: our own branches are rendered again on top of it.

use crate::decide::Desk;
use crate::{Command, Event};

/// Once for every head and base. The branches of people are theirs: there the gate `fresh` says what to do.
pub(super) fn renew_branch(desk: &mut Desk) {
    if !is_due(desk) {
        return;
    }
    let Some(pull) = &desk.facts.pull else { return };
    let (head, base) = (pull.head.clone(), pull.base.clone());
    if desk.facts.renewal.as_ref() != Some(&(head.clone(), base.clone())) {
        desk.record(Event::BranchRenewalOrdered { head: head.clone(), base: base.clone() });
        desk.order(Command::RenewBranch { head, base });
    }
}

/// True while the head is about to be replaced: planning it would be for nothing.
pub(super) fn is_due(desk: &Desk) -> bool {
    desk.facts.diverged().is_some() && desk.facts.renews_itself()
}
