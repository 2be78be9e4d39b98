//! Apply: the ticket is issued when every gate is open, spent when Terraform starts, and never issued again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::Say;
use crate::decide::{Desk, ask, job};
use crate::gate;
use crate::{
    Actor, Applied, Apply, ApplyStanding, Command, EnvironmentName, Event, Executor, Facts, Failure, Job,
    JobId, JobState, JournalLine, Operation, Person, Plan, PlanDigest, Refusal, ReviewedDigest, Run, RunId,
    StackAtHead, Ticket, TicketId, TicketState, Wake,
};

/// 1. Role. 2. State of the change. 3. Every gate. 4. The plan the person saw. Then tickets and runs.
pub(super) fn asked(desk: &mut Desk, by: &Actor, written_at: Timestamp) -> Result<(), Refusal> {
    ask::require(desk, by, "apply")?;
    ask::require_open_pull(desk, "apply")?;
    match desk.facts.apply_standing() {
        ApplyStanding::Running => return Err(Refusal::Applying),
        ApplyStanding::Unknown => return Err(Refusal::OutcomeUnknown),
        ApplyStanding::Finished if !desk.facts.is_overtaken() => return Err(Refusal::Applied),
        ApplyStanding::Failed if desk.facts.round().is_none() => return Err(Refusal::ApplyFailed),
        ApplyStanding::Finished | ApplyStanding::Failed | ApplyStanding::None => {}
    }
    if desk.facts.head_is_read() && desk.facts.stacks().is_empty() {
        return Err(Refusal::NothingToApply);
    }
    let reviewed = judge(&desk.facts, &by.person, desk.now)?;
    ask::require_shown(desk, written_at, "apply")?;
    if desk.facts.plans_change_nothing() {
        return Err(Refusal::NothingToApply);
    }
    issue(desk, &by.person, &reviewed);
    Ok(())
}

/// Judges every gate as if `applier` applied now.
fn judge(facts: &Facts, applier: &Person, now: Timestamp) -> Result<ReviewedDigest, Refusal> {
    let reviewed = facts.reviewed_now();
    let mut judged = facts.clone();
    judged.apply =
        reviewed.clone().map(|reviewed| Apply { by: applier.clone(), reviewed, finished_at: None });
    if let Some(verdict) = gate::first_closed(&judged, now) {
        return Err(verdict.reasons.into_iter().next().unwrap_or(Refusal::Planning));
    }
    reviewed.ok_or(Refusal::Planning)
}

/// One run per environment, one ticket per stack that changes something.
fn issue(desk: &mut Desk, by: &Person, reviewed: &ReviewedDigest) {
    let Some(head) = desk.facts.pull.as_ref().map(|pull| pull.head.clone()) else { return };
    desk.record(Event::ApplyRequested { by: by.clone(), reviewed: reviewed.clone() });
    let approvals = gate::counted_approvals(&desk.facts).counted;
    let mut groups: BTreeMap<Option<EnvironmentName>, Vec<(StackAtHead, Plan)>> = BTreeMap::new();
    for stack in desk.facts.stacks() {
        if let Some(plan) = desk.facts.current_plan(stack).filter(|plan| !plan.no_changes) {
            groups.entry(stack.environment.clone()).or_default().push((stack.clone(), plan.clone()));
        }
    }
    for (environment, stacks) in groups {
        let mut tickets = Vec::new();
        let mut jobs = BTreeMap::new();
        for (stack, plan) in stacks {
            let (job, ticket) = (JobId(desk.ids.next()), TicketId(desk.ids.next()));
            let (path, inputs_digest) = (stack.path.clone(), stack.inputs_digest.clone());
            let state = JobState::Queued;
            jobs.insert(
                job,
                Job { id: job, stack: path, inputs_digest, ticket: Some(ticket), state, lost: 0 },
            );
            tickets.push(Ticket {
                id: ticket,
                stack: stack.path,
                job,
                plan_job: plan.job,
                plan_digest: plan.digest,
                bundle_sha256: plan.bundle_sha256,
                inputs_digest: stack.inputs_digest,
                head: head.clone(),
                actor: by.clone(),
                approvals: approvals.clone(),
                state: TicketState::Issued,
            });
        }
        tickets.into_iter().for_each(|ticket| desk.record(Event::TicketIssued { ticket }));
        let operation = Operation::Apply;
        start_run(desk, operation, environment, jobs, Some(by));
    }
}

