//! Whether the tables agree, and what is stuck: read-only looks at the whole store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::commit;
use super::fault::Fault;
use super::inbox::{self, InboxRow};
use super::outbox::{self, OutboxRow};
use super::rows::Reader;
use super::tables::{Table, Tables};
use super::tx::Tx;
use crate::store::chain::{Chained, GENESIS, follows};

/// A delivery or command that was given back and waits for its next try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retried {
    /// `delivery <id>`, or `<stream> <key>`.
    pub what: String,
    /// How often it was claimed.
    pub attempts: u64,
    /// When it can be claimed again.
    pub due: Timestamp,
    /// Why it was given back last.
    pub why: String,
}

/// At start: the log ends where its head says.
pub(super) fn ends_agree(tables: &Tables) -> Result<(), Fault> {
    let (position, _) = commit::head(&Tx::new(tables))?;
    let last = match tables.tree(Table::Log).last()? {
        Some((key, _)) => Reader::new(Table::Log.name(), &key).number()?,
        None => 0,
    };
    if last == position {
        Ok(())
    } else {
        Err(Fault::damaged(&format!("the log ends at {last}, not at {position}")))
    }
}

/// What is stuck, deliveries first.
pub(super) fn retried(tx: &Tx<'_>, limit: usize) -> Result<Vec<Retried>, Fault> {
    let mut found = Vec::new();
    each(tx, Table::Inbox, |_, row| {
        let row = InboxRow::parse(row)?;
        if !row.why.is_empty() && found.len() < limit {
            let what = format!("delivery {}", row.id);
            found.push(Retried { what, attempts: row.attempts, due: row.due, why: row.why });
        }
        Ok(())
    })?;
    each(tx, Table::Outbox, |_, row| {
        let row = OutboxRow::parse(row)?;
        if !row.why.is_empty() && found.len() < limit {
            let what = format!("{} {}", row.stream, row.key);
            found.push(Retried { what, attempts: row.attempts, due: row.due, why: row.why });
        }
        Ok(())
    })?;
    Ok(found)
}

/// How many deliveries and commands are not done.
pub(super) fn waiting(tx: &Tx<'_>) -> Result<(u64, u64), Fault> {
    Ok((count(tx, Table::Inbox)?, count(tx, Table::Outbox)?))
}

/// Compares every table with those it must agree with.
pub(super) fn check(tx: &Tx<'_>) -> Result<(), Fault> {
    check_log(tx)?;
    check_inbox(tx)?;
    check_outbox(tx)?;
    // Also reads every chunk of every value.
    each(tx, Table::Views, |_, _| Ok(()))
}

fn check_log(tx: &Tx<'_>) -> Result<(), Fault> {
    let mut end = Chained { records: 0, position: 0, hash: GENESIS };
    let mut versions = BTreeMap::<String, u64>::new();
    loop {
        let page = commit::log(tx, end.position, 256)?;
        for record in &page {
            follows(&end, record)
                .map_err(|why| Fault::damaged(&format!("record {}: {why}", record.position)))?;
            end = Chained { records: end.records + 1, position: record.position, hash: record.hash };
            let version = versions.entry(record.stream.0.clone()).or_default();
            *version += 1;
            agree(record.version == *version, || format!("record {} has a wrong version", record.position))?;
        }
        if page.is_empty() {
            break;
        }
    }
    agree(commit::head(tx)? == (end.position, end.hash), || "the log's head is not its end".to_owned())?;
    let mut places = 0;
    each(tx, Table::Streams, |name, row| {
        let name = String::from_utf8_lossy(name);
        let (_, version) = commit::parse_stream(row)?;
        let logged = versions.remove(name.as_ref()).unwrap_or(0);
        agree(version == logged, || format!("stream {name} is at {version}, the log at {logged}"))?;
        let records = commit::load_after(tx, &crate::store::StreamId(name.clone().into_owned()), 0)?;
        places += records.len() as u64;
        agree(records.len() as u64 == version, || format!("stream {name} lacks records"))?;
        agree(records.iter().all(|record| record.stream.0 == name), || format!("stream {name} is mixed up"))
    })?;
    agree(versions.is_empty() && places == end.records, || "records belong to no stream".to_owned())
}

