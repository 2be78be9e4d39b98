//! `override`: somebody with the right lets a rule's findings pass, with a reason, for exactly what is shown.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::decide::{Desk, ask, prejudged};
use crate::gate::{self, approved, frozen, overridden};
use crate::{
    Actor, AdmissionOverride, ApplyStanding, CommitSha, Event, Freeze, NoOverrideWhy, Override, Reaction,
    Refusal, Role, Standing,
};

/// Names of rules of admission begin with this.
const ADMISSION: &str = "admission/";

/// What was asked for.
pub(super) struct Order<'a> {
    /// The rule's id; empty for whichever stands first in the way.
    pub(super) rule: &'a str,
    /// Why; may be empty.
    pub(super) reason: &'a str,
    /// Teams of the rule's `override` that the person was in at this moment.
    pub(super) teams: &'a [String],
    /// What may have been meant where there is no such rule.
    pub(super) suggestion: Option<&'a str>,
}

/// First the change is open and nothing is being applied, then there is such a rule, then the person has no hand in the
/// change, then the conditions of the rule's kind.
pub(super) fn asked(
    desk: &mut Desk,
    by: &Actor,
    written_at: Timestamp,
    order: &Order<'_>,
) -> Result<Reaction, Refusal> {
    if desk.facts.refused_draft().is_some() {
        return prejudged::overridden(desk, by, order);
    }
    ask::require_open_pull(desk, "override")?;
    match desk.facts.apply_standing() {
        ApplyStanding::Running => return Err(Refusal::Applying),
        ApplyStanding::Unknown => return Err(Refusal::OutcomeUnknown),
        ApplyStanding::Finished => return Err(Refusal::Applied),
        ApplyStanding::Failed | ApplyStanding::None => {}
    }
    let rule = named(desk, order)?;
    if let Some(why) = approved::own_hand(&desk.facts, &by.person) {
        return Err(no(desk, &rule, NoOverrideWhy::OwnHand { why }));
    }
    match rule.strip_prefix(ADMISSION) {
        Some(_) => admission(desk, by, &rule, order.reason.trim()),
        None if rule == gate::FREEZE_RULE => freeze(desk, by, written_at, order),
        None => finding(desk, by, written_at, &rule, order),
    }
}

/// The rule's id, where there is such a rule.
pub(super) fn named(desk: &Desk, order: &Order<'_>) -> Result<String, Refusal> {
    if order.rule.is_empty() {
        return gate::first_to_override(&desk.facts, desk.now).ok_or(Refusal::NothingToOverride);
    }
    let of_admission = order.rule.starts_with(ADMISSION) && order.suggestion.is_none();
    if of_admission || desk.facts.rules.overrides.contains_key(order.rule) {
        return Ok(order.rule.to_owned());
    }
    let suggestion = order.suggestion.map(str::to_owned);
    Err(Refusal::UnknownRule { rule: order.rule.to_owned(), suggestion })
}

/// First the right: named for the rule, or an admin. Then a reason, then the plan the person saw, then that something
/// soft-mandatory of the rule stands in the way.
fn finding(
    desk: &mut Desk,
    by: &Actor,
    written_at: Timestamp,
    rule: &str,
    order: &Order<'_>,
) -> Result<Reaction, Refusal> {
    let given = Override {
        by: by.person.clone(),
        roles: by.roles.clone(),
        teams: order.teams.to_vec(),
        rule: rule.to_owned(),
        reason: order.reason.trim().to_owned(),
        reviewed: desk.facts.reviewed_now().ok_or(Refusal::Planning)?,
        freezes: BTreeMap::new(),
    };
    if !overridden::may(&desk.facts, &given) {
        return Err(no_right(desk, by, rule));
    }
    if given.reason.is_empty() {
        return Err(no(desk, rule, NoOverrideWhy::NoReason));
    }
    ask::require_shown(desk, written_at, &format!("override {rule} reason=\"…\""))?;
    match overridden::standing(&desk.facts, rule) {
        Some(Standing::Blocked) => return Err(no(desk, rule, NoOverrideWhy::HardMandatory)),
        Some(Standing::OverrideNeeded) => {}
        _ => return Err(no(desk, rule, NoOverrideWhy::NothingFound)),
    }
    record(desk, given);
    Ok(Reaction::ThumbsUp)
}

