//! The forge: a local stand-in for GitHub which tests and the demo run against.
//!
//! It is state (repositories, people, checks) with real git behind it; HTTP answers, pages and signed webhooks are all
//! drawn from that state. It enforces what GitHub enforces, so that a test cannot pass by asking for something GitHub
//! would refuse. This file owns starting and stopping it; [`people`] is how tests act, [`views`] how they look.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use state::World;
use state::app::App;
use state::seed::{APP, BOT, INSTALLATION, default_events, default_permissions};

mod actions;
mod attempts;
mod clock;
mod commit_object;
mod contract;
mod diff;
pub mod faults;
mod finish;
mod git;
pub mod git_backend;
mod git_http;
mod git_memory;
mod hooks;
mod json;
mod keys;
mod log;
pub mod machine;
mod oidc;
pub mod owners;
mod pages;
mod payload;
pub mod people;
mod rest;
mod server;
mod setup;
mod state;
mod thread;
pub mod views;

pub use attempts::{Asked, Attempt};
pub use git::GitError;
pub use keys::KeyError;
pub use log::Seen;
pub use people::Person;
pub use state::{BranchRules, Permission};

/// What can be chosen about a forge; the default suits a test.
#[derive(Debug, Clone, Default)]
pub struct ForgeOptions {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where repositories lie; by default a directory that goes with the forge.
    pub state_dir: Option<PathBuf>,
    /// Where webhooks go (`http://127.0.0.1:8080/webhooks/github`); it can be set later.
    pub webhook_url: Option<String>,
    /// The webhook secret; random by default.
    pub webhook_secret: Option<String>,
    /// GitHub's OpenAPI description as JSON (`api.github.com.json`); `FORGE_OPENAPI` by default. When there is one, every
    /// request and answer is checked against it, and [`Forge::finish`] tells.
    pub openapi: Option<PathBuf>,
}

/// What went wrong at the forge, or what it refused.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// The forge could not start.
    #[error("starting the forge: {what}: {source}")]
    Start {
        /// Which step.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The description of the API could not be read.
    #[error("reading GitHub's OpenAPI description: {0}")]
    Contract(String),
    /// A test left something open.
    #[error("not finished:\n{}", .0.join("\n"))]
    Unfinished(Vec<String>),
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// GitHub would not do this.
    #[error("GitHub refuses {what} with {status}: {message}")]
    Refused {
        /// What was tried.
        what: String,
        /// The status of the answer.
        status: u16,
        /// What it says.
        message: String,
    },
}

