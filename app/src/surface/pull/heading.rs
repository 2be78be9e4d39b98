//! The first line: where the change is.

use tfpilot_engine::gate::GateName;
use tfpilot_engine::{ApplyStanding, CommitSha, Facts, MergeWait, Obstacle, PullState, Refusal, Status};

use crate::surface::escape::{self, code, prose};
use crate::surface::refusal::{awaited, enforcement, refusal_text};
use crate::surface::words::{self, capital, count};
use crate::surface::{Scene, tally};

use super::{unfit, verdict};

pub(in crate::surface) fn heading(scene: &Scene<'_>, status: &Status) -> String {
    let facts = scene.facts;
    match status {
        Status::Waiting { .. } | Status::Ready => {
            let plan = prose(&tally::planned_and_cost(facts));
            format!("Plan: {plan}. {}", capital(&standing(scene, status)))
        }
        Status::NoChanges => format!("No changes in {}", words::where_planned(facts)),
        Status::Planning => planning(facts),
        Status::PlanFailed => plan_failed(facts),
        Status::NotAdmitted => match super::first_reason(scene) {
            Some(Refusal::NotAdmitted { finding }) => {
                format!("Not admitted: {}:{} {}", prose(&finding.path), finding.line, code(&finding.what))
            }
            _ => "Not admitted".to_owned(),
        },
        Status::Applying => {
            let (done, all) = tally::applying(facts);
            format!("Applying: {done} of {} done", count(all, "stack"))
        }
        Status::ApplyFailed => format!("Apply failed: {}", tally::apply_so_far(facts)),
        Status::Unknown => match tally::failed_apply(facts) {
            Some((job, _)) => format!("Outcome unknown in {}", code(job.stack.as_str())),
            None => "Outcome unknown".to_owned(),
        },
        Status::Applied => applied(facts),
        Status::AppliedUnmerged => match unmerged(facts) {
            Some(why) => format!("Applied, waiting to merge: {why}"),
            None => "Applied, waiting to merge".to_owned(),
        },
        other => capital(&standing(scene, other)),
    }
}

fn planning(facts: &Facts) -> String {
    let (done, all) = tally::planning(facts);
    match (unfit(facts), again(facts), all) {
        (Some(why), _, _) => format!("Plan not complete: {}", escape::sentence(&why)),
        (None, Some(why), _) => format!("Planning again: {why}"),
        (None, None, 0) => "Reading the pull request".to_owned(),
        (None, None, 1) => format!("Planning {}", words::where_planned(facts)),
        (None, None, _) => format!("Planning {} of {all} stacks", (done + 1).min(all)),
    }
}

/// Why what was planned is planned again: a push, a moved base, or because somebody asked.
pub(in crate::surface) fn again(facts: &Facts) -> Option<String> {
    if facts.apply_standing() == ApplyStanding::Unknown {
        return Some("to compare it with the journal".to_owned());
    }
    let (pull, last) = (facts.pull.as_ref()?, facts.rounds.last()?);
    if let Some(base) = renewed(facts) {
        return Some(format!("{} moved to {}", prose(&pull.base_ref), code(base.short())));
    }
    if last.head != pull.head {
        return Some(format!("{} was pushed", code(pull.head.short())));
    }
    let moved = facts.stacks().iter().any(|stack| {
        facts
            .plans
            .get(&stack.path)
            .is_some_and(|plan| plan.inputs_digest != stack.inputs_digest && !plan.lock_file)
    });
    Some(if moved {
        format!("{} moved to {}", prose(&pull.base_ref), code(pull.base.short()))
    } else {
        "asked for".to_owned()
    })
}

/// The base that our branch is being brought up to, or was with this head.
fn renewed(facts: &Facts) -> Option<&CommitSha> {
    let (pull, change, (head, base)) =
        (facts.pull.as_ref()?, facts.change.as_ref()?, facts.renewal.as_ref()?);
    let done = change.head.as_ref() == Some(&pull.head);
    let due = pull.head == *head && facts.renews_itself();
    (pull.base == *base && (done || due)).then_some(base)
}

fn plan_failed(facts: &Facts) -> String {
    let Some((stack, _)) = facts.failed_plan() else { return "Plan failed".to_owned() };
    let all = facts.stacks().len();
    if all == 1 {
        return format!("Plan failed in {}", code(stack.as_str()));
    }
    let failed = super::stacks::failed(facts).len();
    let others = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack));
    match others.clone().next() {
        None => format!("Plan failed in {failed} of {all} stacks"),
        Some(_) => format!("Plan failed in {failed} of {all} stacks. Others: {}", tally::sum(others)),
    }
}

fn applied(facts: &Facts) -> String {
    match (&facts.apply, &facts.merged) {
        (Some(apply), Some((_, at))) => {
            format!("Applied and merged by {}, {}", prose(&apply.by.login), words::minute(*at))
        }
        (Some(apply), None) => format!("Applied and merged by {}", prose(&apply.by.login)),
        (None, _) => "Merged".to_owned(),
    }
}

