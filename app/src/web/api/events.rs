//! `GET events`: the log in its order, which is the audit log. It never ends: `next` of the last page finds what
//! comes later.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event_details::{Details, details};
use super::page::{Asked, Page, asked, cursor, limit, place};
use super::repositories::{Names, RepositoryShape, filtered};
use super::{bad, change};
use crate::app::App;
use crate::store::{Record, StoreError, StreamId};
use crate::web::problem::Refused;
use crate::worker::ledger::{event_name, read_event};
use crate::worker::views;

/// Records looked at for one page. A filter that finds little gives short pages, not long waits.
const LOOKED_AT: usize = 5_000;

/// Records read at a time.
const BATCH: usize = 500;

/// What can be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    limit: Option<usize>,
    cursor: Option<String>,
    repository: Option<String>,
    change: Option<String>,
    event: Option<String>,
    since: Option<Timestamp>,
}

/// One event.
#[derive(Debug, Serialize)]
pub(super) struct EventItem {
    /// Place in the whole log, from 1, without gaps.
    position: u64,
    /// When it was decided.
    at: Timestamp,
    /// The change it belongs to.
    change: String,
    /// Where.
    repository: RepositoryShape,
    /// Place in the change's own history, from 1.
    version: u64,
    /// Its kind, such as `plan-recorded`.
    event: String,
    /// Its particulars.
    details: Details,
    /// The chain's hash at this record (hex): keep the last one elsewhere, and a cut log is noticed.
    hash: String,
}

/// `GET events`.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<Page<EventItem>>, Refused> {
    let filter = asked(query)?;
    let limit = limit(filter.limit)?;
    let after = match &filter.cursor {
        None => 0,
        Some(text) => place("events", text)?
            .parse()
            .map_err(|_| bad("cursor cannot be read; use `next` of the page before"))?,
    };
    let search = Search {
        repository: filtered(&app, filter.repository.as_deref()).await?,
        stream: stream(&app, filter.change.as_deref()).await?,
        event: filter.event,
        since: filter.since,
    };
    let found = search.run(&app, after, limit).await?;
    let (mut names, mut items) = (Names::new(&app), Vec::new());
    for (record, name, details) in found.records {
        let repository = names.of_stream(&record.stream).await?;
        items.push(item(record, repository, name, details));
    }
    Ok(Json(Page { items, next: Some(cursor("events", &found.at.to_string())), more: found.more }))
}

/// The stream of a change that is named by its id, or by repository id and any of its numbers.
async fn stream(app: &App, change: Option<&str>) -> Result<Option<StreamId>, Refused> {
    let Some(text) = change else { return Ok(None) };
    let read = text.split_once('/').and_then(|(id, number)| Some((id.parse().ok()?, number.parse().ok()?)));
    let (repository, number) =
        read.ok_or_else(|| bad("change is written as repository id/number, such as 1296269/42"))?;
    change::find(app, repository, number).await.map(Some)
}

/// What is looked for.
struct Search {
    repository: Option<u64>,
    stream: Option<StreamId>,
    event: Option<String>,
    since: Option<Timestamp>,
}

/// What a search gave.
struct Found {
    records: Vec<(Record, String, Details)>,
    /// The last position looked at.
    at: u64,
    /// True when the log goes on there.
    more: bool,
}

impl Search {
    async fn run(&self, app: &App, after: u64, limit: usize) -> Result<Found, StoreError> {
        let mut found = Found { records: Vec::new(), at: after, more: true };
        let mut looked_at = 0;
        while looked_at < LOOKED_AT {
            let batch = self.batch(app, found.at).await?;
            if batch.is_empty() {
                found.more = false;
                return Ok(found);
            }
            for record in batch {
                if found.records.len() == limit {
                    return Ok(found);
                }
                looked_at += 1;
                found.at = record.position;
                if let Some((name, details)) = self.admits(&record)? {
                    found.records.push((record, name, details));
                }
            }
        }
        Ok(found)
    }

    /// The records after a position; of one change alone where one is named.
    async fn batch(&self, app: &App, after: u64) -> Result<Vec<Record>, StoreError> {
        match &self.stream {
            None => app.store.log(after, BATCH).await,
            Some(stream) => {
                let mut records = app.store.load(stream).await?;
                records.retain(|record| record.position > after);
                Ok(records)
            }
        }
    }

    fn admits(&self, record: &Record) -> Result<Option<(String, Details)>, StoreError> {
        let here = |id| views::parse_stream(&record.stream).is_some_and(|(own, _)| own == id);
        if self.since.is_some_and(|since| record.at < since) || !self.repository.is_none_or(here) {
            return Ok(None);
        }
        let event = read_event(record)?;
        let name = event_name(&event);
        let wanted = self.event.as_ref().is_none_or(|wanted| *wanted == name);
        Ok(wanted.then(|| (name, details(&event))))
    }
}

fn item(record: Record, repository: RepositoryShape, event: String, details: Details) -> EventItem {
    EventItem {
        position: record.position,
        at: record.at,
        change: record.stream.0,
        repository,
        version: record.version,
        event,
        details,
        hash: hex::encode(record.hash),
    }
}
