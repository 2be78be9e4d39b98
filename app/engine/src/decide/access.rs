//! GitHub shuts us out of a repository, or lets us in again. While we are out, plans end and nothing is begun; an apply
//! that has started goes on, since what it does happens outside, and its end is recorded. Back in, everything is taken up
//! that the facts call for.

use crate::decide::{Desk, advance, job};
use crate::{
    Call, Command, Event, Failure, JobId, JobState, NoAccess, Operation, PullState, Refusal, Say,
    StackAtHead, Stop, TicketState,
};

/// 1. Recorded once. 2. Plans end; they are made again when we are back. 3. Applies that have not started never will.
pub(super) fn lost(desk: &mut Desk, why: NoAccess) {
    if desk.facts.barred.is_some_and(|barred| barred.why == why) {
        return;
    }
    desk.record(Event::AccessLost { why, at: desk.now });
    let open = |desk: &Desk, operation: Operation| -> Vec<JobId> {
        let runs = desk.facts.runs.iter().filter(|run| run.operation == operation);
        let jobs = runs.flat_map(|run| run.jobs.values()).filter(|job| job.state.is_open());
        jobs.map(|job| job.id).collect()
    };
    open(desk, Operation::Plan).into_iter().for_each(|job| desk.record(Event::JobSuperseded { job }));
    for id in open(desk, Operation::Apply) {
        if !is_started(desk, id) {
            job::failed(desk, id, &Failure::NotDispatched { why: why.as_str().to_owned() });
        }
    }
}

/// A permission that a step needed is missing: recorded once, and told to whoever asked for the change.
pub(super) fn lacking(desk: &mut Desk, permission: &str) {
    if !desk.facts.lacking.contains(permission) {
        desk.record(Event::PermissionLacking { permission: permission.to_owned(), at: desk.now });
    }
    let issue = desk.facts.request.as_ref().map(|request| request.issue);
    let number = desk.facts.pull.as_ref().map(|pull| pull.number).or(issue);
    if let (Some(number), Some(to)) = (number, desk.facts.requester().cloned()) {
        let refusal = Refusal::AppLacks { permission: permission.to_owned() };
        let key = format!("lacking/{permission}");
        desk.say(Call { number, key, to, say: Say::Refused { refusal } });
    }
}

/// Back in, with every permission: what was dropped meanwhile is ordered again. Each step finds its earlier effect.
pub(super) fn regained(desk: &mut Desk) {
    if desk.facts.barred.is_none() && desk.facts.lacking.is_empty() {
        return;
    }
    desk.record(Event::AccessRegained { at: desk.now });
    let calls: Vec<Call> = desk.facts.calls.values().cloned().collect();
    calls.into_iter().for_each(|call| desk.order(Command::Say { call }));
    let open = desk.facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open);
    if open && desk.facts.request.as_ref().is_some_and(|request| request.stop == Stop::Ordered) {
        desk.order(Command::SetPullState { open: false });
    }
    let refused: Vec<StackAtHead> =
        desk.facts.stacks().iter().filter(|stack| was_not_dispatched(desk, stack)).cloned().collect();
    if pull_is_workable(desk) {
        advance::request_plans(desk, &refused, None);
    }
}

fn pull_is_workable(desk: &Desk) -> bool {
    desk.facts.pull.as_ref().is_some_and(crate::PullSnapshot::is_workable)
}

fn was_not_dispatched(desk: &Desk, stack: &StackAtHead) -> bool {
    desk.facts.current_plan(stack).is_none()
        && desk.facts.last_plan_job(stack).is_some_and(|job| {
            matches!(&job.state, JobState::Failed { failure: Failure::NotDispatched { .. } })
        })
}

/// True once Terraform may have changed something.
fn is_started(desk: &Desk, id: JobId) -> bool {
    let ticket = desk.facts.job(id).and_then(|(_, job)| job.ticket);
    let ticket = ticket.and_then(|ticket| desk.facts.tickets.get(&ticket));
    ticket.is_some_and(|ticket| matches!(ticket.state, TicketState::Spent { .. }))
}
