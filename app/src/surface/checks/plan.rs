//! `tfpilot/plan`: whether there is a plan of this head, and what it would do.

use tfpilot_engine::gate::GateName;
use tfpilot_engine::{AdmissionFinding, Operation, Refusal, Status};

use crate::surface::escape::prose;
use crate::surface::refusal::sentence;
use crate::surface::words::{self, count};
use crate::surface::{Scene, TEXT_LIMIT, fit, overridden, pull, tally};

use super::view::{CheckState, Draft, TITLE_LIMIT};
use super::{Stage, notes, with_button, with_cancel};

/// Bytes kept for headings and notes between the plans.
const BETWEEN: usize = 400;

pub(super) fn check(scene: &Scene<'_>, status: &Status, stage: Stage, name: &'static str) -> Draft {
    match stage {
        Stage::NotAdmitted => not_admitted(scene, name),
        Stage::Failed => failed(scene, name),
        Stage::ClosedEarly => Draft::new(name, CheckState::Neutral, "Closed before it was planned")
            .summary("Reopen the pull request to plan it."),
        Stage::Running => running(scene, name),
        Stage::Unfit => {
            let why = pull::unfit(scene.facts).unwrap_or_default();
            let summary = sentence(&Refusal::PlanUnfit { why: why.clone() });
            let draft = Draft::new(name, CheckState::Failure, &format!("Not complete: {why}"));
            plan_again(draft.summary(&summary).text(&plans(scene)))
        }
        Stage::Planned => planned(scene, status, name),
    }
}

fn not_admitted(scene: &Scene<'_>, name: &'static str) -> Draft {
    let findings: Vec<AdmissionFinding> = scene.facts.open_findings().cloned().collect();
    let (title, reason) = match findings.first() {
        Some(finding) => (
            format!("Not admitted: {}:{} {}", finding.path, finding.line, finding.what),
            sentence(&Refusal::NotAdmitted { finding: finding.clone() }),
        ),
        None => ("Not admitted".to_owned(), String::new()),
    };
    let overridden = admission_note(scene);
    let parts = [Some(reason), pull::trouble(scene, &Status::NotAdmitted), overridden];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Draft::new(name, CheckState::Failure, &title)
        .summary(&parts.join("\n\n"))
        .annotations(notes::of_findings(&findings))
}

/// What of admission was let pass for this head, by whom and why.
fn admission_note(scene: &Scene<'_>) -> Option<String> {
    let lines = overridden::of_admission(scene.facts);
    (!lines.is_empty()).then(|| format!("For this head, {}.", lines.join("; ")))
}

fn failed(scene: &Scene<'_>, name: &'static str) -> Draft {
    let Some((stack, failure)) = scene.facts.failed_plan() else {
        return Draft::new(name, CheckState::Failure, "Failed");
    };
    let said = words::failure(failure);
    let room = TITLE_LIMIT.saturating_sub("Failed in : ".len() + said.chars().count()).max(TITLE_LIMIT / 3);
    let title = format!("Failed in {}: {said}", words::short_path(stack.as_str(), room));
    let reason =
        pull::verdict(scene, GateName::Planned).and_then(|verdict| verdict.reasons.first().map(sentence));
    let parts = [reason, pull::trouble(scene, &Status::PlanFailed), pull::stack_table(scene, TEXT_LIMIT / 2)];
    let summary: Vec<String> = parts.into_iter().flatten().collect();
    let draft = Draft::new(name, CheckState::Failure, &title).summary(&summary.join("\n\n"));
    plan_again(draft.text(&plans(scene)).annotations(notes::of_failed_plans(scene.facts)))
}

fn running(scene: &Scene<'_>, name: &'static str) -> Draft {
    let (done, all) = tally::planning(scene.facts);
    let title = match all {
        0 => "Reading the pull request".to_owned(),
        _ => format!("Planning {} of {}", (done + 1).min(all), count(all, "stack")),
    };
    let summary = match pull::again(scene.facts) {
        Some(why) => format!("The plan is running again: {why}."),
        None => "The plan is running.".to_owned(),
    };
    let draft = Draft::new(name, CheckState::InProgress, &title).summary(&summary);
    with_cancel(scene.facts, Operation::Plan, draft)
}

fn planned(scene: &Scene<'_>, status: &Status, name: &'static str) -> Draft {
    let facts = scene.facts;
    let what = tally::planned(facts);
    let nothing = facts
        .stacks()
        .iter()
        .all(|stack| tally::shown_plan(facts, stack).is_some_and(|plan| plan.no_changes));
    let title = match facts.stacks() {
        _ if nothing => what,
        [only] => {
            let room = TITLE_LIMIT.saturating_sub(what.chars().count() + " in ".len());
            format!("{what} in {}", words::short_path(only.path.as_str(), room))
        }
        many => format!("{what} in {}", count(many.len(), "stack")),
    };
    // What became of the plan is not said here: each new word would be one more call.
    let next = if super::is_applied(status) {
        "The check `tfpilot/apply` says what became of it.".to_owned()
    } else {
        format!("Next: {}", pull::next_step(scene, status))
    };
    let table = pull::stack_table(scene, TEXT_LIMIT / 2);
    let parts = [Some(next), admission_note(scene), table, pull::config_note(scene)];
    let summary: Vec<String> = parts.into_iter().flatten().collect();
    let draft =
        Draft::new(name, CheckState::Success, &title).summary(&summary.join("\n\n")).text(&plans(scene));
    with_button(scene, status, draft)
}

fn plan_again(draft: Draft) -> Draft {
    draft.button("Plan again", "Plan this head again", "plan")
}

/// Every stack's plan under its path; what finds no room is counted on top.
fn plans(scene: &Scene<'_>) -> String {
    let (mut out, mut hidden) = (String::new(), 0_usize);
    for (plan, text) in pull::plans(scene) {
        let heading = format!("### {}\n\n", prose(plan.stack.as_str()));
        let room = TEXT_LIMIT.saturating_sub(out.len() + heading.len() + BETWEEN);
        if room < BETWEEN.min(text.len()) {
            hidden += 1;
        } else {
            out.push_str(&format!("{heading}{}\n\n", fit::lines(text, room)));
        }
    }
    let note = if hidden > 0 { format!("{} not shown.\n\n", count(hidden, "plan")) } else { String::new() };
    format!("{note}{}", out.trim_end())
}