fn check_inbox(tx: &Tx<'_>) -> Result<(), Fault> {
    let mut indexed = BTreeSet::new();
    let mut known = 0_u64;
    each(tx, Table::Inbox, |key, row| {
        let seq = Reader::new(Table::Inbox.name(), key).number()?;
        let row = InboxRow::parse(row)?;
        let ready = tx.get(Table::InboxReady, key)?.is_some();
        let waits = tx.get(Table::InboxWait, &inbox::wait_key(row.due, seq))?.is_some();
        agree(ready != waits, || format!("delivery {seq} is not in exactly one index"))?;
        let id = tx.get(Table::DeliveryIds, row.id.as_bytes())?;
        agree(id.as_deref() == Some(key), || format!("delivery {seq} is unknown by id"))?;
        agree(tx.get(Table::InboxBodies, key)?.is_some(), || format!("delivery {seq} has no body"))?;
        known += 1;
        indexed.insert(seq);
        Ok(())
    })?;
    each(tx, Table::DeliveryAge, |_, id| {
        known += 1;
        agree(tx.get(Table::DeliveryIds, id)?.is_some(), || "a done delivery's id is lost".to_owned())
    })?;
    for table in [Table::InboxBodies, Table::DeliveryIds] {
        let expected = if table == Table::DeliveryIds { known } else { indexed.len() as u64 };
        agree(count(tx, table)? == expected, || format!("`{}` holds rows of no delivery", table.name()))?;
    }
    let entries = count(tx, Table::InboxReady)? + count(tx, Table::InboxWait)?;
    agree(entries == indexed.len() as u64, || "the inbox's indexes hold rows of no delivery".to_owned())
}

fn check_outbox(tx: &Tx<'_>) -> Result<(), Fault> {
    let mut heads = BTreeMap::new();
    let (mut rows, mut queued, mut timers) = (0_u64, 0_u64, 0_u64);
    each(tx, Table::Outbox, |key, row| {
        let id = Reader::new(Table::Outbox.name(), key).number()?;
        let row = OutboxRow::parse(row)?;
        let ready = tx.get(Table::OutboxReady, &outbox::ready_key(row.lane, id))?.is_some();
        let waits = tx.get(Table::OutboxWait, &outbox::wait_key(&row, id))?.is_some();
        let head = !row.queues() || *heads.entry((row.number, row.lane)).or_insert(id) == id;
        agree(ready as u8 + waits as u8 == u8::from(head), || {
            format!("command {id} is not in the indexes where it belongs")
        })?;
        agree(tx.get(Table::OutboxBodies, key)?.is_some(), || format!("command {id} has no body"))?;
        agree(tx.get(Table::OutboxKeys, &outbox::names_key(&row, id))?.is_some(), || {
            format!("command {id} is unknown by key")
        })?;
        let in_queue = tx.get(Table::OutboxQueue, &outbox::queue_key(&row, id))?.is_some();
        agree(in_queue == row.queues(), || format!("command {id} is not in its queue"))?;
        rows += 1;
        queued += u64::from(row.queues());
        timers += u64::from(!row.queues());
        Ok(())
    })?;
    let entries = count(tx, Table::OutboxReady)? + count(tx, Table::OutboxWait)?;
    agree(entries == heads.len() as u64 + timers, || "the outbox's indexes hold rows of no command".into())?;
    for (table, expected) in
        [(Table::OutboxBodies, rows), (Table::OutboxKeys, rows), (Table::OutboxQueue, queued)]
    {
        agree(count(tx, table)? == expected, || format!("`{}` holds rows of no command", table.name()))?;
    }
    Ok(())
}

fn agree(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::damaged(&otherwise())) }
}

fn count(tx: &Tx<'_>, table: Table) -> Result<u64, Fault> {
    let mut rows = 0;
    each(tx, table, |_, _| {
        rows += 1;
        Ok(())
    })?;
    Ok(rows)
}

fn each(
    tx: &Tx<'_>,
    table: Table,
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut from = Vec::new();
    while let Some((key, value)) = tx.first(table, &[], &from)? {
        visit(&key, &value)?;
        from = key;
        from.push(0);
    }
    Ok(())
}
