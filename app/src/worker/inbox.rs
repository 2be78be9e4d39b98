//! Deliveries: what each kind leads to. A webhook only says what to look at; the truth is read from GitHub.

pub(crate) mod checks;
pub(crate) mod comments;
mod installation;
pub(crate) mod issues;
pub(crate) mod overrule;
mod pulls;
mod repository;
mod workflows;

use std::sync::Arc;

use jiff::SignedDuration;
use tfpilot_engine::{Ask, Limited};
use tracing::{debug, error, info, warn};

use crate::app::App;
use crate::github::Account;
use crate::github::webhook::{self, Event, Webhook};
use crate::store::{InboxItem, StoreError};
use crate::worker::access::{self, Noted};
use crate::worker::ledger::Settles;
use crate::worker::limits::Asker;
use crate::worker::merge_groups;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::{LoadError, Repository};
use crate::worker::{WORK_LEASE_SECONDS, boxed};

/// Attempts at a delivery; then it is put aside with an error in the log.
const ATTEMPTS: u32 = 30;

/// Longest wait between two attempts.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(10);

/// A delivery being handled.
pub(crate) struct Delivery<'a> {
    pub(crate) app: &'a Arc<App>,
    pub(crate) repository: &'a Repository,
    pub(crate) webhook: &'a Webhook,
    pub(crate) seq: u64,
    /// How often it was tried before.
    pub(crate) attempts: u32,
}

impl Delivery<'_> {
    /// The decision that answers the delivery finishes it.
    pub(crate) fn settles(&self) -> Settles {
        Settles { delivery: Some(self.seq), ..Settles::default() }
    }

    /// Counts it as asked for by somebody, unless too much was within the hour; then says so.
    pub(crate) fn admit(&self, by: &Account, what: Limited, most: u32) -> Result<(), Ask> {
        let person = (what != Limited::AllRequests).then_some(by.id.0);
        let asker = Asker { repository: self.repository.id, person, what };
        let admitted = self.app.limits.admit(asker, most, self.seq, self.app.clock.now());
        admitted.map_err(|until| {
            info!(repository = %self.repository.name, actor = %by.login, ?what, %until, "too much was asked for");
            self.app.metrics.too_much();
            Ask::TooMuch { what, most, until }
        })
    }

    /// Nothing is to be done about it.
    pub(crate) async fn ignore(&self) -> Result<(), CommandError> {
        Ok(self.app.store.finish_delivery(self.seq).await?)
    }
}

/// Handles the oldest due delivery. False when there is none.
pub(crate) async fn step(app: &Arc<App>) -> Result<bool, StoreError> {
    let _working = app.working();
    let now = app.clock.now();
    let Some(item) = app.store.claim_delivery(now, WORK_LEASE_SECONDS).await? else { return Ok(false) };
    match handle(app, &item).await {
        Ok(()) => {}
        Err(CommandError::Store(StoreError::Conflict(why))) => {
            app.store.release_delivery(item.seq, item.token, now, &why).await?;
        }
        Err(CommandError::Store(error)) => return Err(error),
        Err(error) => settle_failure(app, &item, &error).await?,
    }
    Ok(true)
}

/// What a failure says of our access to the repository that the delivery is about.
async fn look_into(app: &Arc<App>, item: &InboxItem, error: &CommandError) -> Result<Noted, StoreError> {
    let name = item.delivery.kind.strip_prefix("github/").unwrap_or_default();
    let said = webhook::parse(name, &item.delivery.body).ok().and_then(|webhook| webhook.repository);
    let Some(said) = said else { return Ok(Noted::Nothing) };
    let Ok(repository) = app.repositories.of_id(said.id.0).await else { return Ok(Noted::Nothing) };
    match Box::pin(access::note(app, &repository, None, error)).await {
        Err(CommandError::Store(error)) => Err(error),
        noted => Ok(noted.unwrap_or(Noted::Nothing)),
    }
}

async fn settle_failure(app: &Arc<App>, item: &InboxItem, error: &CommandError) -> Result<(), StoreError> {
    match look_into(app, item, error).await? {
        Noted::Nothing => settle_other(app, item, error).await,
        Noted::Moved => {
            let now = app.clock.now();
            app.store.release_delivery(item.seq, item.token, now, &error.to_string()).await
        }
        // Told when it was found out; what is open is read when we are in again.
        Noted::Barred | Noted::Lacking { .. } => {
            debug!(delivery = item.delivery.id, kind = item.delivery.kind, %error, "a delivery is left aside");
            app.store.finish_delivery(item.seq).await
        }
    }
}

