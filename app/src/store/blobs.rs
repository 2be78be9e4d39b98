//! Blobs on local disk: one file each, never half of one.
//!
//! A blob is written to a temporary file, synced, renamed over its name, and the folder synced. What the bytes
//! mean and whether they are secret is not decided here: [`super::seal`] stands before this for what must be
//! encrypted.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Blobs, StoreError};

/// Longest key, in bytes.
pub const KEY_LIMIT: usize = 512;
/// Longest part of a key between slashes, in bytes; a file name may have 255.
const SEGMENT_LIMIT: usize = 200;
/// Ends every blob's file name. No key holds it, so `a` and `a/b` can both be there.
const SUFFIX: char = '@';
/// Folder of files in the making; no part of a key begins with a dot.
const TEMPORARY: &str = ".tmp";
/// A temporary file of this age was left behind by a kill.
const STALE: Duration = Duration::from_secs(60 * 60);

/// Blobs in a directory. Several processes may share it.
#[derive(Debug, Clone)]
pub struct DirBlobs {
    root: Arc<Path>,
    /// Tells temporary files of this process apart.
    next: Arc<AtomicU64>,
}

impl DirBlobs {
    /// Opens the directory, creating it when missing, and clears what kills left behind. Blocks: call it before
    /// serving.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the directory cannot be made or read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, StoreError> {
        let root = root.as_ref();
        let temporary = root.join(TEMPORARY);
        create_durably(&temporary)
            .and_then(|()| clear_stale(&temporary))
            .map_err(|error| failed("opening", &root.display(), &error))?;
        Ok(Self { root: root.into(), next: Arc::default() })
    }

    /// Keys of the blobs right below a folder, in their order; none where there is no such folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn keys_in(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        check_key(folder)?;
        let path = self.root.join(folder);
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(|error| failed("reading", &path.display(), &error))?,
        };
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut keys: Vec<String> =
            names.filter_map(|name| Some(format!("{folder}/{}", name.strip_suffix(SUFFIX)?))).collect();
        keys.sort();
        Ok(keys)
    }

    fn path(&self, key: &str) -> Result<PathBuf, StoreError> {
        check_key(key)?;
        Ok(self.root.join(format!("{key}{SUFFIX}")))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        create_durably(folder)?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let temporary = self.root.join(TEMPORARY).join(format!("{}-{number}", std::process::id()));
        let written = (|| {
            let mut options = File::options();
            // Not `create_new`: a process of the same id before a reboot may have left one.
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)
        })();
        if written.is_err() {
            // Best effort: the next start clears it, and the error at hand is the one to tell.
            let _left = fs::remove_file(&temporary);
        }
        written.and_then(|()| sync_folder(folder))
    }
}

/// Refuses every key but plain relative paths of `[a-z0-9._-]` whose parts do not begin with a dot.
pub(super) fn check_key(key: &str) -> Result<(), StoreError> {
    let part = |part: &str| {
        (1..=SEGMENT_LIMIT).contains(&part.len())
            && !part.starts_with('.')
            && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
    };
    if key.len() <= KEY_LIMIT && key.split('/').all(part) {
        return Ok(());
    }
    let shown: String = key.chars().take(80).collect();
    Err(StoreError::Refused(format!(
        "{shown:?} is no key of a blob: parts of 1 to {SEGMENT_LIMIT} of a-z, 0-9, `.`, `_`, `-`, not beginning with a dot, between slashes, {KEY_LIMIT} in all"
    )))
}

/// Creates a folder with its parents, each new name synced in its parent.
fn create_durably(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().unwrap_or(Path::new(""));
    create_durably(parent)?;
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Another writer was faster; its name is synced here too, for this writer's sake.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
        other => other?,
    }
    sync_folder(parent)
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

fn clear_stale(temporary: &Path) -> io::Result<()> {
    for entry in fs::read_dir(temporary)? {
        let entry = entry?;
        let modified = entry.metadata()?.modified()?;
        if SystemTime::now().duration_since(modified).is_ok_and(|age| age > STALE) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn failed(doing: &str, what: &dyn std::fmt::Display, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("{doing} {what}: {error}"))
}

/// Runs what blocks away from the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Failed(format!("working on a blob: {error}")))?
}