struct Inner {
    shared: Arc<server::Shared>,
    runtime: Option<tokio::runtime::Runtime>,
    base: String,
    // Dropped with the forge: the directory goes too.
    _dir: Option<tempfile::TempDir>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // A runtime may not be dropped inside another one, and tests end inside theirs.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The private key that every app of this process has, for a GitHub that somebody else plays.
///
/// # Errors
/// When it cannot be made.
pub fn app_key_pem() -> Result<String, KeyError> {
    keys::RsaKey::of_apps().map(|key| key.pem().to_owned())
}

/// A running forge. Clones are the same forge; the last one stops it.
#[derive(Clone)]
pub struct Forge {
    inner: Arc<Inner>,
}

impl Forge {
    /// Starts a forge with an app and its people, and no repository yet.
    pub async fn start(options: ForgeOptions) -> Result<Forge, ForgeError> {
        let failed = |what| move |source| ForgeError::Start { what, source };
        let (dir, root) = match &options.state_dir {
            Some(path) => (None, path.clone()),
            None => {
                let dir = tempfile::tempdir().map_err(failed("making a directory"))?;
                let root = dir.path().to_owned();
                (Some(dir), root)
            }
        };
        std::fs::create_dir_all(&root).map_err(failed("making the state directory"))?;
        let listener = std::net::TcpListener::bind(("127.0.0.1", options.port))
            .map_err(failed("listening on 127.0.0.1"))?;
        listener.set_nonblocking(true).map_err(failed("listening on 127.0.0.1"))?;
        let address = listener.local_addr().map_err(failed("listening on 127.0.0.1"))?;
        let base = format!("http://{address}");
        // A runtime of its own: the forge answers while a test's single thread waits for it.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("forge")
            .enable_all()
            .build()
            .map_err(failed("starting its threads"))?;
        let (hooks, parcels) = hooks::Hooks::new(options.webhook_url.clone());
        let clock = clock::Clock::default();
        let app = App {
            id: APP,
            client_id: "Iv23liForgeTfPilot".into(),
            slug: "tfpilot".into(),
            name: "TfPilot".into(),
            owner: 1003,
            bot: BOT,
            key: keys::RsaKey::of_apps()?,
            webhook_secret: options
                .webhook_secret
                .unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string()),
            permissions: default_permissions(),
            events: default_events(),
            installations: std::collections::BTreeMap::new(),
            created: clock.now(),
        };
        let contract = contract::Contract::load(
            options.openapi.clone().or_else(|| std::env::var_os("FORGE_OPENAPI").map(PathBuf::from)),
        )
        .map_err(ForgeError::Contract)?;
        let (starts, started) = tokio::sync::mpsc::unbounded_channel();
        let mut world = World::new(clock, base.clone(), root, app, hooks, starts);
        world.contract = contract;
        world.settle_people();
        world.ensure_owner("acme");
        let shared = Arc::new(server::Shared::new(world));
        runtime.spawn(server::deliver(shared.clone(), parcels));
        runtime.spawn(server::play(shared.clone(), started));
        let router = server::router(shared.clone());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, router).await
        });
        let inner = Inner { shared, runtime: Some(runtime), base, _dir: dir };
        Ok(Forge { inner: Arc::new(inner) })
    }

    /// The address of its pages and of git: `http://127.0.0.1:7800`.
    pub fn base_url(&self) -> &str {
        &self.inner.base
    }

    /// The address of its API, as an Enterprise Server has it.
    pub fn api_url(&self) -> String {
        format!("{}/api/v3", self.inner.base)
    }

    /// The id of the app.
    pub fn app_id(&self) -> u64 {
        APP
    }

    /// The app's private key.
    pub fn app_key_pem(&self) -> String {
        self.inner.shared.world().app.key.pem().to_owned()
    }

    /// What webhooks are signed with.
    pub fn webhook_secret(&self) -> String {
        self.inner.shared.world().app.webhook_secret.clone()
    }

    /// The installation on `acme`.
    pub fn installation_id(&self) -> u64 {
        INSTALLATION
    }

    /// A token of the installation with all the app may do, without the detour over a JWT.
    pub fn installation_token(&self) -> String {
        let mut world = self.inner.shared.world();
        let permissions = world.app.permissions.clone();
        world.issue_installation_token(INSTALLATION, permissions, None).0
    }

    /// Sends webhooks there from now on.
    pub fn set_webhook_url(&self, url: &str) {
        self.inner.shared.world().hooks.target = Some(url.to_owned());
    }

    /// Moves time on at the forge.
    pub fn advance(&self, by: Duration) {
        self.inner.shared.world().clock.advance(by);
    }

    /// The forge's time.
    pub fn now(&self) -> jiff::Timestamp {
        self.inner.shared.world().now()
    }

    /// Whether no webhook is on its way.
    pub fn quiet(&self) -> bool {
        *self.inner.shared.world().hooks.pending().borrow() == 0
    }

    /// Waits until no webhook is on its way.
    pub async fn settled(&self) {
        let mut pending = self.inner.shared.world().hooks.pending();
        // The sender lives as long as the forge, so this can only end with zero.
        let _ = pending.wait_for(|count| *count == 0).await;
    }

    /// The API calls so far.
    pub fn requests(&self) -> Vec<Seen> {
        self.inner.shared.world().log.clone()
    }

    /// Stops the forge.
    pub fn shutdown(self) {
        drop(self);
    }

    /// Does something to the world; a refusal becomes an error that says what was tried.
    pub(crate) fn world<T>(
        &self,
        what: &str,
        act: impl FnOnce(&mut World) -> Result<T, rest::Reject>,
    ) -> Result<T, ForgeError> {
        let mut world = self.inner.shared.world();
        act(&mut world).map_err(|reject| {
            let details: Vec<String> = reject.errors.iter().map(ToString::to_string).collect();
            let message = format!("{} {}", reject.message, details.join(" ")).trim_end().to_owned();
            ForgeError::Refused { what: what.to_owned(), status: reject.status, message }
        })
    }
}
