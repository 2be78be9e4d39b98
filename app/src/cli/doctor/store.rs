//! The store: it opens, its tables agree, and the chain of the audit log holds. It also knows the repositories.

use std::path::Path;

use serde::Deserialize;

use super::report::Report;
use super::secrets::is_open_to_others;
use crate::github::RepoName;
use crate::store::chain::{ChainVerdict, verify_chain};
use crate::store::{SledStore, Store, StoreError, View};
use crate::worker::views;

/// What is to be done about damage.
const RESTORE: &str = "keep a copy of the directory, then `tfpilot restore FILE` into an empty one";

/// Looks at the store, if it is there and nobody uses it, and gives the repositories it knows.
pub(super) async fn examine(report: &mut Report, dir: &Path) -> Vec<RepoName> {
    let path = dir.join("store");
    if !path.is_dir() {
        report.warn(
            "store",
            format!("there is none in {}", dir.display()),
            "it is made at the first start of the server",
        );
        return Vec::new();
    }
    if is_open_to_others(&path) || is_open_to_others(&dir.join("blobs")) {
        let next = format!("chmod -R o-rwx {}, and run the server as a user of its own", dir.display());
        report.warn("store", "everybody on this machine may look into it", next);
    }
    let opened = tokio::task::spawn_blocking(move || SledStore::open(path)).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(StoreError::Failed(why))) if why.contains("another process") => {
            report.warn("store", "not looked at: the server uses it", "stop the server to have it checked");
            return Vec::new();
        }
        Ok(Err(error)) => {
            report.fail("store", error.to_string(), RESTORE);
            return Vec::new();
        }
        Err(error) => {
            report.fail("store", format!("opening it failed badly ({error})"), RESTORE);
            return Vec::new();
        }
    };
    match store.check().await {
        Ok(()) => report.ok("store", "its tables agree"),
        Err(error) => report.fail("store", error.to_string(), RESTORE),
    }
    match verify_chain(&store, 1).await {
        Ok(ChainVerdict::Whole(end)) => {
            report.ok("audit log", format!("{} events, chain whole", end.records))
        }
        Ok(ChainVerdict::Broken { position, why }) => {
            report.fail("audit log", format!("broken at event {position}: {why}"), RESTORE);
        }
        Err(error) => report.fail("audit log", error.to_string(), RESTORE),
    }
    repositories(&store).await.unwrap_or_else(|error| {
        report.fail("store", error.to_string(), RESTORE);
        Vec::new()
    })
}

async fn repositories(store: &dyn Store) -> Result<Vec<RepoName>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        full_name: RepoName,
    }
    let rows = store.scan(View::Repositories, "", usize::MAX).await?;
    let names = rows.iter().map(|(key, bytes)| views::read::<Row>(View::Repositories, key, bytes));
    names.map(|row| row.map(|row| row.full_name)).collect()
}
