//! Opening the store's directory: one process, durable names, damage told apart from what can be mended.

use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use super::fault::{Fault, RESTORE, panic_text};
use super::mark::Mark;
use super::tables::{Table, Tables};
use super::tx::Tx;

/// Memory for sled's page cache, in bytes; the process takes about three times that.
const CACHE: u64 = 8 * 1024 * 1024;
/// Held as long as the store is open.
const LOCK_FILE: &str = "tfpilot.lock";
/// Where files go that sled could not read and does not need.
const ASIDE: &str = "moved-aside";
/// Layout of the tables. A store of a newer layout is refused, not guessed at.
/// 2 packs values; all else is as in 1, which is carried on as 2.
const LAYOUT: u64 = 2;
/// Row of [`Table::Meta`] with the layout.
const LAYOUT_ROW: &[u8] = b"layout";
/// How often a lock is tried. Who held it may be ending just now, and so may its copy in a child process that was
/// forked and has not called exec yet.
const LOCK_TRIES: u32 = 40;
/// Time between two tries.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// An open database with what must live as long as it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) tables: Tables,
    /// Handle of sled's file for fdatasync.
    pub(super) file: File,
    /// How much must be there.
    pub(super) mark: Mark,
    /// Proof that no other process has the directory; released when dropped.
    pub(super) lock: File,
}

/// Opens `dir`, creating it when missing.
pub(super) fn open(dir: &Path) -> Result<Opened, Fault> {
    create(dir).map_err(|error| Fault::failed(&format!("creating {}", dir.display()), &error))?;
    let lock = lock(dir)?;
    let mark = Mark::open(dir)?;
    let tables = open_mended(dir)?;
    // Before anything is written: an emptied store must not pass for a new one.
    check_complete(dir, &tables, &mark)?;
    check_layout(&tables)?;
    let file = (|| {
        tables.db().flush().map_err(io::Error::other)?;
        let file = File::open(dir.join("db"))?;
        file.sync_data()?;
        // The names of the files sled created.
        File::open(dir)?.sync_all()?;
        Ok(file)
    })()
    .map_err(|error: io::Error| Fault::failed(&format!("syncing {}", dir.display()), &error))?;
    Ok(Opened { tables, file, mark, lock })
}

/// Creates the directory, for the owner alone, with its name durable in its parent.
fn create(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    match dir.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn lock(dir: &Path) -> Result<File, Fault> {
    let path = dir.join(LOCK_FILE);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Fault::failed(&format!("opening {}", path.display()), &error))?;
    for _ in 1..LOCK_TRIES {
        if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::Failed(format!(
            "{} is open in another process: the embedded store serves one process; stop the other one, or give this one a directory of its own",
            dir.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Fault::failed(&format!("locking {}", path.display()), &error)),
    }
}

/// Opens sled; when that fails and a snapshot lies there, once more without it: it only speeds opening up, and
/// one cut short by a kill makes sled refuse. The log in `db` replays everything.
fn open_mended(dir: &Path) -> Result<Tables, Fault> {
    let first = match attempt(dir) {
        Ok(tables) => return Ok(tables),
        Err(fault) => fault,
    };
    let moved = move_snapshots(dir)
        .map_err(|error| Fault::failed(&format!("moving snapshots in {} aside", dir.display()), &error))?;
    if moved == 0 {
        return Err(first);
    }
    attempt(dir)
}

fn attempt(dir: &Path) -> Result<Tables, Fault> {
    for _ in 1..LOCK_TRIES {
        match open_sled(dir) {
            Err(Fault::Failed(why)) if why.contains("could not acquire lock") => {
                std::thread::sleep(LOCK_PAUSE);
            }
            other => return other,
        }
    }
    open_sled(dir)
}

/// sled answers damage with an error or with a panic.
fn open_sled(dir: &Path) -> Result<Tables, Fault> {
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let db = ::sled::Config::new().path(dir).cache_capacity(CACHE).open()?;
        Tables::open(db)
    }));
    match opened {
        Ok(Ok(tables)) => Ok(tables),
        Ok(Err(::sled::Error::Io(error))) if error.kind() != io::ErrorKind::InvalidData => {
            Err(Fault::failed(&format!("opening {}", dir.display()), &error))
        }
        Ok(Err(error)) => Err(damaged(dir, &error.to_string())),
        Err(panic) => Err(damaged(dir, &panic_text(&*panic))),
    }
}

fn damaged(dir: &Path, what: &str) -> Fault {
    Fault::Damaged(format!("opening {} failed with `{what}`; {RESTORE}", dir.display()))
}

/// Moves `snap.*` out of sled's sight. Never touches `db`.
fn move_snapshots(dir: &Path) -> io::Result<usize> {
    let mut moved = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            let aside = dir.join(ASIDE);
            fs::create_dir_all(&aside)?;
            fs::rename(entry.path(), aside.join(entry.file_name()))?;
            moved += 1;
        }
    }
    Ok(moved)
}

/// Refuses a store that lost what was durable.
fn check_complete(dir: &Path, tables: &Tables, mark: &Mark) -> Result<(), Fault> {
    let (there, marked) = (Tx::new(tables).transactions()?, mark.get()?);
    if there >= marked {
        return Ok(());
    }
    let missing = marked.saturating_sub(there);
    Err(damaged(dir, &format!("{missing} of {marked} transactions are missing at the end")))
}

/// Marks a new or older store with the layout, and refuses one that this program does not know.
pub(super) fn check_layout(tables: &Tables) -> Result<(), Fault> {
    let meta = tables.tree(Table::Meta);
    match meta.get(LAYOUT_ROW)? {
        Some(row) if row.as_ref() == LAYOUT.to_be_bytes() => Ok(()),
        row if row.as_ref().map_or(meta.is_empty(), |row| row.as_ref() == 1_u64.to_be_bytes()) => {
            meta.insert(LAYOUT_ROW, &LAYOUT.to_be_bytes())?;
            Ok(())
        }
        Some(row) if row.len() == 8 => Err(Fault::Failed(
            "the store was written by a newer TfPilot: start that version, or restore a backup made before"
                .to_owned(),
        )),
        _ => Err(Fault::damaged("the store does not say its layout")),
    }
}
