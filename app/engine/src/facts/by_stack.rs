//! Where a stack's plan jobs and tickets are, so that asking for each of many stacks does not walk over all of them.

use std::collections::BTreeMap;

use crate::{Facts, Job, JobId, Operation, Run, StackPath, Ticket, TicketId};

/// Names by stack, in the order of their events. What they name is looked up where it is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ByStack {
    /// The run's place among all runs, and the job.
    plan_jobs: BTreeMap<StackPath, Vec<(usize, JobId)>>,
    tickets: BTreeMap<StackPath, Vec<TicketId>>,
}

impl ByStack {
    /// Takes in a run that stands at this place.
    pub(crate) fn add_run(&mut self, place: usize, run: &Run) {
        if run.operation == Operation::Plan {
            for job in run.jobs.values() {
                self.plan_jobs.entry(job.stack.clone()).or_default().push((place, job.id));
            }
        }
    }

    /// Takes in a ticket.
    pub(crate) fn add_ticket(&mut self, ticket: &Ticket) {
        self.tickets.entry(ticket.stack.clone()).or_default().push(ticket.id);
    }
}

impl Facts {
    /// A stack's plan jobs, the latest run's first; no other stack's is looked at.
    pub fn plan_jobs_of(&self, stack: &StackPath) -> impl Iterator<Item = &Job> {
        let known = self.by_stack.plan_jobs.get(stack).map(Vec::as_slice).unwrap_or_default();
        known.iter().rev().filter_map(|(place, job)| self.runs.get(*place)?.jobs.get(job))
    }

    /// A stack's tickets in the order they were issued; no other stack's is looked at.
    pub fn tickets_of(&self, stack: &StackPath) -> impl Iterator<Item = &Ticket> {
        let known = self.by_stack.tickets.get(stack).map(Vec::as_slice).unwrap_or_default();
        known.iter().filter_map(|ticket| self.tickets.get(ticket))
    }
}
