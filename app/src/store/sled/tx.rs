//! One batch of steps on top of the tables: what the steps read and write before it becomes one sled transaction.
//!
//! Only the writer thread changes the tables, one batch after another, so what a step reads here is what the
//! transaction builds on. Each step's writes are kept or dropped as a whole; sled sees them in
//! [`Tx::apply`], whose closure only copies and so may be run again. Values over 4 KiB are chunked here, out of
//! sight of everything above: sled would put them into files which it never syncs. Values are packed where that
//! makes them smaller.

use std::collections::BTreeMap;

use ::sled::transaction::{ConflictableTransactionError, TransactionError, Transactional, TransactionalTree};

use super::fault::Fault;
use super::packed::{pack, unpack};
use super::rows::{Reader, Writer};
use super::tables::{Table, Tables};

/// Largest value that sled gets to see, in bytes, its marker included.
pub(super) const VALUE_LIMIT: usize = 4096;

/// Marks a row that holds its value.
const INLINE: u8 = 0;
/// Marks a row whose value lies in chunks.
const CHUNKED: u8 = 1;
/// Marks a row that holds its value, packed.
const PACKED: u8 = 2;
/// Marks a row whose value lies in chunks, packed.
const PACKED_CHUNKS: u8 = 3;

/// Row of [`Table::Meta`] with the number of transactions.
const TRANSACTIONS_ROW: &[u8] = b"transactions";

/// Counters in [`Table::Meta`]; each hands out 1, 2, 3 …
#[derive(Debug, Clone, Copy)]
pub(super) enum Counter {
    /// Numbers of streams.
    Streams,
    /// Order of arrival.
    Inbox,
    /// Ids of commands, which is their age.
    Commands,
    /// Chunk sets.
    Chunks,
    /// Fencing tokens.
    Fence,
}

impl Counter {
    fn row(self) -> &'static [u8] {
        match self {
            Counter::Streams => b"next-stream",
            Counter::Inbox => b"next-delivery",
            Counter::Commands => b"next-command",
            Counter::Chunks => b"next-chunks",
            Counter::Fence => b"next-fence",
        }
    }
}

/// A key and its value.
pub(super) type Row = (Vec<u8>, Vec<u8>);

/// Writes by table and key; none deletes.
type Writes = BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>;

/// A batch in the making, or a view to read from.
#[derive(Debug)]
pub(super) struct Tx<'a> {
    tables: &'a Tables,
    /// Steps that were kept.
    kept: Writes,
    /// The step at work.
    step: Writes,
    /// Bytes of the values kept.
    size: usize,
}

impl<'a> Tx<'a> {
    pub(super) fn new(tables: &'a Tables) -> Self {
        Self { tables, kept: Writes::new(), step: Writes::new(), size: 0 }
    }

    /// Makes the step's writes part of the batch.
    pub(super) fn keep(&mut self) {
        let values = self.step.values().flatten().map(Vec::len);
        self.size = values.fold(self.size, usize::saturating_add);
        self.kept.extend(std::mem::take(&mut self.step));
    }

    /// Bytes of the values in the batch.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Forgets the step's writes.
    pub(super) fn forget(&mut self) {
        self.step.clear();
    }

    /// The row as it lies in the table, marker and all.
    fn raw(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let at = (table, key.to_vec());
        if let Some(written) = self.step.get(&at).or_else(|| self.kept.get(&at)) {
            return Ok(written.clone());
        }
        Ok(self.tables.tree(table).get(key)?.map(|row| row.to_vec()))
    }

