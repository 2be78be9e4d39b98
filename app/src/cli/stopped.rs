//! The store of a stopped server, or a copy of it, for commands that work on it.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Settings;
use crate::store::{SledStore, StoreError};

/// Which store is read.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The server's directory, or a copy of it. Without it: the one that the settings name.
    #[arg(long = "store", value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Place {
    /// Opens it. A directory that is named needs no settings.
    ///
    /// # Errors
    /// When there is none, another process has it, or it is damaged.
    pub(super) fn open(&self, settings: Option<&Path>) -> anyhow::Result<SledStore> {
        let dir = match &self.dir {
            Some(dir) => dir.clone(),
            None => Settings::load_from_process(settings)?.store.dir,
        };
        Ok(open_store(&dir)?)
    }
}

/// Opens the store in the server's directory. One that is not there is an error: opening it would make an empty one,
/// which verifies and is backed up without a word.
pub(super) fn open_store(dir: &Path) -> Result<SledStore, StoreError> {
    let store = dir.join("store");
    if store.is_dir() {
        return SledStore::open(store);
    }
    let why = format!("there is no store in {}; set TFPILOT_STORE_DIR to the server's", dir.display());
    Err(StoreError::Refused(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_makes_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let refused = open_store(dir.path()).expect_err("no store");
        assert!(refused.to_string().contains("there is no store"), "{refused}");
        assert!(!dir.path().join("store").exists());
        drop(SledStore::open(dir.path().join("store")).expect("a store"));
        assert!(open_store(dir.path()).is_ok());
    }
}
