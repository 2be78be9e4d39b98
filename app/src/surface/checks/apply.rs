//! `tfpilot/apply`: what stands between the plan and its apply, and how an apply goes.

use tfpilot_engine::{ApplyStanding, Facts, Obstacle, Operation, PullState, Refusal, Status};

use crate::surface::refusal::{awaited, refusal_text};
use crate::surface::words::{capital, count, moment};
use crate::surface::{Scene, pull, tally};

use super::view::{CheckState, Draft};
use super::{Stage, with_button, with_cancel};

pub(super) fn check(scene: &Scene<'_>, status: &Status, stage: Stage, name: &'static str) -> Draft {
    let facts = scene.facts;
    let closed = facts.pull.as_ref().is_some_and(|pull| pull.state != PullState::Open);
    let (state, title) = match status {
        Status::AppliedUnmerged if facts.lost_stack().is_some() => {
            (CheckState::Failure, "The head lacks what was applied".to_owned())
        }
        Status::Abandoned if facts.apply_standing() != ApplyStanding::Finished => {
            (CheckState::Failure, failed_after(facts))
        }
        Status::Applied | Status::AppliedUnmerged | Status::Abandoned => {
            (CheckState::Success, format!("Applied {}", count(tally::changed(facts), "change")))
        }
        Status::Applying => {
            let (done, all) = tally::applying(facts);
            (CheckState::InProgress, format!("Applying {} of {all}", (done + 1).min(all)))
        }
        Status::ApplyFailed => (CheckState::Failure, failed_after(facts)),
        Status::Unknown => (CheckState::Failure, "Outcome unknown".to_owned()),
        _ if closed => (CheckState::Neutral, capital(&pull::standing(scene, status))),
        Status::NoChanges => (CheckState::Success, "Nothing to apply".to_owned()),
        _ if matches!(stage, Stage::NotAdmitted | Stage::Failed | Stage::Unfit) => {
            (CheckState::Failure, "Not applied: there is no plan".to_owned())
        }
        Status::Ready => (CheckState::Queued, format!("Ready: {}", tally::planned(facts))),
        Status::Waiting { .. } => (CheckState::Queued, waiting(scene)),
        _ => (CheckState::Queued, "Waiting for the plan".to_owned()),
    };
    let trouble =
        pull::trouble(scene, status).filter(|_| matches!(status, Status::ApplyFailed | Status::Unknown));
    let summary = match status {
        Status::Applied => format!("{}.", pull::heading(scene, status)),
        _ => format!("Next: {}", pull::next_step(scene, status)),
    };
    let summary = trouble.map_or_else(|| summary.clone(), |trouble| format!("{summary}\n\n{trouble}"));
    let draft = Draft::new(name, state, &title).summary(&summary);
    with_cancel(facts, Operation::Apply, with_button(scene, status, draft))
}

/// How many resources of the last apply came to their end: `Failed after 2 of 4`.
fn failed_after(facts: &Facts) -> String {
    let (done, all) = tally::apply_reached(facts);
    format!("Failed after {done} of {all}")
}

/// `Waiting for 1 approval`, else what stands in the way. Its own words, so no Markdown of foreign text.
fn waiting(scene: &Scene<'_>) -> String {
    match pull::first_reason(scene) {
        Some(Refusal::NotApproved { given, needed, lacking, .. }) => {
            format!("Waiting for {}", awaited(given, needed, &lacking))
        }
        Some(Refusal::NotMergeable { obstacle: Obstacle::Check { name } }) => {
            format!("Waiting for check {name}")
        }
        Some(Refusal::Locked { stack, holder }) => format!("Locked: #{holder} holds {stack}"),
        Some(Refusal::Frozen { name, until, zone, .. }) => {
            format!("Frozen until {}, {name}", moment(until, &zone))
        }
        Some(Refusal::Policy { finding: Some(finding), .. }) => format!("Blocked by {}", finding.rule),
        Some(reason) => refusal_text(&reason).what,
        None => "Waiting".to_owned(),
    }
}
