//! Views and leases: plain rows, changed under conditions.

use jiff::Timestamp;

use super::fault::Fault;
use super::rows::{Reader, Writer};
use super::tables::Table;
use super::tx::{Counter, Tx};
use crate::store::{Guard, Lease, View, ViewChange};

/// Which view a row belongs to: the first byte of its key. Never renumbered, it is on disk.
fn view_byte(view: View) -> u8 {
    match view {
        View::Subjects => 1,
        View::Jobs => 2,
        View::Changes => 3,
        View::Runs => 4,
        View::Locks => 5,
        View::Tickets => 6,
        View::Repositories => 7,
        View::Tokens => 8,
        View::Checks => 9,
        View::Marks => 10,
        View::Workflows => 11,
        View::Heads => 12,
        View::Things => 13,
        View::Examples => 14,
        View::Costs => 15,
    }
}

fn row_key(view: View, key: &str) -> Vec<u8> {
    Writer::new().byte(view_byte(view)).rest(key.as_bytes()).done()
}

/// Whether every guard holds.
pub(super) fn check(tx: &Tx<'_>, guards: &[Guard]) -> Result<(), Fault> {
    for guard in guards {
        super::check_key("a view's key", &guard.key)?;
        if tx.get(Table::Views, &row_key(guard.view, &guard.key))? != guard.expected {
            return Err(Fault::Conflict(format!("{:?} `{}`", guard.view, guard.key)));
        }
    }
    Ok(())
}

pub(super) fn change(tx: &mut Tx<'_>, changes: &[ViewChange]) -> Result<(), Fault> {
    for change in changes {
        super::check_key("a view's key", &change.key)?;
        let key = row_key(change.view, &change.key);
        match &change.value {
            Some(value) => tx.put(Table::Views, key, value)?,
            None => tx.remove(Table::Views, key)?,
        }
    }
    Ok(())
}

pub(super) fn view(tx: &Tx<'_>, view: View, key: &str) -> Result<Option<Vec<u8>>, Fault> {
    tx.get(Table::Views, &row_key(view, key))
}

pub(super) fn scan(
    tx: &Tx<'_>,
    view: View,
    prefix: &str,
    limit: usize,
) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let rows = tx.rows(Table::Views, &row_key(view, prefix), &[], limit)?;
    rows.into_iter()
        .map(|(key, value)| {
            let name = key.get(1..).unwrap_or_default().to_vec();
            let name = String::from_utf8(name)
                .map_err(|_| Reader::new(Table::Views.name(), &key).damage("not text"))?;
            Ok((name, value))
        })
        .collect()
}

pub(super) fn lease(
    tx: &mut Tx<'_>,
    key: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Lease>, Fault> {
    super::check_key("a lease's key", key)?;
    let running = held(tx, key)?.filter(|(_, lease)| lease.until > now);
    let token = match running {
        Some((other, _)) if other != holder => return Ok(None),
        Some((_, lease)) => lease.token,
        None => tx.next(Counter::Fence)?,
    };
    let row = Writer::new().bytes(holder.as_bytes()).number(token).time(until).done();
    tx.put(Table::Leases, key.as_bytes().to_vec(), &row)?;
    Ok(Some(Lease { key: key.to_owned(), token, until }))
}

/// Deletes the lease: tokens come from one counter, so none is needed to remember the last one.
pub(super) fn release_lease(tx: &mut Tx<'_>, key: &str, holder: &str) -> Result<(), Fault> {
    match held(tx, key)? {
        Some((mine, _)) if mine == holder => tx.remove(Table::Leases, key.as_bytes().to_vec()),
        _ => Ok(()),
    }
}

fn held(tx: &Tx<'_>, key: &str) -> Result<Option<(String, Lease)>, Fault> {
    let Some(row) = tx.get(Table::Leases, key.as_bytes())? else { return Ok(None) };
    let mut reader = Reader::new(Table::Leases.name(), &row);
    let (holder, token, until) = (reader.text()?, reader.number()?, reader.time()?);
    reader.end()?;
    Ok(Some((holder, Lease { key: key.to_owned(), token, until })))
}
