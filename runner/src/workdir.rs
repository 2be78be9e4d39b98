//! The worker's folder on disk: one worker in it at a time, emptied for every job. Its path is the same for
//! plan and apply, because `path.cwd` and `abspath` may be part of a plan.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A worker's folder, held until dropped.
#[derive(Debug)]
pub struct WorkDir {
    root: PathBuf,
    _lock: File,
}

/// The folders of one job. Dropping it removes them.
#[derive(Debug)]
pub struct JobDir {
    root: PathBuf,
}

impl WorkDir {
    /// Takes the folder, made if missing. A second worker in it is refused.
    pub fn take(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let root = root.canonicalize()?;
        if root.as_os_str().len() > LONGEST_ROOT {
            let why = format!(
                "{} is too long a path for the sockets of providers; name a shorter one with --work-dir",
                root.display()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        make_own(&root)?;
        let lock = open_lock(&root.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(io::Error::other(format!(
                "another worker uses {}; give each its own --work-dir",
                root.display()
            ))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Where the folders of its jobs are, one job after another.
    pub fn jobs(&self) -> PathBuf {
        self.root.join("job")
    }

    /// Empty folders for the next job. What a job before left, also after a kill, is removed.
    pub fn job(&self) -> io::Result<JobDir> {
        let root = self.jobs();
        remove(&root)?;
        for name in ["checkout", "home"] {
            std::fs::create_dir_all(root.join(name))?;
        }
        Ok(JobDir { root })
    }
}

impl JobDir {
    /// The tree of the commit.
    pub fn checkout(&self) -> PathBuf {
        self.root.join("checkout")
    }

    /// Home and temporary folder of the job's children.
    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The bare repository the commit is fetched into.
    pub fn repository(&self) -> PathBuf {
        self.root.join("repository.git")
    }

    /// The plan file, beside the checkout so that no file of the repository can stand in its place.
    pub fn plan(&self) -> PathBuf {
        self.root.join(PLAN)
    }

    /// The plan file as seen from the stack's directory.
    pub fn plan_from(stack: &str) -> String {
        let depth = stack.split('/').filter(|part| !part.is_empty() && *part != ".").count();
        format!("{}{PLAN}", "../".repeat(depth + 1))
    }
}

/// Providers make sockets in the temporary folder below it, and a socket's path has 107 bytes at most.
const LONGEST_ROOT: usize = 75;

/// The plan file's name.
const PLAN: &str = "plan.tfplan";

impl Drop for JobDir {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.root) {
            tracing::warn!(%error, path = %self.root.display(), "the job's folder could not be removed");
        }
    }
}

/// In a shared temporary folder somebody else could have made it first.
fn make_own(root: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    if std::fs::metadata(root)?.uid() != rustix::process::geteuid().as_raw() {
        let why = format!("{} belongs to another user; name one with --work-dir", root.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    std::fs::set_permissions(root, std::fs::Permissions::from_mode(0o700))
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).open(path)
}

/// Waits for a file's lock; it is held until the file is dropped. The folder is made if missing.
pub async fn wait_for_lock(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let lock = open_lock(path)?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(200)).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_at_a_time_and_every_job_begins_empty() {
        let dir = tempfile::tempdir().unwrap();
        let work = WorkDir::take(dir.path()).unwrap();
        let again = WorkDir::take(dir.path()).unwrap_err().to_string();
        assert!(again.contains("another worker uses"), "{again}");
        let job = work.job().unwrap();
        std::fs::write(job.checkout().join("left"), "x").unwrap();
        // As after a kill: nothing was dropped.
        std::mem::forget(job);
        let job = work.job().unwrap();
        assert_eq!(std::fs::read_dir(job.checkout()).unwrap().count(), 0);
        drop(work);
        WorkDir::take(dir.path()).unwrap();
    }

    /// atlantis #2242, atlantis #6800: two writers at once left a cache that neither could read.
    #[tokio::test]
    async fn a_plugin_cache_is_written_by_one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".tfpilot.lock");
        let first = wait_for_lock(&path).await.unwrap();
        let second = tokio::spawn({
            let path = path.clone();
            async move { wait_for_lock(&path).await.map(drop) }
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(!second.is_finished(), "two at a time");
        drop(first);
        second.await.unwrap().unwrap();
    }

    #[test]
    fn a_path_too_long_for_sockets_is_said_before_terraform_stumbles() {
        let dir = tempfile::tempdir().unwrap();
        let refused = WorkDir::take(&dir.path().join("x".repeat(80))).unwrap_err().to_string();
        assert!(refused.contains("--work-dir"), "{refused}");
    }

    #[test]
    fn the_plan_file_is_found_from_every_stack() {
        assert_eq!(JobDir::plan_from("live/dev/a"), "../../../../plan.tfplan");
        assert_eq!(JobDir::plan_from("."), "../plan.tfplan");
        assert_eq!(JobDir::plan_from(""), "../plan.tfplan");
    }
}
