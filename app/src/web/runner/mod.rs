//! The runner's endpoints: claim, heartbeat, bundle, start, journal, conclude. A job's token opens its own job only,
//! and only while a worker has it.

mod bundle;
mod claim;
mod conclude;
mod errored_state;
mod heartbeat;
mod journal;
mod start;

pub(crate) use errored_state::{ERRORED_STATES, errored_state_key};

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::{get, post, put};
use tfpilot_engine::{Facts, Job, JobId, JobState, Run};

use crate::app::App;
use crate::store::StreamId;
use crate::web::problem::Refused;
use crate::web::token::{TokenGrant, find_grant};
use crate::worker::access;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// Longest report of a runner, but for a conclusion.
const LONGEST_REPORT: usize = 64 * 1024 * 1024;

/// Longest conclusion: one with the longest plan that is redacted. It is read once its token has opened its job.
const LONGEST_CONCLUSION: usize = tfpilot_plan::MAX_PLAN_BYTES + 8 * 1024 * 1024;

/// Longest bundle: plan, lock file and made files.
const LONGEST_BUNDLE: usize = 512 * 1024 * 1024;

pub(crate) fn routes() -> Router<Arc<App>> {
    let bundle = get(bundle::download).put(bundle::upload).layer(DefaultBodyLimit::max(LONGEST_BUNDLE));
    let errored = put(errored_state::upload).layer(DefaultBodyLimit::max(LONGEST_BUNDLE));
    let conclude = post(conclude::conclude).layer(DefaultBodyLimit::max(LONGEST_CONCLUSION));
    Router::new()
        .route("/claim", post(claim::claim))
        .route("/jobs/{job}/heartbeat", post(heartbeat::heartbeat))
        .route("/jobs/{job}/start", post(start::start))
        .route("/jobs/{job}/journal", post(journal::journal))
        .layer(DefaultBodyLimit::max(LONGEST_REPORT))
        .route("/jobs/{job}/conclude", conclude)
        .route("/jobs/{job}/bundle", bundle)
        .route("/jobs/{job}/errored-state", errored)
}

/// A worker's job, proven by its token.
pub(crate) struct Claimed {
    pub(crate) stream: StreamId,
    pub(crate) repository: Repository,
    pub(crate) facts: Facts,
    pub(crate) run: Run,
    pub(crate) job: Job,
}

/// Keeps what a failure says of our access to the job's repository.
pub(crate) async fn note_access(app: &Arc<App>, claimed: &Claimed, error: &CommandError) {
    let noted = Box::pin(access::note(app, &claimed.repository, Some(&claimed.stream), error)).await;
    if let Err(unclear) = noted {
        tracing::warn!(error = %unclear, "whether we may still work in the repository is not known");
    }
}

/// Finds the job of a request's token. The path must name it too.
pub(crate) async fn claimed(app: &App, headers: &HeaderMap, path: &str) -> Result<Claimed, Refused> {
    let unknown = || Refused::unauthorized("this token opens no job");
    let Some(TokenGrant::Job { job, stream, worker }) = find_grant(app.store.as_ref(), headers).await? else {
        return Err(unknown());
    };
    if path.parse::<uuid::Uuid>().ok().map(JobId) != Some(job) {
        return Err(Refused::unauthorized("this token opens another job"));
    }
    let repository = app.repositories.of_stream(&stream).await.map_err(|error| {
        tracing::error!(%error, "a job's repository cannot be loaded");
        Refused::unavailable("the job's repository cannot be loaded")
    })?;
    let facts = app.ledger.facts(&stream, &repository.rules).await?;
    let Some((run, row)) = facts.job(job).map(|(run, job)| (run.clone(), job.clone())) else {
        return Err(unknown());
    };
    if let JobState::Claimed { worker: now, .. } = &row.state
        && *now != worker
    {
        return Err(Refused::conflict("not-your-job", "another worker has this job now"));
    }
    Ok(Claimed { stream, repository, facts, run, job: row })
}
