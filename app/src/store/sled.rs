//! The embedded store: one sled database in one directory, for one process.
//!
//! Owns everything the directory holds but blobs. Each file below owns one subject: `open` the directory,
//! `mark` how much must be in it, `threads` (and `steps`) who calls sled and when a caller is answered, `tx` a
//! batch of writes, `inbox`, `commit`, `outbox` and `views` what the rows mean, `check` whether the tables agree,
//! `fill` a restore.

mod check;
mod commit;
mod fault;
mod fill;
mod inbox;
mod mark;
mod open;
mod outbox;
mod packed;
mod rows;
mod steps;
mod tables;
mod threads;
mod tx;
mod views;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use self::fault::{Fault, Health};
use self::inbox::Claim;
use self::tables::{Table, Tables};
use self::threads::Threads;
use super::backup::RawRow;
use super::{
    Accepted, Commit, Committed, Delivery, Guard, InboxItem, Lease, OutboxItem, Record, Store, StoreError,
    StreamId, Usage, View, ViewChange,
};

pub use self::check::Retried;
pub(super) use self::fill::Filler;
pub use self::inbox::REMEMBERED;

/// Longest reason kept for a release, in bytes.
const REASON_LIMIT: usize = 512;

/// The embedded store. Every answer rests on what is durable: after a power cut, all that was answered is there.
///
/// A call whose future is dropped may still have its effect. Dropping the store waits until what was handed in is
/// durable, and closes the directory.
pub struct SledStore {
    dir: PathBuf,
    // Before the lock: threads end, then sled closes, then another process may open the directory.
    threads: Threads,
    tables: Tables,
    health: Arc<Health>,
    _lock: File,
}

impl std::fmt::Debug for SledStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SledStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl SledStore {
    /// Opens the store in `dir`, creating it when there is none. Blocks: call it before serving.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when another process has it or the disk fails; [`StoreError::Damaged`] when the
    /// data cannot be trusted, with what to do.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        let dir = dir.as_ref().to_path_buf();
        let opened = open::open(&dir)?;
        check::ends_agree(&opened.tables)?;
        let health = Arc::new(Health::default());
        let (tables, mark) = (opened.tables.clone(), opened.mark);
        let threads = Threads::start(tables, opened.file, mark, Arc::clone(&health))?;
        Ok(Self { dir, threads, tables: opened.tables, health, _lock: opened.lock })
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Gives back what a process that ended without a word still held, so that it need not wait for the end of its
    /// lease: the directory serves one process, and that is this one. Call it once, before anything is claimed.
    /// Returns how many deliveries and commands that were.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn take_over(&self) -> Result<usize, StoreError> {
        let free = |tx: &mut tx::Tx<'_>| -> Result<usize, Fault> { Ok(inbox::free(tx)? + outbox::free(tx)?) };
        self.threads.write(free).await
    }

    /// Bytes on disk, for metrics.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the file cannot be asked.
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        Ok(self.tables.db().size_on_disk().map_err(Fault::from)?)
    }

    /// Whether all tables agree with each other: every index entry has its row, every row its index entries,
    /// the log is gapless and chained. Reads everything; for `doctor` and after a restore.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] naming the first disagreement.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.threads.read(check::check).await
    }

    /// Deliveries and commands that were given back at least once, with the last reason: for status pages.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn retried(&self, limit: usize) -> Result<Vec<Retried>, StoreError> {
        self.threads.read(move |tx| check::retried(tx, limit)).await
    }

    /// Hands every row of every table, as it lies there, to `work`: one consistent state, for a backup. Writes
    /// wait meanwhile.
    pub(super) async fn with_rows<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Iterator<Item = Result<RawRow, StoreError>>) -> Result<T, StoreError>
        + Send
        + 'static,
    ) -> Result<T, StoreError> {
        let tables = self.tables.clone();
        let all = move |_: &tx::Tx<'_>| {
            let mut rows = Table::ALL.into_iter().flat_map(|table| {
                tables.tree(table).iter().map(move |row| {
                    let (key, value) = row.map_err(Fault::from)?;
                    Ok((table.name(), key.to_vec(), value.to_vec()))
                })
            });
            Ok(work(&mut rows))
        };
        self.threads.read(all).await?
    }
}

/// Refuses what cannot be a key.
fn check_key(what: &str, key: &str) -> Result<(), Fault> {
    super::names::check_name(what, key).map_err(Fault::Refused)
}

/// A reason, cut to what is kept.
fn reason(why: &str) -> String {
    why.get(..why.floor_char_boundary(REASON_LIMIT)).unwrap_or_default().to_owned()
}

