//! What every loop and endpoint shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::SecretString;
use tfpilot_engine::{Facts, Signal};
use tfpilot_modules::Catalog;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::clock::Clock;
use crate::github::GitHub;
use crate::github::oidc::OidcVerifier;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::rego::Rego;
use crate::stacks::ObjectCache;
use crate::store::{Blobs, Store, StoreError, StreamId};
use crate::worker::ledger::{Decided, Ledger, Settles};
use crate::worker::limits::Limits;
use crate::worker::looks::Looks;
use crate::worker::repositories::{Repositories, Repository};
use crate::worker::turns::Turns;

/// The parts of a running server. Cheap to share behind an [`Arc`].
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) ledger: Ledger,
    pub(crate) github: GitHub,
    pub(crate) repositories: Repositories,
    /// The modules that come with TfPilot; what a repository may ask for is its own affair.
    pub(crate) shipped: Arc<Catalog>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    pub(crate) webhook_secrets: Vec<SecretString>,
    /// GitHub's pages and Git, without a final slash.
    pub(crate) web_url: String,
    /// Our own public address, without a final slash.
    pub(crate) url: String,
    /// Our app's id, to know our own comments and checks.
    pub(crate) app_id: u64,
    /// Terraform's version where a repository names none.
    pub(crate) terraform_version: String,
    /// Judges the tokens of workflow runs.
    pub(crate) oidc: OidcVerifier,
    /// What may suggest values, where there is one.
    pub(crate) model: Option<Model>,
    /// Asks policies in Rego.
    pub(crate) rego: Rego,
    pub(crate) objects: ObjectCache,
    pub(crate) looks: Looks,
    pub(crate) limits: Limits,
    /// One at a time finds out whether we may work in a repository, so that it is told once.
    pub(crate) access_turn: tokio::sync::Mutex<()>,
    pub(crate) turns: Turns,
    working: AtomicUsize,
    wake: Notify,
}

/// Some work under way.
pub(crate) struct Working<'a>(&'a AtomicUsize);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What an [`App`] is made of.
pub struct Parts {
    /// Events, inbox, outbox, views.
    pub store: Arc<dyn Store>,
    /// Bundles and rendered plans.
    pub blobs: Arc<dyn Blobs>,
    /// GitHub's API.
    pub github: GitHub,
    /// Modules that may be asked for.
    pub catalog: Arc<Catalog>,
    /// The time.
    pub clock: Clock,
    /// Secrets that sign webhooks; two during a rotation.
    pub webhook_secrets: Vec<SecretString>,
    /// GitHub's pages and Git.
    pub web_url: String,
    /// Our own public address.
    pub url: String,
    /// The app's id.
    pub app_id: u64,
    /// Terraform's version where a repository names none.
    pub terraform_version: String,
    /// Judges the tokens of workflow runs.
    pub oidc: OidcVerifier,
    /// What may suggest values; everything works without it.
    pub model: Option<Model>,
    /// Asks policies in Rego.
    pub rego: Rego,
}

impl App {
    /// Puts the parts together; nothing is started.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts {
            store,
            blobs,
            github,
            catalog,
            clock,
            webhook_secrets,
            web_url,
            url,
            app_id,
            terraform_version,
            oidc,
            model,
            rego,
        } = parts;
        Arc::new(Self {
            ledger: Ledger::new(Arc::clone(&store), clock.clone()),
            repositories: Repositories::new(
                Arc::clone(&store),
                Arc::clone(&blobs),
                github.clone(),
                Arc::clone(&catalog),
                clock.clone(),
                rego.clone(),
            ),
            store,
            blobs,
            github,
            shipped: catalog,
            clock,
            metrics: Metrics::default(),
            webhook_secrets,
            web_url: web_url.trim_end_matches('/').to_owned(),
            url: url.trim_end_matches('/').to_owned(),
            app_id,
            terraform_version,
            oidc,
            model,
            rego,
            objects: ObjectCache::default(),
            looks: Looks::default(),
            limits: Limits::default(),
            access_turn: tokio::sync::Mutex::default(),
            turns: Turns::default(),
            working: AtomicUsize::new(0),
            wake: Notify::new(),
        })
    }

    /// The time all parts go by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What was counted since the start.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The event log's store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// True while no loop of this process works on a delivery or command.
    pub fn is_idle(&self) -> bool {
        self.working.load(Ordering::SeqCst) == 0
    }

    /// Counts as work until the guard is dropped.
    pub(crate) fn working(&self) -> Working<'_> {
        self.working.fetch_add(1, Ordering::SeqCst);
        Working(&self.working)
    }

    /// Tells the loops that there may be work.
    pub(crate) fn wake(&self) {
        self.wake.notify_waiters();
    }

    /// Resolves when there may be work. Counts from the call on, also before it is awaited.
    pub(crate) fn woken(&self) -> Notified<'_> {
        self.wake.notified()
    }

    /// Decides on a signal under the repository's rules, and wakes the loops for what follows.
    pub(crate) async fn decide(
        &self,
        stream: &StreamId,
        repository: &Repository,
        signal: &Signal,
        settles: Settles,
    ) -> Result<Facts, StoreError> {
        self.decide_all(stream, repository, std::slice::from_ref(signal), settles).await
    }

    /// Decides on several signals in their order, in one transaction.
    pub(crate) async fn decide_all(
        &self,
        stream: &StreamId,
        repository: &Repository,
        signals: &[Signal],
        settles: Settles,
    ) -> Result<Facts, StoreError> {
        Ok(self.decide_telling(stream, repository, signals, settles).await?.facts)
    }

    /// The same, and tells what this decision itself recorded.
    pub(crate) async fn decide_telling(
        &self,
        stream: &StreamId,
        repository: &Repository,
        signals: &[Signal],
        settles: Settles,
    ) -> Result<Decided, StoreError> {
        let decided = self.ledger.decide(stream, &repository.rules, signals, settles).await?;
        self.wake();
        Ok(decided)
    }
}

#[cfg(test)]
pub(crate) mod tests;
