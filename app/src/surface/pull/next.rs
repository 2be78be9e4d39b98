//! The second line: what to do now, and by whom. Only what this version does and this reader may is offered.

use tfpilot_engine::gate::GateName;
use tfpilot_engine::{ApplyStanding, Facts, Failure, NotCountedWhy, Obstacle, PullState, Refusal, Status};

use crate::surface::Scene;
use crate::surface::delay;
use crate::surface::escape::{self, code, prose};
use crate::surface::refusal::{self, refusal_text, reviewer, stopped};

use super::{first_reason, maker, unfit, verdict};

/// Where nobody has to act.
pub(in crate::surface) const NOTHING: &str = "nothing for you.";

/// After an apply that stopped half-way.
pub(in crate::surface) const AFTER_HALF: &str = "push a fix (to be approved again) or `/tfpilot plan`.";

/// After an apply whose end nobody knows.
pub(in crate::surface) fn after_unknown(facts: &Facts) -> String {
    let who = reviewer(reviewers(facts).as_deref());
    format!(
        "{who} compares the new plan with the journal, imports what is missing, then `/tfpilot resume reason=\"…\"`."
    )
}

/// What to do now, as a sentence without its first word "Next".
pub(in crate::surface) fn next_step(scene: &Scene<'_>, status: &Status) -> String {
    let facts = scene.facts;
    if let Some(delayed) = delay::delayed(scene, status) {
        return delayed;
    }
    match status {
        Status::Waiting { gate: GateName::Approved } => {
            format!("{}, then `/tfpilot apply`.", who_reviews(scene, ""))
        }
        Status::Waiting { gate: GateName::Locked } => {
            format!("{}, then `/tfpilot apply`.", reason_next(scene))
        }
        Status::Waiting { .. } | Status::NotAdmitted => stopped(&reason_next(scene)),
        Status::Planning if unfit(facts).is_some() => stopped(&reason_next(scene)),
        Status::PlanFailed => match facts.failed_plan() {
            Some((stack, failure)) => {
                format!("{} Nothing is applied before.", after_failure(facts, stack.as_str(), failure))
            }
            None => NOTHING.to_owned(),
        },
        Status::Ready => match &facts.request {
            Some(request) => format!("{}: `/tfpilot apply`.", prose(&request.by.login)),
            None => "a developer: `/tfpilot apply`.".to_owned(),
        },
        Status::NoChanges => "merge.".to_owned(),
        Status::Fork => "a maintainer pushes the branch here.".to_owned(),
        Status::AppliedUnmerged => format!("{} The lock stays.", to_merge(facts)),
        Status::ApplyFailed => format!("{AFTER_HALF} The lock stays."),
        Status::Unknown => format!("{} Frozen, the lock stays.", after_unknown(facts)),
        Status::Abandoned => abandoned(facts),
        Status::Applied if facts.applied.values().any(|applied| !applied.outputs.is_empty()) => {
            "nothing. The outputs are below.".to_owned()
        }
        Status::Closed => to_go_on(facts),
        Status::NotManaged => "nothing. To go on, change its base.".to_owned(),
        Status::Applied | Status::NoTerraform => "nothing.".to_owned(),
        Status::Applying if is_cancelling(facts) => "nothing for you. It is being cancelled.".to_owned(),
        Status::Applying => "nothing for you. `/tfpilot cancel` interrupts it.".to_owned(),
        Status::NeedsAnswer | Status::Refused | Status::Opening | Status::Stuck | Status::Planning => {
            NOTHING.to_owned()
        }
    }
}

fn reason_next(scene: &Scene<'_>) -> String {
    match first_reason(scene) {
        Some(reason @ Refusal::Policy { .. }) => at_its_place(&reason),
        Some(reason) => refusal_text(&reason).next,
        None => "nothing for you".to_owned(),
    }
}

