//! The rules before the plan: what they refuse on a draft is told where the person looks, and a draft that is put right, or
//! let pass by somebody with the right, goes on.

use crate::decide::{Desk, overrule};
use crate::gate::approved;
use crate::{
    Actor, Call, Command, DraftFinding, DraftJudged, DraftOverride, Event, NoOverrideWhy, Reaction, Refusal,
    Say, Standing,
};

/// Names the call: one for a request, edited while something else stands against it.
const KEY: &str = "draft";

/// Records what the rules say where they did not say it before, and tells the requester what stands in the way.
pub(super) fn judged(desk: &mut Desk, judged: &DraftJudged) {
    let Some(request) = &desk.facts.request else { return };
    let known = request.judged.as_ref().filter(|known| known.draft == judged.draft);
    let new = known.map_or(!judged.findings.is_empty(), |known| known != judged);
    if new {
        desk.record(Event::DraftJudged { judged: judged.clone() });
    }
    tell(desk);
}

/// What was refused under other rules is judged again.
pub(super) fn rules_changed(desk: &mut Desk) {
    desk.order(Command::Show);
    if desk.facts.refused_draft().is_some() && !desk.facts.is_request_closed() {
        desk.order(Command::CommitBranch);
    }
}

/// Tells the requester what stands in the way, unless that was the last thing said.
pub(super) fn tell(desk: &mut Desk) {
    let Some(request) = &desk.facts.request else { return };
    let findings: Vec<DraftFinding> =
        desk.facts.refused_draft().unwrap_or_default().into_iter().cloned().collect();
    if findings.is_empty() {
        return;
    }
    let (number, to) = (request.issue, request.by.clone());
    desk.say(Call { number, key: KEY.to_owned(), to, say: Say::DraftRefused { findings } });
}

/// `override` before there is a pull request: first there is such a rule, then the person has no hand in the request, then
/// the right, then a reason, then something soft-mandatory of the rule stands in the way.
pub(super) fn overridden(
    desk: &mut Desk,
    by: &Actor,
    order: &overrule::Order<'_>,
) -> Result<Reaction, Refusal> {
    let rule = match order.rule {
        "" => first_soft(desk).ok_or(Refusal::NothingToOverride)?,
        _ => overrule::named(desk, order)?,
    };
    if let Some(why) = approved::own_hand(&desk.facts, &by.person) {
        return Err(overrule::no(desk, &rule, NoOverrideWhy::OwnHand { why }));
    }
    let given = DraftOverride {
        by: by.person.clone(),
        roles: by.roles.clone(),
        teams: order.teams.to_vec(),
        rule,
        reason: order.reason.trim().to_owned(),
        draft: desk.facts.request.as_ref().map_or(0, |request| request.drafts),
    };
    if !desk.facts.may_override_draft(&given) {
        return Err(overrule::no_right(desk, by, &given.rule));
    }
    if given.reason.is_empty() {
        return Err(overrule::no(desk, &given.rule, NoOverrideWhy::NoReason));
    }
    let standings = desk.facts.refused_draft().unwrap_or_default();
    let of_rule = standings.iter().filter(|found| found.finding.rule == given.rule);
    match of_rule.map(|found| found.finding.standing).max() {
        Some(Standing::Blocked) => return Err(overrule::no(desk, &given.rule, NoOverrideWhy::HardMandatory)),
        Some(Standing::OverrideNeeded) => {}
        _ => return Err(overrule::no(desk, &given.rule, NoOverrideWhy::NothingFound)),
    }
    let known =
        |one: &DraftOverride| one.by.id == given.by.id && one.rule == given.rule && one.draft == given.draft;
    if !desk.facts.request.as_ref().is_some_and(|request| request.overrides.iter().any(known)) {
        let at = desk.now;
        desk.record(Event::DraftOverridden { given, at });
    }
    tell(desk);
    Ok(Reaction::ThumbsUp)
}

/// The first rule that an override would let pass.
fn first_soft(desk: &Desk) -> Option<String> {
    let found = desk.facts.refused_draft()?;
    let soft = found.into_iter().find(|found| found.finding.standing == Standing::OverrideNeeded)?;
    Some(soft.finding.rule.clone())
}