async fn settle_other(app: &App, item: &InboxItem, error: &CommandError) -> Result<(), StoreError> {
    let later = match error {
        CommandError::GitHub(cause) | CommandError::Repository(LoadError::GitHub(cause)) => {
            match &cause.failure {
                // No failure of ours: it waits as long as it takes, and the pause was logged when it began.
                crate::github::Failure::RateLimited { until } => {
                    debug!(delivery = item.delivery.id, %until, "waits for GitHub's limit");
                    return app
                        .store
                        .release_delivery(item.seq, item.token, *until, "GitHub limits us")
                        .await;
                }
                failure if failure.is_worth_retrying() => {
                    let seconds = 1_i64.checked_shl(item.attempts.min(10)).unwrap_or(600);
                    Some(app.clock.now() + SignedDuration::from_secs(seconds).min(LONGEST_WAIT))
                }
                _ => None,
            }
        }
        CommandError::NotYet { at, .. } => Some(*at),
        _ => None,
    };
    match later.filter(|_| item.attempts < ATTEMPTS) {
        Some(at) => {
            warn!(delivery = item.delivery.id, attempts = item.attempts, %error, "will be handled later");
            app.store.release_delivery(item.seq, item.token, at, &error.to_string()).await
        }
        None => {
            error!(delivery = item.delivery.id, kind = item.delivery.kind, %error, "a delivery cannot be handled");
            app.store.finish_delivery(item.seq).await
        }
    }
}

async fn handle(app: &Arc<App>, item: &InboxItem) -> Result<(), CommandError> {
    let Some(name) = item.delivery.kind.strip_prefix("github/") else {
        return Err(CommandError::Impossible(format!("unknown kind of delivery {}", item.delivery.kind)));
    };
    let webhook = webhook::parse(name, &item.delivery.body)
        .map_err(|error| CommandError::Impossible(error.to_string()))?;
    let Some(said) = &webhook.repository else {
        Box::pin(installation::installation(app, &webhook)).await?;
        debug!(delivery = item.delivery.id, name, "no repository in it");
        return Ok(app.store.finish_delivery(item.seq).await?);
    };
    let repository = match app.repositories.learn(said, webhook.installation).await {
        Err(LoadError::Unknown(_)) => return Ok(app.store.finish_delivery(item.seq).await?),
        other => other?,
    };
    let repository = match repository.barred {
        None => repository,
        // It may be one of before; or GitHub lets us in again, and nobody told us.
        Some(_) => match Box::pin(access::confirm(app, repository)).await? {
            Some(repository) => repository,
            None => return Ok(app.store.finish_delivery(item.seq).await?),
        },
    };
    let delivery =
        Delivery { app, repository: &repository, webhook: &webhook, seq: item.seq, attempts: item.attempts };
    dispatch(&delivery, item).await
}

async fn dispatch(delivery: &Delivery<'_>, item: &InboxItem) -> Result<(), CommandError> {
    let received_at = item.delivery.received_at;
    match &delivery.webhook.event {
        Event::Issues { issue, .. } => boxed(|| issues::issue(delivery, issue)).await,
        Event::IssueComment { comment, issue } => {
            boxed(|| comments::comment(delivery, comment, issue, received_at)).await
        }
        Event::PullRequest { pull, .. } => boxed(|| pulls::pull(delivery, pull)).await,
        Event::PullRequestReview { pull, .. } => boxed(|| pulls::pull(delivery, pull)).await,
        Event::CheckRun { check, pressed } => {
            boxed(|| checks::check_run(delivery, check, pressed.as_ref(), received_at)).await
        }
        Event::WorkflowRun { run } => boxed(|| workflows::workflow_run(delivery, run)).await,
        Event::Push { reference, .. } => boxed(|| repository::push(delivery, reference)).await,
        Event::MergeGroup { group, reason } => {
            boxed(|| merge_groups::seen(delivery, group, reason.as_deref())).await
        }
        Event::Repository { .. } => boxed(|| repository::changed(delivery)).await,
        _ => delivery.ignore().await,
    }
}
