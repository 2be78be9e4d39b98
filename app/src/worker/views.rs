//! Rows of the derived tables, and which rows a decision changes. All of them follow from events, but for tokens,
//! leases and what was last posted.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tfpilot_engine::{
    Applied, Draft, EditKind, Executor, Facts, Job, JobState, Operation, PullState, Run, Status, Ticket,
};

use super::costs;
use crate::store::{Guard, Store, StoreError, StreamId, View, ViewChange};

/// Which stream an issue or pull request belongs to.
pub(crate) fn subject_key(repository: u64, number: u64) -> String {
    format!("{repository}/{number}")
}

/// The stream that begins with an issue or pull request.
pub(crate) fn stream_of(repository: u64, number: u64) -> StreamId {
    StreamId(subject_key(repository, number))
}

/// The repository of a stream, and the number it began with.
pub(crate) fn parse_stream(stream: &StreamId) -> Option<(u64, u64)> {
    let (repository, number) = stream.0.split_once('/')?;
    Some((repository.parse().ok()?, number.parse().ok()?))
}

/// Stacks of requests that are known of a repository.
const MOST_THINGS: usize = 10_000;

/// Pull requests with one head that are looked at.
const SAME_HEAD: usize = 20;

/// A job that a worker may claim or has claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobRow {
    pub(crate) stream: StreamId,
    pub(crate) run: tfpilot_engine::RunId,
    pub(crate) operation: Operation,
    pub(crate) executor: Executor,
    pub(crate) environment: Option<String>,
    pub(crate) stack: String,
    pub(crate) queued: bool,
    /// Who claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) worker: Option<String>,
    pub(crate) requested_at: Timestamp,
}

/// Which run of ours a workflow run works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WorkflowRow {
    pub(crate) stream: StreamId,
    pub(crate) run: tfpilot_engine::RunId,
}

/// The row of a workflow run.
pub(crate) fn workflow_key(repository: u64, workflow_run: u64) -> String {
    format!("{repository}/{workflow_run}")
}

/// Who holds a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LockRow {
    pub(crate) stream: StreamId,
    pub(crate) pull: u64,
}

/// One line per change, for lists and the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangeRow {
    pub(crate) repository: u64,
    pub(crate) issue: Option<u64>,
    pub(crate) pull: Option<u64>,
    /// The branch it goes into.
    #[serde(default)]
    pub(crate) base: Option<String>,
    pub(crate) title: String,
    pub(crate) requested_by: Option<String>,
    pub(crate) environments: Vec<String>,
    pub(crate) stacks: Vec<String>,
    pub(crate) status: Status,
    pub(crate) updated_at: Timestamp,
}

/// One line per run, for lists and the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunRow {
    pub(crate) stream: StreamId,
    pub(crate) operation: Operation,
    pub(crate) environment: Option<String>,
    pub(crate) head: String,
    pub(crate) requested_at: Timestamp,
    pub(crate) requested_by: Option<String>,
    pub(crate) jobs: Vec<RunJob>,
}

/// One job of a [`RunRow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunJob {
    pub(crate) job: tfpilot_engine::JobId,
    pub(crate) stack: String,
    #[serde(flatten)]
    pub(crate) state: JobState,
    pub(crate) finished_at: Option<Timestamp>,
}

/// Reads a row. A row of an older shape that cannot be read is damage, not absence.
pub(crate) fn read<T: DeserializeOwned>(view: View, key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes)
        .map_err(|error| StoreError::Damaged(format!("row {key} of {view:?}: {error}")))
}

/// Writes a row.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError::Failed(format!("a row cannot be written: {error}")))
}

/// What a decision changes in the views.
#[derive(Debug, Default)]
pub(crate) struct ViewDiff {
    pub(crate) changes: Vec<ViewChange>,
    pub(crate) guards: Vec<Guard>,
}

impl ViewDiff {
    fn put<T: Serialize>(&mut self, view: View, key: String, value: &T) -> Result<(), StoreError> {
        self.changes.push(ViewChange { view, key, value: Some(write(value)?) });
        Ok(())
    }

    fn delete(&mut self, view: View, key: String) {
        self.changes.push(ViewChange { view, key, value: None });
    }
}

