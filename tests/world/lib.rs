//! A whole world to play in: the forge with its people, the app, a runner, all on loopback.
//!
//! Stories and the demo start one [`World`] each. The parts are real (HTTP, Git, Terraform, the store on disk); only
//! GitHub is played, by the forge.

mod app;
mod runner;
mod settle;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tfpilot::App;
use tfpilot_forge::{Forge, ForgeOptions, Person};

pub use runner::{find_program, Runner};

/// The repository of every story.
pub const REPOSITORY: &str = "acme/infra";

/// What can be chosen about a world; the default suits a test.
#[derive(Debug, Clone, Default)]
pub struct WorldOptions {
    /// The forge's port; 0 takes a free one.
    pub forge_port: u16,
    /// Where everything is kept; by default a directory that goes with the world.
    pub dir: Option<PathBuf>,
}

/// Forge, app and runner, started and connected.
pub struct World {
    /// GitHub's stand-in.
    pub forge: Forge,
    app: Arc<App>,
    app_url: String,
    runner: Runner,
    dir: PathBuf,
    _own_dir: Option<tempfile::TempDir>,
}

impl World {
    /// A world whose repository knows the environments dev and prod with a local backend on a persistent runner.
    ///
    /// # Errors
    /// When a part does not start; the error names it.
    pub async fn start() -> anyhow::Result<World> {
        Self::start_with(WorldOptions::default()).await
    }

    /// A world with chosen options.
    ///
    /// # Errors
    /// When a part does not start; the error names it.
    pub async fn start_with(options: WorldOptions) -> anyhow::Result<World> {
        start_log();
        let own_dir = if options.dir.is_none() { Some(tempfile::tempdir()?) } else { None };
        let dir = options
            .dir
            .or_else(|| own_dir.as_ref().map(|dir| dir.path().to_path_buf()))
            .context("a directory for the world")?;
        let forge = Forge::start(ForgeOptions {
            port: options.forge_port,
            state_dir: Some(dir.join("forge")),
            ..ForgeOptions::default()
        })
        .await?;
        let config = repository_config(&dir.join("state"));
        forge.repository(REPOSITORY, &[(".github/tfpilot.yml", config.as_str()), ("README.md", "# infra\n")]).await?;
        forge.set_private(REPOSITORY, true)?;
        forge.team("acme", "platform", &["bob", "carol"])?;
        let (app, app_url) = app::start(&forge, &dir.join("app")).await?;
        forge.set_webhook_url(&format!("{app_url}/webhooks/github"));
        let runner = Runner::start(&app, &app_url, &dir.join("runner")).await?;
        Ok(World { forge, app, app_url, runner, dir, _own_dir: own_dir })
    }

    /// Developer.
    pub fn alice(&self) -> Person {
        self.forge.alice()
    }

    /// Approver.
    pub fn bob(&self) -> Person {
        self.forge.bob()
    }

    /// The app's address.
    pub fn app_url(&self) -> &str {
        &self.app_url
    }

    /// The app inside this process.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Where everything is kept.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The runner.
    pub fn runner(&mut self) -> &mut Runner {
        &mut self.runner
    }

    /// Lets everything happen that is due: deliveries, commands, jobs.
    ///
    /// # Errors
    /// When it takes longer than [`settle::DEADLINE`], or the store fails; the error holds what is still open.
    pub async fn settle(&self) -> anyhow::Result<()> {
        settle::settle(self).await
    }

    /// Moves the time ahead for forge and app.
    pub fn advance(&self, by: Duration) {
        self.forge.advance(by);
        self.app.clock().advance(i64::try_from(by.as_secs()).unwrap_or(i64::MAX));
    }
}

/// With `TFPILOT_LOG` set, what the app logs goes to stderr.
fn start_log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("TFPILOT_LOG") {
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        // A second world in the same process shares the first one's log.
        let _ = log.with_ansi(false).try_init();
    }
}

/// The configuration of the stories' repository.
fn repository_config(state: &Path) -> String {
    let state = state.display();
    format!(
        "version: 1\n\
         environments:\n\
        \x20 dev:\n\
        \x20   path: live/dev\n\
        \x20   runner: sidecar\n\
        \x20   aliases: [development]\n\
        \x20   approvals: {{count: 1, teams: [acme/platform]}}\n\
        \x20   backend:\n\
        \x20     local: {{path: \"{state}/{{stack}}.tfstate\"}}\n\
        \x20 prod:\n\
        \x20   path: live/prod\n\
        \x20   runner: sidecar\n\
        \x20   aliases: [production]\n\
        \x20   approvals: {{count: 2, teams: [acme/platform]}}\n\
        \x20   backend:\n\
        \x20     local: {{path: \"{state}/{{stack}}.tfstate\"}}\n"
    )
}
