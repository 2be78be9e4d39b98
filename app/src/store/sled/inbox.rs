//! Deliveries: kept until handled, claimed oldest first, remembered by id afterwards.
//!
//! A delivery lies in one of two indexes: *ready* (by arrival) when its time has come, *wait* (by time) until
//! then. A claim puts it into wait until the lease ends, so a lost worker's delivery comes back by itself and no
//! claim looks at more than what became due.

use jiff::{SignedDuration, Timestamp};

use super::fault::Fault;
use super::rows::{Reader, Writer, time_key};
use super::tables::Table;
use super::tx::{Counter, Tx};
use crate::store::{Accepted, Delivery, InboxItem};

/// How long the id of a done delivery is remembered after its arrival. GitHub redelivers for 3 days.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Most ids forgotten by one accepted delivery: more than one, so that they never pile up.
const FORGET_AT_ONCE: usize = 16;
/// Most rows that one step makes ready.
pub(super) const PROMOTE_AT_ONCE: usize = 256;

/// A delivery's row; the body lies beside it, so that a claim does not write it again.
#[derive(Debug)]
pub(super) struct InboxRow {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) received_at: Timestamp,
    pub(super) attempts: u64,
    pub(super) due: Timestamp,
    pub(super) why: String,
    /// Whether `due` is the end of a lease.
    pub(super) held: bool,
}

impl InboxRow {
    fn to_bytes(&self) -> Vec<u8> {
        Writer::new()
            .bytes(self.id.as_bytes())
            .bytes(self.kind.as_bytes())
            .time(self.received_at)
            .number(self.attempts)
            .time(self.due)
            .bytes(self.why.as_bytes())
            .byte(u8::from(self.held))
            .done()
    }

    pub(super) fn parse(row: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(Table::Inbox.name(), row);
        let mut row = Self {
            id: reader.text()?,
            kind: reader.text()?,
            received_at: reader.time()?,
            attempts: reader.number()?,
            due: reader.time()?,
            why: reader.text()?,
            held: false,
        };
        // Rows of the first version end here.
        if let [held, ..] = reader.left() {
            row.held = *held != 0;
            reader.byte()?;
        }
        reader.end()?;
        Ok(row)
    }
}

/// What looking for something to claim gave.
#[derive(Debug)]
pub(super) enum Claim<T> {
    /// This one, held now.
    Taken(T),
    /// Nothing is due.
    Nothing,
    /// So much became due at once that it is sorted in several steps: ask again.
    Again,
}

