//! The loops between GitHub and the engine: inbox, outbox, reconciler, timers, sweep. Each step can be called by hand.

pub(crate) mod access;
pub(crate) mod actors;
pub(crate) mod budget;
pub(crate) mod catalogs;
pub(crate) mod commands;
pub(crate) mod costs;
pub(crate) mod examples;
mod existing;
pub(crate) mod inbox;
pub(crate) mod judge_again;
pub(crate) mod ledger;
pub(crate) mod limits;
pub(crate) mod lock_files;
pub(crate) mod looks;
mod merge_groups;
pub(crate) mod observe;
mod obstacles;
pub(crate) mod onboarding;
pub(crate) mod open_texts;
pub(crate) mod outbox;
pub(crate) mod plan_blobs;
pub(crate) mod posted;
mod pushers;
pub(crate) mod reconcile;
pub(crate) mod repositories;
pub(crate) mod same_head;
mod sweep;
pub(crate) mod timers;
pub(crate) mod turns;
pub(crate) mod views;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::error;

use crate::app::App;
use crate::store::StoreError;

pub use sweep::{Swept, step as sweep};

/// Longest sleep between two looks, whatever the store says.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// How long a delivery or command may be worked on before another worker may take it, in seconds.
pub(crate) const WORK_LEASE_SECONDS: u32 = 300;

/// Commands executed at the same time; streams keep their own order in the store.
const OUTBOX_WORKERS: usize = 4;

/// Handles one delivery or executes one command.
///
/// # Errors
/// When the store fails.
pub async fn step(app: &Arc<App>) -> Result<bool, StoreError> {
    Ok(inbox::step(app).await? || outbox::step(app).await?)
}

/// Runs the loops until the future is dropped.
pub async fn run(app: Arc<App>) {
    let mut loops = JoinSet::new();
    loops.spawn(repeat(Arc::clone(&app), "inbox", Kind::Inbox));
    for _ in 0..OUTBOX_WORKERS {
        loops.spawn(repeat(Arc::clone(&app), "outbox", Kind::Outbox));
    }
    loops.spawn(sweep::repeat(Arc::clone(&app)));
    while loops.join_next().await.is_some() {}
}

#[derive(Clone, Copy)]
enum Kind {
    Inbox,
    Outbox,
}

async fn repeat(app: Arc<App>, name: &'static str, kind: Kind) {
    loop {
        let woken = app.woken();
        let worked = match kind {
            Kind::Inbox => inbox::step(&app).await,
            Kind::Outbox => outbox::step(&app).await,
        };
        match worked {
            Ok(true) => {}
            Ok(false) => {
                let sleep = sleep_for(&app).await;
                let _ = tokio::time::timeout(sleep, woken).await;
            }
            Err(error) => {
                error!(%error, "the {name} loop cannot go on now");
                tokio::time::sleep(LONGEST_SLEEP).await;
            }
        }
    }
}

/// A step on the heap, made in a frame of its own. What holds the steps of all deliveries or commands side by side would
/// need most of a thread's stack otherwise.
#[inline(never)]
fn boxed<'a, F>(make: impl FnOnce() -> F) -> Pin<Box<dyn Future<Output = F::Output> + Send + 'a>>
where
    F: Future + Send + 'a,
{
    Box::pin(make())
}

async fn sleep_for(app: &App) -> Duration {
    let due = app.store.next_due().await.ok().flatten();
    let wait = due.map(|due| due.duration_since(app.clock.now()));
    let wait = wait.map_or(LONGEST_SLEEP, |wait| wait.try_into().unwrap_or(Duration::from_millis(50)));
    wait.clamp(Duration::from_millis(10), LONGEST_SLEEP)
}