/// Keeps an override, unless the same person gave the same before.
fn record(desk: &mut Desk, given: Override) {
    let known = |one: &Override| {
        one.by.id == given.by.id
            && one.rule == given.rule
            && one.reviewed == given.reviewed
            && one.freezes == given.freezes
    };
    if !desk.facts.overrides.iter().any(known) {
        let at = desk.now;
        desk.record(Event::Overridden { given, at });
    }
}

/// First something is frozen, then the right for every window that holds, then a reason, then the plan the person saw.
fn freeze(
    desk: &mut Desk,
    by: &Actor,
    written_at: Timestamp,
    order: &Order<'_>,
) -> Result<Reaction, Refusal> {
    let rule = gate::FREEZE_RULE;
    let in_force: Vec<Freeze> =
        gate::in_force(&desk.facts, desk.now).into_iter().map(|it| it.freeze.clone()).collect();
    if in_force.is_empty() {
        return Err(no(desk, rule, NoOverrideWhy::NothingFound));
    }
    let given = Override {
        by: by.person.clone(),
        roles: by.roles.clone(),
        teams: order.teams.to_vec(),
        rule: rule.to_owned(),
        reason: order.reason.trim().to_owned(),
        reviewed: desk.facts.reviewed_now().ok_or(Refusal::Planning)?,
        freezes: in_force.iter().map(|freeze| (freeze.name.clone(), freeze.until)).collect(),
    };
    if !in_force.iter().all(|freeze| frozen::may_pass(&desk.facts, &given, freeze)) {
        return Err(no_right(desk, by, rule));
    }
    if given.reason.is_empty() {
        return Err(no(desk, rule, NoOverrideWhy::NoReason));
    }
    ask::require_shown(desk, written_at, "override freeze reason=\"…\"")?;
    record(desk, given);
    Ok(Reaction::ThumbsUp)
}

/// 1. An admin. 2. A reason. 3. The rule found something at this head, and what it found could be read.
fn admission(desk: &mut Desk, by: &Actor, rule: &str, reason: &str) -> Result<Reaction, Refusal> {
    ask::require(desk, by, "override")?;
    if reason.is_empty() {
        return Err(no(desk, rule, NoOverrideWhy::NoReason));
    }
    let head = head(desk)?;
    if rule == gate::NEVER_OVERRIDDEN {
        return Err(no(desk, rule, NoOverrideWhy::HardMandatory));
    }
    let findings = desk.facts.tree.iter().flat_map(|tree| &tree.findings);
    if !findings.into_iter().any(|finding| finding.rule == rule) {
        return Err(no(desk, rule, NoOverrideWhy::NothingFound));
    }
    if !gate::overridden_admissions(&desk.facts, &head).contains_key(rule) {
        let (by, roles) = (by.person.clone(), by.roles.clone());
        let (rule, reason) = (rule.to_owned(), reason.to_owned());
        let at = desk.now;
        desk.record(Event::AdmissionOverridden {
            given: AdmissionOverride { by, roles, rule, reason, head },
            at,
        });
    }
    Ok(Reaction::ThumbsUp)
}

/// The head, once it was read.
fn head(desk: &Desk) -> Result<CommitSha, Refusal> {
    let read = desk.facts.tree.as_ref().filter(|_| desk.facts.head_is_read());
    read.map(|tree| tree.head.clone()).ok_or(Refusal::Planning)
}

pub(super) fn no(desk: &Desk, rule: &str, why: NoOverrideWhy) -> Refusal {
    Refusal::NoOverride { rule: rule.to_owned(), why, ask: overridden::who(&desk.facts, rule) }
}

pub(super) fn no_right(desk: &Desk, by: &Actor, rule: &str) -> Refusal {
    Refusal::NoRole {
        command: "override".to_owned(),
        environment: None,
        needs: Role::Admin,
        has: approved::role_everywhere(&desk.facts, &by.roles),
        source: desk.facts.rules.role_source(None, Role::Admin),
        ask: overridden::who(&desk.facts, rule),
    }
}
