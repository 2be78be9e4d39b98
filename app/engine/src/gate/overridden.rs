//! Which rules' findings somebody let pass: overrides of exactly what there is to review, by people who may.
//!
//! An override changes what soft-mandatory findings come to, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::gate::approved;
use crate::{Facts, Judgement, Override, Refusal, Role, Standing};

/// The rule under which a change's cost is overridden.
pub const COST_RULE: &str = "cost";

/// Overrides that count, by rule, in the order they were given; each person once.
pub fn counted_overrides(facts: &Facts) -> BTreeMap<&str, Vec<&Override>> {
    let mut counted: BTreeMap<&str, Vec<&Override>> = BTreeMap::new();
    if facts.overrides.is_empty() {
        return counted;
    }
    let shown = facts.reviewed_shown();
    for one in facts.overrides.iter().filter(|one| shown.as_ref() == Some(&one.reviewed)) {
        let again =
            counted.get(one.rule.as_str()).is_some_and(|known| known.iter().any(|it| it.by.id == one.by.id));
        if !again && approved::own_hand(facts, &one.by).is_none() && may(facts, one) {
            counted.entry(&one.rule).or_default().push(one);
        }
    }
    counted
}

/// Rules that enough people have overridden.
pub fn overridden_rules(facts: &Facts) -> BTreeSet<&str> {
    let enough = |rule: &str, people: usize| people >= needed(facts, rule);
    let counted = counted_overrides(facts).into_iter();
    counted.filter(|(rule, people)| enough(rule, people.len())).map(|(rule, _)| rule).collect()
}

/// Whether somebody may override the rule: who is named for it, and admins.
pub(crate) fn may(facts: &Facts, given: &Override) -> bool {
    let overriders = facts.rules.overrides.get(&given.rule);
    overriders.is_some_and(|it| it.names(&given.by, &given.teams))
        || approved::role_everywhere(facts, &given.roles) >= Role::Admin
}

/// Whom a refusal points to.
pub(crate) fn who(facts: &Facts, rule: &str) -> Option<String> {
    let overriders = facts.rules.overrides.get(rule)?;
    overriders.teams.first().or(overriders.users.first()).map(|name| name.trim_start_matches('@').to_owned())
}

pub(crate) fn needed(facts: &Facts, rule: &str) -> usize {
    facts.rules.overrides.get(rule).map_or(1, crate::Overriders::needed)
}

/// What a rule's findings come to over the plans of the head; none where it found nothing.
pub(crate) fn standing(facts: &Facts, rule: &str) -> Option<Standing> {
    let plans = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack));
    let judgements = plans.flat_map(|plan| [&plan.policy, &plan.cost]).flatten();
    judgements.filter_map(|judgement| judgement.by_rule().get(rule).copied()).max()
}

/// What a judgement still lacks: the first rule that somebody could override and nobody has.
pub(crate) fn missing(facts: &Facts, judgement: &Judgement) -> Option<Refusal> {
    let counted = counted_overrides(facts);
    let given = |rule: &str| counted.get(rule).map_or(0, Vec::len);
    let soft = |rule: &&str, standing: &Standing| {
        *standing == Standing::OverrideNeeded && given(rule) < needed(facts, rule)
    };
    let by_rule = judgement.by_rule();
    let first = judgement.findings.iter().map(|finding| finding.rule.as_str());
    let mut rules = first.chain(by_rule.keys().copied()).filter(|rule| !rule.is_empty());
    let rule = rules.find(|rule| by_rule.get(rule).is_some_and(|standing| soft(rule, standing)))?;
    Some(Refusal::OverrideNeeded {
        rule: rule.to_owned(),
        title: judgement.title.clone(),
        given: u32::try_from(given(rule)).unwrap_or(u32::MAX),
        needed: u32::try_from(needed(facts, rule)).unwrap_or(u32::MAX),
        place: place(judgement, rule),
        ask: who(facts, rule),
    })
}

/// Where a rule's first finding is.
fn place(judgement: &Judgement, rule: &str) -> Option<String> {
    let finding = judgement.findings.iter().find(|finding| finding.rule == rule)?;
    Some(format!("{}:{}", finding.path.as_ref()?, finding.line?))
}
