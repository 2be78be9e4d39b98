//! The table of gates: what is open, and what keeps the others shut.

use jiff::Timestamp;
use tfpilot_engine::gate::{self, GateName, GateState, Verdict};
use tfpilot_engine::{Facts, Judgement, Plan, PullSnapshot, Refusal, Status};

use crate::surface::escape::{code, prose};
use crate::surface::refusal::{demanded, raised_by, refusal_text, without};
use crate::surface::{Scene, fit, overridden, words};

/// Hours that a plan holds where no environment says otherwise.
const DEFAULT_MAX_AGE_HOURS: u32 = 7 * 24;

/// The table, while gates are what decides.
pub(in crate::surface) fn table(scene: &Scene<'_>, status: &Status) -> Option<String> {
    let decided = matches!(
        status,
        Status::Planning | Status::PlanFailed | Status::NotAdmitted | Status::Waiting { .. } | Status::Ready
    );
    let pull = scene.facts.pull.as_ref().filter(|_| decided)?;
    let verdicts = gate::judge_all(scene.facts, scene.now);
    let mut rows = vec![fit::row(&["Plan", &plan_row(scene.facts, pull, &verdicts)])];
    for (name, judgements) in [
        ("Policy", judged(scene.facts, |plan| plan.policy.as_ref())),
        ("Cost", judged(scene.facts, |plan| plan.cost.as_ref())),
    ] {
        rows.extend(judgements.map(|titles| fit::row(&[name, &titles])));
    }
    if let Some(verdict) = verdicts.iter().find(|verdict| verdict.gate == GateName::Approved) {
        rows.push(fit::row(&["Approval", &approval_row(scene.facts, verdict)]));
    }
    for (gate, name) in
        [(GateName::Mergeable, "Merge"), (GateName::Locked, "Lock"), (GateName::Frozen, "Freeze")]
    {
        let shut = verdicts.iter().find(|verdict| verdict.gate == gate && verdict.state != GateState::Open);
        if let Some(verdict) = shut {
            rows.push(fit::row(&[name, &reason(verdict)]));
        }
    }
    rows.extend(overridden::of_freezes(scene).map(|passed| fit::row(&["Freeze", &passed])));
    Some(fit::table(&["Gate", "State"], &rows, usize::MAX))
}

/// How the head's plans were judged: the one title, or the worst of several; and what of it was overridden.
fn judged<'f>(facts: &'f Facts, of: impl Fn(&'f Plan) -> Option<&'f Judgement>) -> Option<String> {
    if !facts.stacks().iter().any(|stack| facts.current_plan(stack).is_some()) {
        return None;
    }
    let judged = overridden::judged(facts, of);
    let worst = judged.first()?;
    let passed_over = overridden::lines(facts, &judged);
    let softened = worst.standing < worst.judgement.standing;
    let title = (!softened).then(|| prose(&worst.judgement.title));
    Some(title.into_iter().chain(passed_over).collect::<Vec<_>>().join("; "))
}

fn plan_row(facts: &Facts, pull: &PullSnapshot, verdicts: &[Verdict]) -> String {
    let of_plan = |gate| matches!(gate, GateName::Admitted | GateName::Planned | GateName::Fresh);
    let shut = verdicts.iter().find(|verdict| of_plan(verdict.gate) && verdict.state != GateState::Open);
    shut.map_or_else(|| plan_state(facts, pull), reason)
}

fn approval_row(facts: &Facts, verdict: &Verdict) -> String {
    let needed = gate::needed_approvals(facts);
    let counted = gate::counted_approvals(facts).counted;
    let names: Vec<String> = counted.iter().map(|person| prose(&person.login)).collect();
    let by = if names.is_empty() { String::new() } else { format!(": {}", words::and(&names)) };
    let not_counted = match verdict.reasons.first() {
        Some(Refusal::NotApproved { not_counted, lacking, .. }) => {
            format!("{}{}", demanded(lacking), without(not_counted))
        }
        _ => String::new(),
    };
    if needed == 0 {
        "none needed".to_owned()
    } else {
        let raised =
            gate::raised_by(facts).map_or_else(String::new, |risk| format!(" as {}", raised_by(risk)));
        format!("{} of {needed}{raised}{by}{not_counted}", names.len())
    }
}

/// Why a gate is not open, in a few words.
pub(in crate::surface) fn reason(verdict: &Verdict) -> String {
    verdict.reasons.first().map(|reason| refusal_text(reason).reason()).unwrap_or_default()
}

fn plan_state(facts: &Facts, pull: &PullSnapshot) -> String {
    let until = until(facts).map(|until| format!(", until {}", words::day(until))).unwrap_or_default();
    format!("current: {} at {}{until}", words::where_planned(facts), code(pull.head.short()))
}

/// When the first of the head's plans gets too old.
pub(in crate::surface) fn until(facts: &Facts) -> Option<Timestamp> {
    let plans = facts.stacks().iter().filter_map(|stack| Some((stack, facts.current_plan(stack)?)));
    let ends = plans.filter_map(|(stack, plan)| {
        let rules = stack.environment.as_ref().and_then(|name| facts.rules.environments.get(name));
        let hours = rules.map_or(DEFAULT_MAX_AGE_HOURS, |rules| rules.plan_max_age_hours);
        plan.at.checked_add(jiff::SignedDuration::from_hours(i64::from(hours))).ok()
    });
    ends.min()
}