/// Compares the facts before and after a decision.
pub(crate) fn diff(
    stream: &StreamId,
    before: &Facts,
    after: &Facts,
    now: Timestamp,
) -> Result<ViewDiff, StoreError> {
    let mut diff = ViewDiff::default();
    let Some((repository, _)) = parse_stream(stream) else {
        return Err(StoreError::Failed(format!("{stream} names no repository")));
    };
    subjects(&mut diff, stream, repository, before, after)?;
    jobs(&mut diff, stream, before, after)?;
    workflows(&mut diff, stream, repository, before, after)?;
    heads(&mut diff, stream, repository, before, after)?;
    locks(&mut diff, stream, repository, before, after)?;
    things(&mut diff, repository, before, after)?;
    diff.changes.extend(costs::changes(stream, repository, before, after)?);
    for (id, ticket) in &after.tickets {
        if before.tickets.get(id) != Some(ticket) {
            diff.put::<Ticket>(View::Tickets, id.to_string(), ticket)?;
        }
    }
    if after.version != before.version {
        diff.put(View::Changes, stream.0.clone(), &change_row(repository, after, now))?;
    }
    Ok(diff)
}

fn subjects(
    diff: &mut ViewDiff,
    stream: &StreamId,
    repository: u64,
    before: &Facts,
    after: &Facts,
) -> Result<(), StoreError> {
    let numbers = |facts: &Facts| {
        let issue = facts.request.as_ref().map(|request| request.issue);
        let pull = facts.pull.as_ref().map(|pull| pull.number);
        [issue, pull].into_iter().flatten().collect::<Vec<u64>>()
    };
    let known = numbers(before);
    for number in numbers(after).into_iter().filter(|number| !known.contains(number)) {
        diff.put(View::Subjects, subject_key(repository, number), stream)?;
    }
    Ok(())
}

fn jobs(diff: &mut ViewDiff, stream: &StreamId, before: &Facts, after: &Facts) -> Result<(), StoreError> {
    for run in &after.runs {
        if before.run(run.id) == Some(run) {
            continue;
        }
        diff.put(View::Runs, run.id.to_string(), &run_row(stream, run, after))?;
        for job in run.jobs.values() {
            let known = before.job(job.id).map(|(_, job)| job);
            if known == Some(job) {
                continue;
            }
            if job.state.is_open() {
                diff.put(View::Jobs, job.id.to_string(), &job_row(stream, run, job))?;
            } else {
                diff.delete(View::Jobs, job.id.to_string());
            }
        }
    }
    Ok(())
}

fn job_row(stream: &StreamId, run: &Run, job: &Job) -> JobRow {
    JobRow {
        stream: stream.clone(),
        run: run.id,
        operation: run.operation,
        executor: run.executor,
        environment: run.environment.as_ref().map(ToString::to_string),
        stack: job.stack.to_string(),
        queued: job.state == JobState::Queued,
        worker: match &job.state {
            JobState::Claimed { worker, .. } => Some(worker.clone()),
            _ => None,
        },
        requested_at: run.requested_at,
    }
}

fn run_row(stream: &StreamId, run: &Run, facts: &Facts) -> RunRow {
    let finished = |job: &Job| {
        let applied = facts.applied.get(&job.stack).map(|applied: &Applied| applied.at);
        let planned = facts.plans.get(&job.stack).filter(|plan| plan.job == job.id).map(|plan| plan.at);
        match run.operation {
            Operation::Plan => planned,
            Operation::Apply => applied.filter(|_| job.state == JobState::Done),
        }
    };
    RunRow {
        stream: stream.clone(),
        operation: run.operation,
        environment: run.environment.as_ref().map(ToString::to_string),
        head: run.head.to_string(),
        requested_at: run.requested_at,
        requested_by: run.requested_by.as_ref().map(|person| person.login.clone()),
        jobs: run
            .jobs
            .values()
            .map(|job| RunJob {
                job: job.id,
                stack: job.stack.to_string(),
                state: job.state.clone(),
                finished_at: finished(job),
            })
            .collect(),
    }
}

/// A workflow run is found again by its id. The row goes when GitHub says that it ended, which the inbox settles.
fn workflows(
    diff: &mut ViewDiff,
    stream: &StreamId,
    repository: u64,
    before: &Facts,
    after: &Facts,
) -> Result<(), StoreError> {
    for run in &after.runs {
        let known = before.run(run.id).and_then(|known| known.workflow_run);
        if let Some(bound) = run.workflow_run.filter(|bound| known != Some(*bound)) {
            let row = WorkflowRow { stream: stream.clone(), run: run.id };
            diff.put(View::Workflows, workflow_key(repository, bound), &row)?;
        }
    }
    Ok(())
}

fn heads(
    diff: &mut ViewDiff,
    stream: &StreamId,
    repository: u64,
    before: &Facts,
    after: &Facts,
) -> Result<(), StoreError> {
    let (known, now) = (head_key(repository, before), head_key(repository, after));
    if known == now {
        return Ok(());
    }
    if let Some(key) = known {
        diff.delete(View::Heads, key);
    }
    now.map_or(Ok(()), |key| diff.put(View::Heads, key, stream))
}

