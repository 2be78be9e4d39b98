//! A whole world to play in: the forge with its people, the app, a runner, all on loopback.
//!
//! Stories and the demo start one [`World`] each. The parts are real (HTTP, Git, Terraform, the store on disk); only
//! GitHub is played, by the forge.

mod actions;
mod app;
mod browser;
mod cloud;
mod config;
mod forms;
mod model;
mod operator;
mod ports;
mod random;
mod runner;
mod server;
mod settle;
mod stored;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tfpilot::App;
use tfpilot::config::ModelSettings;
use tfpilot_forge::views::DeliveryView;
use tfpilot_forge::{Forge, ForgeOptions, Person};

pub use app::{Site, start_app, start_app_with};
pub use browser::Browser;
pub use cloud::{Cloud, REGION, STATE_BUCKET};
pub use model::{Asked, MODEL_KEY, PlayedModel, Says};
pub use operator::{Said, tfpilot, tfpilot_in, tfpilot_reads};
pub use random::{Random, wanted};
pub use runner::{Runner, find_program};
pub use server::Server;
pub use stored::files;

/// The repository of every story.
pub const REPOSITORY: &str = "acme/infra";

/// A request for a note that leaves nothing open.
pub const NOTE: &str = "We need a note called hello-team in dev saying \"Welcome to TfPilot\", team platform";

/// Records read from the log at once.
const PAGE: usize = 100_000;

/// What can be chosen about a world; the default suits a test.
#[derive(Debug, Clone, Default)]
pub struct WorldOptions {
    /// The forge's port; 0 takes a free one.
    pub forge_port: u16,
    /// Where everything is kept; by default a directory that goes with the world.
    pub dir: Option<PathBuf>,
    /// Where Terraform runs, and against what.
    pub stage: Stage,
    /// The app's language model; by default it has none.
    pub model: Option<ModelSettings>,
}

/// Where Terraform runs, and against what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// On a persistent sidecar, with local states and no cloud.
    #[default]
    Sidecar,
    /// In the repository's workflow, against AWS on loopback.
    Actions,
    /// Both: dev and prod in the workflow on AWS, sandbox on the sidecar.
    Both,
}

/// Forge, app and runner, started and connected.
pub struct World {
    /// GitHub's stand-in.
    pub forge: Forge,
    app: Arc<App>,
    app_url: String,
    runner: Option<Runner>,
    cloud: Option<Cloud>,
    dir: PathBuf,
    soon: Duration,
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
        let model = options.model.as_ref();
        let (app, app_url) = start_app_with(&site(&forge), &dir.join("app"), model).await?;
        forge.set_webhook_url(&format!("{app_url}/webhooks/github"));
        let cloud = match options.stage {
            Stage::Sidecar => None,
            Stage::Actions | Stage::Both => Some(Cloud::start().await?),
        };
        let config = config::write(options.stage, cloud.as_ref(), &dir.join("state"));
        let mut files = vec![(".github/tfpilot.yml", config)];
        if cloud.is_some() {
            files.push((".github/workflows/tfpilot.yml", actions::workflow(&app_url)?));
        }
        found_repository(&forge, &files).await?;
        if let Some(cloud) = &cloud {
            for environment in ["dev", "prod"] {
                forge.environment(REPOSITORY, environment, &["main"])?;
            }
            actions::install(&forge, cloud, &dir.join("actions"))?;
        }
        let runner = match options.stage {
            Stage::Actions => None,
            Stage::Sidecar | Stage::Both => {
                Some(Runner::start(&app, &app_url, &dir.join("runner"), &[]).await?)
            }
        };
        Ok(World { forge, app, app_url, runner, cloud, dir, soon: settle::SOON, _own_dir: own_dir })
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

    /// The runner, where there is one.
    pub fn runner(&mut self) -> Option<&mut Runner> {
        self.runner.as_mut()
    }

