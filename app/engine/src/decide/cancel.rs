//! Stopping what runs: a plan ends at once, an apply before its start too. One that has started is told by its next
//! heartbeat, and how it ended is its own to say.

use crate::decide::{Desk, ask, job};
use crate::{Actor, EnvironmentName, Event, Failure, JobId, Reaction, Refusal, StackPath, TicketState};

/// 1. Role. 2. Open jobs, of these stacks and this environment where some are named.
pub(super) fn asked(
    desk: &mut Desk,
    by: &Actor,
    stacks: &[StackPath],
    environment: Option<&EnvironmentName>,
) -> Result<Reaction, Refusal> {
    ask::require(desk, by, "cancel")?;
    let wanted = open_jobs(desk, stacks, environment);
    if wanted.is_empty() {
        return Err(Refusal::NothingToCancel);
    }
    for id in wanted.into_iter().filter(|id| !desk.facts.cancelling.contains(id)).collect::<Vec<_>>() {
        desk.record(Event::CancelOrdered { job: id, by: by.person.clone(), at: desk.now });
        if !is_started(desk, id) {
            job::failed(desk, id, &Failure::Cancelled);
        }
    }
    Ok(Reaction::ThumbsUp)
}

fn open_jobs(desk: &Desk, stacks: &[StackPath], environment: Option<&EnvironmentName>) -> Vec<JobId> {
    let runs = desk.facts.runs.iter();
    runs.filter(|run| environment.is_none() || run.environment.as_ref() == environment)
        .flat_map(|run| run.jobs.values())
        .filter(|job| job.state.is_open() && (stacks.is_empty() || stacks.contains(&job.stack)))
        .map(|job| job.id)
        .collect()
}

/// True once Terraform may have changed something.
fn is_started(desk: &Desk, id: JobId) -> bool {
    let ticket = desk.facts.job(id).and_then(|(_, job)| job.ticket);
    let ticket = ticket.and_then(|ticket| desk.facts.tickets.get(&ticket));
    ticket.is_some_and(|ticket| matches!(ticket.state, TicketState::Spent { .. }))
}
