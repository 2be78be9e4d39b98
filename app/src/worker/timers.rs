//! What a wake-up looks at: has the run started, does the worker still report, has a freeze window begun or ended.

use tfpilot_engine::{JobId, RunId, Signal, Wake};

use crate::app::App;
use crate::store::{StoreError, StreamId, View};
use crate::worker::ledger::Settles;
use crate::worker::repositories::Repository;
use crate::worker::views;

/// Where a job's lease end is kept, as heartbeats extend it.
pub(crate) fn lease_key(job: JobId) -> String {
    format!("lease/{job}")
}

/// What became of a wake-up.
pub(crate) enum Woken {
    /// It is settled.
    Settled,
    /// Look again then.
    Later(jiff::Timestamp),
    /// The pull request has to be looked at.
    Observe(u64),
}

pub(crate) async fn wake(
    app: &App,
    repository: &Repository,
    stream: &StreamId,
    what: &Wake,
    settles: Settles,
) -> Result<Woken, StoreError> {
    match what {
        Wake::Start { run } => started(app, repository, stream, *run, settles).await,
        Wake::Lease { job } => reports(app, repository, stream, *job, settles).await,
        Wake::Freeze { .. } => turned(app, repository, stream, settles).await,
        Wake::Mergeable { number } => Ok(Woken::Observe(*number)),
    }
}

async fn started(
    app: &App,
    repository: &Repository,
    stream: &StreamId,
    run: RunId,
    settles: Settles,
) -> Result<Woken, StoreError> {
    app.decide(stream, repository, &Signal::StartLapsed { run }, settles).await?;
    Ok(Woken::Settled)
}

async fn turned(
    app: &App,
    repository: &Repository,
    stream: &StreamId,
    settles: Settles,
) -> Result<Woken, StoreError> {
    app.decide(stream, repository, &Signal::FreezeTurned, settles).await?;
    Ok(Woken::Settled)
}

async fn reports(
    app: &App,
    repository: &Repository,
    stream: &StreamId,
    job: JobId,
    settles: Settles,
) -> Result<Woken, StoreError> {
    let key = lease_key(job);
    if let Some(bytes) = app.store.view(View::Marks, &key).await? {
        let until: jiff::Timestamp = views::read(View::Marks, &key, &bytes)?;
        if until > app.clock.now() {
            return Ok(Woken::Later(until));
        }
    }
    app.decide(stream, repository, &Signal::LeaseLapsed { job }, settles).await?;
    Ok(Woken::Settled)
}

/// The stream that an issue or pull request belongs to, where it is known.
pub(crate) async fn subject(app: &App, repository: u64, number: u64) -> Result<Option<StreamId>, StoreError> {
    let key = views::subject_key(repository, number);
    let row = app.store.view(View::Subjects, &key).await?;
    row.map(|bytes| views::read(View::Subjects, &key, &bytes)).transpose()
}
