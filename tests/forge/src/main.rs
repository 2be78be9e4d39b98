//! The forge as a program, for the demo and for trying things by hand: starts the stand-in, seeds a repository, prints
//! its addresses and runs until interrupted.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use tfpilot_forge::{Forge, ForgeOptions};

/// A local stand-in for GitHub.
#[derive(Debug, Parser)]
#[command(name = "forge", version)]
struct Args {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, env = "FORGE_PORT", default_value_t = 7800)]
    port: u16,
    /// Where repositories lie; by default a directory that goes when the forge ends.
    #[arg(long, env = "FORGE_STATE_DIR")]
    state_dir: Option<PathBuf>,
    /// Where webhooks go.
    #[arg(long, env = "FORGE_WEBHOOK_URL")]
    webhook_url: Option<String>,
    /// What webhooks are signed with; random by default.
    #[arg(long, env = "FORGE_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// The repository to make.
    #[arg(long, default_value = "acme/infra")]
    repository: String,
    /// A directory with that repository's first files.
    #[arg(long)]
    seed: Option<PathBuf>,
    /// Where to write the app's private key.
    #[arg(long)]
    key_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let options = ForgeOptions {
        port: args.port,
        state_dir: args.state_dir,
        webhook_url: args.webhook_url,
        webhook_secret: args.webhook_secret,
        openapi: None,
    };
    let forge = Forge::start(options).await?;
    match &args.seed {
        Some(dir) => forge.repository_from(&args.repository, dir).await,
        None => forge.repository::<&str, &str>(&args.repository, &[]).await,
    }
    .with_context(|| format!("making {}", args.repository))?;
    if let Some(path) = &args.key_file {
        write_key(path, &forge.app_key_pem()).with_context(|| format!("writing {}", path.display()))?;
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "pages        {}/{}", forge.base_url(), args.repository)?;
    writeln!(out, "API          {}", forge.api_url())?;
    writeln!(out, "app id       {}", forge.app_id())?;
    writeln!(out, "installation {}", forge.installation_id())?;
    out.flush()?;
    drop(out);
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    Ok(())
}

/// Writes a key that only its owner may read.
fn write_key(path: &std::path::Path, pem: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(pem.as_bytes())
}
