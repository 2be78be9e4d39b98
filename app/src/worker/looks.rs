//! Looks at pull requests, one at a time each: whoever asked before a look began shares what it saw.
//!
//! A push, a review and a comment arrive within a second and each wants a look; GitHub is asked once for all of them.
//! A look that began before it was asked for is never shared: it may have missed what was asked about.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tfpilot_engine::PullSnapshot;
use tokio::sync::OwnedMutexGuard;

use crate::config::RepositoryConfig;

/// Repository and number of a pull request.
type Key = (u64, u64);

/// The pull requests that are looked at now.
#[derive(Default)]
pub(crate) struct Looks {
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
}

/// One pull request that somebody looks at.
#[derive(Default)]
struct Slot {
    /// Turns asked for so far.
    asked: AtomicU64,
    last: Arc<tokio::sync::Mutex<Option<Seen>>>,
}

/// What a look saw.
struct Seen {
    /// The last turn that had been asked for when the look began.
    covers: u64,
    /// Roles and branches were read under it.
    config: Arc<RepositoryConfig>,
    pull: PullSnapshot,
}

/// The right to look, until it is dropped.
pub(crate) struct Turn<'a> {
    looks: &'a Looks,
    key: Key,
    slot: Arc<Slot>,
    number: u64,
    /// Turns asked for when this one came up; a look that begins now sees what all of them ask about.
    begun: u64,
    config: Arc<RepositoryConfig>,
    last: OwnedMutexGuard<Option<Seen>>,
}

impl Looks {
    /// Waits for the turn to look at a pull request.
    pub(crate) async fn turn(&self, key: Key, config: &Arc<RepositoryConfig>) -> Turn<'_> {
        let slot = Arc::clone(self.slots().entry(key).or_default());
        let number = slot.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let last = Arc::clone(&slot.last).lock_owned().await;
        let begun = slot.asked.load(Ordering::SeqCst);
        Turn { looks: self, key, slot, number, begun, config: Arc::clone(config), last }
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// What a look saw that began after this turn was asked for, under the same configuration.
    pub(crate) fn seen(&self) -> Option<PullSnapshot> {
        let seen = self.last.as_ref()?;
        let fresh = seen.covers >= self.number && Arc::ptr_eq(&seen.config, &self.config);
        fresh.then(|| seen.pull.clone())
    }

    /// Shares what was seen in this turn with those who wait.
    pub(crate) fn saw(&mut self, pull: &PullSnapshot) {
        let config = Arc::clone(&self.config);
        *self.last = Some(Seen { covers: self.begun, config, pull: pull.clone() });
    }
}

impl Drop for Turn<'_> {
    /// The last one who looks leaves nothing behind.
    fn drop(&mut self) {
        let mut slots = self.looks.slots();
        // One is the map's and one is this turn's: nobody waits.
        if Arc::strong_count(&self.slot) <= 2 {
            slots.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(title: &str) -> PullSnapshot {
        serde_json::from_value(serde_json::json!({
            "number": 2,
            "title": title,
            "head": "3f2a9c1d00000000000000000000000000000000",
            "head_ref": "feature",
            "base_ref": "main",
            "base": "9ab01c2d00000000000000000000000000000000",
            "state": "open",
            "draft": false,
            "fork": false,
            "author": {"id": 1, "login": "alice"},
            "committers": [],
            "reviews": [],
            "obstacles": [],
            "managed": true
        }))
        .unwrap()
    }

    #[tokio::test]
    async fn who_asked_before_a_look_began_shares_it_and_who_asked_later_does_not() {
        let looks = Looks::default();
        let config = Arc::new(RepositoryConfig::default());
        let first = looks.turn((1, 2), &config).await;
        assert!(first.seen().is_none());
        // Two ask while the first one looks: its look may have missed what they ask about.
        let (second, third) = (looks.turn((1, 2), &config), looks.turn((1, 2), &config));
        tokio::pin!(second, third);
        assert!(futures_are_pending(&mut second, &mut third).await);
        let mut first = first;
        first.saw(&pull("first"));
        drop(first);
        let mut second = second.await;
        assert!(second.seen().is_none());
        second.saw(&pull("second"));
        drop(second);
        assert_eq!(third.await.seen().map(|pull| pull.title).as_deref(), Some("second"));
        assert!(looks.slots().is_empty());
    }

    #[tokio::test]
    async fn a_look_under_another_configuration_is_not_shared() {
        let looks = Looks::default();
        let (old, new) = (Arc::new(RepositoryConfig::default()), Arc::new(RepositoryConfig::default()));
        let first = looks.turn((1, 2), &old).await;
        let (second, third) = (looks.turn((1, 2), &old), looks.turn((1, 2), &new));
        tokio::pin!(second, third);
        assert!(futures_are_pending(&mut second, &mut third).await);
        drop(first);
        let mut second = second.await;
        second.saw(&pull("old"));
        drop(second);
        assert!(third.await.seen().is_none());
    }

    /// Lets both ask for their turn, in this order.
    async fn futures_are_pending<A: Future, B: Future>(
        one: &mut std::pin::Pin<&mut A>,
        other: &mut std::pin::Pin<&mut B>,
    ) -> bool {
        std::future::poll_fn(|context| {
            let pending = one.as_mut().poll(context).is_pending() & other.as_mut().poll(context).is_pending();
            std::task::Poll::Ready(pending)
        })
        .await
    }
}
