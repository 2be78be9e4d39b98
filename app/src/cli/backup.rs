//! `tfpilot backup FILE` and `tfpilot restore FILE`: the embedded store in one file, and back. Blobs are files in a
//! directory of their own and are copied with the tools of the system.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::log;
use super::stopped::open_store;
use crate::config::Settings;
use crate::store::StoreError;
use crate::store::backup::{BackupSummary, export, restore};

/// `tfpilot backup`.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// Where to write it. An existing file is replaced when the new one is complete.
    file: PathBuf,
}

/// `tfpilot restore`.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup.
    file: PathBuf,
}

pub(super) fn run(settings: Option<&Path>, arguments: &Backup, json: bool) -> anyhow::Result<ExitCode> {
    let dir = Settings::load_from_process(settings)?.store.dir;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let summary = runtime.block_on(save(&dir, &arguments.file))?;
    tell("written to", &arguments.file, summary, json);
    log::complain(&format!("blobs are not part of it; copy {} too", dir.join("blobs").display()));
    Ok(ExitCode::SUCCESS)
}

async fn save(dir: &Path, file: &Path) -> Result<BackupSummary, StoreError> {
    export(&open_store(dir)?, file).await
}

pub(super) fn run_restore(
    settings: Option<&Path>,
    arguments: &Restore,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let dir = Settings::load_from_process(settings)?.store.dir;
    std::fs::create_dir_all(&dir)?;
    let store = dir.join("store");
    let summary = restore(&arguments.file, &store)?;
    tell("restored into", &store, summary, json);
    Ok(ExitCode::SUCCESS)
}

fn tell(done: &str, place: &Path, summary: BackupSummary, json: bool) {
    let BackupSummary { rows, bytes } = summary;
    let place = place.display().to_string();
    log::say(&if json {
        json!({ "rows": rows, "bytes": bytes, "path": place }).to_string()
    } else {
        format!("{rows} rows, {bytes} bytes, {done} {place}")
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SledStore;

    #[tokio::test]
    async fn nothing_is_no_backup() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("backup");
        let refused = save(&dir.path().join("data"), &file).await.expect_err("no store");
        assert!(refused.to_string().contains("there is no store"), "{refused}");
        assert!(!file.exists() && !dir.path().join("data").exists());
        drop(SledStore::open(dir.path().join("data/store")).expect("a store"));
        let summary = save(&dir.path().join("data"), &file).await.expect("a backup");
        assert_eq!(std::fs::metadata(&file).expect("a file").len(), summary.bytes);
        restore(&file, dir.path().join("again")).expect("restored");
    }
}
