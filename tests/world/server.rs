//! `tfpilot serve` as an operator runs it: a process of its own, with a store on disk and the forge as GitHub.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use tfpilot_forge::Forge;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::app::MASTER_KEY;
use crate::ports;
use crate::runner::find_program;

/// Token of the sidecar that servers register from their settings.
pub(crate) const RUNNER_TOKEN: &str = "tfpilot-runner-of-the-stories-0123456789abcdef";

/// What the blows of a story are, by its number.
const SIGKILL: i32 = 9;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. It ends with this value.
pub struct Server {
    address: String,
    environment: Vec<(&'static str, String)>,
    data: PathBuf,
    log: PathBuf,
    child: Child,
    pid: Arc<AtomicU32>,
}

impl Server {
    /// Starts a server with its store in `dir`, and waits until it is ready.
    ///
    /// # Errors
    /// When the program is missing or does not come up; the error holds its log.
    pub async fn start(forge: &Forge, dir: &Path) -> anyhow::Result<Server> {
        std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
        let address = format!("127.0.0.1:{}", ports::kept()?);
        let key = dir.join("key.pem");
        std::fs::write(&key, forge.app_key_pem()).context("writing the app's key")?;
        let (data, log) = (dir.join("data"), dir.join("server.log"));
        let environment = vec![
            ("TFPILOT_GITHUB_APP_ID", forge.app_id().to_string()),
            ("TFPILOT_GITHUB_PRIVATE_KEY_FILE", key.display().to_string()),
            ("TFPILOT_GITHUB_WEBHOOK_SECRET", forge.webhook_secret()),
            ("TFPILOT_GITHUB_API_URL", forge.api_url()),
            ("TFPILOT_GITHUB_URL", forge.base_url().to_owned()),
            ("TFPILOT_LISTEN", address.clone()),
            ("TFPILOT_ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
            ("TFPILOT_URL", format!("http://{address}")),
            ("TFPILOT_STORE_DIR", data.display().to_string()),
            ("TFPILOT_STORE_KEYS", MASTER_KEY.to_owned()),
            ("TFPILOT_OIDC_ISSUER", forge.issuer().to_owned()),
            ("TFPILOT_RUNNER_TOKEN", RUNNER_TOKEN.to_owned()),
        ];
        let child = spawn(&environment, &log)?;
        let pid = Arc::new(AtomicU32::new(child.id().unwrap_or_default()));
        let mut server = Server { address, environment, data, log, child, pid };
        server.ready().await?;
        if server.has_ended() {
            bail!("tfpilot serve ended at once; it said:\n{}", server.log());
        }
        Ok(server)
    }

    /// Where it listens: host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process.
    ///
    /// # Errors
    /// When it was found ended.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// Where the number of its process always stands, from the moment it is started.
    pub fn pid_cell(&self) -> Arc<AtomicU32> {
        Arc::clone(&self.pid)
    }

    /// Directory of its store and blobs.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it logged so far, over all its starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// True when the process is gone.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// How the process ended, if not by a kill: a server never ends by itself.
    pub fn collapse(&mut self) -> Option<ExitStatus> {
        let ended = self.child.try_wait().ok().flatten()?;
        (ended.signal() != Some(SIGKILL)).then_some(ended)
    }

    /// Starts it again with the same store and address, and waits until it is ready, or killed once more. One that
    /// still runs is killed.
    ///
    /// # Errors
    /// When it does not come up; the error holds its log.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        // An ended one cannot be killed, which is as good.
        let _ = self.child.kill().await;
        self.child = spawn(&self.environment, &self.log)?;
        self.pid.store(self.child.id().unwrap_or_default(), Ordering::SeqCst);
        self.ready().await
    }

    /// Kills it without a warning, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("killing the server")
    }

    /// Waits until it serves, or is gone again.
    async fn ready(&mut self) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !self.is_ready().await && !self.has_ended() {
            if tokio::time::Instant::now() > deadline {
                bail!("tfpilot serve was not ready within {PATIENCE:?}; it said:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address).await else { return false };
        let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        let mut answer = String::new();
        stream.write_all(request.as_bytes()).await.is_ok()
            && stream.read_to_string(&mut answer).await.is_ok()
            && answer.starts_with("HTTP/1.1 200")
    }
}

fn spawn(environment: &[(&'static str, String)], log: &Path) -> anyhow::Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(log).context("the server's log")?;
    Command::new(find_program("tfpilot")?)
        .arg("serve")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .context("starting tfpilot serve")
}
