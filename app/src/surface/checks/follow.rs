//! `tfpilot/policy` and `tfpilot/cost`: they follow the plan, say how it was judged and what of that was overridden, and
//! say so while there is none.

use std::collections::BTreeMap;

use tfpilot_engine::gate::{self, GateName};
use tfpilot_engine::{JudgedFinding, Refusal, StackPath, Standing};

use crate::surface::escape::prose;
use crate::surface::overridden::{self, Judged};
use crate::surface::refusal::refusal_text;
use crate::surface::words::count;
use crate::surface::{Scene, TEXT_LIMIT, pull, tally};

use super::view::{CheckState, Draft};
use super::{Stage, notes};

/// What the policies say of the head's plans.
pub(super) fn policy(scene: &Scene<'_>, stage: Stage, name: &'static str) -> Draft {
    if stage != Stage::Planned {
        return without_plan(stage, name);
    }
    let judged = overridden::judged(scene.facts, |plan| plan.policy.as_ref());
    let passed: u32 = judged.iter().map(|one| one.judgement.passed).sum();
    let advice: u32 = judged.iter().map(|one| one.judgement.advice).sum();
    let together = match (advice, passed) {
        (0, passed) => format!("{passed} passed"),
        (advice, passed) => format!("{advice} advice, {passed} passed"),
    };
    let passed_over = gate::overridden_rules(scene.facts);
    let annotations = judged.iter().flat_map(|one| notes::of_judgement(one.judgement, &passed_over));
    drafted(scene, (name, GateName::Policy), &judged, &together)
        .text(&texts(&judged, scene.policy_texts))
        .annotations(annotations.take(notes::NOTES).collect())
}

/// What the head's plans add a month.
pub(super) fn cost(scene: &Scene<'_>, stage: Stage, name: &'static str) -> Draft {
    if stage != Stage::Planned {
        return without_plan(stage, name);
    }
    let judged = overridden::judged(scene.facts, |plan| plan.cost.as_ref());
    let estimated = || format!("{} estimated", count(judged.len(), "stack"));
    let together = tally::monthly(scene.facts).unwrap_or_else(estimated);
    drafted(scene, (name, GateName::Cost), &judged, &together).text(&texts(&judged, scene.cost_texts))
}

fn without_plan(stage: Stage, name: &'static str) -> Draft {
    match stage {
        Stage::ClosedEarly => Draft::new(name, CheckState::Neutral, "Closed before it was planned")
            .summary("Reopen the pull request to plan it."),
        Stage::Running => {
            Draft::new(name, CheckState::Queued, "Waiting for the plan").summary("Follows the plan.")
        }
        Stage::NotAdmitted | Stage::Failed | Stage::Unfit | Stage::Planned => {
            Draft::new(name, CheckState::Neutral, "Not judged: there is no plan")
                .summary("The check `tfpilot/plan` says why.")
        }
    }
}

/// The worst judgement's title; where all are well, what they come to together. What was overridden is said with its
/// reason.
fn drafted(
    scene: &Scene<'_>,
    (name, gate): (&'static str, GateName),
    judged: &[Judged<'_>],
    together: &str,
) -> Draft {
    let Some(worst) = judged.first() else {
        return Draft::new(name, CheckState::Neutral, "Not judged")
            .summary("The plan was made before this was asked.");
    };
    let passed_over = overridden::title(scene.facts, judged);
    let needed = lacking(scene, gate).filter(|_| worst.standing == Standing::OverrideNeeded);
    let bad = worst.standing >= Standing::OverrideNeeded;
    let title = match (&needed, passed_over) {
        // The judgement's own title counts what was overridden since.
        (Some((Refusal::OverrideNeeded { rule, .. }, _)), Some(_)) => format!("{rule}: override needed"),
        (_, Some(overridden)) if !bad => overridden,
        _ if judged.len() == 1 || bad => worst.judgement.title.clone(),
        _ => together.to_owned(),
    };
    let first = worst.judgement.findings.iter().find(|finding| finding.standing >= worst.standing);
    let overridden = overridden::lines(scene.facts, judged);
    let first = match (&needed, first.filter(|_| bad)) {
        (Some((_, next)), finding) => {
            let what = finding.map(what).unwrap_or_default();
            format!("{what}Next: {next}.")
        }
        (None, Some(finding)) => format!("{}Next: {}.", what(finding), finding.hint),
        (None, None) if overridden.is_empty() => format!("{}.", prose(&title)),
        (None, None) => String::new(),
    };
    let lines = overridden.iter().map(|line| format!("{line}."));
    let parts: Vec<String> = Some(first).filter(|first| !first.is_empty()).into_iter().chain(lines).collect();
    let draft = Draft::new(name, state(worst.standing), &title).summary(&parts.join("\n\n"));
    if needed.is_some() { draft.button("Override", "Asks for a reason", "override") } else { draft }
}

fn what(finding: &JudgedFinding) -> String {
    format!("{}. ", finding.message)
}

/// The override that a gate waits for, and who gives it how.
fn lacking(scene: &Scene<'_>, gate: GateName) -> Option<(Refusal, String)> {
    let reason = pull::verdict(scene, gate)?.reasons.into_iter().next()?;
    let next = refusal_text(&reason).next;
    matches!(reason, Refusal::OverrideNeeded { .. }).then_some((reason, next))
}

fn state(standing: Standing) -> CheckState {
    match standing {
        Standing::Passed => CheckState::Success,
        Standing::Advice => CheckState::Neutral,
        Standing::OverrideNeeded => CheckState::ActionRequired,
        Standing::Blocked => CheckState::Failure,
    }
}

/// The reports of all stacks, worst first, as far as there is room; what is not shown is said on top.
fn texts(judged: &[Judged<'_>], texts: &BTreeMap<StackPath, String>) -> String {
    let (mut out, mut hidden) = (String::new(), 0_u32);
    for Judged { stack, .. } in judged {
        let Some(text) = texts.get(*stack).filter(|text| !text.trim().is_empty()) else { continue };
        let head =
            if judged.len() == 1 { String::new() } else { format!("### {}\n\n", prose(stack.as_str())) };
        let part = format!("{head}{text}\n");
        if out.len() + part.len() > TEXT_LIMIT {
            hidden += 1;
        } else {
            out.push_str(&part);
        }
    }
    if hidden > 0 { format!("{} not shown.\n\n{out}", count(hidden, "stack")) } else { out }
}
