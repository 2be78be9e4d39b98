//! Deliveries that GitHub sent and we do not have, found by their guid: several attempts of one are one delivery.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info, warn};

use super::{Asked, Mark, Swept};
use crate::app::App;
use crate::github::deliveries::SentDelivery;
use crate::github::{Failure, GitHubError};
use crate::worker::outbox::CommandError;

/// Pages of 100 that one sweep reads; what lies before them is older than a sweep should ever have to look.
const PAGES: usize = 500;

/// A delivery that was asked for this often and did not come is given up: GitHub sends it and we refuse it.
const TIMES: u32 = 5;

/// A delivery that was asked for gets this long to come.
const PATIENCE: SignedDuration = SignedDuration::from_mins(4);

/// Deliveries asked for in one sweep; GitHub takes about 80 writes a minute.
const AT_ONCE: usize = 60;

/// What comparing gave.
pub(super) struct Found {
    /// The latest attempt of each delivery that is not here, oldest first.
    pub(super) missing: Vec<SentDelivery>,
    /// When the newest attempt was made.
    pub(super) newest: Option<Timestamp>,
}

/// Reads the pages from the newest back to `since`, and no further. What was asked for and came is forgotten, what did
/// not come is missing still.
pub(super) async fn find(app: &App, since: Timestamp, mark: &mut Mark) -> Result<Found, CommandError> {
    let mut latest: BTreeMap<String, SentDelivery> = BTreeMap::new();
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = app.github.deliveries(cursor.as_deref()).await?;
        let reached = page.deliveries.iter().any(|attempt| attempt.delivered_at < since);
        for attempt in page.deliveries.into_iter().filter(|attempt| attempt.delivered_at >= since) {
            // Newest first, so that the one that is there already is later.
            latest.entry(attempt.guid.clone()).or_insert(attempt);
        }
        cursor = page.next.filter(|_| !reached);
        if cursor.is_none() {
            break;
        }
    }
    let newest = latest.values().map(|attempt| attempt.delivered_at).max();
    for (guid, asked) in &mark.asked {
        latest.entry(guid.clone()).or_insert_with(|| asked.attempt.clone());
    }
    let mut missing = Vec::new();
    for (guid, attempt) in latest {
        // The inbox names a delivery by where it comes from and GitHub's name.
        if app.store.is_known(&format!("github/{guid}")).await? {
            mark.asked.remove(&guid);
        } else {
            missing.push(attempt);
        }
    }
    missing.sort_by_key(|attempt| (attempt.delivered_at, attempt.id));
    Ok(Found { missing, newest })
}

/// Asks GitHub to repeat what is missing, oldest first, so much at once as it takes.
pub(super) async fn ask(
    app: &App,
    missing: &[SentDelivery],
    mark: &mut Mark,
    swept: &mut Swept,
) -> Result<(), CommandError> {
    let now = app.clock.now();
    for attempt in missing {
        let asked = mark.asked.get(&attempt.guid);
        let times = asked.map_or(0, |asked| asked.times);
        if asked.is_some_and(|asked| now.duration_since(asked.last) < PATIENCE) {
            continue;
        }
        if times >= TIMES {
            give_up(attempt, times, mark, swept);
            continue;
        }
        if swept.asked_again == AT_ONCE {
            swept.more = true;
            return Ok(());
        }
        match app.github.redeliver(attempt.id).await {
            Ok(()) => {
                info!(delivery = attempt.guid, event = attempt.event, "asked GitHub to repeat a delivery");
                swept.asked_again += 1;
            }
            Err(refused) if is_refused(&refused) => {
                warn!(delivery = attempt.guid, event = attempt.event, error = %refused, "GitHub does not repeat it");
            }
            Err(failed) => return Err(failed.into()),
        }
        let asked = Asked { attempt: attempt.clone(), times: times + 1, last: now };
        mark.asked.insert(attempt.guid.clone(), asked);
    }
    Ok(())
}

/// Said once: the count goes past the limit with it.
fn give_up(attempt: &SentDelivery, times: u32, mark: &mut Mark, swept: &mut Swept) {
    if times > TIMES {
        return;
    }
    let status = attempt.status_code;
    error!(
        delivery = attempt.guid,
        event = attempt.event,
        status,
        "a delivery was repeated {TIMES} times and never taken; it is given up"
    );
    swept.given_up += 1;
    if let Some(asked) = mark.asked.get_mut(&attempt.guid) {
        asked.times = times + 1;
    }
}

/// A refusal concerns this delivery alone; anything else would meet the next one too.
fn is_refused(error: &GitHubError) -> bool {
    matches!(error.failure, Failure::Gone | Failure::Invalid { .. } | Failure::Conflict { .. })
}
