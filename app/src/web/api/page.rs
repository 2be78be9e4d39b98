//! Pages: how many items an answer holds, and the opaque place where the next one begins.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::Timestamp;
use serde::Serialize;

use super::{bad, bad_query};
use crate::web::problem::Refused;

/// Items of a page when nothing is said.
const USUAL_LIMIT: usize = 50;

/// Most items of a page.
const LARGEST_LIMIT: usize = 200;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    /// The items.
    pub(super) items: Vec<T>,
    /// Hand it back as `cursor` for what follows; none at the end of a list that ends.
    pub(super) next: Option<String>,
    /// True when there is more already.
    pub(super) more: bool,
}

/// The parameters of a request, or what is wrong with them.
pub(super) type Asked<T> = Result<Query<T>, QueryRejection>;

/// The parameters, or the refusal that names what is wrong.
pub(super) fn asked<T>(query: Asked<T>) -> Result<T, Refused> {
    query.map(|Query(asked)| asked).map_err(|rejection| bad_query(&rejection))
}

/// How many items are wanted.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Refused> {
    match asked {
        None => Ok(USUAL_LIMIT),
        Some(limit @ 1..=LARGEST_LIMIT) => Ok(limit),
        Some(limit) => Err(bad(format!("limit is {limit}; it goes from 1 to {LARGEST_LIMIT}"))),
    }
}

/// Writes a place in a list as a cursor.
pub(super) fn cursor(list: &str, place: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("1 {list} {place}"))
}

/// Reads a cursor of this list; one of another list is refused, as its place means nothing here.
pub(super) fn place(list: &str, cursor: &str) -> Result<String, Refused> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place =
        decoded.as_deref().and_then(|text| text.strip_prefix("1 ")?.strip_prefix(list)?.strip_prefix(' '));
    place.map(str::to_owned).ok_or_else(|| bad("cursor is none of this list; use `next` of the page before"))
}

/// Where an item stands in a list with the newest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Its time.
    pub(super) at: Timestamp,
    /// Tells items of one time apart.
    pub(super) key: String,
}

impl Place {
    fn read(list: &str, text: &str) -> Result<Self, Refused> {
        let place = place(list, text)?;
        let read = place.split_once(' ').and_then(|(nanos, key)| {
            Some(Self { at: Timestamp::from_nanosecond(nanos.parse().ok()?).ok()?, key: key.to_owned() })
        });
        read.ok_or_else(|| bad("cursor cannot be read; use `next` of the page before"))
    }

    fn write(&self, list: &str) -> String {
        cursor(list, &format!("{} {}", self.at.as_nanosecond(), self.key))
    }
}

/// The page of a list with the newest first, after a cursor.
pub(super) fn newest<T>(
    list: &str,
    mut all: Vec<(Place, T)>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<T>, Refused> {
    if let Some(after) = after {
        let after = Place::read(list, after)?;
        all.retain(|(place, _)| *place < after);
    }
    all.sort_by(|(a, _), (b, _)| b.cmp(a));
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(|(place, _)| place.write(list));
    Ok(Page { items: all.into_iter().map(|(_, item)| item).collect(), next, more })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(count: i64) -> Vec<(Place, i64)> {
        // Two items share each second, so that the key has to tell them apart.
        let place =
            |n: i64| Place { at: Timestamp::from_second(n / 2).expect("a time"), key: format!("k {n}") };
        (0..count).map(|n| (place(n), n)).collect()
    }

    #[test]
    fn pages_hold_every_item_once_newest_first() {
        for limit in [1, 2, 3, 7, 100] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = newest("x", items(7), after.as_deref(), limit).expect("a page");
                assert_eq!(page.more, page.next.is_some());
                seen.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, [6, 5, 4, 3, 2, 1, 0], "{limit}");
        }
    }

    #[test]
    fn cursors_from_elsewhere_are_refused() {
        for bad in
            ["", "x", "!!", &cursor("y", "1 k"), &cursor("x", "1"), &cursor("x", "1e99 k"), &"A".repeat(999)]
        {
            assert!(newest("x", items(1), Some(bad), 1).is_err(), "{bad}");
        }
        assert!(limit(Some(0)).is_err() && limit(Some(201)).is_err());
        assert_eq!(limit(None).expect("a limit"), USUAL_LIMIT);
    }
}
