//! Commands: per stream and lane a queue, of which only the head can be claimed; timers stand alone.
//!
//! Heads lie in *ready* (by lane and age) when their time has come, in *wait* (by lane and time) until then; a
//! claim puts them into wait until the lease ends. A claim so looks at heads that became due and at nothing else.

use jiff::Timestamp;

use super::fault::Fault;
use super::inbox::{Claim, PROMOTE_AT_ONCE};
use super::rows::{Reader, Writer, time_key};
use super::tables::Table;
use super::tx::{Counter, Tx};
use crate::store::{Lane, NewCommand, OutboxItem, StreamId};

/// A command's row; the body lies beside it.
#[derive(Debug)]
pub(super) struct OutboxRow {
    pub(super) number: u64,
    pub(super) stream: String,
    pub(super) key: String,
    pub(super) lane: Lane,
    pub(super) due: Timestamp,
    /// Whether `due` is the end of a lease.
    pub(super) held: bool,
    pub(super) attempts: u64,
    pub(super) why: String,
}

impl OutboxRow {
    fn to_bytes(&self) -> Vec<u8> {
        Writer::new()
            .number(self.number)
            .bytes(self.stream.as_bytes())
            .bytes(self.key.as_bytes())
            .byte(lane_byte(self.lane))
            .time(self.due)
            .byte(u8::from(self.held))
            .number(self.attempts)
            .bytes(self.why.as_bytes())
            .done()
    }

    pub(super) fn parse(row: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(Table::Outbox.name(), row);
        let row = Self {
            number: reader.number()?,
            stream: reader.text()?,
            key: reader.text()?,
            lane: parse_lane(&mut reader)?,
            due: reader.time()?,
            held: reader.byte()? != 0,
            attempts: reader.number()?,
            why: reader.text()?,
        };
        reader.end()?;
        Ok(row)
    }

    /// Prefix of the queue this command stands in.
    fn queue(&self) -> Vec<u8> {
        Writer::new().number(self.number).byte(lane_byte(self.lane)).done()
    }

    /// Timers do not queue: one far away must not hold up one that is near.
    pub(super) fn queues(&self) -> bool {
        self.lane != Lane::Timer
    }
}

pub(super) fn lane_byte(lane: Lane) -> u8 {
    match lane {
        Lane::Act => 0,
        Lane::Show => 1,
        Lane::Courtesy => 2,
        Lane::Timer => 3,
    }
}

fn parse_lane(reader: &mut Reader<'_>) -> Result<Lane, Fault> {
    let byte = reader.byte()?;
    Lane::ALL
        .into_iter()
        .find(|lane| lane_byte(*lane) == byte)
        .ok_or_else(|| reader.damage("of no known lane"))
}

fn id_key(id: u64) -> Vec<u8> {
    id.to_be_bytes().to_vec()
}

pub(super) fn wait_key(row: &OutboxRow, id: u64) -> Vec<u8> {
    Writer::new().byte(lane_byte(row.lane)).time(row.due).number(id).done()
}

pub(super) fn ready_key(lane: Lane, id: u64) -> Vec<u8> {
    Writer::new().byte(lane_byte(lane)).number(id).done()
}

fn key_prefix(number: u64, key: &str) -> Vec<u8> {
    Writer::new().number(number).bytes(key.as_bytes()).done()
}

pub(super) fn queue_key(row: &OutboxRow, id: u64) -> Vec<u8> {
    Writer::new().rest(&row.queue()).number(id).done()
}

pub(super) fn names_key(row: &OutboxRow, id: u64) -> Vec<u8> {
    Writer::new().rest(&key_prefix(row.number, &row.key)).number(id).done()
}

