//! The whole embedded store in one file, and back. Blobs are files already and are not part of it.
//!
//! A backup is: a magic line, every row of every table (table name, key, value, each with its length), an end
//! mark with the number of rows, and the SHA-256 of all before it. Restoring checks the sum before anything is
//! written, fills a new directory beside the wanted one and renames it when all is durable and agrees.

mod summed;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

use self::summed::{PART_LIMIT, Summed, invalid};
use super::blobs::sync_folder;
use super::{SledStore, StoreError};

/// Begins every backup; the number is the version of the format.
const MAGIC: &[u8] = b"TfPilot store backup 1\n";
/// Begins a row.
const ROW: u8 = 1;
/// Begins the end.
const END: u8 = 0;

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupSummary {
    /// Rows of all tables.
    pub rows: u64,
    /// Size of the file, in bytes.
    pub bytes: u64,
}

/// Writes the whole store into `file`, replacing it only when the new one is complete and durable.
///
/// The store can be in use: it is one consistent state, and writes wait while it is copied.
///
/// # Errors
/// [`StoreError::Failed`] when the file cannot be written or the store not read.
pub async fn export(store: &SledStore, file: impl AsRef<Path>) -> Result<BackupSummary, StoreError> {
    let file = file.as_ref().to_path_buf();
    let temporary = beside(&file, "writing");
    let target = temporary.clone();
    let written = store
        .with_rows(move |rows| write_backup(&target, rows))
        .await
        .and_then(|summary| publish(&temporary, &file).map(|()| summary));
    if written.is_err() {
        // Best effort: the error at hand is the one to tell.
        let _left = fs::remove_file(&temporary);
    }
    written
}

/// A row as the tables hold it: table, key, value.
pub(super) type RawRow = (&'static str, Vec<u8>, Vec<u8>);

fn write_backup(
    path: &Path,
    rows: &mut dyn Iterator<Item = Result<RawRow, StoreError>>,
) -> Result<BackupSummary, StoreError> {
    let failed = |error: io::Error| failed("writing", path, &error);
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = Summed::new(BufWriter::new(options.open(path).map_err(failed)?));
    out.write(MAGIC).map_err(failed)?;
    let mut count = 0_u64;
    for row in rows {
        let (table, key, value) = row?;
        out.write(&[ROW]).map_err(failed)?;
        for part in [table.as_bytes(), &key, &value] {
            let length = u32::try_from(part.len()).ok().filter(|length| *length <= PART_LIMIT);
            let length = length.ok_or_else(|| failed(io::Error::other("a row is too long")))?;
            out.write(&length.to_be_bytes()).map_err(failed)?;
            out.write(part).map_err(failed)?;
        }
        count = count.saturating_add(1);
    }
    out.write(&[END]).map_err(failed)?;
    out.write(&count.to_be_bytes()).map_err(failed)?;
    let bytes = out.finish().map_err(failed)?;
    Ok(BackupSummary { rows: count, bytes })
}

/// Syncs the finished file and gives it its name.
fn publish(temporary: &Path, file: &Path) -> Result<(), StoreError> {
    File::open(temporary)
        .and_then(|written| written.sync_all())
        .and_then(|()| fs::rename(temporary, file))
        .and_then(|()| sync_folder(file.parent().unwrap_or(Path::new(""))))
        .map_err(|error| failed("writing", file, &error))
}

/// Makes a store in `dir`, which must not exist or be empty, from a backup. Blocks.
///
/// # Errors
/// [`StoreError::Refused`] when `dir` holds something; [`StoreError::Damaged`] when the file is no whole backup;
/// nothing is left behind then.
pub fn restore(file: impl AsRef<Path>, dir: impl AsRef<Path>) -> Result<BackupSummary, StoreError> {
    let (file, dir) = (file.as_ref(), dir.as_ref());
    if !is_free(dir).map_err(|error| failed("reading", dir, &error))? {
        return Err(StoreError::Refused(format!(
            "{} is not empty: a backup is restored into a new directory; move the old one away first",
            dir.display()
        )));
    }
    // The whole file is checked before a single row is believed.
    let summary = read_backup(file, &mut |_, _, _| Ok(()))?;
    let temporary = beside(dir, "restoring");
    let restored = fill(file, &temporary).and_then(|()| {
        if dir.exists() {
            fs::remove_dir(dir).map_err(|error| failed("replacing", dir, &error))?;
        }
        fs::rename(&temporary, dir)
            .and_then(|()| sync_folder(dir.parent().unwrap_or(Path::new(""))))
            .map_err(|error| failed("creating", dir, &error))
    });
    if restored.is_err() {
        // Best effort: it is never taken for a store, and the error at hand is the one to tell.
        let _left = fs::remove_dir_all(&temporary);
    }
    restored.map(|()| summary)
}

fn fill(file: &Path, temporary: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(failed("clearing", temporary, &error));
        }
        _ => {}
    }
    let mut filler = super::sled::Filler::open(temporary)?;
    read_backup(file, &mut |table, key, value| filler.insert(table, key, value))?;
    filler.finish()
}

fn is_free(dir: &Path) -> io::Result<bool> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Takes one row: table, key, value.
type TakeRow<'a> = dyn FnMut(&[u8], Vec<u8>, Vec<u8>) -> Result<(), StoreError> + 'a;

fn read_backup(file: &Path, take: &mut TakeRow<'_>) -> Result<BackupSummary, StoreError> {
    let unreadable = |error: io::Error| match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData => {
            StoreError::Damaged(format!("{} is no whole backup ({error}): take another one", file.display()))
        }
        _ => failed("reading", file, &error),
    };
    let opened = File::open(file).map_err(unreadable)?;
    let mut input = Summed::new(BufReader::new(opened));
    let mut magic = vec![0; MAGIC.len()];
    input.read(&mut magic).map_err(unreadable)?;
    if magic != MAGIC {
        return Err(unreadable(invalid("it does not begin like one")));
    }
    let mut rows = 0_u64;
    loop {
        match input.byte().map_err(unreadable)? {
            ROW => {}
            END => break,
            _ => return Err(unreadable(invalid("a row begins wrong"))),
        }
        let mut part = || input.part().map_err(unreadable);
        let (table, key, value) = (part()?, part()?, part()?);
        take(&table, key, value)?;
        rows = rows.saturating_add(1);
    }
    let mut count = [0; 8];
    input.read(&mut count).map_err(unreadable)?;
    if u64::from_be_bytes(count) != rows {
        return Err(unreadable(invalid("rows are missing")));
    }
    let bytes = input.check_sum().map_err(unreadable)?;
    Ok(BackupSummary { rows, bytes })
}

fn failed(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Failed(format!("{doing} {}: {error}", path.display()))
}

/// A name in the same folder, so that a rename is enough.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{what}"));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests;