/// Where a rule stands in the way, and what to write there: "main.tf:21, name the networks".
fn at_its_place(reason: &Refusal) -> String {
    let next = refusal_text(reason).next;
    let finding = match reason {
        Refusal::Policy { finding: Some(finding), .. } => finding,
        _ => return next,
    };
    match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!("{}:{line}, {next}", prose(path)),
        _ => next,
    }
}

/// Who has to look: "acme/platform reviews", or whoever saw another plan "reviews again".
pub(in crate::surface) fn who_reviews(scene: &Scene<'_>, what: &str) -> String {
    let reason = verdict(scene, GateName::Approved).and_then(|verdict| verdict.reasons.into_iter().next());
    match reason {
        Some(Refusal::NotApproved { not_counted, lacking, ask, .. }) => {
            match not_counted.iter().find(|one| one.why == NotCountedWhy::Stale) {
                Some(stale) => format!("{} reviews{what} again", prose(&stale.who.login)),
                None => refusal::who_reviews(&lacking, ask.as_deref(), what),
            }
        }
        _ => format!("{} reviews{what}", reviewer(reviewers(scene.facts).as_deref())),
    }
}

fn after_failure(facts: &Facts, stack: &str, failure: &Failure) -> String {
    match failure {
        Failure::Step { .. } if facts.request.is_some() => {
            format!("{} changes the request or pushes a fix of {}.", maker(facts), code(stack))
        }
        Failure::Step { .. } => format!("{} fixes {}.", maker(facts), code(stack)),
        Failure::NotAdmitted { findings } => match findings.first() {
            Some(finding) => format!("{}.", escape::sentence(&finding.next)),
            None => format!("{} fixes {}.", maker(facts), code(stack)),
        },
        Failure::NotDispatched { .. } => "an admin repairs it, then `/tfpilot plan`.".to_owned(),
        _ => "`/tfpilot plan`.".to_owned(),
    }
}

/// What can become of what exists without its code.
fn abandoned(facts: &Facts) -> String {
    let number = facts.pull.as_ref().map(|pull| format!("#{}", pull.number)).unwrap_or_default();
    let who = reviewer(reviewers(facts).as_deref());
    let then = match facts.apply_standing() {
        ApplyStanding::Finished => ", then it is merged",
        _ => "",
    };
    format!("reopen {number}{then}; or {who}: `/tfpilot resume accept reason=\"…\"`. The lock stays.")
}

fn is_cancelling(facts: &Facts) -> bool {
    facts.last_apply_runs().flat_map(|run| run.jobs.keys()).any(|job| facts.cancelling.contains(job))
}

/// What would bring a closed change back.
fn to_go_on(facts: &Facts) -> String {
    let merged = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
    match (&facts.request, &facts.pull) {
        _ if merged => "nothing.".to_owned(),
        (Some(request), _) if request.closed => format!("nothing. To go on, reopen #{}.", request.issue),
        (_, Some(pull)) => format!("nothing. To go on, reopen #{}.", pull.number),
        (_, None) => "nothing.".to_owned(),
    }
}

fn to_merge(facts: &Facts) -> String {
    if facts.pull.as_ref().is_some_and(|pull| !pull.managed) {
        return "change its base back.".to_owned();
    }
    if facts.lost_stack().is_some() {
        return "push it back.".to_owned();
    }
    match facts.pull.as_ref().and_then(|pull| pull.obstacles.first()) {
        Some(Obstacle::Check { name }) => format!("wait for {} or fix it.", code(name)),
        Some(Obstacle::Reviews { .. }) => "ask for a review.".to_owned(),
        Some(Obstacle::Conflict) => "resolve and push.".to_owned(),
        Some(Obstacle::Unknown) | None => {
            "nothing for you. It is merged as soon as GitHub allows it.".to_owned()
        }
    }
}

fn reviewers(facts: &Facts) -> Option<String> {
    let names = facts.environments().into_iter().flatten();
    names.filter_map(|name| facts.rules.environments.get(name)).find_map(|rules| rules.reviewers.clone())
}