    /// The value of a row.
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.raw(table, key)?.map(|row| self.unwrap(table, row)).transpose()
    }

    fn unwrap(&self, table: Table, mut row: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let mut reader = Reader::new(table.name(), &row);
        match reader.byte()? {
            INLINE => {
                row.remove(0);
                Ok(row)
            }
            CHUNKED => {
                let (set, length) = (reader.number()?, reader.number()?);
                self.chunks(set, length)
            }
            PACKED => unpack(table, reader.left()),
            PACKED_CHUNKS => {
                let (set, length) = (reader.number()?, reader.number()?);
                unpack(table, &self.chunks(set, length)?)
            }
            _ => Err(reader.damage("of no known kind")),
        }
    }

    fn chunks(&self, set: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let mut value = Vec::new();
        let mut index = 0_u64;
        while (value.len() as u64) < length {
            let Some(chunk) = self.raw(Table::Chunks, &chunk_key(set, index))? else {
                return Err(Fault::damaged(&format!("chunk {index} of set {set} is missing")));
            };
            value.extend(chunk);
            index = index.saturating_add(1);
        }
        if value.len() as u64 == length {
            Ok(value)
        } else {
            Err(Fault::damaged(&format!("chunk set {set} is too long")))
        }
    }

    /// Writes a row, packed when that makes it smaller and in chunks when it is large; what it held before is gone with its chunks.
    pub(super) fn put(&mut self, table: Table, key: Vec<u8>, value: &[u8]) -> Result<(), Fault> {
        self.drop_chunks(table, &key)?;
        let packed = pack(value);
        let (inline, chunked, value) = match &packed {
            Some(packed) => (PACKED, PACKED_CHUNKS, packed.as_slice()),
            None => (INLINE, CHUNKED, value),
        };
        let row = if value.len() < VALUE_LIMIT {
            Writer::new().byte(inline).rest(value).done()
        } else {
            let set = self.next(Counter::Chunks)?;
            for (index, chunk) in value.chunks(VALUE_LIMIT).enumerate() {
                self.step.insert((Table::Chunks, chunk_key(set, index as u64)), Some(chunk.to_vec()));
            }
            Writer::new().byte(chunked).number(set).number(value.len() as u64).done()
        };
        self.step.insert((table, key), Some(row));
        Ok(())
    }

    /// Deletes a row with its chunks; no error when there is none.
    pub(super) fn remove(&mut self, table: Table, key: Vec<u8>) -> Result<(), Fault> {
        if self.drop_chunks(table, &key)? {
            self.step.insert((table, key), None);
        }
        Ok(())
    }

    /// Deletes the chunks of a row; says whether the row exists.
    fn drop_chunks(&mut self, table: Table, key: &[u8]) -> Result<bool, Fault> {
        let Some(row) = self.raw(table, key)? else { return Ok(false) };
        let mut reader = Reader::new(table.name(), &row);
        if matches!(reader.byte()?, CHUNKED | PACKED_CHUNKS) {
            let set = reader.number()?;
            let mut chunk = chunk_key(set, 0);
            // By what is there, not by the length in the row: a damaged length must not run for ever.
            for index in 1_u64.. {
                if self.raw(Table::Chunks, &chunk)?.is_none() {
                    break;
                }
                self.step.insert((Table::Chunks, chunk), None);
                chunk = chunk_key(set, index);
            }
        }
        Ok(true)
    }

    /// The first row at or after `from` whose key begins with `prefix`.
    pub(super) fn first(&self, table: Table, prefix: &[u8], from: &[u8]) -> Result<Option<Row>, Fault> {
        let mut from = from.max(prefix).to_vec();
        loop {
            let on_disk = self.tables.first(table, &from)?.map(|(key, _)| key.to_vec());
            let written = [&self.step, &self.kept].into_iter().filter_map(|writes| {
                let (at, _) = writes.range((table, from.clone())..).next()?;
                (at.0 == table).then(|| at.1.clone())
            });
            let Some(key) = on_disk.into_iter().chain(written).min() else { return Ok(None) };
            if !key.starts_with(prefix) {
                return Ok(None);
            }
            if let Some(value) = self.get(table, &key)? {
                return Ok(Some((key, value)));
            }
            // Deleted in this batch: look behind it.
            from = key;
            from.push(0);
        }
    }

    /// Rows whose keys begin with `prefix`, from `from` on, in key order, at most `limit`.
    pub(super) fn rows(
        &self,
        table: Table,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        let mut from = from.to_vec();
        while rows.len() < limit {
            let Some((key, value)) = self.first(table, prefix, &from)? else { break };
            from.clone_from(&key);
            from.push(0);
            rows.push((key, value));
        }
        Ok(rows)
    }

    /// How many transactions there were.
    pub(super) fn transactions(&self) -> Result<u64, Fault> {
        match self.get(Table::Meta, TRANSACTIONS_ROW)? {
            Some(row) => Reader::new(Table::Meta.name(), &row).number(),
            None => Ok(0),
        }
    }

    /// The counter's next number.
    pub(super) fn next(&mut self, counter: Counter) -> Result<u64, Fault> {
        let number = self.count(counter)?.saturating_add(1);
        let row = Writer::new().byte(INLINE).number(number).done();
        self.step.insert((Table::Meta, counter.row().to_vec()), Some(row));
        Ok(number)
    }

    /// The counter's last number, 0 before the first.
    pub(super) fn count(&self, counter: Counter) -> Result<u64, Fault> {
        match self.get(Table::Meta, counter.row())? {
            Some(row) => Reader::new(Table::Meta.name(), &row).number(),
            None => Ok(0),
        }
    }

    /// Makes the batch one sled transaction, the `number`th. Says whether there was anything to write.
    pub(super) fn apply(mut self, number: u64) -> Result<bool, Fault> {
        if self.kept.is_empty() {
            return Ok(false);
        }
        let row = Writer::new().byte(INLINE).number(number).done();
        self.kept.insert((Table::Meta, TRANSACTIONS_ROW.to_vec()), Some(row));
        let mut touched: Vec<Table> = self.kept.keys().map(|(table, _)| *table).collect();
        touched.dedup();
        let trees: Vec<::sled::Tree> = touched.iter().map(|table| self.tables.tree(*table).clone()).collect();
        let done = trees.as_slice().transaction(
            |views: &Vec<TransactionalTree>| -> Result<(), ConflictableTransactionError<Fault>> {
                for (table, view) in touched.iter().zip(views) {
                    let rows = self.kept.range((*table, Vec::new())..);
                    for ((_, key), value) in rows.take_while(|((at, _), _)| at == table) {
                        match value {
                            Some(value) => view.insert(key.as_slice(), value.as_slice())?,
                            None => view.remove(key.as_slice())?,
                        };
                    }
                }
                Ok(())
            },
        );
        match done {
            Ok(()) => Ok(true),
            Err(TransactionError::Abort(fault)) => Err(fault),
            Err(TransactionError::Storage(error)) => Err(error.into()),
        }
    }
}

fn chunk_key(set: u64, index: u64) -> Vec<u8> {
    Writer::new().number(set).number(index).done()
}
