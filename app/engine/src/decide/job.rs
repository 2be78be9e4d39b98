//! What runners, dispatches and timers say of jobs.

use crate::decide::Desk;
use crate::{
    Call, Command, Event, Executor, Failure, JobId, JobState, Operation, Plan, Run, RunId, Say, TicketState,
    Wake, WorkflowRun,
};

/// A worker that falls silent for this long is taken for lost.
pub const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_secs(120);

/// A queued job goes to whoever may have it; the first claim binds a dispatched run to its workflow run.
pub(super) fn claimed(desk: &mut Desk, job: JobId, worker: &str, workflow: Option<WorkflowRun>) {
    let Some((run, row)) = desk.facts.job(job) else { return };
    let queued = row.state == JobState::Queued;
    if queued && may_claim(run, workflow) {
        let (run, bound) = (run.id, run.workflow_run.is_some());
        if let Some(workflow) = workflow.filter(|_| !bound) {
            let (workflow_run, at) = (Some(workflow.id), Some(desk.now));
            desk.record(Event::RunDispatched { run, workflow_run, at });
        }
        desk.record(Event::JobClaimed { job, worker: worker.to_owned(), at: desk.now });
        desk.order(Command::Wake { at: desk.now + LEASE, what: Wake::Lease { job } });
    }
}

/// A registered runner takes its own runs. A workflow run takes the run it was started for, and only in its first try
/// where something is applied: a re-run must not apply again.
fn may_claim(run: &Run, workflow: Option<WorkflowRun>) -> bool {
    match (run.executor, workflow) {
        (Executor::Sidecar, None) => true,
        (Executor::Actions, Some(workflow)) => {
            run.workflow_run.is_none_or(|bound| bound == workflow.id)
                && (run.operation == Operation::Plan || workflow.attempt == 1)
        }
        (Executor::Sidecar, Some(_)) | (Executor::Actions, None) => false,
    }
}

/// A worker that was given up for lost may still report: its plan is as good while no other worker has the job.
pub(super) fn planned(desk: &mut Desk, plan: &Plan) {
    let same_stack = desk.facts.job(plan.job).is_some_and(|(_, job)| job.stack == plan.stack);
    if same_stack && desk.facts.plan_is_awaited(plan.job) {
        desk.record(Event::PlanRecorded { plan: plan.clone() });
        if desk.facts.rules.explains && !plan.no_changes {
            desk.order(Command::Explain { job: plan.job });
        }
    }
}

/// A failed apply voids its ticket, unless Terraform had started: then somebody is told what exists.
pub(super) fn failed(desk: &mut Desk, id: JobId, failure: &Failure) {
    let Some((run, job)) = desk.facts.job(id) else { return };
    let lost = matches!(&job.state, JobState::Failed { failure: Failure::Unknown });
    if !job.state.is_open() && !lost {
        return;
    }
    let (operation, ticket, stack) = (run.operation, job.ticket, job.stack.clone());
    desk.record(Event::JobFailed { job: id, failure: failure.clone(), at: desk.now });
    if operation != Operation::Apply {
        return;
    }
    let state = ticket.and_then(|ticket| desk.facts.tickets.get(&ticket)).map(|ticket| ticket.state.clone());
    match (state, ticket) {
        (Some(TicketState::Issued), Some(ticket)) => {
            desk.record(Event::TicketVoided {
                ticket,
                why: "the job ended before Terraform started".to_owned(),
            });
            tell(desk, id, Say::NotStarted { stack, failure: failure.clone() });
        }
        (Some(TicketState::Spent { .. }), _) => tell_of_failure(desk, id, failure, &stack),
        _ => {}
    }
}

fn tell_of_failure(desk: &mut Desk, id: JobId, failure: &Failure, stack: &crate::StackPath) {
    let journal = desk.facts.journals.get(&id).cloned().unwrap_or_default();
    let stack = stack.clone();
    let say = match failure {
        Failure::Unknown => Say::OutcomeUnknown { stack, journal },
        Failure::Stale => return,
        Failure::Step { problems, .. } => {
            Say::ApplyFailed { stack, problem: problems.first().cloned(), journal }
        }
        _ => Say::ApplyFailed { stack, problem: None, journal },
    };
    tell(desk, id, say);
}

