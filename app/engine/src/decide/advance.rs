//! What the facts call for, whatever made them so. Each step records the event that makes its own condition false.

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::{Desk, apply, renew, review, stop};
use crate::{
    ApplyStanding, Call, Change, Command, EditKind, EnvironmentName, Event, Failure, Job, JobId, JobState,
    Operation, Person, Request, Say, StackAtHead, StackPath, Stop,
};

/// Takes every step that is due, in the order of a change's life.
pub(super) fn advance(desk: &mut Desk) {
    if desk.facts.barred.is_some() {
        // Nothing is begun where nothing can be done; what was started outside may still end.
        finish_apply(desk);
        return;
    }
    stop::close_pull(desk);
    decide_change(desk);
    open_pull(desk);
    commit_lock_files(desk);
    renew::renew_branch(desk);
    supersede(desk);
    plan(desk);
    cancel_superseded(desk);
    keep_plans(desk);
    complete_plans(desk);
    review::ask(desk);
    finish_apply(desk);
    merge(desk);
}

/// A complete draft becomes a branch; a changed one changes it.
fn decide_change(desk: &mut Desk) {
    let Some(request) = desk.facts.request.as_ref().filter(|request| request.question.is_none()) else {
        return;
    };
    let decided = desk.facts.change.as_ref();
    let started = decided.map_or(0, |change| change.committed_draft);
    if request.closed || request.drafts == 0 || request.drafts <= started || desk.facts.apply.is_some() {
        return;
    }
    // A commit that failed for good fails again, until somebody says something else or access is regained.
    if desk.facts.refused_draft().is_some() || desk.facts.step_failed.is_some() {
        return;
    }
    let Some((branch, title, stack)) = name_change(desk) else { return };
    // A branch is named once, but a refused draft never had one.
    let kept = decided.filter(|change| change.head.is_some() || !was_refused(request));
    let branch = kept.map_or(branch, |change| change.branch.clone());
    let is = |change: &Change| change.branch == branch && change.title == title && change.stack == stack;
    let same = decided.is_some_and(is);
    if !same {
        desk.record(Event::ChangeDecided { branch, title, stack });
    }
    desk.order(Command::CommitBranch);
}

/// True when the rules refused the draft before this one.
fn was_refused(request: &Request) -> bool {
    request.judged.as_ref().is_some_and(|judged| judged.draft + 1 == request.drafts && judged.refuses())
}

/// Branch, title and stack of a complete draft.
fn name_change(desk: &Desk) -> Option<(String, String, StackPath)> {
    let request = desk.facts.request.as_ref()?;
    let draft = &request.draft;
    let environment = &draft.environment.as_ref()?.value;
    let subject = draft.subject()?;
    let name = &subject.name.as_ref()?.value;
    let module = subject.module.as_deref()?;
    let short = module.rsplit('/').next().unwrap_or(module);
    let more = match draft.subjects().len() {
        0 | 1 => String::new(),
        several => format!(" and {} more", several - 1),
    };
    if let Some(edit) = &draft.edits {
        let (verb, mark) = match edit.kind {
            EditKind::Change => ("change", ""),
            EditKind::Remove | EditKind::RemovePart => ("remove", "!"),
            EditKind::Upgrade => ("upgrade", ""),
        };
        let branch = format!("tfpilot/{}-{verb}-{short}-{name}", request.issue);
        let title = format!("feat({environment}){mark}: {verb} {short} {name}{more}");
        return Some((branch, title, edit.stack.clone()));
    }
    let path = desk.facts.rules.environments.get(environment)?.path.trim_end_matches('/');
    if draft.import.is_some() {
        let branch = format!("tfpilot/{}-import-{short}-{name}", request.issue);
        let title = format!("feat({environment}): import {short} {name}");
        return Some((branch, title, StackPath::new(format!("{path}/{name}"))));
    }
    if let Some(from) = &draft.promoted_from {
        let branch = format!("tfpilot/{}-promote-{short}-{name}", request.issue);
        let title = format!("feat({environment}): promote {short} {name}{more} from {from}");
        return Some((branch, title, StackPath::new(format!("{path}/{name}"))));
    }
    let branch = format!("tfpilot/{}-{short}-{name}", request.issue);
    let title = format!("feat({environment}): add {short} {name}{more}");
    Some((branch, title, StackPath::new(format!("{path}/{name}"))))
}

fn open_pull(desk: &mut Desk) {
    let committed = desk.facts.change.as_ref().is_some_and(|change| change.head.is_some());
    let wanted = !desk.facts.is_request_closed() && desk.facts.refused_draft().is_none();
    if committed && wanted && desk.facts.pull.is_none() && desk.facts.step_failed.is_none() {
        desk.order(Command::OpenPull);
    }
}

