//! Gate `frozen`: no freeze window holds for an environment that the change touches, or enough people with the right let
//! this plan pass it. Moved by time, by the configuration and by overrides.
//!
//! An override names the windows that held when it was given, each with its end: the next weekend is frozen anew.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::gate::{GateName, Verdict, approved};
use crate::{Facts, Freeze, InForce, Override, Refusal, Role};

/// The rule under which a change is let pass a freeze window.
pub const FREEZE_RULE: &str = "freeze";

pub(super) fn judge(facts: &Facts, now: Timestamp) -> Verdict {
    match last_to_end(facts, now) {
        Some(in_force) => Verdict::waiting(GateName::Frozen, refusal(facts, in_force)),
        None => Verdict::open(GateName::Frozen),
    }
}

/// Of the windows that hold and that nobody let this plan pass, the one that ends last: before that nothing is applied.
fn last_to_end(facts: &Facts, now: Timestamp) -> Option<InForce<'_>> {
    let shut = in_force(facts, now).into_iter().filter(|it| !is_passed(facts, it.freeze));
    // Of two with one end the first that is written is named.
    shut.reduce(|last, next| if next.freeze.until > last.freeze.until { next } else { last })
}

fn refusal(facts: &Facts, in_force: InForce<'_>) -> Refusal {
    let InForce { freeze, environment } = in_force;
    let ask = freeze.overriders.teams.first().or(freeze.overriders.users.first());
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Refusal::Frozen {
        environment: environment.cloned(),
        name: freeze.name.clone(),
        reason: freeze.reason.clone(),
        until: freeze.until,
        zone: freeze.zone.clone(),
        given: number(passes(facts, freeze).len()),
        needed: number(freeze.overriders.needed()),
        ask: ask.map(|name| name.trim_start_matches('@').to_owned()),
    }
}

/// Every window that holds for what the change touches: those for everything first, then by environment.
pub fn in_force(facts: &Facts, now: Timestamp) -> Vec<InForce<'_>> {
    windows(facts).into_iter().filter(|it| it.freeze.holds(now)).collect()
}

fn windows(facts: &Facts) -> Vec<InForce<'_>> {
    if facts.stacks().is_empty() {
        return Vec::new();
    }
    let everywhere = facts.rules.freezes.iter().map(|freeze| InForce { freeze, environment: None });
    let named = facts.environments().into_iter().flatten();
    let of_environments = named.flat_map(|name| {
        let freezes = facts.rules.environments.get(name).map(|rules| rules.freezes.as_slice());
        let there = move |freeze| InForce { freeze, environment: Some(name) };
        freezes.unwrap_or_default().iter().map(there)
    });
    everywhere.chain(of_environments).collect()
}

/// The next moment at which a window begins or ends.
pub(crate) fn next_turn(facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    let turns = windows(facts).into_iter().flat_map(|it| [it.freeze.from, it.freeze.until]);
    turns.filter(|turn| *turn > now).min()
}

/// Whether enough people let what there is to review pass this window.
fn is_passed(facts: &Facts, freeze: &Freeze) -> bool {
    passes(facts, freeze).len() >= freeze.overriders.needed()
}

/// Overrides that let what there is to review pass this window; each person once.
pub fn passes<'f>(facts: &'f Facts, freeze: &Freeze) -> Vec<&'f Override> {
    if facts.overrides.is_empty() {
        return Vec::new();
    }
    let shown = facts.reviewed_shown();
    let mut people = BTreeSet::new();
    let counts = |one: &&Override| {
        one.rule == FREEZE_RULE
            && shown.as_ref() == Some(&one.reviewed)
            && one.freezes.get(&freeze.name) == Some(&freeze.until)
            && approved::own_hand(facts, &one.by).is_none()
            && may_pass(facts, one, freeze)
    };
    facts.overrides.iter().filter(counts).filter(|one| people.insert(one.by.id)).collect()
}

/// Whether somebody may let a change pass the window: who is named for it, and admins.
pub(crate) fn may_pass(facts: &Facts, given: &Override, freeze: &Freeze) -> bool {
    freeze.overriders.names(&given.by, &given.teams)
        || approved::role_everywhere(facts, &given.roles) >= Role::Admin
}