pub(super) fn accept(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<Accepted, Fault> {
    super::check_key("a delivery id", &delivery.id)?;
    let id = delivery.id.as_bytes();
    if tx.get(Table::DeliveryIds, id)?.is_some() {
        return Ok(Accepted::Duplicate);
    }
    let seq = tx.next(Counter::Inbox)?;
    let row = InboxRow {
        id: delivery.id.clone(),
        kind: delivery.kind.clone(),
        received_at: delivery.received_at,
        attempts: 0,
        due: delivery.received_at,
        why: String::new(),
        held: false,
    };
    tx.put(Table::DeliveryIds, id.to_vec(), &seq.to_be_bytes())?;
    tx.put(Table::InboxBodies, seq.to_be_bytes().to_vec(), &delivery.body)?;
    tx.put(Table::Inbox, seq.to_be_bytes().to_vec(), &row.to_bytes())?;
    tx.put(Table::InboxReady, seq.to_be_bytes().to_vec(), &time_key(row.due))?;
    forget_old(tx, delivery.received_at)?;
    Ok(Accepted::New)
}

/// Whether the id is remembered.
pub(super) fn is_known(tx: &Tx<'_>, id: &str) -> Result<bool, Fault> {
    Ok(tx.get(Table::DeliveryIds, id.as_bytes())?.is_some())
}

/// Forgets the ids of deliveries done long before `now`.
fn forget_old(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Fault> {
    let Ok(horizon) = now.checked_sub(REMEMBERED) else { return Ok(()) };
    for (key, id) in tx.rows(Table::DeliveryAge, &[], &[], FORGET_AT_ONCE)? {
        if key.as_slice() >= time_key(horizon).as_slice() {
            break;
        }
        tx.remove(Table::DeliveryAge, key)?;
        tx.remove(Table::DeliveryIds, id)?;
    }
    Ok(())
}

pub(super) fn claim(tx: &mut Tx<'_>, now: Timestamp, until: Timestamp) -> Result<Claim<InboxItem>, Fault> {
    if promote(tx, now)? {
        return Ok(Claim::Again);
    }
    let mut from = Vec::new();
    while let Some((key, due)) = tx.first(Table::InboxReady, &[], &from)? {
        if due.as_slice() <= time_key(now).as_slice() {
            return take(tx, &key, until).map(Claim::Taken);
        }
        // Only when the clock went back since it was accepted.
        from = key;
        from.push(0);
    }
    Ok(Claim::Nothing)
}

/// Moves deliveries whose time has come from wait to ready; true when there may be more.
fn promote(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, Fault> {
    for _ in 0..PROMOTE_AT_ONCE {
        let Some((key, _)) = tx.first(Table::InboxWait, &[], &[])? else { return Ok(false) };
        let mut reader = Reader::new(Table::InboxWait.name(), &key);
        let (due, seq) = (reader.time()?, reader.number()?);
        if due > now {
            return Ok(false);
        }
        tx.remove(Table::InboxWait, key)?;
        tx.put(Table::InboxReady, seq.to_be_bytes().to_vec(), &time_key(due))?;
    }
    Ok(true)
}

fn take(tx: &mut Tx<'_>, key: &[u8], until: Timestamp) -> Result<InboxItem, Fault> {
    let seq = Reader::new(Table::InboxReady.name(), key).number()?;
    let (Some(mut row), Some(body)) = (load(tx, seq)?, tx.get(Table::InboxBodies, key)?) else {
        return Err(Fault::damaged(&format!("delivery {seq} is indexed but missing")));
    };
    let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
    row.attempts = row.attempts.saturating_add(1);
    row.held = true;
    wait_until(tx, seq, &mut row, until)?;
    let token = row.attempts;
    let delivery = Delivery { id: row.id, kind: row.kind, body, received_at: row.received_at };
    Ok(InboxItem { seq, delivery, attempts, token })
}

pub(super) fn load(tx: &Tx<'_>, seq: u64) -> Result<Option<InboxRow>, Fault> {
    tx.get(Table::Inbox, &seq.to_be_bytes())?.map(|row| InboxRow::parse(&row)).transpose()
}

fn wait_until(tx: &mut Tx<'_>, seq: u64, row: &mut InboxRow, due: Timestamp) -> Result<(), Fault> {
    unindex(tx, seq, row)?;
    row.due = due;
    tx.put(Table::Inbox, seq.to_be_bytes().to_vec(), &row.to_bytes())?;
    tx.put(Table::InboxWait, wait_key(row.due, seq), &[])
}

fn unindex(tx: &mut Tx<'_>, seq: u64, row: &InboxRow) -> Result<(), Fault> {
    tx.remove(Table::InboxReady, seq.to_be_bytes().to_vec())?;
    tx.remove(Table::InboxWait, wait_key(row.due, seq))
}

pub(super) fn wait_key(due: Timestamp, seq: u64) -> Vec<u8> {
    Writer::new().time(due).number(seq).done()
}

/// The token of a claim is the count of claims up to it: only the latest one may give the delivery back.
pub(super) fn release(
    tx: &mut Tx<'_>,
    seq: u64,
    token: u64,
    not_before: Timestamp,
    why: &str,
) -> Result<(), Fault> {
    let Some(mut row) = load(tx, seq)?.filter(|row| row.attempts == token) else { return Ok(()) };
    row.why = super::reason(why);
    row.held = false;
    wait_until(tx, seq, &mut row, not_before)
}

/// Gives back whatever is held; says how much that was.
pub(super) fn free(tx: &mut Tx<'_>) -> Result<usize, Fault> {
    let mut freed = 0;
    for (key, _) in tx.rows(Table::InboxWait, &[], &[], usize::MAX)? {
        let mut reader = Reader::new(Table::InboxWait.name(), &key);
        let (_, seq) = (reader.time()?, reader.number()?);
        let Some(mut row) = load(tx, seq)?.filter(|row| row.held) else { continue };
        row.held = false;
        wait_until(tx, seq, &mut row, Timestamp::UNIX_EPOCH)?;
        freed += 1;
    }
    Ok(freed)
}

/// Drops a delivery and remembers its id; false when it is done already.
pub(super) fn finish(tx: &mut Tx<'_>, seq: u64) -> Result<bool, Fault> {
    let Some(row) = load(tx, seq)? else { return Ok(false) };
    unindex(tx, seq, &row)?;
    tx.remove(Table::Inbox, seq.to_be_bytes().to_vec())?;
    tx.remove(Table::InboxBodies, seq.to_be_bytes().to_vec())?;
    tx.put(Table::DeliveryAge, wait_key(row.received_at, seq), row.id.as_bytes())?;
    Ok(true)
}

/// When the next delivery can be claimed.
pub(super) fn next_due(tx: &Tx<'_>) -> Result<Option<Timestamp>, Fault> {
    let ready = match tx.first(Table::InboxReady, &[], &[])? {
        Some((_, due)) => Some(Reader::new(Table::InboxReady.name(), &due).time()?),
        None => None,
    };
    let waiting = match tx.first(Table::InboxWait, &[], &[])? {
        Some((key, _)) => Some(Reader::new(Table::InboxWait.name(), &key).time()?),
        None => None,
    };
    Ok(ready.into_iter().chain(waiting).min())
}
