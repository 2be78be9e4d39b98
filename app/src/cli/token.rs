//! `tfpilot token create`: a bearer token for a sidecar or for reading the API. It is printed once and kept hashed.

use std::path::Path;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use secrecy::ExposeSecret;
use tfpilot_protocol::{Operation, SidecarScope};

use super::log;
use crate::config::Settings;
use crate::store::SledStore;
use crate::web::{TokenGrant, create_token};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token. The server must be stopped: the embedded store has one user at a time.
    Create {
        /// What it opens.
        #[arg(value_enum)]
        kind: Kind,
        /// Whose it is, for logs.
        #[arg(long)]
        name: String,
        /// Repositories a runner may work for, such as acme/infra; all when left out.
        #[arg(long = "repository")]
        repositories: Vec<String>,
        /// Environments a runner may work in; all when left out.
        #[arg(long = "environment")]
        environments: Vec<String>,
        /// The runner only plans.
        #[arg(long)]
        plan_only: bool,
        /// The runner's disk outlives its jobs: local backends keep their state there.
        #[arg(long)]
        persistent: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    /// A `tfpilot-runner serve`.
    Sidecar,
    /// The read API.
    Api,
}

pub(super) fn run(settings: Option<&Path>, command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Create { kind, name, repositories, environments, plan_only, persistent } = command;
    let settings = Settings::load_from_process(settings)?;
    let grant = match kind {
        Kind::Sidecar => TokenGrant::Sidecar {
            name: name.clone(),
            scope: SidecarScope {
                repositories: repositories.clone(),
                environments: environments.clone(),
                operations: if *plan_only { vec![Operation::Plan] } else { Vec::new() },
                persistent: *persistent,
            },
        },
        Kind::Api => TokenGrant::Api { name: name.clone() },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let token = runtime.block_on(async {
        let store = SledStore::open(settings.store.dir.join("store"))?;
        create_token(&store, &grant).await
    })?;
    let token = token.expose_secret();
    log::say(&if json {
        serde_json::json!({ "token": token, "name": name }).to_string()
    } else {
        token.to_owned()
    });
    Ok(ExitCode::SUCCESS)
}
