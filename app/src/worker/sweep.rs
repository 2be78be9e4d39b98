//! What GitHub did not bring us. Deliveries that are missing are asked for again; after an outage longer than GitHub
//! remembers them, or without a mark of where we stood, what is open is read instead.
//!
//! Owns the mark and the order of the two; [`missed`] compares deliveries, [`open`] reads issues and pull requests.

mod missed;
mod open;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use crate::app::App;
use crate::github::deliveries::SentDelivery;
use crate::store::{StoreError, View, ViewChange};
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::{access, views};

/// GitHub repeats what it sent in the last three days; a part of an hour is left for our own work.
const WINDOW: SignedDuration = SignedDuration::from_mins(3 * 24 * 60 - 30);

/// What a sweep reads again of the one before: a delivery is listed when it ended, not when it began.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// Between two sweeps.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// Between two sweeps when the first left deliveries to be asked for.
const SOON: Duration = Duration::from_secs(60);

/// How long one replica may sweep before another one does too, in seconds: two at once ask for the same, which is no
/// harm, and one that was killed must not be waited for.
const LEASE_SECONDS: u32 = 120;

/// The row of [`View::Marks`], and the lease.
const KEY: &str = "sweep";

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Deliveries that GitHub was asked to repeat.
    pub asked_again: usize,
    /// Deliveries that were asked for often enough and did not come.
    pub given_up: usize,
    /// Issues that were read as if they had been opened now.
    pub issues: usize,
    /// Pull requests that were looked at.
    pub pulls: usize,
    /// True when there is more to ask for, soon.
    pub more: bool,
}

/// Where the sweep stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// When the last sweep began that got to its end.
    at: Timestamp,
    /// Deliveries up to this time were compared.
    compared: Timestamp,
    /// Deliveries that were asked for and are not here yet.
    #[serde(default)]
    asked: BTreeMap<String, Asked>,
    /// Since when what is open is being read, where that was not finished.
    #[serde(default)]
    reading_since: Option<Timestamp>,
    /// Repositories that were read since then.
    #[serde(default)]
    read: BTreeSet<u64>,
}

/// A delivery that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    /// The attempt that GitHub was asked to repeat.
    attempt: SentDelivery,
    times: u32,
    last: Timestamp,
}

/// Sweeps again and again, until the future is dropped.
pub(super) async fn repeat(app: Arc<App>) {
    loop {
        let pause = match step(&app).await {
            Some(Swept { more: true, .. }) => SOON,
            _ => EVERY,
        };
        tokio::time::sleep(pause).await;
    }
}

/// One sweep; none when it failed, or when another replica sweeps.
pub async fn step(app: &Arc<App>) -> Option<Swept> {
    let _working = app.working();
    let holder = uuid::Uuid::now_v7().to_string();
    match app.store.lease(KEY, &holder, app.clock.now(), LEASE_SECONDS).await {
        Ok(Some(_)) => {}
        Ok(None) => return None,
        Err(error) => return failed(app, &error.into()),
    }
    let swept = sweep(app).await;
    if let Err(error) = app.store.release_lease(KEY, &holder).await {
        warn!(%error, "the sweep's lease stays until it ends");
    }
    match swept {
        Ok(swept) => {
            told(app, &swept);
            Some(swept)
        }
        Err(error) => failed(app, &error),
    }
}

/// Reads what is open in a repository of which we heard nothing for a while.
pub(crate) async fn read_again(app: &Arc<App>, repository: &Repository) -> Result<(), CommandError> {
    let mut swept = Swept::default();
    open::read_what_is_open(app, repository, &mut swept).await?;
    let Swept { issues, pulls, .. } = swept;
    info!(repository = %repository.name, issues, pulls, "what is open there is read again");
    Ok(())
}

fn told(app: &App, swept: &Swept) {
    app.metrics.swept(swept);
    app.wake();
    if *swept == Swept::default() {
        tracing::debug!("nothing was missing");
        return;
    }
    let Swept { asked_again, given_up, issues, pulls, .. } = *swept;
    info!(asked_again, given_up, issues, pulls, "swept what GitHub did not bring");
}

fn failed(app: &App, error: &CommandError) -> Option<Swept> {
    app.metrics.sweep_failed();
    warn!(%error, "the sweep of missed deliveries goes on later");
    None
}

/// Installations that were not well are looked at first. Then: without a mark, or with one older than GitHub's memory,
/// what is open is read; else deliveries are compared.
async fn sweep(app: &Arc<App>) -> Result<Swept, CommandError> {
    let now = app.clock.now();
    Box::pin(access::recheck(app)).await?;
    let known = load(app).await?.filter(|mark| mark.reading_since.is_none());
    match known.filter(|mark| now.duration_since(mark.at) <= WINDOW) {
        Some(mark) => compare(app, mark, now).await,
        None => read_open(app, now).await,
    }
}

async fn compare(app: &App, mut mark: Mark, now: Timestamp) -> Result<Swept, CommandError> {
    let since = mark.compared.checked_sub(OVERLAP).unwrap_or(mark.compared);
    let found = missed::find(app, since, &mut mark).await?;
    let mut swept = Swept::default();
    let asked = missed::ask(app, &found.missing, &mut mark, &mut swept).await;
    mark.asked.retain(|_, asked| now.duration_since(asked.attempt.delivered_at) <= WINDOW);
    if asked.is_ok() && !swept.more {
        mark.compared = found.newest.unwrap_or(mark.compared).max(mark.compared);
        mark.at = now;
    }
    // What was asked for before a failure is not asked for again at once.
    save(app, &mark).await?;
    asked.map(|()| swept)
}

/// Deliveries of before are not asked for afterwards: what they told of is read, and the commands in them are old.
async fn read_open(app: &Arc<App>, now: Timestamp) -> Result<Swept, CommandError> {
    let fresh = Mark {
        at: now,
        compared: now,
        asked: BTreeMap::new(),
        reading_since: Some(now),
        read: BTreeSet::new(),
    };
    let mut mark = load(app).await?.filter(|mark| mark.reading_since.is_some()).unwrap_or(fresh);
    let mut swept = Swept::default();
    open::read(app, &mut mark, &mut swept).await?;
    if let Some(since) = mark.reading_since.take() {
        (mark.at, mark.compared) = (since, since);
    }
    mark.read.clear();
    save(app, &mark).await?;
    Ok(swept)
}

async fn load(app: &App) -> Result<Option<Mark>, StoreError> {
    let row = app.store.view(View::Marks, KEY).await?;
    row.map(|bytes| views::read(View::Marks, KEY, &bytes)).transpose()
}

async fn save(app: &App, mark: &Mark) -> Result<(), StoreError> {
    let value = Some(views::write(mark)?);
    app.store.put_views(vec![ViewChange { view: View::Marks, key: KEY.to_owned(), value }], Vec::new()).await
}

#[cfg(test)]
mod tests;
