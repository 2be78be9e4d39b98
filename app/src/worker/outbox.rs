//! The outbox: one command at a time, retried here and nowhere else.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::{Command, Learned, Signal, SuggestionsOutcome, Wake};
use tracing::{debug, warn};

use crate::app::App;
use crate::github::{Failure, GitHubError};
use crate::store::{Lane, OutboxItem, StoreError};
use crate::worker::access::Noted;
use crate::worker::ledger::Settles;
use crate::worker::repositories::{LoadError, Repository};
use crate::worker::timers::Woken;
use crate::worker::{WORK_LEASE_SECONDS, boxed, budget, commands, observe, reconcile, timers};

use self::shut_out::{drop_command, is_shut_out, look_into};

mod shut_out;

/// First wait after a failure; it doubles with each attempt.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// Longest wait between two attempts.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(10);

/// Attempts at something GitHub may accept later; then it is given up and said.
const ATTEMPTS: u32 = 40;

/// Why a command did not have its effect.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The repository cannot be loaded.
    #[error(transparent)]
    Repository(#[from] LoadError),
    /// It can never succeed as it is.
    #[error("{0}")]
    Impossible(String),
    /// It came before what it is about, or while that is still being written down.
    #[error("not yet: {why}")]
    NotYet {
        /// What is awaited.
        why: &'static str,
        /// When to look again.
        at: jiff::Timestamp,
    },
}

/// Executes the most urgent due command. False when there is none.
pub(crate) async fn step(app: &Arc<App>) -> Result<bool, StoreError> {
    let _working = app.working();
    let Some(item) = app.store.claim_command(app.clock.now(), WORK_LEASE_SECONDS).await? else {
        return Ok(false);
    };
    let command: Command = match serde_json::from_slice(&item.body) {
        Ok(command) => command,
        Err(error) => {
            return Err(StoreError::Damaged(format!("command {} of {}: {error}", item.id, item.stream)));
        }
    };
    if is_shut_out(app, &item, &command).await? {
        return drop_command(app, &item).await.map(|()| true);
    }
    let outcome = match held_back(app, &item, &command).await {
        Ok(Some(until)) => return delay(app, &item, &command, until).await.map(|()| true),
        Ok(None) => execute(app, &item, &command).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => app.metrics.command_done(),
        Err(error) => settle_failure(app, &item, &command, error).await?,
    }
    Ok(true)
}

/// Until when GitHub's limits do not let the command through.
async fn held_back(
    app: &App,
    item: &OutboxItem,
    command: &Command,
) -> Result<Option<Timestamp>, CommandError> {
    let repository = app.repositories.of_stream(&item.stream).await?;
    let facts = match command {
        Command::Dispatch { .. } => Some(app.ledger.facts(&item.stream, &repository.rules).await?),
        _ => None,
    };
    let need = budget::need_of(command, || facts);
    let installation = repository.client.installation();
    let (paused, allowance) = (app.github.paused_until(installation), app.github.allowance(installation));
    Ok(budget::wait_until(need, paused, allowance, app.clock.now()))
}

/// Puts the command back until then, and lets people see what waits. The pause was logged when it began.
async fn delay(app: &App, item: &OutboxItem, command: &Command, until: Timestamp) -> Result<(), StoreError> {
    debug!(stream = %item.stream, key = item.key, %until, "waits for GitHub's limit");
    app.metrics.command_delayed();
    if item.lane == Lane::Act
        && let Ok(repository) = app.repositories.of_stream(&item.stream).await
    {
        let run = match command {
            Command::Dispatch { run } => Some(*run),
            _ => None,
        };
        let signal = Signal::Delayed { until, run };
        app.decide(&item.stream, &repository, &signal, Settles::default()).await?;
    }
    app.store.release_command(item.id, item.token, until, "GitHub limits us").await
}

