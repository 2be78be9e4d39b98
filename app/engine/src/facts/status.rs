//! Where a change is, derived from its facts and never stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gate::{self, GateName};
use crate::{Facts, Failure, JobState, Operation, PullState, Run, TicketState};

/// Where a change is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// A question is open.
    NeedsAnswer,
    /// A rule stands against the request as it is: there is no pull request before it is put right.
    Refused,
    /// The request was read; there is no pull request yet.
    Opening,
    /// A step failed for good.
    Stuck,
    /// The head is being read or planned.
    Planning,
    /// The head touches no Terraform.
    NoTerraform,
    /// Into a branch that is not managed: nothing runs.
    NotManaged,
    /// From a fork: nothing runs.
    Fork,
    /// The code is not admitted.
    NotAdmitted,
    /// A plan failed.
    PlanFailed,
    /// Nothing would change.
    NoChanges,
    /// Waits for people or GitHub.
    Waiting {
        /// The first gate that is not open.
        gate: GateName,
    },
    /// Every gate is open.
    Ready,
    /// An apply is under way.
    Applying,
    /// Every stack was applied; the merge is missing.
    AppliedUnmerged,
    /// An apply failed.
    ApplyFailed,
    /// Nobody knows how an apply ended.
    Unknown,
    /// Applied and merged.
    Applied,
    /// Closed after an apply: main lacks what exists.
    Abandoned,
    /// Merged or closed without an apply.
    Closed,
}

impl Status {
    /// True while plans and gates decide what becomes of a pull request: read, and not applied or closed.
    pub fn is_before_apply(&self) -> bool {
        matches!(
            self,
            Status::Planning
                | Status::PlanFailed
                | Status::NotAdmitted
                | Status::NoChanges
                | Status::Waiting { .. }
                | Status::Ready
        )
    }
}

/// How the last apply stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyStanding {
    /// Never asked for, or voided before anything started.
    None,
    /// Jobs are open.
    Running,
    /// Some stack failed after Terraform had started.
    Failed,
    /// Some stack's end is not known.
    Unknown,
    /// All done.
    Finished,
}

impl Facts {
    /// Where the change is.
    pub fn status(&self, now: Timestamp) -> Status {
        match self.apply_standing() {
            ApplyStanding::Running => return Status::Applying,
            ApplyStanding::Unknown => return Status::Unknown,
            ApplyStanding::Finished if !self.is_overtaken() => return self.status_after_apply(),
            ApplyStanding::Failed if self.is_pull(PullState::Closed) => return Status::Abandoned,
            ApplyStanding::Failed if self.is_pull(PullState::Merged) => return Status::Closed,
            ApplyStanding::Failed if self.head_is_of_last_apply() => return Status::ApplyFailed,
            ApplyStanding::Finished | ApplyStanding::Failed | ApplyStanding::None => {}
        }
        let Some(pull) = &self.pull else { return self.status_before_pull() };
        if pull.state != PullState::Open {
            return Status::Closed;
        }
        if !pull.managed {
            return Status::NotManaged;
        }
        if !self.head_is_read() {
            return Status::Planning;
        }
        if self.stacks().is_empty() && self.tree.as_ref().is_none_or(|tree| tree.findings.is_empty()) {
            return Status::NoTerraform;
        }
        if pull.fork {
            return Status::Fork;
        }
        self.status_of_gates(now)
    }

    fn status_of_gates(&self, now: Timestamp) -> Status {
        match gate::first_closed(self, now).map(|verdict| verdict.gate) {
            Some(GateName::Admitted) => Status::NotAdmitted,
            Some(GateName::Planned) if self.failed_plan().is_some() => Status::PlanFailed,
            Some(GateName::Planned) => Status::Planning,
            _ if self.plans_change_nothing() => Status::NoChanges,
            Some(gate) => Status::Waiting { gate },
            None => Status::Ready,
        }
    }

