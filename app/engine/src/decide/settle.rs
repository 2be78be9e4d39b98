//! Calls about which nothing is left to do: answered, put right, repaired, overtaken. Each is settled once and folded away;
//! the same said again later is a comment of its own.

use jiff::Timestamp;

use crate::decide::Desk;
use crate::{
    ApplyStanding, Call, Command, Event, Facts, Failure, JobState, NotCountedWhy, Obstacle, Person,
    PullState, Refusal, Say, StackPath, TicketState, gate,
};

/// What calls about refused commands begin with.
const REFUSED: &str = "refused/";

/// Settles every open call whose reason is gone. One that was said in this very decision stays.
pub(super) fn settle_all(desk: &mut Desk) {
    if desk.facts.calls.is_empty() {
        return;
    }
    let open = desk.facts.calls.values().filter(|call| !desk.said.contains(&call.key));
    let gone: Vec<String> =
        open.filter(|call| is_gone(&desk.facts, call, desk.now)).map(|call| call.key.clone()).collect();
    gone.into_iter().for_each(|key| settle(desk, &key));
}

/// Settles the call of this key, where one is open.
pub(super) fn settle(desk: &mut Desk, key: &str) {
    let Some(number) = desk.facts.calls.get(key).map(|call| call.number) else { return };
    let opening = desk.facts.opening(key);
    desk.record(Event::CallSettled { key: key.to_owned() });
    desk.order(Command::Minimize { number, key: key.to_owned(), opening });
}

/// A command was obeyed: what the person was told about this command is over, and so are slips that no gate stands behind.
pub(super) fn obeyed(desk: &mut Desk, by: &Person, word: &str) {
    let own = format!("/{}", by.id);
    let same = format!("{REFUSED}{word}{own}");
    let is_over = |call: &&Call| {
        let slip = matches!(&call.say, Say::Refused { refusal } if is_slip(refusal));
        call.key == same || (call.key.starts_with(REFUSED) && call.key.ends_with(&own) && slip)
    };
    let over: Vec<String> = desk.facts.calls.values().filter(is_over).map(|call| call.key.clone()).collect();
    over.into_iter().for_each(|key| settle(desk, &key));
}

/// Written amiss: the next command that is obeyed shows that it was understood.
fn is_slip(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::UnknownCommand { .. }
            | Refusal::TooMuch { .. }
            | Refusal::UnknownRule { .. }
            | Refusal::UnknownStack { .. }
            | Refusal::UnknownEnvironment { .. }
            | Refusal::ReasonMissing { .. }
            | Refusal::NothingToCancel
            | Refusal::NothingToOverride
            | Refusal::NothingToResume { .. }
    )
}

fn is_gone(facts: &Facts, call: &Call, now: Timestamp) -> bool {
    let closed = facts.is_request_closed();
    match &call.say {
        Say::Question { .. } | Say::NotInCatalog { .. } => closed,
        Say::DraftRefused { .. } => closed || is_put_right(facts),
        Say::Refused { refusal } => is_lifted(facts, refusal, now),
        Say::NotStarted { stack, .. } => {
            let last = facts.tickets_of(stack).last();
            last.is_some_and(|ticket| !matches!(ticket.state, TicketState::Void { .. })) || is_over(facts)
        }
        Say::ApplyFailed { stack, .. } => is_repaired(facts, &call.key, stack),
        Say::OutcomeUnknown { stack, .. } => is_looked_into(facts, &call.key, stack),
        Say::Help { .. }
        | Say::Status { .. }
        | Say::Why { .. }
        | Say::Applied { .. }
        | Say::Learned { .. }
        | Say::Wished { .. } => false,
    }
}

/// The pull request is merged or closed.
fn is_over(facts: &Facts) -> bool {
    facts.pull.as_ref().is_some_and(|pull| pull.state != PullState::Open)
}