#[async_trait]
impl Blobs for DirBlobs {
    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (blobs, path, key) = (self.clone(), self.path(key)?, key.to_owned());
        blocking(move || blobs.write(&path, &bytes).map_err(|error| failed("writing the blob", &key, &error)))
            .await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (path, key) = (self.path(key)?, key.to_owned());
        blocking(move || match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("reading the blob", &key, &error)),
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let (path, key) = (self.path(key)?, key.to_owned());
        blocking(move || {
            let removed = match fs::remove_file(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                other => other,
            };
            let folder = path.parent().unwrap_or(Path::new(""));
            removed
                .and_then(|()| sync_folder(folder))
                .map_err(|error| failed("deleting the blob", &key, &error))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tempfile::TempDir;

    #[tokio::test]
    async fn a_blob_is_kept_replaced_whole_and_forgotten() {
        let dir = TempDir::new().unwrap();
        let blobs = DirBlobs::open(dir.path().join("deep/er")).unwrap();
        assert_eq!(blobs.get("runs/1/plan.json").await.unwrap(), None);
        for bytes in [vec![1; 100_000], vec![2; 3], vec![]] {
            blobs.put("runs/1/plan.json", bytes.clone()).await.unwrap();
            let again = DirBlobs::open(dir.path().join("deep/er")).unwrap();
            assert_eq!(again.get("runs/1/plan.json").await.unwrap(), Some(bytes));
        }
        blobs.delete("runs/1/plan.json").await.unwrap();
        blobs.delete("runs/1/plan.json").await.unwrap();
        assert_eq!(blobs.get("runs/1/plan.json").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_key_and_keys_below_it_do_not_meet() {
        let dir = TempDir::new().unwrap();
        let blobs = DirBlobs::open(dir.path()).unwrap();
        let keys = ["a", "a/b", "a/b/c"];
        for key in keys {
            blobs.put(key, key.into()).await.unwrap();
        }
        for key in keys {
            assert_eq!(blobs.get(key).await.unwrap(), Some(key.into()));
        }
    }

    #[tokio::test]
    async fn many_writers_of_one_key_leave_one_of_their_values() {
        let dir = TempDir::new().unwrap();
        let blobs = DirBlobs::open(dir.path()).unwrap();
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..32_u8 {
            let blobs = blobs.clone();
            writers.spawn(async move { blobs.put("x/y", vec![number; 50_000]).await });
        }
        assert!(writers.join_all().await.iter().all(Result::is_ok));
        let bytes = blobs.get("x/y").await.unwrap().unwrap();
        assert!(bytes.len() == 50_000 && bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(fs::read_dir(dir.path().join(TEMPORARY)).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn keys_that_could_leave_the_directory_are_refused() {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("secret@"), b"outside").unwrap();
        let blobs = DirBlobs::open(dir.path().join("root")).unwrap();
        let long = "x/".repeat(400);
        for key in [
            "",
            "/",
            "../secret",
            "a/../../secret",
            "/etc/passwd",
            "a//b",
            "a/",
            ".tmp/1",
            "A",
            "a@",
            "ä",
            "a\0",
            &long,
        ] {
            for refused in [
                blobs.put(key, vec![]).await.err(),
                blobs.get(key).await.err(),
                blobs.delete(key).await.err(),
            ] {
                assert!(matches!(refused, Some(StoreError::Refused(_))), "{key:?}: {refused:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn an_accepted_key_stays_inside(key in "[a-z./_-]{0,24}|\\PC{0,24}") {
            if check_key(&key).is_ok() {
                let plain = |part| matches!(part, std::path::Component::Normal(_));
                prop_assert!(Path::new(&key).components().all(plain));
            }
        }
    }

    #[test]
    fn only_old_temporary_files_are_cleared() {
        let dir = TempDir::new().unwrap();
        let temporary = dir.path().join(TEMPORARY);
        fs::create_dir(&temporary).unwrap();
        let old = File::create(temporary.join("old")).unwrap();
        old.set_modified(SystemTime::now() - 2 * STALE).unwrap();
        File::create(temporary.join("at work")).unwrap();
        DirBlobs::open(dir.path()).unwrap();
        assert!(!temporary.join("old").exists() && temporary.join("at work").exists());
    }
}
