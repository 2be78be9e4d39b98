//! The one way to GitHub's API: who speaks (the app or one of its installations), limits of time and size,
//! failures sorted once, requests counted.
//!
//! No retries (the outbox's) and no knowledge of what is asked (the sibling modules').

mod call;
mod etag;
mod failure;
mod graphql;
mod installation;
mod meter;
mod repository;
mod route;
mod send;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use octocrab::Octocrab;
use octocrab::models::AppId;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

pub(crate) use call::{Answer, Call};
pub(crate) use failure::one_line;
pub use failure::{Failure, GitHubError, Result};
pub use installation::{GitToken, Installation, InstalledApp};
pub use meter::{Allowance, Budget, RouteKind};
pub use repository::{RepoClient, RepoInfo};
pub(crate) use route::Route;
pub(crate) use send::answer_within;

use super::InstallationId;
use etag::EtagCache;
use installation::Slot;
use meter::{Meter, lock};

/// GitHub allows 100 requests at a time; half of it leaves room for another replica.
const CONCURRENT_REQUESTS: usize = 50;

/// Where the time comes from; tests move it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What it takes to speak as the app.
#[derive(Clone)]
pub struct Settings {
    /// `https://api.github.com`, or `https://<host>/api/v3` of a GitHub Enterprise Server.
    pub api_url: String,
    /// The app's id.
    pub app_id: u64,
    /// The app's private key, PEM.
    pub private_key: SecretString,
    /// A call with its answer takes at most this long.
    pub timeout: Duration,
    /// Now.
    pub clock: Clock,
}

impl Settings {
    /// Settings with the usual time limit (30 s) and the machine's clock.
    pub fn new(api_url: impl Into<String>, app_id: u64, private_key: SecretString) -> Self {
        let clock: Clock = Arc::new(Timestamp::now);
        Self { api_url: api_url.into(), app_id, private_key, timeout: Duration::from_secs(30), clock }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("api_url", &self.api_url)
            .field("app_id", &self.app_id)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Settings with which nothing can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an address.
    #[error(
        "GitHub's API address {0:?} is not usable; it looks like https://api.github.com or https://github.acme.com/api/v3"
    )]
    ApiUrl(String),
    /// Not an address of keys.
    #[error(
        "the address {0:?} of GitHub Actions' keys is not usable; it looks like https://token.actions.githubusercontent.com/.well-known/jwks"
    )]
    JwksUrl(String),
    /// Not a key.
    #[error(
        "the app's private key cannot be read; it is the RSA key in PEM form that GitHub offers for download"
    )]
    PrivateKey,
    /// The machine offers no TLS.
    #[error("no HTTPS client can be made: {0}")]
    Client(String),
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// The app itself, by a token signed with its key.
    App,
    /// The app inside one account.
    Installation(InstallationId),
}

/// GitHub as the app sees it. Clones share connections, tokens, kept answers and counts.
#[derive(Clone)]
pub struct GitHub {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    app: Octocrab,
    /// GraphQL's server without credentials, and the path there: octocrab would put the REST API's path before it.
    graphql: (Octocrab, String),
    installations: Mutex<HashMap<InstallationId, Arc<Slot>>>,
    etags: Mutex<EtagCache>,
    meter: Meter,
    permits: Semaphore,
    /// Set once this server refused `return_run_details`, so that it is not offered again.
    plain_dispatch: AtomicBool,
}

