//! AWS on loopback: moto's server, with the bucket for states.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::ports;

/// Bucket of the stories' states.
pub const STATE_BUCKET: &str = "acme-tfstate";

/// Region of everything in the stories.
pub const REGION: &str = "eu-central-1";

/// moto takes a while to import itself on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running moto server. It ends with this value.
pub struct Cloud {
    address: String,
    _child: Child,
}

impl Cloud {
    /// Starts moto and makes the bucket for states.
    ///
    /// # Errors
    /// When moto is missing or does not answer; the error says what to install.
    pub async fn start() -> anyhow::Result<Cloud> {
        let program = program()?;
        let port = ports::kept()?;
        let child = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let cloud = Cloud { address: format!("127.0.0.1:{port}"), _child: child };
        cloud.wait().await?;
        cloud.make_bucket(STATE_BUCKET).await?;
        Ok(cloud)
    }

    /// Makes a bucket, as somebody does by hand.
    ///
    /// # Errors
    /// When moto does not make it.
    pub async fn make_bucket(&self, name: &str) -> anyhow::Result<()> {
        let location = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        let (status, _) = self.send("PUT", &format!("/{name}"), &location).await?;
        ensure!(status == 200, "moto does not make the bucket {name}: status {status}");
        Ok(())
    }

    /// Where AWS is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Environment of whoever speaks to this AWS.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testing-secret-0123".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
        ]
    }

    /// Whether there is such a bucket or object.
    ///
    /// # Errors
    /// When moto does not answer.
    pub async fn has(&self, path: &str) -> anyhow::Result<bool> {
        // A stranger may not read it, but learns whether it is there.
        let (status, _) = self.send("HEAD", &format!("/{path}"), "").await?;
        Ok(status != 404)
    }

    /// What a signed reader gets of a bucket's setting, such as `versioning` or `tagging`.
    ///
    /// # Errors
    /// When moto does not answer.
    pub async fn bucket_setting(&self, bucket: &str, setting: &str) -> anyhow::Result<String> {
        let (_, body) = self.send("GET", &format!("/{bucket}?{setting}"), "").await?;
        Ok(body)
    }

    async fn wait(&self) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.send("GET", "/moto-api/data.json", "").await.is_err() {
            if tokio::time::Instant::now() > deadline {
                bail!("moto_server did not answer within {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// One plain HTTP request; moto looks at no signature, only at whose key it names.
    async fn send(&self, method: &str, path: &str, body: &str) -> anyhow::Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let scope = format!("testing/20260101/{REGION}/s3/aws4_request");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.with_context(|| format!("moto answered {method} {path} with no status"))?;
        Ok((status, answer))
    }
}

/// moto's server: the one the set-up names, else the one on PATH.
fn program() -> anyhow::Result<PathBuf> {
    let named = std::env::var_os("TFPILOT_MOTO").map(PathBuf::from).filter(|program| program.is_file());
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|dir| dir.join("moto_server")).find(|program| program.is_file())
    };
    named.or_else(on_path).context("moto_server is missing: run `make setup`, or pip install 'moto[server]'")
}