    fn status_before_pull(&self) -> Status {
        if self.is_request_closed() {
            return Status::Closed;
        }
        let asks = self.request.as_ref().is_some_and(|request| {
            request.question.is_some() || request.drafts == 0 && request.awaits.is_none()
        });
        match (&self.step_failed, asks) {
            (Some(_), _) => Status::Stuck,
            (None, true) => Status::NeedsAnswer,
            (None, false) if self.refused_draft().is_some() => Status::Refused,
            (None, false) => Status::Opening,
        }
    }

    fn status_after_apply(&self) -> Status {
        let merged = self.merged.is_some() || self.is_pull(PullState::Merged);
        match (merged, self.is_pull(PullState::Closed)) {
            (true, _) => Status::Applied,
            (false, true) => Status::Abandoned,
            (false, false) => Status::AppliedUnmerged,
        }
    }

    fn is_pull(&self, state: PullState) -> bool {
        self.pull.as_ref().is_some_and(|pull| pull.state == state)
    }

    /// How the last apply stands.
    pub fn apply_standing(&self) -> ApplyStanding {
        let Some(apply) = &self.apply else { return ApplyStanding::None };
        if apply.finished_at.is_some() {
            return ApplyStanding::Finished;
        }
        let jobs = || self.last_apply_runs().flat_map(|run| run.jobs.values());
        if jobs().any(|job| job.state.is_open()) {
            ApplyStanding::Running
        } else if self.lost_jobs().next().is_some() {
            ApplyStanding::Unknown
        } else if jobs().any(|job| self.started_and_failed(job)) {
            ApplyStanding::Failed
        } else {
            ApplyStanding::None
        }
    }

    /// Jobs of the last apply whose end nobody knows and nobody looked into.
    pub fn lost_jobs(&self) -> impl Iterator<Item = &crate::Job> {
        let lost = |job: &&crate::Job| {
            matches!(&job.state, JobState::Failed { failure: Failure::Unknown })
                && !self.resumed.contains(&job.id)
        };
        self.last_apply_runs().flat_map(|run| run.jobs.values()).filter(lost)
    }

    fn started_and_failed(&self, job: &crate::Job) -> bool {
        let spent = job
            .ticket
            .and_then(|ticket| self.tickets.get(&ticket))
            .is_some_and(|ticket| matches!(ticket.state, TicketState::Spent { .. }));
        spent && matches!(&job.state, JobState::Failed { failure } if !matches!(failure, Failure::Stale))
    }

    /// Runs of the last apply: those at the head it was asked for.
    pub fn last_apply_runs(&self) -> impl Iterator<Item = &Run> {
        let last = self.runs.iter().rev().find(|run| run.operation == Operation::Apply);
        let key = last.map(|run| (run.head.clone(), run.requested_at));
        self.runs.iter().filter(move |run| {
            run.operation == Operation::Apply
                && key.as_ref().is_some_and(|(head, at)| run.head == *head && run.requested_at == *at)
        })
    }

    fn head_is_of_last_apply(&self) -> bool {
        let Some(pull) = &self.pull else { return true };
        self.last_apply_runs().any(|run| run.head == pull.head) && self.round().is_none()
    }

    /// True when every stack of the head has a plan and none changes anything.
    pub fn plans_change_nothing(&self) -> bool {
        !self.stacks().is_empty()
            && self.stacks().iter().all(|stack| self.current_plan(stack).is_some_and(|plan| plan.no_changes))
    }

    /// The first failed plan job of the head, in path order.
    pub fn failed_plan(&self) -> Option<(&crate::StackPath, &Failure)> {
        self.stacks().iter().find_map(|stack| {
            let job = self.last_plan_job(stack)?;
            match &job.state {
                JobState::Failed { failure } => Some((&stack.path, failure)),
                _ => None,
            }
        })
    }

    /// The latest plan job for a stack as it is at the head. A plan whose lock file was committed since counts for the
    /// head that has it.
    pub fn last_plan_job(&self, stack: &crate::StackAtHead) -> Option<&crate::Job> {
        let plan = self.plans.get(&stack.path).filter(|plan| plan.inputs_digest == stack.inputs_digest);
        let made_plan = |job: &crate::Job| plan.is_some_and(|plan| plan.job == job.id);
        self.plan_jobs_of(&stack.path).find(|job| job.inputs_digest == stack.inputs_digest || made_plan(job))
    }
}