    /// Starts a runner in the place of the one before, which was killed.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_runner(&mut self) -> anyhow::Result<()> {
        self.restart_runner_with(&[]).await
    }

    /// The same, with more in its environment.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_runner_with(&mut self, environment: &[(String, String)]) -> anyhow::Result<()> {
        let dir = self.dir.join("runner");
        self.runner = Some(Runner::start(&self.app, &self.app_url, &dir, environment).await?);
        Ok(())
    }

    /// What the runner logged so far; empty where there is none.
    pub fn runner_log(&self) -> String {
        self.runner.as_ref().map(Runner::log).unwrap_or_default()
    }

    /// AWS.
    ///
    /// # Errors
    /// On a stage without a cloud.
    pub fn aws(&self) -> anyhow::Result<&Cloud> {
        self.cloud.as_ref().context("this world has no cloud")
    }

    /// A stack of the environment dev as a person writes it: with a local state of its own, and what else stands in it.
    pub fn stack_by_hand(&self, name: &str, body: &str) -> String {
        self.stack_in("dev", name, body)
    }

    /// A stack as above in any environment on the sidecar.
    pub fn stack_in(&self, environment: &str, name: &str, body: &str) -> String {
        let state = self.dir.join(format!("state/live/{environment}/{name}.tfstate"));
        format!(
            "terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\n\n{body}",
            state.display()
        )
    }

    /// Files of so many stacks that hold one resource each: `live/dev/<name>-0/main.tf` and so on.
    pub fn stacks_by_hand(&self, name: &str, stacks: usize) -> Vec<(String, String)> {
        let stack = |name: String| {
            let body = self.stack_by_hand(&name, "resource \"terraform_data\" \"this\" {}\n");
            (format!("live/dev/{name}/main.tf"), body)
        };
        (0..stacks).map(|at| stack(format!("{name}-{at}"))).collect()
    }

    /// How many events of a kind, such as `ticket-spent`, were recorded so far.
    ///
    /// # Errors
    /// When the store fails, or holds what is no event.
    pub async fn recorded(&self, kind: &str) -> anyhow::Result<usize> {
        let mut count = 0;
        for record in self.app.store().log(0, PAGE).await? {
            let body: serde_json::Value = serde_json::from_slice(&record.body)?;
            count += usize::from(body.get("event").and_then(serde_json::Value::as_str) == Some(kind));
        }
        Ok(count)
    }

    /// Waits from now on only for what is due this soon.
    pub fn settles_within(&mut self, soon: Duration) {
        self.soon = soon;
    }

    /// Lets everything happen that is due: deliveries, commands, jobs. Then a second passes: people read what is there before
    /// they write, and GitHub's times are whole seconds.
    ///
    /// # Errors
    /// When it takes longer than [`settle::DEADLINE`], or the store fails; the error holds what is still open.
    pub async fn settle(&self) -> anyhow::Result<()> {
        settle::settle(self).await?;
        self.advance(Duration::from_secs(1));
        Ok(())
    }

    /// Ends a story: everything is settled, every webhook was taken, and nothing said to or by GitHub was unlike
    /// GitHub's own description of its API.
    ///
    /// # Errors
    /// With what is not so.
    pub async fn finish(&self) -> anyhow::Result<()> {
        self.settle().await?;
        let violations = self.forge.contract_violations();
        anyhow::ensure!(violations.is_empty(), "unlike GitHub's description:\n{}", violations.join("\n"));
        let deliveries = self.forge.deliveries();
        let taken =
            |delivery: &DeliveryView| delivery.status.is_some_and(|status| (200..300).contains(&status));
        // Several attempts with one name are one delivery: it is enough that one of them was taken.
        let arrived: BTreeSet<&str> =
            deliveries.iter().filter(|one| taken(one)).map(|one| one.guid.as_str()).collect();
        let refused: Vec<String> = deliveries
            .iter()
            // The app is installed before it has an address.
            .filter(|delivery| delivery.event != "installation")
            .filter(|delivery| !arrived.contains(delivery.guid.as_str()))
            .map(|delivery| format!("{} {:?}: {:?}", delivery.event, delivery.action, delivery.status))
            .collect();
        anyhow::ensure!(refused.is_empty(), "webhooks were not taken:\n{}", refused.join("\n"));
        Ok(())
    }

    /// Moves the time ahead for forge and app.
    pub fn advance(&self, by: Duration) {
        self.forge.advance(by);
        self.app.clock().advance(i64::try_from(by.as_secs()).unwrap_or(i64::MAX));
    }
}

/// The forge as the app knows it.
fn site(forge: &Forge) -> Site {
    Site {
        api_url: forge.api_url(),
        web_url: forge.base_url().to_owned(),
        app_id: forge.app_id(),
        key: forge.app_key_pem(),
        webhook_secret: forge.webhook_secret(),
        issuer: forge.issuer().to_owned(),
    }
}

/// With `TFPILOT_LOG` set, what the app logs goes to stderr.
pub fn start_log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("TFPILOT_LOG") {
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        // A second world in the same process shares the first one's log.
        let _ = log.with_ansi(false).try_init();
    }
}

/// The configuration of the stories' repository for a sidecar with its states in `state`, without a cloud.
pub fn config_for_sidecar(state: &Path) -> String {
    config::write(Stage::Sidecar, None, state)
}

/// Makes the stories' repository for a sidecar with its states in `state`, without a cloud.
///
/// # Errors
/// When the forge refuses.
pub async fn found_for_sidecar(forge: &Forge, state: &Path) -> anyhow::Result<()> {
    found_repository(forge, &[(".github/tfpilot.yml", config_for_sidecar(state))]).await
}

async fn found_repository(forge: &Forge, files: &[(&str, String)]) -> anyhow::Result<()> {
    let mut all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    all.push(("README.md", "# infra\n"));
    forge.repository(REPOSITORY, &all).await?;
    forge.set_private(REPOSITORY, true)?;
    forge.team("acme", "platform", &["bob", "carol"])?;
    Ok(())
}
