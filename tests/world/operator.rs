//! `tfpilot` as an operator runs it at a shell, on a copy of the world's store: the world's own is in use.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::World;
use crate::app::MASTER_KEY;
use crate::runner::find_program;

/// What a command said, and how it ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Its result.
    pub out: String,
    /// Its complaints.
    pub err: String,
}

impl Said {
    /// The result as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        serde_json::from_str(&self.out).with_context(|| format!("JSON in {self:?}"))
    }
}

/// Runs `tfpilot` without any of its settings.
///
/// # Errors
/// When the program is missing or does not start.
pub async fn tfpilot(arguments: &[&str]) -> anyhow::Result<Said> {
    run(arguments, &[], "").await
}

/// Runs `tfpilot` without any of its settings, with this text on its standard input.
///
/// # Errors
/// When the program is missing or does not start.
pub async fn tfpilot_reads(arguments: &[&str], text: &str) -> anyhow::Result<Said> {
    run(arguments, &[], text).await
}

/// Runs `tfpilot` with the settings of a server whose directory this is.
///
/// # Errors
/// When the program is missing or does not start.
pub async fn tfpilot_in(dir: &Path, arguments: &[&str]) -> anyhow::Result<Said> {
    let dir = dir.display().to_string();
    let settings = [
        ("TFPILOT_GITHUB_APP_ID", "7"),
        ("TFPILOT_GITHUB_PRIVATE_KEY", "not used"),
        ("TFPILOT_GITHUB_WEBHOOK_SECRET", "not used either"),
        ("TFPILOT_URL", "https://tfpilot.example.com"),
        ("TFPILOT_STORE_DIR", dir.as_str()),
        ("TFPILOT_STORE_KEYS", MASTER_KEY),
    ];
    run(arguments, &settings, "").await
}

async fn run(arguments: &[&str], settings: &[(&str, &str)], text: &str) -> anyhow::Result<Said> {
    let mut command = Command::new(find_program("tfpilot")?);
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("TFPILOT_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied());
    let pipes = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().context("running tfpilot")?;
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it has closed it.
        let _ = stdin.write_all(text.as_bytes()).await;
    }
    let output = child.wait_with_output().await.context("running tfpilot")?;
    Ok(Said {
        code: output.status.code().context("an exit code")?,
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}

impl World {
    /// Copies the store as it is, once all is settled, and gives the directory that holds the copy.
    ///
    /// # Errors
    /// When the world does not settle or the disk fails.
    pub async fn copies_store(&self, name: &str) -> anyhow::Result<PathBuf> {
        self.settle().await?;
        let copy = self.dir().join("copies").join(name);
        copy_folder(&self.store_in_use().join("store"), &copy.join("store"))?;
        Ok(copy)
    }

    /// Directory of the store that this world uses.
    pub fn store_in_use(&self) -> PathBuf {
        self.dir().join("app")
    }
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else {
            std::fs::copy(&path, to.join(name)).with_context(|| format!("copying {}", path.display()))?;
        }
    }
    Ok(())
}