/// A lock file that a plan job of our branch returned goes onto the branch while the planned head is still its tip.
fn commit_lock_files(desk: &mut Desk) {
    let Some(head) = desk.facts.pull.as_ref().map(|pull| pull.head.clone()) else { return };
    if desk.facts.change.is_none() || !pull_is_open(desk) || !desk.facts.head_is_read() {
        return;
    }
    let at_head: BTreeMap<&StackPath, &StackAtHead> =
        desk.facts.stacks().iter().map(|stack| (&stack.path, stack)).collect();
    let waits = |plan: &&crate::Plan| {
        let planned = at_head.get(&plan.stack);
        plan.lock_file
            && plan.head == head
            && planned.is_some_and(|stack| stack.inputs_digest != plan.inputs_digest)
    };
    let waiting: Vec<(StackPath, JobId)> =
        desk.facts.plans.values().filter(waits).map(|plan| (plan.stack.clone(), plan.job)).collect();
    waiting.into_iter().for_each(|(stack, job)| desk.order(Command::CommitLockFile { stack, job }));
}

/// Open, ours to work on, and not about to be closed with its issue.
fn pull_is_open(desk: &Desk) -> bool {
    let stopping = desk.facts.request.as_ref().is_some_and(|request| request.stop == Stop::Ordered);
    desk.facts.pull.as_ref().is_some_and(|pull| pull.is_workable() && !stopping)
}

/// Plan jobs whose stack or inputs are not the head's any more end here.
fn supersede(desk: &mut Desk) {
    if !desk.facts.head_is_read() && pull_is_open(desk) {
        return;
    }
    let wanted: BTreeMap<&StackPath, &StackAtHead> = if pull_is_open(desk) {
        desk.facts.stacks().iter().map(|stack| (&stack.path, stack)).collect()
    } else {
        BTreeMap::new()
    };
    let outdated: Vec<JobId> = desk
        .facts
        .runs
        .iter()
        .filter(|run| run.operation == Operation::Plan)
        .flat_map(|run| run.jobs.values())
        .filter(|job| job.state.is_open())
        .filter(|job| wanted.get(&job.stack).is_none_or(|stack| stack.inputs_digest != job.inputs_digest))
        .map(|job| job.id)
        .collect();
    outdated.into_iter().for_each(|job| desk.record(Event::JobSuperseded { job }));
}

/// A workflow run that still works on a plan run whose every job is over, one of them by a newer head or a person, is
/// cancelled. What applies is never cancelled.
fn cancel_superseded(desk: &mut Desk) {
    let pointless = |run: &&crate::Run| {
        run.operation == Operation::Plan
            && run.executor == crate::Executor::Actions
            && run.workflow_run.is_some()
            && !run.cancelled
            && !run.is_open()
            && run.jobs.values().any(|job| is_unwanted(&job.state))
    };
    let runs: Vec<crate::RunId> = desk.facts.runs.iter().filter(pointless).map(|run| run.id).collect();
    for run in runs {
        desk.record(Event::RunCancelled { run });
        desk.order(Command::CancelRun { run });
    }
}

/// Overtaken, or stopped by a person.
fn is_unwanted(state: &JobState) -> bool {
    matches!(state, JobState::Superseded | JobState::Failed { failure: Failure::Cancelled })
}

/// Every stack of an admitted head that has neither a plan nor an attempt at one gets a job.
fn plan(desk: &mut Desk) {
    let admitted = desk.facts.open_findings().next().is_none();
    let wanted = pull_is_open(desk) && desk.facts.merged.is_none() && !renew::is_due(desk);
    if !wanted || !desk.facts.head_is_read() || !admitted {
        return;
    }
    let stacks: Vec<StackAtHead> =
        desk.facts.stacks().iter().filter(|stack| needs_plan(desk, stack)).cloned().collect();
    request_plans(desk, &stacks, None);
}

fn needs_plan(desk: &Desk, stack: &StackAtHead) -> bool {
    if desk.facts.current_plan(stack).is_some() {
        return false;
    }
    match desk.facts.last_plan_job(stack) {
        None => true,
        // A head came back whose plan gave way to another's.
        Some(job) if job.state == JobState::Done && was_replaced(desk, stack, job) => true,
        Some(job) if job.state == JobState::Done => spent_plan_is_over(desk, stack),
        Some(job) => job.state == JobState::Superseded,
    }
}

fn was_replaced(desk: &Desk, stack: &StackAtHead, job: &Job) -> bool {
    desk.facts.plans.get(&stack.path).is_some_and(|plan| plan.job != job.id)
}

