//! `tfpilot/policy` and `tfpilot/cost`: they follow the plan, say how it was judged, and say so while there is none.

use std::collections::BTreeMap;

use tfpilot_engine::{Judgement, Plan, StackPath, Standing};

use crate::surface::escape::prose;
use crate::surface::words::count;
use crate::surface::{Scene, TEXT_LIMIT};

use super::view::{CheckState, Draft};
use super::{Stage, notes};

/// What the policies say of the head's plans.
pub(super) fn policy(scene: &Scene<'_>, stage: Stage, name: &'static str) -> Draft {
    if stage != Stage::Planned {
        return without_plan(stage, name);
    }
    let judged = judgements(scene, |plan| plan.policy.as_ref());
    let passed: u32 = judged.iter().map(|(_, judgement)| judgement.passed).sum();
    let advice: u32 = judged.iter().map(|(_, judgement)| judgement.advice).sum();
    let together = match (advice, passed) {
        (0, passed) => format!("{passed} passed"),
        (advice, passed) => format!("{advice} advice, {passed} passed"),
    };
    let annotations = judged.iter().flat_map(|(_, judgement)| notes::of_judgement(judgement));
    drafted(name, &judged, &together)
        .text(&texts(&judged, scene.policy_texts))
        .annotations(annotations.take(notes::NOTES).collect())
}

/// What the head's plans add a month.
pub(super) fn cost(scene: &Scene<'_>, stage: Stage, name: &'static str) -> Draft {
    if stage != Stage::Planned {
        return without_plan(stage, name);
    }
    let judged = judgements(scene, |plan| plan.cost.as_ref());
    let together = format!("{} estimated", count(u32::try_from(judged.len()).unwrap_or(u32::MAX), "stack"));
    drafted(name, &judged, &together).text(&texts(&judged, scene.cost_texts))
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

/// Judgements of the head's latest plans, also of one that is being applied, worst first.
fn judgements<'f>(
    scene: &Scene<'f>,
    of: impl Fn(&'f Plan) -> Option<&'f Judgement>,
) -> Vec<(&'f StackPath, &'f Judgement)> {
    let plans = scene.facts.stacks().iter().filter_map(|stack| scene.facts.plans.get(&stack.path));
    let mut judged: Vec<(&StackPath, &Judgement)> =
        plans.filter_map(|plan| Some((&plan.stack, of(plan)?))).collect();
    judged.sort_by_key(|(stack, judgement)| (std::cmp::Reverse(judgement.standing), *stack));
    judged
}

/// The worst judgement's title; where all are well, what they come to together.
fn drafted(name: &'static str, judged: &[(&StackPath, &Judgement)], together: &str) -> Draft {
    let Some((_, worst)) = judged.first() else {
        return Draft::new(name, CheckState::Neutral, "Not judged")
            .summary("The plan was made before this was asked.");
    };
    let bad = worst.standing >= Standing::OverrideNeeded;
    let title = if judged.len() == 1 || bad { worst.title.as_str() } else { together };
    let state = match worst.standing {
        Standing::Passed => CheckState::Success,
        Standing::Advice => CheckState::Neutral,
        Standing::OverrideNeeded => CheckState::ActionRequired,
        Standing::Blocked => CheckState::Failure,
    };
    let summary = match worst.findings.first().filter(|_| bad) {
        Some(finding) => format!("{}. Next: {}.", finding.message, finding.hint),
        None => format!("{}.", prose(title)),
    };
    Draft::new(name, state, title).summary(&summary)
}

/// The reports of all stacks, worst first, as far as there is room; what is not shown is said on top.
fn texts(judged: &[(&StackPath, &Judgement)], texts: &BTreeMap<StackPath, String>) -> String {
    let (mut out, mut hidden) = (String::new(), 0_u32);
    for (stack, _) in judged {
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
