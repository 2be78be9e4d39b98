//! Everything that the app keeps, as whoever has its directory and its keys would read it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tfpilot::store::{Blobs, DirBlobs, MasterKeys, SealedBlobs};

use crate::World;
use crate::app::MASTER_KEY;

impl World {
    /// Every blob by its key, unsealed.
    ///
    /// # Errors
    /// When one cannot be read.
    pub async fn blobs(&self) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        let root = self.dir.join("app/blobs");
        let sealed = SealedBlobs::new(MasterKeys::parse(MASTER_KEY)?, DirBlobs::open(&root)?);
        let mut found = Vec::new();
        for path in files(&root)? {
            let name = path.strip_prefix(&root).context("below its root")?.display().to_string();
            if let Some(key) = name.strip_suffix('@') {
                found.push((key.to_owned(), sealed.get(key).await?.context("a blob")?));
            }
        }
        Ok(found)
    }
}

/// Every file below a directory.
///
/// # Errors
/// When a directory cannot be read.
pub fn files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut open, mut found) = (vec![root.to_path_buf()], Vec::new());
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| format!("reading {}", dir.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    Ok(found)
}
