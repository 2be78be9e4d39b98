//! `tfpilot serve` as an operator runs it: a process of its own, with a store on disk and the forge as GitHub.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tfpilot_forge::Forge;
use tfpilot_tests::find_program;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// A master key for a store that nobody keeps secrets in: 32 bytes in base64.
const MASTER_KEY: &str = "dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=";

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It ends with this value.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: String,
    /// Its process.
    pub(crate) pid: u32,
    _child: Child,
}

impl Server {
    /// Starts a server with an empty store in `dir`, and waits until it is ready.
    ///
    /// # Errors
    /// When the program is missing or does not come up; the error names its log.
    pub(crate) async fn start(forge: &Forge, dir: &Path) -> anyhow::Result<Server> {
        std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
        let address =
            TcpListener::bind("127.0.0.1:0").await.context("a port for the server")?.local_addr()?;
        let key = dir.join("key.pem");
        std::fs::write(&key, forge.app_key_pem()).context("writing the app's key")?;
        let log = dir.join("server.log");
        let child = Command::new(find_program("tfpilot")?)
            .arg("serve")
            .env("TFPILOT_GITHUB_APP_ID", forge.app_id().to_string())
            .env("TFPILOT_GITHUB_PRIVATE_KEY_FILE", &key)
            .env("TFPILOT_GITHUB_WEBHOOK_SECRET", forge.webhook_secret())
            .env("TFPILOT_GITHUB_API_URL", forge.api_url())
            .env("TFPILOT_GITHUB_URL", forge.base_url())
            .env("TFPILOT_LISTEN", address.to_string())
            .env("TFPILOT_URL", format!("http://{address}"))
            .env("TFPILOT_STORE_DIR", dir.join("data"))
            .env("TFPILOT_STORE_KEYS", MASTER_KEY)
            .env("TFPILOT_OIDC_ISSUER", forge.issuer())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log).context("creating the server's log")?)
            .kill_on_drop(true)
            .spawn()
            .context("starting tfpilot serve")?;
        let pid = child.id().context("the server ended at once")?;
        let server = Server { address: address.to_string(), pid, _child: child };
        server.ready().await.with_context(|| {
            format!("tfpilot serve said:\n{}", std::fs::read_to_string(&log).unwrap_or_default())
        })?;
        Ok(server)
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !self.is_ready().await {
            if tokio::time::Instant::now() > deadline {
                bail!("not ready within {PATIENCE:?}");
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
