//! `tfpilot errored-state`: the state that an apply could not write to its backend, taken out of the sealed blobs by whoever
//! repairs it. The server may run.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Args;
use secrecy::ExposeSecret;
use serde_json::json;
use tfpilot_engine::JobId;

use super::log;
use crate::config::Settings;
use crate::store::{Blobs, DirBlobs, MasterKeys, SealedBlobs};
use crate::web::{ERRORED_STATES, errored_state_key};

/// `tfpilot errored-state`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The apply's job, as the log, the API and this command name it. Without it: the jobs whose states are kept.
    #[arg(requires = "out")]
    job: Option<String>,
    /// Where to write it; an existing file is not replaced. It holds secrets in the clear.
    #[arg(long, value_name = "FILE", requires = "job")]
    out: Option<PathBuf>,
}

pub(super) fn run(settings: Option<&Path>, arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let store = Settings::load_from_process(settings)?.store;
    let root = store.dir.join("blobs");
    ensure!(
        root.is_dir(),
        "there are no blobs in {}; set TFPILOT_STORE_DIR to the server's",
        store.dir.display()
    );
    let blobs = DirBlobs::open(&root)?;
    let (Some(job), Some(out)) = (&arguments.job, &arguments.out) else {
        list(&blobs, json)?;
        return Ok(ExitCode::SUCCESS);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let blobs = SealedBlobs::new(MasterKeys::parse(store.keys.expose_secret())?, blobs);
    let bytes = runtime.block_on(take(&blobs, job, out))?;
    let path = out.display().to_string();
    log::say(&if json {
        json!({ "job": job, "path": path, "bytes": bytes }).to_string()
    } else {
        format!("{bytes} bytes, written to {path}")
    });
    Ok(ExitCode::SUCCESS)
}

fn list(blobs: &DirBlobs, json: bool) -> anyhow::Result<()> {
    let keys = blobs.keys_in(ERRORED_STATES)?;
    let jobs: Vec<&str> = keys.iter().filter_map(|key| key.rsplit('/').next()).collect();
    if json {
        log::say(&serde_json::to_string(&jobs)?);
    } else {
        jobs.iter().for_each(|job| log::say(job));
    }
    Ok(())
}

async fn take(blobs: &dyn Blobs, job: &str, out: &Path) -> anyhow::Result<usize> {
    let id: JobId =
        serde_json::from_value(job.into()).map_err(|_| anyhow::anyhow!("{job:?} is no job's id"))?;
    let Some(state) = blobs.get(&errored_state_key(id)).await? else {
        bail!("no state of {id} is kept; `tfpilot errored-state` names those that are");
    };
    let mut options = File::options();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let doing = || format!("writing {}", out.display());
    let mut file = options.open(out).with_context(doing)?;
    file.write_all(&state).and_then(|()| file.sync_all()).with_context(doing)?;
    Ok(state.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_kept_state_is_taken_out_once_and_by_its_job() {
        let dir = tempfile::tempdir().expect("a directory");
        let keys = MasterKeys::parse("dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=").expect("a key");
        let files = DirBlobs::open(dir.path().join("blobs")).expect("blobs");
        assert!(files.keys_in(ERRORED_STATES).expect("a list").is_empty());
        let blobs = SealedBlobs::new(keys, files.clone());
        let job = "0198a1b2-0000-7000-8000-000000000001";
        let id: JobId = serde_json::from_value(job.into()).expect("an id");
        blobs.put(&errored_state_key(id), b"{\"serial\":18}".to_vec()).await.expect("kept");
        assert_eq!(files.keys_in(ERRORED_STATES).expect("a list"), [format!("{ERRORED_STATES}/{job}")]);
        let out = dir.path().join("state");
        assert_eq!(take(&blobs, job, &out).await.expect("taken"), 13);
        assert_eq!(std::fs::read(&out).expect("a file"), b"{\"serial\":18}");
        let refused = |taken: anyhow::Result<usize>| format!("{:#}", taken.expect_err("refused"));
        assert!(refused(take(&blobs, job, &out).await).starts_with("writing "), "no file is replaced");
        assert!(refused(take(&blobs, "../../etc", &out).await).ends_with("is no job's id"));
        let other = "0198a1b2-0000-7000-8000-000000000002";
        assert!(refused(take(&blobs, other, &out).await).contains("no state of"));
    }
}
