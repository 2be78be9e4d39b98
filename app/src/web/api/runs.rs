//! `GET runs`: what the runners were asked to do, newest first, with every stack's share.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tfpilot_engine::{JobState, Operation};

use super::page::{Asked, Page, Place, asked, limit, newest};
use super::repositories::{Names, RepositoryShape, filtered};
use super::words::{FailureShape, word};
use crate::app::App;
use crate::store::{StoreError, View};
use crate::web::problem::Refused;
use crate::worker::views::{self, RunJob, RunRow};

/// What can be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    limit: Option<usize>,
    cursor: Option<String>,
    repository: Option<String>,
    environment: Option<String>,
    operation: Option<Operation>,
    status: Option<RunStatus>,
    since: Option<Timestamp>,
}

/// Where a run is, over all its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RunStatus {
    /// No worker has taken a job yet.
    Queued,
    /// Some job is not at its end.
    Running,
    /// Every job ended well.
    Done,
    /// At least one job did not.
    Failed,
    /// A newer head made it pointless.
    Superseded,
}

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct RunItem {
    /// Its id.
    pub(super) id: String,
    /// The change it belongs to.
    pub(super) change: String,
    /// Where.
    pub(super) repository: RepositoryShape,
    /// `plan` or `apply`.
    pub(super) operation: String,
    /// Target; none for stacks outside every environment.
    pub(super) environment: Option<String>,
    /// The commit.
    pub(super) head: String,
    /// Where it is.
    pub(super) status: RunStatus,
    /// When it was asked for.
    pub(super) requested_at: Timestamp,
    /// Login of who asked, where a person did.
    pub(super) requested_by: Option<String>,
    /// A stack's share each.
    pub(super) jobs: Vec<JobItem>,
}

/// One stack's share of a run.
#[derive(Debug, Serialize)]
pub(super) struct JobItem {
    /// Its id.
    pub(super) id: String,
    /// The stack's directory.
    pub(super) stack: String,
    /// `queued`, `claimed`, `done`, `failed` or `superseded`.
    pub(super) state: String,
    /// Why it failed, if it did.
    pub(super) failure: Option<FailureShape>,
    /// When it ended, where that is recorded.
    pub(super) finished_at: Option<Timestamp>,
}

/// `GET runs`.
pub(super) async fn runs(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<Page<RunItem>>, Refused> {
    let filter = asked(query)?;
    let limit = limit(filter.limit)?;
    let repository = filtered(&app, filter.repository.as_deref()).await?;
    let mut rows = Vec::new();
    for (key, bytes) in app.store.scan(View::Runs, "", usize::MAX).await? {
        let row: RunRow = views::read(View::Runs, &key, &bytes)?;
        if filter.admits(&row, repository) {
            rows.push((Place { at: row.requested_at, key: key.clone() }, (key, row)));
        }
    }
    let page = newest("runs", rows, filter.cursor.as_deref(), limit)?;
    let (mut names, mut items) = (Names::new(&app), Vec::new());
    for (id, row) in page.items {
        items.push(item(&mut names, id, row).await?);
    }
    Ok(Json(Page { items, next: page.next, more: page.more }))
}

impl Filter {
    fn admits(&self, row: &RunRow, repository: Option<u64>) -> bool {
        repository.is_none_or(|id| views::parse_stream(&row.stream).is_some_and(|(own, _)| own == id))
            && self.since.is_none_or(|since| row.requested_at >= since)
            && self.operation.is_none_or(|wanted| row.operation == wanted)
            && self.environment.as_ref().is_none_or(|wanted| row.environment.as_ref() == Some(wanted))
            && self.status.is_none_or(|wanted| status(&row.jobs) == wanted)
    }
}

/// The least finished job says where a run is; among finished ones, the worst.
fn status(jobs: &[RunJob]) -> RunStatus {
    let any = |is: fn(&JobState) -> bool| jobs.iter().any(|job| is(&job.state));
    let claimed = any(|state| matches!(state, JobState::Claimed { .. }));
    let queued = any(|state| matches!(state, JobState::Queued));
    let ended = any(|state| !state.is_open());
    if claimed || (queued && ended) {
        RunStatus::Running
    } else if queued {
        RunStatus::Queued
    } else if any(|state| matches!(state, JobState::Failed { .. })) {
        RunStatus::Failed
    } else if any(|state| matches!(state, JobState::Superseded)) {
        RunStatus::Superseded
    } else {
        RunStatus::Done
    }
}

/// A row as the API shows it.
pub(super) async fn item(names: &mut Names<'_>, id: String, row: RunRow) -> Result<RunItem, StoreError> {
    Ok(RunItem {
        id,
        repository: names.of_stream(&row.stream).await?,
        change: row.stream.0,
        operation: word(&row.operation, "operation"),
        environment: row.environment,
        head: row.head,
        status: status(&row.jobs),
        requested_at: row.requested_at,
        requested_by: row.requested_by,
        jobs: row.jobs.into_iter().map(job).collect(),
    })
}

fn job(job: RunJob) -> JobItem {
    let failure = match &job.state {
        JobState::Failed { failure } => Some(FailureShape::from(failure)),
        _ => None,
    };
    JobItem {
        id: job.job.to_string(),
        stack: job.stack,
        state: word(&job.state, "state"),
        failure,
        finished_at: job.finished_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfpilot_engine::{Failure, JobId};

    #[test]
    fn a_run_is_where_its_slowest_and_worst_jobs_are() {
        let job = |state: &JobState| RunJob {
            job: JobId(uuid::Uuid::nil()),
            stack: "live/dev/a".to_owned(),
            state: state.clone(),
            finished_at: None,
        };
        let claimed = JobState::Claimed { worker: "w".to_owned(), at: Timestamp::UNIX_EPOCH };
        let failed = JobState::Failed { failure: Failure::Lost };
        let check = |states: &[&JobState], expect| {
            let jobs: Vec<RunJob> = states.iter().map(|state| job(state)).collect();
            assert_eq!(status(&jobs), expect, "{states:?}");
        };
        check(&[&JobState::Queued, &JobState::Queued], RunStatus::Queued);
        check(&[&JobState::Queued, &JobState::Done], RunStatus::Running);
        check(&[&failed, &claimed], RunStatus::Running);
        check(&[&failed, &JobState::Done], RunStatus::Failed);
        check(&[&JobState::Superseded, &JobState::Done], RunStatus::Superseded);
        check(&[&JobState::Done], RunStatus::Done);
        check(&[], RunStatus::Done);
    }
}