/// Tells whoever asked for the apply what became of one of its jobs.
pub(super) fn tell(desk: &mut Desk, id: JobId, say: Say) {
    let (Some(number), Some(to)) = (
        desk.facts.pull.as_ref().map(|pull| pull.number),
        desk.facts.apply.as_ref().map(|apply| apply.by.clone()),
    ) else {
        return;
    };
    desk.say(Call { number, key: format!("apply/{id}"), to, say });
}

pub(super) fn dispatch_refused(desk: &mut Desk, run: RunId, why: &str) {
    for job in open_jobs(desk.facts.run(run)) {
        failed(desk, job, &Failure::NotDispatched { why: why.to_owned() });
    }
}

/// No worker came in time. The time counts from the dispatch on: one that GitHub's limits hold back is no lost worker.
pub(super) fn start_lapsed(desk: &mut Desk, id: RunId) {
    let Some(run) = desk.facts.run(id).filter(|run| !queued_jobs(run).is_empty()) else { return };
    let since = match run.executor {
        Executor::Sidecar => run.waiting_since.unwrap_or(run.requested_at),
        Executor::Actions => run.waiting_since.unwrap_or(desk.now),
    };
    let at = since + super::apply::START_LIMIT;
    if desk.now < at {
        desk.order(Command::Wake { at, what: Wake::Start { run: id } });
    } else {
        not_started(desk, id);
    }
}

/// The workflow run of a run is over: what no worker had is dispatched again or given up at once, and whoever had a job
/// is lost. What was reported before has been taken in; a workflow run that the run is not bound to changes nothing.
pub(super) fn workflow_ended(desk: &mut Desk, id: RunId, workflow_run: u64) {
    let Some(run) = desk.facts.run(id).filter(|run| run.workflow_run == Some(workflow_run)) else { return };
    if !run.is_open() {
        return;
    }
    let is_claimed = |job: &&crate::Job| matches!(job.state, JobState::Claimed { .. });
    let claimed: Vec<JobId> = run.jobs.values().filter(is_claimed).map(|job| job.id).collect();
    let unclaimed = !queued_jobs(run).is_empty();
    desk.record(Event::WorkflowEnded { run: id, workflow_run });
    if unclaimed {
        not_started(desk, id);
    }
    claimed.into_iter().for_each(|job| lease_lapsed(desk, job));
}

fn queued_jobs(run: &Run) -> Vec<JobId> {
    run.jobs.values().filter(|job| job.state == JobState::Queued).map(|job| job.id).collect()
}

/// Dispatches once more, then gives up.
fn not_started(desk: &mut Desk, id: RunId) {
    let Some(run) = desk.facts.run(id) else { return };
    let queued = queued_jobs(run);
    if run.redispatched > 0 {
        queued.into_iter().for_each(|job| failed(desk, job, &Failure::NotStarted));
        return;
    }
    let actions = run.executor == Executor::Actions;
    desk.record(Event::RunRedispatched { run: id, at: Some(desk.now) });
    if actions {
        desk.order(Command::Dispatch { run: id });
    }
    let at = desk.now + super::apply::START_LIMIT;
    desk.order(Command::Wake { at, what: Wake::Start { run: id } });
}

/// A silent plan waits for another worker once. A silent apply does so only while its ticket is unspent; after that
/// nobody knows how it ended, and nothing repeats it.
pub(super) fn lease_lapsed(desk: &mut Desk, id: JobId) {
    let Some((run, job)) = desk.facts.job(id) else { return };
    if !matches!(job.state, JobState::Claimed { .. }) {
        return;
    }
    let (run, lost, ticket) = (run.clone(), job.lost, job.ticket);
    let spent = ticket
        .and_then(|ticket| desk.facts.tickets.get(&ticket))
        .is_some_and(|ticket| matches!(ticket.state, TicketState::Spent { .. }));
    if spent {
        failed(desk, id, &Failure::Unknown);
    } else if lost > 0 {
        failed(desk, id, &Failure::Lost);
    } else {
        desk.record(Event::JobRequeued { job: id, at: Some(desk.now) });
        if run.executor == Executor::Actions {
            desk.order(Command::Dispatch { run: run.id });
        }
        let at = desk.now + super::apply::START_LIMIT;
        desk.order(Command::Wake { at, what: Wake::Start { run: run.id } });
    }
}

fn open_jobs(run: Option<&Run>) -> Vec<JobId> {
    let jobs = run.map(|run| run.jobs.values().filter(|job| job.state.is_open()).map(|job| job.id).collect());
    jobs.unwrap_or_default()
}
