//! `tfpilot token create | list | revoke`: bearer tokens for sidecars and for reading the API. One is printed once, when it
//! is made, and kept hashed.

use std::path::Path;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use secrecy::ExposeSecret;
use tfpilot_protocol::{Operation, SidecarScope};

use super::log;
use super::stopped::open_store;
use crate::config::Settings;
use crate::store::{SledStore, Store, View, ViewChange};
use crate::web::{TokenGrant, create_token};
use crate::worker::views;

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
    /// Name the tokens there are, and what they open. The server must be stopped.
    List,
    /// Take every token of a name away. The server must be stopped.
    Revoke {
        /// The name it was made with.
        name: String,
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
    let dir = Settings::load_from_process(settings)?.store.dir;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        Command::Create { kind, name, repositories, environments, plan_only, persistent } => {
            let scope = SidecarScope {
                repositories: repositories.clone(),
                environments: environments.clone(),
                operations: if *plan_only { vec![Operation::Plan] } else { Vec::new() },
                persistent: *persistent,
            };
            let name = name.clone();
            let grant = match kind {
                Kind::Sidecar => TokenGrant::Sidecar { name, scope },
                Kind::Api => TokenGrant::Api { name },
            };
            runtime.block_on(create(&dir, &grant, json))
        }
        Command::List => runtime.block_on(list(&dir, json)),
        Command::Revoke { name } => runtime.block_on(revoke(&dir, name, json)),
    }
}

async fn create(dir: &Path, grant: &TokenGrant, json: bool) -> anyhow::Result<ExitCode> {
    // A token may be made before the server's first start.
    let store = SledStore::open(dir.join("store"))?;
    let token = create_token(&store, grant).await?;
    let token = token.expose_secret();
    log::say(&if json {
        serde_json::json!({ "token": token, "name": name_of(grant) }).to_string()
    } else {
        token.to_owned()
    });
    Ok(ExitCode::SUCCESS)
}

async fn list(dir: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let grants: Vec<TokenGrant> =
        tokens(&open_store(dir)?).await?.into_iter().map(|(_, grant)| grant).collect();
    if json {
        log::say(&serde_json::to_string_pretty(&grants)?);
    } else {
        grants.iter().for_each(|grant| log::say(&line(grant)));
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(dir: &Path, name: &str, json: bool) -> anyhow::Result<ExitCode> {
    let store = open_store(dir)?;
    let mut changes = Vec::new();
    for (key, grant) in tokens(&store).await? {
        if name_of(&grant) == Some(name) {
            changes.push(ViewChange { view: View::Tokens, key, value: None });
        }
    }
    anyhow::ensure!(!changes.is_empty(), "there is no token {name:?}; `tfpilot token list` names them");
    let revoked = changes.len();
    store.put_views(changes, Vec::new()).await?;
    log::say(&if json {
        serde_json::json!({ "name": name, "revoked": revoked }).to_string()
    } else {
        format!("{revoked} revoked")
    });
    Ok(ExitCode::SUCCESS)
}

/// Tokens that somebody was given, by their hash; those of single jobs are the server's own.
async fn tokens(store: &dyn Store) -> anyhow::Result<Vec<(String, TokenGrant)>> {
    let mut found = Vec::new();
    for (key, bytes) in store.scan(View::Tokens, "", usize::MAX).await? {
        let grant: TokenGrant = views::read(View::Tokens, &key, &bytes)?;
        if name_of(&grant).is_some() {
            found.push((key, grant));
        }
    }
    Ok(found)
}

fn name_of(grant: &TokenGrant) -> Option<&str> {
    match grant {
        TokenGrant::Sidecar { name, .. } | TokenGrant::Api { name } => Some(name),
        TokenGrant::Job { .. } => None,
    }
}

/// "sidecar ops-1: acme/infra; dev; plans and applies; persistent".
fn line(grant: &TokenGrant) -> String {
    let TokenGrant::Sidecar { name, scope } = grant else {
        return format!("api {}: reads all", name_of(grant).unwrap_or_default());
    };
    let some = |names: &[String], all: &str| if names.is_empty() { all.to_owned() } else { names.join(", ") };
    let does = if scope.operations == [Operation::Plan] { "plans only" } else { "plans and applies" };
    let keeps = if scope.persistent { "; persistent" } else { "" };
    let (repositories, environments) =
        (some(&scope.repositories, "every repository"), some(&scope.environments, "every environment"));
    format!("sidecar {name}: {repositories}; {environments}; {does}{keeps}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_revoked_opens_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let scope = SidecarScope { repositories: vec!["acme/infra".to_owned()], ..SidecarScope::default() };
        {
            let store = SledStore::open(dir.path().join("store")).expect("a store");
            for grant in [
                TokenGrant::Sidecar { name: "ops-1".to_owned(), scope },
                TokenGrant::Api { name: "grafana".to_owned() },
                TokenGrant::Api { name: "grafana".to_owned() },
            ] {
                create_token(&store, &grant).await.expect("a token");
            }
        }
        let lines = async || {
            let all = tokens(&open_store(dir.path()).expect("a store")).await.expect("tokens");
            let mut lines: Vec<String> = all.iter().map(|(_, grant)| line(grant)).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines().await.len(), 3);
        assert!(revoke(dir.path(), "nobody", false).await.is_err());
        revoke(dir.path(), "grafana", false).await.expect("revoked");
        assert_eq!(lines().await, ["sidecar ops-1: acme/infra; every environment; plans and applies"]);
    }
}