impl GitHub {
    /// Prepares the client; nothing is sent yet. Needs a running tokio runtime.
    pub fn new(mut settings: Settings) -> std::result::Result<Self, SettingsError> {
        settings.api_url.truncate(settings.api_url.trim_end_matches('/').len());
        let base = parse_api_url(&settings.api_url)?;
        let client = |base: http::Uri| {
            let builder = octocrab::OctocrabBuilder::default()
                .base_uri(base)
                .map_err(|_| SettingsError::ApiUrl(settings.api_url.clone()))?;
            Ok(builder
                .set_connect_timeout(Some(settings.timeout))
                .set_read_timeout(Some(settings.timeout))
                .set_write_timeout(Some(settings.timeout)))
        };
        let broken = |error: octocrab::Error| SettingsError::Client(error.to_string());
        let (graphql_server, graphql_path) = graphql_address(&settings.api_url)?;
        let graphql = (client(graphql_server)?.build().map_err(broken)?, graphql_path);
        let app = client(base)?
            .app_from_rsa_pem(AppId(settings.app_id), settings.private_key.expose_secret())
            .map_err(|_| SettingsError::PrivateKey)?
            .build()
            .map_err(broken)?;
        let inner = Inner {
            settings,
            app,
            graphql,
            installations: Mutex::default(),
            etags: Mutex::default(),
            meter: Meter::default(),
            permits: Semaphore::new(CONCURRENT_REQUESTS),
            plain_dispatch: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Requests sent so far, by kind.
    pub fn requests(&self) -> BTreeMap<RouteKind, u64> {
        self.inner.meter.counts()
    }

    /// What the installation's hourly limit had left when GitHub last said it.
    pub fn allowance(&self, installation: InstallationId) -> Option<Allowance> {
        self.inner.meter.allowance(Identity::Installation(installation))
    }

    /// Until when GitHub wants to hear nothing of an installation. Nothing is sent for it until then.
    pub fn paused_until(&self, installation: InstallationId) -> Option<Timestamp> {
        self.inner.meter.paused_until(Identity::Installation(installation), self.now())
    }

    /// What every installation may still ask for.
    pub fn budgets(&self) -> Vec<Budget> {
        self.inner.meter.budgets(self.now())
    }

    /// How often GitHub asked us to pause.
    pub fn pauses(&self) -> u64 {
        self.inner.meter.pauses()
    }

    /// Refuses a call during a pause: GitHub counts calls against its limits, and may block who goes on.
    fn let_through(&self, identity: Identity) -> std::result::Result<(), Failure> {
        match self.inner.meter.paused_until(identity, self.now()) {
            Some(until) => Err(Failure::RateLimited { until }),
            None => Ok(()),
        }
    }

    /// A limit that was hit is everybody's who speaks as the same.
    fn note_limit(&self, identity: Identity, failure: &Failure) {
        if let Failure::RateLimited { until } = failure
            && self.inner.meter.pause(identity, *until, self.now())
        {
            tracing::warn!(?identity, %until, "GitHub limits us; nothing is asked until then");
        }
    }

    /// The time by which limits are judged.
    pub(crate) fn now(&self) -> Timestamp {
        (self.inner.settings.clock)()
    }

    pub(crate) fn plain_dispatch(&self) -> &AtomicBool {
        &self.inner.plain_dispatch
    }

    /// The client of one installation: there is one per process, as each holds its own token.
    fn slot(&self, id: InstallationId) -> Result<Arc<Slot>> {
        let mut slots = lock(&self.inner.installations);
        if let Some(slot) = slots.get(&id) {
            return Ok(Arc::clone(slot));
        }
        let slot = Arc::new(Slot::new(&self.inner.app, id)?);
        slots.insert(id, Arc::clone(&slot));
        Ok(slot)
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// Accepts absolute addresses without user, query and fragment.
fn parse_api_url(text: &str) -> std::result::Result<http::Uri, SettingsError> {
    let refused = || SettingsError::ApiUrl(text.split('@').next_back().unwrap_or_default().to_owned());
    let uri: http::Uri = text.parse().map_err(|_| refused())?;
    let scheme = matches!(uri.scheme_str(), Some("https" | "http"));
    let plain = uri.query().is_none() && uri.authority().is_some_and(|host| !host.as_str().contains('@'));
    if scheme && plain { Ok(uri) } else { Err(refused()) }
}

/// GraphQL stands beside the REST API on github.com and above it on an Enterprise Server: its server, and the
/// path there.
fn graphql_address(api_url: &str) -> std::result::Result<(http::Uri, String), SettingsError> {
    let uri = parse_api_url(api_url)?;
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.authority()) else {
        return Err(SettingsError::ApiUrl(api_url.to_owned()));
    };
    let path = uri.path().trim_end_matches('/');
    let path = format!("{}/graphql", path.strip_suffix("/v3").unwrap_or(path));
    Ok((parse_api_url(&format!("{scheme}://{host}"))?, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_is_found_on_both_kinds_of_server() {
        let check = |api: &str, server: &str, path: &str| {
            assert_eq!(graphql_address(api), Ok((server.parse().expect("an address"), path.to_owned())));
        };
        check("https://api.github.com", "https://api.github.com", "/graphql");
        check("https://github.acme.com/api/v3", "https://github.acme.com", "/api/graphql");
        check("https://api.acme.ghe.com", "https://api.acme.ghe.com", "/graphql");
        check("http://127.0.0.1:4000", "http://127.0.0.1:4000", "/graphql");
    }

    #[test]
    fn addresses_that_cannot_be_asked_are_refused_without_their_password() {
        for bad in ["", "api.github.com", "/x", "ftp://x/", "https://h/?q=1", "https://user:hunter2@h/"] {
            let error = parse_api_url(bad).expect_err(bad);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