async fn execute(app: &Arc<App>, item: &OutboxItem, command: &Command) -> Result<(), CommandError> {
    let repository = app.repositories.of_stream(&item.stream).await?;
    let settles = Settles { command: Some(item.id), ..Settles::default() };
    let context = commands::Context { app, repository: &repository, stream: &item.stream };
    match command {
        Command::CommitBranch => boxed(|| commands::commit_branch::run(&context, settles)).await,
        Command::CommitLockFile { stack, job } => {
            boxed(|| commands::commit_lock_file::run(&context, stack, *job, settles)).await
        }
        Command::Suggest { open } => {
            boxed(|| commands::suggest::run(&context, open, item.attempts, settles)).await
        }
        Command::Explain { job } => {
            boxed(|| commands::explain::run(&context, *job, item.attempts, settles)).await
        }
        Command::RenewBranch { head, base } => {
            boxed(|| commands::renew_branch::run(&context, head, base, settles)).await
        }
        Command::OpenPull => boxed(|| commands::open_pull::run(&context, settles)).await,
        Command::SetPullState { open } => {
            boxed(|| commands::set_pull_state::run(&context, *open, settles)).await
        }
        Command::Observe { number } => {
            observe::observe(app, &repository, &item.stream, *number, settles).await.map(drop)
        }
        Command::Dispatch { run } => boxed(|| commands::dispatch::run(&context, *run, settles)).await,
        Command::CancelRun { run } => {
            boxed(|| commands::cancel_run::run(&context, *run)).await?;
            finish(app, item).await
        }
        Command::Merge { head } => boxed(|| commands::merge::run(&context, head, settles)).await,
        Command::RequestReview { number, of } => {
            boxed(|| commands::request_review::run(&context, *number, of)).await?;
            finish(app, item).await
        }
        Command::Learn { number, to, asked_at } => {
            boxed(|| commands::learn::run(&context, *number, to, *asked_at, settles)).await
        }
        Command::React { on, reaction } => {
            boxed(|| commands::react::run(&context, *on, *reaction)).await?;
            finish(app, item).await
        }
        Command::Say { call } => {
            boxed(|| commands::say::run(&context, call)).await?;
            finish(app, item).await
        }
        Command::Minimize { number, key, opening } => {
            boxed(|| commands::minimize::run(&context, *number, key, *opening)).await?;
            finish(app, item).await
        }
        Command::Show => {
            boxed(|| reconcile::show(&context)).await?;
            finish(app, item).await
        }
        Command::Wake { what, .. } => boxed(|| wake(app, &repository, item, what, settles)).await,
    }
}

async fn finish(app: &App, item: &OutboxItem) -> Result<(), CommandError> {
    Ok(app.store.finish_command(item.id).await?)
}

async fn wake(
    app: &Arc<App>,
    repository: &Repository,
    item: &OutboxItem,
    what: &Wake,
    settles: Settles,
) -> Result<(), CommandError> {
    match timers::wake(app, repository, &item.stream, what, settles.clone()).await? {
        Woken::Settled => Ok(()),
        Woken::Later(at) => Ok(app.store.release_command(item.id, item.token, at, "not yet").await?),
        Woken::Observe(number) => {
            observe::observe(app, repository, &item.stream, number, settles).await.map(drop)
        }
    }
}

/// Waits and tries again what may succeed later; says what cannot.
async fn settle_failure(
    app: &Arc<App>,
    item: &OutboxItem,
    command: &Command,
    error: CommandError,
) -> Result<(), StoreError> {
    match look_into(app, item, &error).await? {
        Ok(Noted::Barred) => drop_command(app, item).await,
        Ok(Noted::Moved) => {
            app.metrics.command_retried();
            app.store.release_command(item.id, item.token, app.clock.now(), &error.to_string()).await
        }
        Ok(noted) => settle_other(app, item, command, error, &noted).await,
        // What the failure means is not known: both are tried again.
        Err(unclear) => settle_other(app, item, command, unclear, &Noted::Nothing).await,
    }
}

