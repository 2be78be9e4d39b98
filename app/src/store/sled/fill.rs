//! Filling an empty store with the rows of a backup.

use std::path::Path;

use super::check;
use super::fault::Fault;
use super::open::{self, Opened};
use super::tables::Table;
use super::tx::Tx;
use crate::store::StoreError;

/// Rows written before memory is given back by a flush.
const FLUSH_EVERY: u64 = 10_000;

/// A store in the making. It serves nobody until [`Filler::finish`] found that its tables agree.
pub(in crate::store) struct Filler {
    opened: Opened,
    rows: u64,
}

impl Filler {
    /// Makes a new store in `dir`.
    pub(in crate::store) fn open(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self { opened: open::open(dir)?, rows: 0 })
    }

    /// Writes one row as it was.
    pub(in crate::store) fn insert(
        &mut self,
        table: &[u8],
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<(), StoreError> {
        let Some(table) = Table::named(table) else {
            let name = String::from_utf8_lossy(table).into_owned();
            return Err(StoreError::Damaged(format!(
                "the backup has a table `{name}` that this TfPilot does not know: restore it with the version that wrote it"
            )));
        };
        self.opened.tables.tree(table).insert(key, value).map_err(Fault::from)?;
        self.rows = self.rows.saturating_add(1);
        if self.rows.is_multiple_of(FLUSH_EVERY) {
            self.opened.tables.db().flush().map_err(Fault::from)?;
        }
        Ok(())
    }

    /// Proves that the tables agree and makes them durable.
    pub(in crate::store) fn finish(self) -> Result<(), StoreError> {
        open::check_layout(&self.opened.tables)?;
        check::ends_agree(&self.opened.tables)?;
        check::check(&Tx::new(&self.opened.tables))?;
        self.opened.tables.db().flush().map_err(Fault::from)?;
        self.opened.file.sync_data().map_err(|error| Fault::failed("syncing the restored store", &error))?;
        Ok(())
    }
}