/// The end of a lease that begins now.
fn lease_end(now: Timestamp, seconds: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MAX)
}

#[async_trait]
impl Store for SledStore {
    fn healthy(&self) -> Result<(), StoreError> {
        Ok(self.health.check()?)
    }

    async fn usage(&self) -> Result<Usage, StoreError> {
        let tables = self.tables.clone();
        let count = move |tx: &tx::Tx<'_>| {
            let (deliveries, commands) = check::waiting(tx)?;
            let bytes = tables.db().size_on_disk()?;
            Ok(Usage { bytes: Some(bytes), deliveries: Some(deliveries), commands: Some(commands) })
        };
        self.threads.read(count).await
    }

    async fn accept(&self, delivery: Delivery) -> Result<Accepted, StoreError> {
        self.threads.write(move |tx| inbox::accept(tx, &delivery)).await
    }

    async fn is_known(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.threads.read(move |tx| inbox::is_known(tx, &id)).await
    }

    async fn claim_delivery(
        &self,
        now: Timestamp,
        lease_seconds: u32,
    ) -> Result<Option<InboxItem>, StoreError> {
        let until = lease_end(now, lease_seconds);
        loop {
            match self.threads.write(move |tx| inbox::claim(tx, now, until)).await? {
                Claim::Taken(item) => return Ok(Some(item)),
                Claim::Nothing => return Ok(None),
                Claim::Again => {}
            }
        }
    }

    async fn release_delivery(
        &self,
        seq: u64,
        token: u64,
        not_before: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        let why = why.to_owned();
        self.threads.write(move |tx| inbox::release(tx, seq, token, not_before, &why)).await
    }

    async fn finish_delivery(&self, seq: u64) -> Result<(), StoreError> {
        self.threads.write(move |tx| inbox::finish(tx, seq).map(|_| ())).await
    }

    async fn load_after(&self, stream: &StreamId, version: u64) -> Result<Vec<Record>, StoreError> {
        let stream = stream.clone();
        self.threads.read(move |tx| commit::load_after(tx, &stream, version)).await
    }

    async fn log(&self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.threads.read(move |tx| commit::log(tx, after, limit)).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.threads.write(move |tx| commit::commit(tx, &commit)).await
    }

    async fn claim_command(
        &self,
        now: Timestamp,
        lease_seconds: u32,
    ) -> Result<Option<OutboxItem>, StoreError> {
        let until = lease_end(now, lease_seconds);
        loop {
            match self.threads.write(move |tx| outbox::claim(tx, now, until)).await? {
                Claim::Taken(item) => return Ok(Some(item)),
                Claim::Nothing => return Ok(None),
                Claim::Again => {}
            }
        }
    }

    async fn release_command(
        &self,
        id: u64,
        token: u64,
        not_before: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        let why = why.to_owned();
        self.threads.write(move |tx| outbox::release(tx, id, token, not_before, &why)).await
    }

    async fn finish_command(&self, id: u64) -> Result<(), StoreError> {
        self.threads.write(move |tx| outbox::finish(tx, id).map(|_| ())).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let next = |tx: &tx::Tx<'_>| -> Result<Option<Timestamp>, Fault> {
            Ok(inbox::next_due(tx)?.into_iter().chain(outbox::next_due(tx)?).min())
        };
        self.threads.read(next).await
    }

    async fn view(&self, view: View, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let key = key.to_owned();
        self.threads.read(move |tx| views::view(tx, view, &key)).await
    }

    async fn scan(
        &self,
        view: View,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let prefix = prefix.to_owned();
        self.threads.read(move |tx| views::scan(tx, view, &prefix, limit)).await
    }

    async fn put_views(&self, changes: Vec<ViewChange>, guards: Vec<Guard>) -> Result<(), StoreError> {
        let put = move |tx: &mut tx::Tx<'_>| {
            views::check(tx, &guards)?;
            views::change(tx, &changes)
        };
        self.threads.write(put).await
    }

    async fn lease(
        &self,
        key: &str,
        holder: &str,
        now: Timestamp,
        seconds: u32,
    ) -> Result<Option<Lease>, StoreError> {
        let (key, holder, until) = (key.to_owned(), holder.to_owned(), lease_end(now, seconds));
        self.threads.write(move |tx| views::lease(tx, &key, &holder, now, until)).await
    }

    async fn release_lease(&self, key: &str, holder: &str) -> Result<(), StoreError> {
        let (key, holder) = (key.to_owned(), holder.to_owned());
        self.threads.write(move |tx| views::release_lease(tx, &key, &holder)).await
    }
}

#[cfg(test)]
mod tests;