/// Records a run and, where the workflow plays it, orders its dispatch.
pub(super) fn start_run(
    desk: &mut Desk,
    operation: Operation,
    environment: Option<EnvironmentName>,
    jobs: BTreeMap<JobId, Job>,
    by: Option<&Person>,
) {
    let Some(head) = desk.facts.pull.as_ref().map(|pull| pull.head.clone()) else { return };
    let executor = environment
        .as_ref()
        .and_then(|name| desk.facts.rules.environments.get(name))
        .map_or(Executor::Actions, |rules| rules.executor);
    let id = RunId(desk.ids.next());
    let run = Run {
        id,
        operation,
        environment,
        executor,
        head,
        requested_at: desk.now,
        requested_by: by.cloned(),
        jobs,
        workflow_run: None,
        redispatched: 0,
        waiting_since: None,
        cancelled: false,
    };
    desk.record(Event::RunRequested { run });
    if executor == Executor::Actions {
        desk.order(Command::Dispatch { run: id });
    }
    let at = desk.now + START_LIMIT;
    desk.order(Command::Wake { at, what: Wake::Start { run: id } });
}

/// A run whose jobs no worker claimed by then is dispatched once more, then given up.
pub const START_LIMIT: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// The last moment before Terraform starts: everything is judged once more.
pub(super) fn start_asked(desk: &mut Desk, job: JobId, ticket: TicketId, plan_digest: &PlanDigest) {
    let Some(row) = desk.facts.tickets.get(&ticket).cloned() else { return };
    if row.job != job || row.state != TicketState::Issued {
        return;
    }
    match refusal_to_start(desk, &row, plan_digest) {
        None => desk.record(Event::TicketSpent { ticket, at: desk.now }),
        Some(why) => {
            desk.record(Event::TicketVoided { ticket, why: why.clone() });
            let failure = Failure::Refused { why };
            desk.record(Event::JobFailed { job, failure: failure.clone(), at: desk.now });
            job::tell(desk, job, Say::NotStarted { stack: row.stack, failure });
        }
    }
}

fn refusal_to_start(desk: &Desk, ticket: &Ticket, plan_digest: &PlanDigest) -> Option<String> {
    let facts = &desk.facts;
    let claimed = facts.job(ticket.job).is_some_and(|(_, job)| matches!(job.state, JobState::Claimed { .. }));
    let current = facts.stacks().iter().any(|stack| {
        stack.path == ticket.stack
            && facts.current_plan(stack).is_some_and(|plan| plan.job == ticket.plan_job)
    });
    if !claimed {
        Some("the job is not claimed".to_owned())
    } else if *plan_digest != ticket.plan_digest {
        Some("the bundle's plan is not the one that was reviewed".to_owned())
    } else if !current {
        Some("a newer head or plan replaced the one that was reviewed".to_owned())
    } else {
        still_closed(desk, ticket)
    }
}

fn still_closed(desk: &Desk, ticket: &Ticket) -> Option<String> {
    // Other stacks of the same apply may have started: their plans are spent, which is no reason against this one.
    let mut judged = desk.facts.clone();
    for other in judged.tickets.values_mut() {
        if matches!(other.state, TicketState::Spent { .. }) && other.head == ticket.head {
            other.state = TicketState::Issued;
        }
    }
    let asked_for = desk.facts.apply.as_ref().map(|apply| apply.reviewed.clone());
    if asked_for.is_none() || judged.reviewed_now() != asked_for {
        return Some("what was reviewed is not what is there now".to_owned());
    }
    if !judged.pull.as_ref().is_some_and(crate::PullSnapshot::is_workable) {
        return Some("the pull request is not open into a managed branch".to_owned());
    }
    gate::first_closed(&judged, desk.now)
        .map(|verdict| format!("the gate {} closed again", verdict.gate.as_str()))
}

/// Keeps lines that are new, of an apply that was started and has not said its last word; one whose worker was given up for
/// lost still tells what exists.
pub(super) fn journaled(desk: &mut Desk, job: JobId, lines: &[JournalLine]) {
    let known = desk.facts.journals.get(&job).and_then(|lines| lines.last()).map_or(0, |line| line.seq);
    let new: Vec<JournalLine> = lines.iter().filter(|line| line.seq > known).cloned().collect();
    if !new.is_empty() && desk.facts.is_being_applied(job) {
        desk.record(Event::Journaled { job, lines: new });
    }
}

/// An apply's own word that it ended well, also after its worker was given up for lost.
pub(super) fn stack_applied(desk: &mut Desk, job: JobId, applied: &Applied) {
    let same_stack = desk.facts.job(job).is_some_and(|(_, known)| known.stack == applied.stack);
    if same_stack && desk.facts.is_being_applied(job) {
        desk.record(Event::StackApplied { job, applied: applied.clone() });
    }
}
