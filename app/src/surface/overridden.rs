//! What somebody let pass, in words: `required-tags` overridden by carol: the reason.

use tfpilot_engine::gate::{GateName, GateState};
use tfpilot_engine::{Facts, InForce, Judgement, Override, Plan, StackPath, Standing, gate};

use super::escape::{self, code, prose};
use super::{Scene, pull};

/// One plan's judgement, and what it comes to after overrides.
pub(super) struct Judged<'f> {
    pub(super) stack: &'f StackPath,
    pub(super) judgement: &'f Judgement,
    pub(super) standing: Standing,
}

/// Judgements of the head's latest plans, also of those that are being applied: worst first, then by path.
pub(super) fn judged<'f>(
    facts: &'f Facts,
    of: impl Fn(&'f Plan) -> Option<&'f Judgement>,
) -> Vec<Judged<'f>> {
    let overridden = gate::overridden_rules(facts);
    let plans = facts.stacks().iter().filter_map(|stack| facts.plans.get(&stack.path));
    let mut judged: Vec<Judged<'f>> = plans
        .filter_map(|plan| {
            let judgement = of(plan)?;
            Some(Judged { stack: &plan.stack, judgement, standing: judgement.after(&overridden) })
        })
        .collect();
    judged.sort_by_key(|one| (std::cmp::Reverse(one.standing), one.stack));
    judged
}

/// Overrides of what these judgements found, by rule.
fn given<'f>(facts: &'f Facts, judged: &[Judged<'_>]) -> Vec<(&'f str, Vec<&'f Override>)> {
    let enough = gate::overridden_rules(facts);
    let found = |rule: &str| {
        let soft = |one: &Judged<'_>| one.judgement.by_rule().get(rule) == Some(&Standing::OverrideNeeded);
        judged.iter().any(soft)
    };
    let counted = gate::counted_overrides(facts).into_iter();
    counted.filter(|(rule, _)| enough.contains(rule) && found(rule)).collect()
}

/// A sentence per rule that was overridden, without a stop at its end.
pub(super) fn lines(facts: &Facts, judged: &[Judged<'_>]) -> Vec<String> {
    let line = |(rule, people): (&str, Vec<&Override>)| {
        let by = people.iter().map(|one| by_whom(&one.by.login, &one.reason)).collect::<Vec<_>>();
        format!("{} overridden by {}", code(rule), by.join("; "))
    };
    given(facts, judged).into_iter().map(line).collect()
}

/// The same for a title, where there is room for one rule: `required-tags overridden by carol`.
pub(super) fn title(facts: &Facts, judged: &[Judged<'_>]) -> Option<String> {
    let given = given(facts, judged);
    match given.as_slice() {
        [] => None,
        [(rule, people)] => {
            let by = people.first().map(|one| one.by.login.as_str()).unwrap_or_default();
            let more = if people.len() > 1 { " and others" } else { "" };
            Some(format!("{rule} overridden by {by}{more}"))
        }
        many => Some(format!("{} rules overridden", many.len())),
    }
}

/// What of the windows that hold was let pass, and by whom, where none of them keeps the gate shut.
pub(super) fn of_freezes(scene: &Scene<'_>) -> Option<String> {
    if pull::verdict(scene, GateName::Frozen)?.state != GateState::Open {
        return None;
    }
    let line = |it: &InForce<'_>| {
        let by = gate::passes(scene.facts, it.freeze).into_iter();
        let by = by.map(|one| by_whom(&one.by.login, &one.reason)).collect::<Vec<_>>();
        format!("{} overridden by {}", code(&it.freeze.name), by.join("; "))
    };
    let lines: Vec<String> = gate::in_force(scene.facts, scene.now).iter().map(line).collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// A sentence per rule of admission that was overridden for the head.
pub(super) fn of_admission(facts: &Facts) -> Vec<String> {
    let Some(tree) = &facts.tree else { return Vec::new() };
    let overridden = gate::overridden_admissions(facts, &tree.head).into_values();
    let line = |one: &tfpilot_engine::AdmissionOverride| {
        format!("{} overridden by {}", code(&one.rule), by_whom(&one.by.login, &one.reason))
    };
    overridden.map(line).collect()
}

fn by_whom(login: &str, reason: &str) -> String {
    format!("{}: {}", prose(login), escape::sentence(reason))
}