/// The row of an open pull request at its head.
fn head_key(repository: u64, facts: &Facts) -> Option<String> {
    let pull = facts.pull.as_ref().filter(|pull| pull.state == PullState::Open)?;
    Some(format!("{}{}", head_prefix(repository, pull.head.as_str()), pull.number))
}

/// What the rows of all open pull requests with this head begin with.
pub(crate) fn head_prefix(repository: u64, head: &str) -> String {
    format!("{repository}/{head}/")
}

/// Streams of the open pull requests with this head, in the order of their numbers' text.
pub(crate) async fn streams_at(
    store: &dyn Store,
    repository: u64,
    head: &str,
) -> Result<Vec<StreamId>, StoreError> {
    let rows = store.scan(View::Heads, &head_prefix(repository, head), SAME_HEAD).await?;
    rows.iter().map(|(key, bytes)| read(View::Heads, key, bytes)).collect()
}

/// What a request made, for as long as it is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ThingRow {
    /// The issue of the request whose managed block the stack has.
    pub(crate) request: u64,
    /// What it was asked for with, as it stands on the base.
    pub(crate) draft: Draft,
    pub(crate) stack: String,
}

/// What requests made in a repository. Beyond [`MOST_THINGS`] the first by path are known.
pub(crate) async fn things_of(store: &dyn Store, repository: u64) -> Result<Vec<ThingRow>, StoreError> {
    let rows = store.scan(View::Things, &format!("{repository}/"), MOST_THINGS).await?;
    rows.iter().map(|(key, bytes)| read(View::Things, key, bytes)).collect()
}

/// A merged request is there, until a merged one removes it.
fn things(diff: &mut ViewDiff, repository: u64, before: &Facts, after: &Facts) -> Result<(), StoreError> {
    let is_merged = |facts: &Facts| facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
    if is_merged(before) || !is_merged(after) {
        return Ok(());
    }
    let (Some(request), Some(change)) = (&after.request, &after.change) else { return Ok(()) };
    let key = format!("{repository}/{}", change.stack);
    let mut draft = request.draft.clone();
    // Once in the state it is a thing like any other.
    draft.import = None;
    draft.promoted_from = None;
    match draft.edits.take() {
        Some(edit) if edit.kind == EditKind::Remove => diff.delete(View::Things, key),
        edit => {
            let request = edit.map_or(request.issue, |edit| edit.request);
            diff.put(View::Things, key, &ThingRow { request, draft, stack: change.stack.to_string() })?;
        }
    }
    Ok(())
}

/// A stack newly held must be free in the same transaction.
fn locks(
    diff: &mut ViewDiff,
    stream: &StreamId,
    repository: u64,
    before: &Facts,
    after: &Facts,
) -> Result<(), StoreError> {
    let (held_before, held_after) = (before.held_stacks(), after.held_stacks());
    let pull = after.pull.as_ref().map_or(0, |pull| pull.number);
    for stack in held_after.difference(&held_before) {
        let key = lock_key(repository, stack.as_str());
        diff.guards.push(Guard { view: View::Locks, key: key.clone(), expected: None });
        diff.put(View::Locks, key, &LockRow { stream: stream.clone(), pull })?;
    }
    for stack in held_before.difference(&held_after) {
        diff.delete(View::Locks, lock_key(repository, stack.as_str()));
    }
    Ok(())
}

/// The mark of a comment that was acted upon.
pub(crate) fn comment_key(repository: u64, comment: u64) -> String {
    format!("comment/{repository}/{comment}")
}

/// The row of a stack's lock.
pub(crate) fn lock_key(repository: u64, stack: &str) -> String {
    format!("{repository}/{stack}")
}

fn change_row(repository: u64, facts: &Facts, now: Timestamp) -> ChangeRow {
    let title = facts
        .pull
        .as_ref()
        .map(|pull| pull.title.clone())
        .or_else(|| facts.change.as_ref().map(|change| change.title.clone()))
        .unwrap_or_default();
    let drafted = facts.request.as_ref().and_then(|request| request.draft.environment.as_ref());
    let mut environments: Vec<String> =
        facts.environments().into_iter().flatten().map(ToString::to_string).collect();
    if environments.is_empty() {
        environments.extend(drafted.map(|environment| environment.value.to_string()));
    }
    ChangeRow {
        repository,
        issue: facts.request.as_ref().map(|request| request.issue),
        pull: facts.pull.as_ref().map(|pull| pull.number),
        base: facts.pull.as_ref().map(|pull| pull.base_ref.clone()),
        title,
        requested_by: facts.requester().map(|person| person.login.clone()),
        environments,
        stacks: facts.stacks().iter().map(|stack| stack.path.to_string()).collect(),
        status: facts.status(now),
        updated_at: now,
    }
}
