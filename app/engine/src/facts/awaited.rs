//! What is still awaited of a worker. Whatever else it says, also with a token that was once good, counts for nothing.

use crate::{Facts, Failure, JobId, JobState, Operation, TicketState};

impl Facts {
    /// True while a plan job's report is awaited: a worker has the job, or had it and was given up for lost, and no
    /// other has it now.
    pub fn plan_is_awaited(&self, job: JobId) -> bool {
        self.job(job).is_some_and(|(run, job)| {
            let late = job.state == JobState::Queued && job.lost > 0;
            run.operation == Operation::Plan && (matches!(job.state, JobState::Claimed { .. }) || late)
        })
    }

    /// True from the start of an apply's Terraform to its worker's last word, which is awaited also of a worker that
    /// was given up for lost.
    pub fn is_being_applied(&self, job: JobId) -> bool {
        let Some((_, job)) = self.job(job) else { return false };
        let spent = job
            .ticket
            .and_then(|ticket| self.tickets.get(&ticket))
            .is_some_and(|ticket| matches!(ticket.state, TicketState::Spent { .. }));
        spent
            && matches!(&job.state, JobState::Claimed { .. } | JobState::Failed { failure: Failure::Unknown })
    }
}
