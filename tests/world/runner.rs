//! The persistent sidecar, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context;
use secrecy::ExposeSecret;
use tfpilot::App;
use tfpilot::web::{TokenGrant, create_token};
use tfpilot_protocol::SidecarScope;
use tokio::process::{Child, Command};

/// A running `tfpilot-runner serve`. It ends with this value.
pub struct Runner {
    child: Child,
    log: PathBuf,
}

impl Runner {
    /// Registers and starts a sidecar, with this in its environment beside what the tests have.
    ///
    /// # Errors
    /// When the program is missing or does not start.
    pub async fn start(
        app: &Arc<App>,
        app_url: &str,
        dir: &Path,
        environment: &[(String, String)],
    ) -> anyhow::Result<Runner> {
        let scope = SidecarScope { persistent: true, ..SidecarScope::default() };
        let grant = TokenGrant::Sidecar { name: "sidecar".to_owned(), scope };
        let token = create_token(app.store().as_ref(), &grant).await?;
        Self::spawn(token.expose_secret(), app_url, dir, environment)
    }

    /// Starts the sidecar that a [`Server`](crate::Server) registers from its settings.
    ///
    /// # Errors
    /// When the program is missing or does not start.
    pub fn of_settings(app_url: &str, dir: &Path) -> anyhow::Result<Runner> {
        Self::spawn(crate::server::RUNNER_TOKEN, app_url, dir, &[])
    }

    fn spawn(
        token: &str,
        app_url: &str,
        dir: &Path,
        environment: &[(String, String)],
    ) -> anyhow::Result<Runner> {
        std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
        let token_file = dir.join("token");
        std::fs::write(&token_file, token).context("writing the runner's token")?;
        make_private(&token_file)?;
        let log = dir.join("runner.log");
        let output = std::fs::File::create(&log).context("creating the runner's log")?;
        let mut command = Command::new(find_program("tfpilot-runner")?);
        command
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .arg("serve")
            .args(["--app", app_url, "--persistent", "--name", "sidecar"])
            .arg("--token-file")
            .arg(&token_file)
            .arg("--work-dir")
            .arg(dir.join("work"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .kill_on_drop(true);
        let child = command.spawn().context("starting tfpilot-runner")?;
        Ok(Runner { child, log })
    }

    /// What the runner logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills the runner without a warning.
    ///
    /// # Errors
    /// When the process cannot be killed.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("killing the runner")
    }

    /// True while the process lives.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

fn make_private(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(file, mode).with_context(|| format!("restricting {}", file.display()))
}

/// A program of this workspace, built beside the running one.
///
/// # Errors
/// When it is not built; the error names the command that builds it.
pub fn find_program(name: &str) -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe().context("finding the running program")?;
    let beside = here.ancestors().skip(1).take(2).map(|dir| dir.join(name)).find(|path| path.is_file());
    beside.with_context(|| format!("{name} is not built; run `cargo build --workspace --bins` first"))
}