fn is_worth_retrying(error: &CommandError) -> bool {
    match error {
        CommandError::GitHub(cause) | CommandError::Repository(LoadError::GitHub(cause)) => {
            cause.failure.is_worth_retrying()
        }
        _ => false,
    }
}

async fn settle_other(
    app: &Arc<App>,
    item: &OutboxItem,
    command: &Command,
    error: CommandError,
    noted: &Noted,
) -> Result<(), StoreError> {
    let retry_at = match &error {
        CommandError::Store(StoreError::Conflict(_)) => Some(app.clock.now()),
        CommandError::Store(_) => {
            let CommandError::Store(error) = error else { return Ok(()) };
            return Err(error);
        }
        CommandError::GitHub(cause) | CommandError::Repository(LoadError::GitHub(cause))
            if matches!(cause.failure, Failure::RateLimited { .. }) =>
        {
            let Failure::RateLimited { until } = cause.failure else { return Ok(()) };
            return delay(app, item, command, until).await;
        }
        CommandError::NotYet { at, .. } => Some(*at),
        failed if is_worth_retrying(failed) => Some(app.clock.now() + wait_after(item.attempts)),
        CommandError::GitHub(_) | CommandError::Repository(_) | CommandError::Impossible(_) => None,
    };
    match retry_at.filter(|_| item.attempts < ATTEMPTS) {
        Some(at) => {
            warn!(stream = %item.stream, key = item.key, attempts = item.attempts, %error, "will be tried again");
            app.metrics.command_retried();
            app.store.release_command(item.id, item.token, at, &error.to_string()).await
        }
        None => give_up(app, item, command, &error, noted).await,
    }
}

async fn give_up(
    app: &Arc<App>,
    item: &OutboxItem,
    command: &Command,
    error: &CommandError,
    noted: &Noted,
) -> Result<(), StoreError> {
    match noted {
        // Said once, when it was found out first.
        Noted::Lacking { known: true, .. } => {
            debug!(stream = %item.stream, key = item.key, %error, "given up once more");
        }
        _ => warn!(stream = %item.stream, key = item.key, %error, "given up"),
    }
    app.metrics.command_given_up();
    let why = match noted {
        Noted::Lacking { permission, .. } => format!("the App lacks {permission}"),
        _ => error.to_string(),
    };
    let signal = match command {
        Command::CommitBranch => Signal::StepFailed { step: "commit".to_owned(), why },
        Command::Suggest { open } => Signal::SuggestionsGiven {
            of: open.of.clone(),
            outcome: SuggestionsOutcome::Failed,
            suggestions: Vec::new(),
            reading: None,
        },
        Command::Learn { number, to, asked_at } => Signal::WordsLearned {
            number: *number,
            to: to.clone(),
            asked_at: *asked_at,
            outcome: Learned::Failed { why },
        },
        Command::RenewBranch { .. } => Signal::StepFailed { step: "update of the branch".to_owned(), why },
        Command::OpenPull => Signal::StepFailed { step: "pull request".to_owned(), why },
        Command::Dispatch { run } => Signal::DispatchRefused { run: *run, why },
        Command::Merge { .. } => Signal::MergeBlocked { why },
        Command::SetPullState { open } => Signal::PullStateRefused { open: *open, why },
        _ => return app.store.finish_command(item.id).await,
    };
    let Ok(repository) = app.repositories.of_stream(&item.stream).await else {
        return app.store.finish_command(item.id).await;
    };
    let settles = Settles { command: Some(item.id), ..Settles::default() };
    app.decide(&item.stream, &repository, &signal, settles).await.map(drop)
}

fn wait_after(attempts: u32) -> SignedDuration {
    let factor = 1_i32.checked_shl(attempts.min(12)).unwrap_or(i32::MAX);
    FIRST_WAIT.checked_mul(factor).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
}
