//! The log and the one transaction of a decision: conditions first, then events, commands and views.

use super::fault::Fault;
use super::rows::{Reader, Writer};
use super::tables::Table;
use super::tx::{Counter, Tx};
use super::{inbox, outbox, views};
use crate::store::chain::{GENESIS, record_hash};
use crate::store::{Commit, Committed, Record, StreamId};

/// Row of [`Table::Meta`] with the log's last position and hash.
const HEAD_ROW: &[u8] = b"log-head";

/// Everything of a decision, or nothing of it.
pub(super) fn commit(tx: &mut Tx<'_>, commit: &Commit) -> Result<Committed, Fault> {
    super::check_key("a stream's name", &commit.stream.0)?;
    let (number, version) = stream(tx, &commit.stream)?.map_or((None, 0), |(number, v)| (Some(number), v));
    if version != commit.expected_version {
        return Err(Fault::Conflict(commit.stream.0.clone()));
    }
    views::check(tx, &commit.guards)?;
    if let Some(seq) = commit.finishes_delivery
        && !inbox::finish(tx, seq)?
    {
        return Err(Fault::Conflict(format!("delivery {seq}")));
    }
    if let Some(id) = commit.finishes_command
        && !outbox::finish(tx, id)?
    {
        return Err(Fault::Conflict(format!("command {id}")));
    }
    let number = match number {
        Some(number) => number,
        None => tx.next(Counter::Streams)?,
    };
    let committed = append(tx, commit, number)?;
    for command in &commit.commands {
        outbox::add(tx, number, &commit.stream, command, commit.at)?;
    }
    views::change(tx, &commit.views)?;
    Ok(committed)
}

fn append(tx: &mut Tx<'_>, commit: &Commit, number: u64) -> Result<Committed, Fault> {
    let (mut position, mut hash) = head(tx)?;
    let mut version = commit.expected_version;
    for body in &commit.events {
        position = position.saturating_add(1);
        version = version.saturating_add(1);
        hash = record_hash(&hash, position, &commit.stream, version, commit.at, body);
        let row = Writer::new()
            .bytes(commit.stream.0.as_bytes())
            .number(version)
            .time(commit.at)
            .rest(&hash)
            .rest(body)
            .done();
        tx.put(Table::Log, position.to_be_bytes().to_vec(), &row)?;
        let place = Writer::new().number(number).number(version).done();
        tx.put(Table::StreamLog, place, &position.to_be_bytes())?;
    }
    let row = Writer::new().number(number).number(version).done();
    tx.put(Table::Streams, commit.stream.0.as_bytes().to_vec(), &row)?;
    let row = Writer::new().number(position).rest(&hash).done();
    tx.put(Table::Meta, HEAD_ROW.to_vec(), &row)?;
    Ok(Committed { version, position })
}

/// The log's last position and hash.
pub(super) fn head(tx: &Tx<'_>) -> Result<(u64, [u8; 32]), Fault> {
    let Some(row) = tx.get(Table::Meta, HEAD_ROW)? else { return Ok((0, GENESIS)) };
    let mut reader = Reader::new(Table::Meta.name(), &row);
    Ok((reader.number()?, reader.array()?))
}

/// A stream's number and version.
pub(super) fn stream(tx: &Tx<'_>, stream: &StreamId) -> Result<Option<(u64, u64)>, Fault> {
    let Some(row) = tx.get(Table::Streams, stream.0.as_bytes())? else { return Ok(None) };
    parse_stream(&row).map(Some)
}

pub(super) fn parse_stream(row: &[u8]) -> Result<(u64, u64), Fault> {
    let mut reader = Reader::new(Table::Streams.name(), row);
    Ok((reader.number()?, reader.number()?))
}

/// The records of a stream above a version.
pub(super) fn load_after(tx: &Tx<'_>, id: &StreamId, version: u64) -> Result<Vec<Record>, Fault> {
    let Some((number, last)) = stream(tx, id)? else { return Ok(Vec::new()) };
    // At start-up the whole stream is compared with its version: then nothing may lie behind it unseen.
    if version > 0 && version >= last {
        return Ok(Vec::new());
    }
    let from = Writer::new().number(number).number(version.saturating_add(1)).done();
    let places = tx.rows(Table::StreamLog, &number.to_be_bytes(), &from, usize::MAX)?;
    places
        .iter()
        .map(|(_, position)| {
            let position = Reader::new(Table::StreamLog.name(), position).number()?;
            let row = tx.get(Table::Log, &position.to_be_bytes())?;
            let row = row.ok_or_else(|| Fault::damaged(&format!("record {position} is missing")))?;
            parse_record(position, &row)
        })
        .collect()
}

/// Records after position `after`.
pub(super) fn log(tx: &Tx<'_>, after: u64, limit: usize) -> Result<Vec<Record>, Fault> {
    let Some(from) = after.checked_add(1) else { return Ok(Vec::new()) };
    let rows = tx.rows(Table::Log, &[], &from.to_be_bytes(), limit)?;
    rows.iter().map(|(key, row)| parse_record(Reader::new(Table::Log.name(), key).number()?, row)).collect()
}

fn parse_record(position: u64, row: &[u8]) -> Result<Record, Fault> {
    let mut reader = Reader::new(Table::Log.name(), row);
    Ok(Record {
        position,
        stream: StreamId(reader.text()?),
        version: reader.number()?,
        at: reader.time()?,
        hash: reader.array()?,
        body: reader.rest().to_vec(),
    })
}