/// A spent plan is made again when Terraform refused it untouched, when nobody knows what came of it, and for a head
/// that is not what was applied.
fn spent_plan_is_over(desk: &Desk, stack: &StackAtHead) -> bool {
    let facts = &desk.facts;
    let Some(ticket) = facts.last_spent(&stack.path) else { return false };
    let moved = facts.pull.as_ref().is_some_and(|pull| pull.head != ticket.head);
    match facts.job(ticket.job).map(|(_, job)| &job.state) {
        Some(JobState::Failed { failure: Failure::Stale | Failure::Unknown }) => true,
        Some(JobState::Failed { .. }) => moved,
        Some(JobState::Done) => match facts.apply_standing() {
            ApplyStanding::Running => false,
            ApplyStanding::Finished => moved && facts.is_overtaken(),
            ApplyStanding::Failed | ApplyStanding::Unknown => moved,
            // Given back by somebody's word. Between its last stack and its end an apply stands nowhere for a moment.
            ApplyStanding::None => facts.apply.is_none(),
        },
        _ => false,
    }
}

/// One run per environment with a plan job per stack; open jobs for the same stacks end first.
pub(super) fn request_plans(desk: &mut Desk, stacks: &[StackAtHead], by: Option<&Person>) {
    let wanted: BTreeSet<&StackPath> = stacks.iter().map(|stack| &stack.path).collect();
    let waiting: Vec<JobId> = desk
        .facts
        .runs
        .iter()
        .filter(|run| run.operation == Operation::Plan)
        .flat_map(|run| run.jobs.values())
        .filter(|job| job.state.is_open() && wanted.contains(&job.stack))
        .map(|job| job.id)
        .collect();
    waiting.into_iter().for_each(|job| desk.record(Event::JobSuperseded { job }));
    let mut groups: BTreeMap<Option<EnvironmentName>, BTreeMap<JobId, Job>> = BTreeMap::new();
    for stack in stacks {
        let id = JobId(desk.ids.next());
        let (path, inputs_digest) = (stack.path.clone(), stack.inputs_digest.clone());
        let job = Job { id, stack: path, inputs_digest, ticket: None, state: JobState::Queued, lost: 0 };
        groups.entry(stack.environment.clone()).or_default().insert(id, job);
    }
    for (environment, jobs) in groups {
        apply::start_run(desk, Operation::Plan, environment, jobs, by);
    }
}

/// Says once per head which plans of earlier heads still hold.
fn keep_plans(desk: &mut Desk) {
    let Some(head) = desk.facts.pull.as_ref().map(|pull| pull.head.clone()) else { return };
    if desk.facts.round().is_some() || desk.facts.reviewed_now().is_none() {
        return;
    }
    let kept: Vec<StackPath> = desk
        .facts
        .stacks()
        .iter()
        .filter(|stack| desk.facts.current_plan(stack).is_some_and(|plan| plan.head != head))
        .map(|stack| stack.path.clone())
        .collect();
    kept.into_iter().for_each(|stack| desk.record(Event::PlanKept { stack, head: head.clone() }));
}

fn complete_plans(desk: &mut Desk) {
    let Some(head) = desk.facts.pull.as_ref().map(|pull| pull.head.clone()) else { return };
    let Some(reviewed) = desk.facts.reviewed_now() else { return };
    if desk.facts.round().is_none() {
        desk.record(Event::PlansCompleted { head, reviewed, at: desk.now });
    }
}

/// Every job of the last apply ended well: the change is applied.
fn finish_apply(desk: &mut Desk) {
    let unfinished = desk.facts.apply.as_ref().is_some_and(|apply| apply.finished_at.is_none());
    let states: Vec<&JobState> =
        desk.facts.last_apply_runs().flat_map(|run| run.jobs.values()).map(|job| &job.state).collect();
    let done = !states.is_empty() && states.into_iter().all(|state| *state == JobState::Done);
    if unfinished && done {
        desk.record(Event::ApplyFinished { at: desk.now });
    }
}

/// What is applied is merged, as long as the head is what was applied; the requester and the applier hear of the end.
fn merge(desk: &mut Desk) {
    let finished = desk.facts.apply.as_ref().is_some_and(|apply| apply.finished_at.is_some());
    if !finished {
        return;
    }
    if desk.facts.merged.is_some() {
        tell_of_end(desk);
        return;
    }
    let Some(head) = desk.facts.pull.as_ref().map(|pull| pull.head.clone()) else { return };
    if pull_is_open(desk) && desk.facts.head_is_applied() && desk.facts.merge_wait.is_none() {
        desk.order(Command::Merge { head });
    }
}

fn tell_of_end(desk: &mut Desk) {
    let (Some(pull), Some(apply)) = (&desk.facts.pull, &desk.facts.apply) else { return };
    let changed = desk.facts.applied.values().map(|applied| applied.changed).sum();
    let number = desk.facts.request.as_ref().map_or(pull.number, |request| request.issue);
    let to = desk.facts.requester().unwrap_or(&apply.by).clone();
    let say = Say::Applied { changed, by: apply.by.clone() };
    desk.say(Call { number, key: "applied".to_owned(), to, say });
}