/// What keeps an applied change from being merged.
fn unmerged(facts: &Facts) -> Option<String> {
    if facts.pull.as_ref().is_some_and(|pull| !pull.managed) {
        return Some(format!("it goes into {}", code(&into(facts))));
    }
    if let Some(stack) = facts.lost_stack() {
        return Some(format!("the head lacks {}", code(stack.as_str())));
    }
    let obstacle = facts.pull.as_ref().and_then(|pull| pull.obstacles.first());
    match (obstacle, &facts.merge_wait) {
        (Some(Obstacle::Check { name }), _) => Some(format!("{} is missing", code(name))),
        (Some(Obstacle::Reviews { wanted, given }), _) => {
            Some(format!("{given} of {} given", count(*wanted, "review")))
        }
        (Some(Obstacle::Conflict), _) => Some("conflict with the base branch".to_owned()),
        (_, Some(MergeWait::InQueue)) => Some("it is in the merge queue".to_owned()),
        (_, Some(MergeWait::Refused { why })) => Some(escape::sentence(why)),
        (_, None) => None,
    }
}

/// Where the change is, in lower case, for the ends of headings.
pub(in crate::surface) fn standing(scene: &Scene<'_>, status: &Status) -> String {
    let facts = scene.facts;
    match status {
        Status::NeedsAnswer => "one question".to_owned(),
        Status::Opening => "opening a pull request".to_owned(),
        Status::Refused => match facts.refused_draft().and_then(|found| found.first().copied()) {
            Some(found) => {
                let (rule, standing) = (code(&found.finding.rule), enforcement(found.finding.standing));
                format!("blocked by {rule} ({standing})")
            }
            None => "blocked".to_owned(),
        },
        Status::Stuck => "stopped".to_owned(),
        Status::Planning if unfit(facts).is_some() => "plan not complete".to_owned(),
        Status::Planning => "planning".to_owned(),
        Status::NoTerraform => "no Terraform changes".to_owned(),
        Status::NotManaged => format!("not managed: it goes into {}", code(&into(facts))),
        Status::Fork => "not run: pull request from a fork".to_owned(),
        Status::NotAdmitted => "not admitted".to_owned(),
        Status::PlanFailed => "plan failed".to_owned(),
        Status::NoChanges => "no changes".to_owned(),
        Status::Waiting { gate } => waiting(scene, *gate),
        Status::Ready => "ready to apply".to_owned(),
        Status::Applying => "applying".to_owned(),
        Status::AppliedUnmerged => "applied, waiting to merge".to_owned(),
        Status::ApplyFailed => format!("apply failed, {}", tally::apply_so_far(facts)),
        Status::Unknown => "outcome unknown".to_owned(),
        Status::Applied => match facts.apply.as_ref().and_then(|apply| apply.finished_at) {
            Some(at) => format!("applied {}", words::minute(at)),
            None => "merged".to_owned(),
        },
        Status::Abandoned => {
            let done = match facts.apply_standing() {
                ApplyStanding::Finished => "applied".to_owned(),
                _ => format!("apply failed, {}", tally::apply_so_far(facts)),
            };
            format!("{done} and closed: {} lacks what exists", prose(&into(facts)))
        }
        Status::Closed => match &facts.accepted {
            Some(accepted) if facts.apply.is_none() => format!(
                "closed; {} accepted that {} lacks what exists",
                prose(&accepted.by.login),
                prose(&into(facts))
            ),
            _ => closed(facts).to_owned(),
        },
    }
}

/// The base branch.
pub(in crate::surface) fn into(facts: &Facts) -> String {
    facts.pull.as_ref().map(|pull| pull.base_ref.clone()).unwrap_or_default()
}

fn closed(facts: &Facts) -> &'static str {
    let merged = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
    match (merged, facts.apply_standing()) {
        (true, ApplyStanding::None) => "merged without an apply",
        (true, _) => "merged",
        (false, ApplyStanding::None) => "closed without an apply",
        (false, _) => "closed",
    }
}

fn waiting(scene: &Scene<'_>, gate: GateName) -> String {
    match verdict(scene, gate).and_then(|verdict| verdict.reasons.into_iter().next()) {
        Some(Refusal::NotApproved { given, needed, lacking, .. }) => {
            format!("waiting for {}", prose(&awaited(given, needed, &lacking)))
        }
        Some(Refusal::Policy { finding: Some(finding), .. }) => {
            format!("blocked by {} ({})", code(&finding.rule), enforcement(finding.standing))
        }
        Some(reason) => {
            let text = refusal_text(&reason);
            let mut letters = text.what.chars();
            let what: String =
                letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect();
            if text.why.is_empty() { what } else { format!("{what}: {}", text.why) }
        }
        None => "waiting".to_owned(),
    }
}
