//! Asking for a review: once a planned change waits for an approval, whoever may give it is asked through GitHub. Nobody is
//! asked twice for one change, also not after a person took the request back.

use std::collections::BTreeSet;

use crate::decide::Desk;
use crate::gate::{self, GateName, GateState, demanded};
use crate::{Command, Event, Facts, Person, Reviewers};

/// Most people asked by name.
const PEOPLE: usize = 15;

/// Asks those who were not asked before.
pub(super) fn ask(desk: &mut Desk) {
    if !is_awaited(desk) {
        return;
    }
    let Some(number) = desk.facts.pull.as_ref().map(|pull| pull.number) else { return };
    let wanted = whom(&desk.facts);
    let asked = &desk.facts.review_asked;
    let new = Reviewers {
        teams: wanted.teams.difference(&asked.teams).cloned().collect(),
        users: wanted.users.difference(&asked.users).cloned().collect(),
    };
    if new.is_empty() {
        return;
    }
    desk.record(Event::ReviewRequested { of: new.clone() });
    desk.order(Command::RequestReview { number, of: new });
}

/// Planned, no draft, and an approval is what is missing first.
fn is_awaited(desk: &Desk) -> bool {
    let facts = &desk.facts;
    let open = facts.pull.as_ref().is_some_and(|pull| pull.is_workable() && !pull.draft);
    let ready = open && facts.round().is_some() && !facts.is_request_closed() && facts.merged.is_none();
    ready
        && !facts.plans_change_nothing()
        && gate::first_closed(facts, desk.now)
            .is_some_and(|verdict| verdict.gate == GateName::Approved && verdict.state == GateState::Waiting)
}

/// Who may approve in the environments that the change touches, without those who have a hand in it or approved already.
fn whom(facts: &Facts) -> Reviewers {
    let names = facts.environments().into_iter().flatten();
    let rules =
        names.filter_map(|name| facts.rules.environments.get(name)).filter(|rules| rules.approvals > 0);
    let mut of = Reviewers::default();
    for rules in rules {
        of.teams.extend(rules.asks.teams.iter().cloned());
        of.users.extend(rules.asks.users.iter().cloned());
    }
    let wanted = demanded::asks(facts);
    of.teams.extend(wanted.teams);
    of.users.extend(wanted.users);
    let out = not_asked(facts);
    of.users.retain(|login| !out.contains(&login.to_ascii_lowercase()));
    of.users = std::mem::take(&mut of.users).into_iter().take(PEOPLE).collect();
    of
}

fn not_asked(facts: &Facts) -> BTreeSet<String> {
    let request = facts.request.iter().flat_map(|request| request.setters.iter().chain([&request.by]));
    let pull = facts.pull.iter().flat_map(|pull| pull.committers.iter().chain([&pull.author]));
    let counted = gate::counted_approvals(facts).counted;
    let login = |person: &Person| person.login.to_ascii_lowercase();
    let hands = request.chain(pull).map(login);
    hands.chain(counted.iter().map(login)).collect()
}