/// The draft that there is now was committed, or judged without anything that still stands against it.
fn is_put_right(facts: &Facts) -> bool {
    let Some(request) = &facts.request else { return true };
    let committed = facts.change.as_ref().is_some_and(|change| change.committed_draft >= request.drafts);
    let judged = request.judged.as_ref().is_some_and(|judged| judged.draft == request.drafts);
    facts.pull.is_some() || committed || (judged && facts.refused_draft().is_none())
}

/// What failed half-way was applied since, is being applied again, or was accepted as it is.
fn is_repaired(facts: &Facts, key: &str, stack: &StackPath) -> bool {
    let Some(last) = facts.last_spent(stack) else { return true };
    let done = facts.job(last.job).is_some_and(|(_, job)| job.state == JobState::Done);
    done || key != format!("apply/{}", last.job) || facts.released.contains(&last.id)
}

/// Somebody resumed, or the end became known after all.
fn is_looked_into(facts: &Facts, key: &str, stack: &StackPath) -> bool {
    let unknown = |job: &crate::Job| matches!(job.state, JobState::Failed { failure: Failure::Unknown });
    let Some(last) = facts.last_spent(stack) else { return true };
    let still =
        facts.job(last.job).is_some_and(|(_, job)| unknown(job)) && !facts.resumed.contains(&last.job);
    !still || is_repaired(facts, key, stack)
}

/// True once what stood against a command stands there no more. What depends on who asked is settled by the next command
/// of that person which is obeyed.
fn is_lifted(facts: &Facts, refusal: &Refusal, now: Timestamp) -> bool {
    let pull = facts.pull.as_ref();
    match refusal {
        Refusal::Planning
        | Refusal::NotApproved { .. }
        | Refusal::NotAdmitted { .. }
        | Refusal::PlanFailed { .. }
        | Refusal::PlanExpired { .. }
        | Refusal::PlanUnfit { .. }
        | Refusal::Diverged { .. }
        | Refusal::Policy { .. }
        | Refusal::OverrideNeeded { .. }
        | Refusal::Cost { .. }
        | Refusal::DraftPull
        | Refusal::Frozen { .. }
        | Refusal::Locked { .. } => is_over(facts) || !stands(facts, refusal, now),
        // That GitHub is still computing it is soon over; until it is, nothing is known of the rest.
        Refusal::NotMergeable { .. } => {
            let computing = pull.is_some_and(|pull| pull.obstacles.contains(&Obstacle::Unknown));
            is_over(facts) || (!computing && !stands(facts, refusal, now))
        }
        Refusal::Applying => facts.apply_standing() != ApplyStanding::Running,
        Refusal::OutcomeUnknown => facts.apply_standing() != ApplyStanding::Unknown,
        Refusal::ApplyFailed => facts.apply_standing() != ApplyStanding::Failed || facts.round().is_some(),
        Refusal::Closed => pull.is_some_and(|pull| pull.state == PullState::Open),
        Refusal::NotManaged { .. } => pull.is_some_and(|pull| pull.managed),
        Refusal::GitHubLimits { until } | Refusal::TooMuch { until, .. } => *until <= now,
        Refusal::AppLacks { permission } => !facts.lacking.contains(permission),
        Refusal::PullStays { open, .. } => pull.is_some_and(|pull| (pull.state == PullState::Open) == *open),
        _ => false,
    }
}

/// Whether a gate still gives a reason of this kind. That somebody may not apply what they approved, no gate says alone.
fn stands(facts: &Facts, refusal: &Refusal, now: Timestamp) -> bool {
    if let Refusal::NotApproved { not_counted, .. } = refusal
        && not_counted.iter().any(|one| one.why == NotCountedWhy::Applier)
    {
        return true;
    }
    let kind = std::mem::discriminant(refusal);
    let reasons = gate::judge_all(facts, now).into_iter().flat_map(|verdict| verdict.reasons);
    reasons.into_iter().any(|reason| std::mem::discriminant(&reason) == kind)
}
