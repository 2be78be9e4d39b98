//! `tfpilot-runner serve`: a worker that stays. It claims one job at a time until it is told to stop, finishes
//! an apply that has begun, and gives back what can be repeated.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use tfpilot_protocol::{Conclusion, Job, Secret};
use tokio::signal::unix::{SignalKind, signal};

use crate::cancel::{self, Level, Stopper};
use crate::claims::{Audience, Claims, Tally, word};
use crate::client::{App, ClientError, Patience};
use crate::handoff::Secrets;
use crate::job::Worker;
use crate::leftovers;
use crate::progress::Log;
use crate::terraform::Terraform;
use crate::terraform::environment::Environment;
use crate::workdir::WorkDir;

/// The sidecar's settings; each can be given as a variable instead.
#[derive(Debug, Clone, clap::Args)]
pub struct Settings {
    /// The app's address, such as `https://tfpilot.example.org`
    #[arg(long, env = "TFPILOT_APP", value_name = "URL")]
    pub app: String,
    /// File with the sidecar's token, readable by nobody else
    #[arg(long, env = "TFPILOT_TOKEN_FILE", value_name = "FILE")]
    pub token_file: PathBuf,
    /// This machine's disk outlives its jobs, so that local backends may keep their state on it
    #[arg(long, env = "TFPILOT_PERSISTENT")]
    pub persistent: bool,
    /// Name of this worker in logs and journals
    #[arg(long, env = "TFPILOT_WORKER", default_value = "sidecar", value_name = "NAME")]
    pub name: String,
    /// End after one job
    #[arg(long)]
    pub once: bool,
    /// What Terraform needs on this machine
    #[command(flatten)]
    pub machine: Machine,
}

/// Where things are on this machine; shared by every kind of worker.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Machine {
    /// Folder for checkouts, one worker's alone [default: tfpilot-runner in the temporary folder]
    #[arg(long, env = "TFPILOT_WORK_DIR", value_name = "DIR")]
    pub work_dir: Option<PathBuf>,
    /// The terraform program [default: the first on PATH]
    #[arg(long, env = "TFPILOT_TERRAFORM", value_name = "FILE")]
    pub terraform: Option<PathBuf>,
    /// Terraform's own CLI configuration, such as a provider mirror
    #[arg(long, env = "TF_CLI_CONFIG_FILE", value_name = "FILE")]
    pub cli_config: Option<PathBuf>,
    /// Folder that keeps providers between jobs; several workers may share it
    #[arg(long, env = "TF_PLUGIN_CACHE_DIR", value_name = "DIR")]
    pub plugin_cache: Option<PathBuf>,
}

impl Machine {
    /// Makes a worker of this machine. `secrets` are its own, which no child may see.
    pub async fn worker(
        self,
        app: App,
        secrets: Vec<Secret>,
        persistent: bool,
        watch: Arc<dyn crate::progress::Watch>,
    ) -> anyhow::Result<Worker> {
        let folder = self.work_dir.unwrap_or_else(|| std::env::temp_dir().join("tfpilot-runner"));
        let work = WorkDir::take(&folder)
            .with_context(|| format!("taking the work directory {}", folder.display()))?;
        leftovers::end(&work.jobs()).await.context("waiting for what a worker before left running")?;
        let environment = Environment::choose(std::env::vars_os(), &secrets, self.cli_config.as_deref());
        let terraform =
            Terraform::find(self.terraform.as_deref(), environment, self.plugin_cache, work.path()).await?;
        let journal_patience = Patience::JOURNAL;
        let own_repository = None;
        Ok(Worker { app, terraform, work, persistent, own_repository, secrets, watch, journal_patience })
    }
}

/// Claims until a signal.
pub async fn serve(settings: Settings, taken: &Secrets) -> anyhow::Result<Tally> {
    let token = read_token(&settings.token_file)?;
    let app = App::new(&settings.app)?;
    let secrets = taken.all().chain([&token]).cloned().collect();
    let worker = settings.machine.worker(app, secrets, settings.persistent, Arc::new(Log)).await?;
    tracing::info!(
        app = settings.app,
        terraform = worker.terraform.version(),
        work_dir = %worker.work.path().display(),
        persistent = settings.persistent,
        "ready"
    );
    let (stopper, cancel) = cancel::channel();
    stop_on_signals(stopper, &[Level::Drain, Level::Interrupt])?;
    let claims = Claims {
        worker: &worker,
        proof: &token,
        name: settings.name,
        run: None,
        waits: true,
        once: settings.once,
        // An app that is away comes back; a sidecar waits for it.
        patience: Patience { total: std::time::Duration::MAX, ..Patience::CONCLUSION },
        audience: &Logged,
    };
    Ok(claims.run(&cancel).await?)
}

/// Each signal raises the level to the next of `levels`.
pub fn stop_on_signals(stopper: Stopper, levels: &'static [Level]) -> std::io::Result<()> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        for &level in levels {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            tracing::info!(?level, "told to stop");
            stopper.raise(level);
        }
    });
    Ok(())
}

fn read_token(file: &std::path::Path) -> anyhow::Result<Secret> {
    use std::os::unix::fs::PermissionsExt;
    let place = || format!("reading the token from {}", file.display());
    let text = std::fs::read_to_string(file).with_context(place)?;
    let mode = std::fs::metadata(file).with_context(place)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %file.display(), "others may read the token; chmod 600 it");
    }
    let token = text.trim();
    anyhow::ensure!(token.len() >= 16, "{} holds no token", file.display());
    Ok(Secret::new(token))
}

struct Logged;

impl Audience for Logged {
    fn begins(&self, job: &Job) {
        let (repository, stack) = (job.repository.full_name.as_str(), job.stack.as_str());
        tracing::info!(job = %job.id, run = %job.run, operation = ?job.operation, repository, stack, "job begins");
    }

    fn ended(&self, job: &Job, end: &Result<Conclusion, ClientError>) {
        match end {
            Ok(conclusion) => tracing::info!(job = %job.id, conclusion = word(conclusion), "job ended"),
            Err(error) => tracing::error!(job = %job.id, %error, "the app did not take the conclusion"),
        }
    }
}