pub(super) fn add(
    tx: &mut Tx<'_>,
    number: u64,
    stream: &StreamId,
    command: &NewCommand,
    at: Timestamp,
) -> Result<(), Fault> {
    super::check_key("a command's key", &command.key)?;
    if waits(tx, number, command)? {
        return Ok(());
    }
    let id = tx.next(Counter::Commands)?;
    let row = OutboxRow {
        number,
        stream: stream.0.clone(),
        key: command.key.clone(),
        lane: command.lane,
        due: command.due,
        held: false,
        attempts: 0,
        why: String::new(),
    };
    tx.put(Table::Outbox, id_key(id), &row.to_bytes())?;
    tx.put(Table::OutboxBodies, id_key(id), &command.body)?;
    tx.put(Table::OutboxKeys, names_key(&row, id), &[])?;
    if row.queues() {
        tx.put(Table::OutboxQueue, queue_key(&row, id), &[])?;
        if head(tx, &row)? != Some(id) {
            return Ok(());
        }
    }
    if row.due <= at {
        tx.put(Table::OutboxReady, ready_key(row.lane, id), &time_key(row.due))
    } else {
        tx.put(Table::OutboxWait, wait_key(&row, id), &[])
    }
}

/// Whether a command of that key waits already. One that is being executed still counts in [`Lane::Act`]: an
/// irreversible step is decided once. Elsewhere it does not: it may have read what held before this decision. Nor does one
/// whose lease is over: who holds it may only be slow, and finish it after all.
fn waits(tx: &Tx<'_>, number: u64, command: &NewCommand) -> Result<bool, Fault> {
    let prefix = key_prefix(number, &command.key);
    for (key, _) in tx.rows(Table::OutboxKeys, &prefix, &[], usize::MAX)? {
        let id = last_number(Table::OutboxKeys, &key)?;
        let row = load(tx, id)?.ok_or_else(|| missing(id))?;
        if !row.held || command.lane == Lane::Act {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The command whose turn it is in the row's queue.
fn head(tx: &Tx<'_>, row: &OutboxRow) -> Result<Option<u64>, Fault> {
    match tx.first(Table::OutboxQueue, &row.queue(), &[])? {
        Some((key, _)) => last_number(Table::OutboxQueue, &key).map(Some),
        None => Ok(None),
    }
}

/// The id at the end of an index key.
fn last_number(table: Table, key: &[u8]) -> Result<u64, Fault> {
    let id = key.last_chunk::<8>().ok_or_else(|| Reader::new(table.name(), key).damage("too short"))?;
    Ok(u64::from_be_bytes(*id))
}

fn missing(id: u64) -> Fault {
    Fault::damaged(&format!("command {id} is indexed but missing"))
}

pub(super) fn load(tx: &Tx<'_>, id: u64) -> Result<Option<OutboxRow>, Fault> {
    tx.get(Table::Outbox, &id.to_be_bytes())?.map(|row| OutboxRow::parse(&row)).transpose()
}

pub(super) fn claim(tx: &mut Tx<'_>, now: Timestamp, until: Timestamp) -> Result<Claim<OutboxItem>, Fault> {
    for lane in Lane::ALL {
        if promote(tx, lane, now)? {
            return Ok(Claim::Again);
        }
        let mut from = Vec::new();
        while let Some((key, due)) = tx.first(Table::OutboxReady, &[lane_byte(lane)], &from)? {
            if due.as_slice() <= time_key(now).as_slice() {
                return take(tx, last_number(Table::OutboxReady, &key)?, until).map(Claim::Taken);
            }
            // Only when the clock went back since it was decided.
            from = key;
            from.push(0);
        }
    }
    Ok(Claim::Nothing)
}

/// Moves heads whose time has come from wait to ready; true when there may be more.
fn promote(tx: &mut Tx<'_>, lane: Lane, now: Timestamp) -> Result<bool, Fault> {
    for _ in 0..PROMOTE_AT_ONCE {
        let Some((key, _)) = tx.first(Table::OutboxWait, &[lane_byte(lane)], &[])? else {
            return Ok(false);
        };
        let mut reader = Reader::new(Table::OutboxWait.name(), &key);
        let (_, due, id) = (reader.byte()?, reader.time()?, reader.number()?);
        if due > now {
            return Ok(false);
        }
        tx.remove(Table::OutboxWait, key)?;
        tx.put(Table::OutboxReady, ready_key(lane, id), &time_key(due))?;
    }
    Ok(true)
}

fn take(tx: &mut Tx<'_>, id: u64, until: Timestamp) -> Result<OutboxItem, Fault> {
    let mut row = load(tx, id)?.ok_or_else(|| missing(id))?;
    let body = tx.get(Table::OutboxBodies, &id.to_be_bytes())?.ok_or_else(|| missing(id))?;
    let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
    row.attempts = row.attempts.saturating_add(1);
    row.held = true;
    wait_until(tx, id, &mut row, until)?;
    let token = row.attempts;
    Ok(OutboxItem { id, stream: StreamId(row.stream), key: row.key, lane: row.lane, body, attempts, token })
}

fn wait_until(tx: &mut Tx<'_>, id: u64, row: &mut OutboxRow, due: Timestamp) -> Result<(), Fault> {
    let indexed = unindex(tx, id, row)?;
    row.due = due;
    tx.put(Table::Outbox, id_key(id), &row.to_bytes())?;
    if indexed { tx.put(Table::OutboxWait, wait_key(row, id), &[]) } else { Ok(()) }
}

/// Takes a command out of the indexes of heads; says whether it was in one.
fn unindex(tx: &mut Tx<'_>, id: u64, row: &OutboxRow) -> Result<bool, Fault> {
    let (ready, wait) = (ready_key(row.lane, id), wait_key(row, id));
    let indexed = tx.get(Table::OutboxReady, &ready)?.or(tx.get(Table::OutboxWait, &wait)?).is_some();
    tx.remove(Table::OutboxReady, ready)?;
    tx.remove(Table::OutboxWait, wait)?;
    Ok(indexed)
}

/// The token of a claim is the count of claims up to it: only the latest one may give the command back.
pub(super) fn release(
    tx: &mut Tx<'_>,
    id: u64,
    token: u64,
    not_before: Timestamp,
    why: &str,
) -> Result<(), Fault> {
    let Some(mut row) = load(tx, id)?.filter(|row| row.attempts == token) else { return Ok(()) };
    row.held = false;
    row.why = super::reason(why);
    wait_until(tx, id, &mut row, not_before)
}

/// Gives back whatever is held; says how much that was.
pub(super) fn free(tx: &mut Tx<'_>) -> Result<usize, Fault> {
    let mut freed = 0;
    for (key, _) in tx.rows(Table::OutboxWait, &[], &[], usize::MAX)? {
        let id = last_number(Table::OutboxWait, &key)?;
        let Some(mut row) = load(tx, id)?.filter(|row| row.held) else { continue };
        row.held = false;
        wait_until(tx, id, &mut row, Timestamp::UNIX_EPOCH)?;
        freed += 1;
    }
    Ok(freed)
}

/// Drops a command and lets the next of its lane come forward; false when it is done already.
pub(super) fn finish(tx: &mut Tx<'_>, id: u64) -> Result<bool, Fault> {
    let Some(row) = load(tx, id)? else { return Ok(false) };
    unindex(tx, id, &row)?;
    tx.remove(Table::Outbox, id_key(id))?;
    tx.remove(Table::OutboxBodies, id_key(id))?;
    tx.remove(Table::OutboxKeys, names_key(&row, id))?;
    if row.queues() {
        let was_head = head(tx, &row)? == Some(id);
        tx.remove(Table::OutboxQueue, queue_key(&row, id))?;
        if was_head && let Some(next) = head(tx, &row)? {
            let row = load(tx, next)?.ok_or_else(|| missing(next))?;
            tx.put(Table::OutboxWait, wait_key(&row, next), &[])?;
        }
    }
    Ok(true)
}

/// When the next command can be claimed.
pub(super) fn next_due(tx: &Tx<'_>) -> Result<Option<Timestamp>, Fault> {
    let mut next = None;
    for lane in Lane::ALL {
        if let Some((_, due)) = tx.first(Table::OutboxReady, &[lane_byte(lane)], &[])? {
            next = next.into_iter().chain([Reader::new(Table::OutboxReady.name(), &due).time()?]).min();
        }
        if let Some((key, _)) = tx.first(Table::OutboxWait, &[lane_byte(lane)], &[])? {
            let mut reader = Reader::new(Table::OutboxWait.name(), &key);
            reader.byte()?;
            next = next.into_iter().chain([reader.time()?]).min();
        }
    }
    Ok(next)
}
