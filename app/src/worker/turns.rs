//! Turns at showing a change: one writes at a time, and renders after the one before is done. A command's lease does not
//! promise that, because who is slower than it goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

use crate::store::StreamId;

/// A lock for each stream at which somebody is.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<StreamId, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits until nobody else in this process has it.
    pub(crate) async fn of(&self, stream: &StreamId) -> OwnedMutexGuard<()> {
        let lock = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, lock| lock.strong_count() > 0);
            turns.get(stream).and_then(Weak::upgrade).unwrap_or_else(|| {
                let lock = Arc::default();
                turns.insert(stream.clone(), Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn one_has_its_turn_after_the_other_and_other_streams_do_not_wait() {
        let turns = Turns::default();
        let (one, other) = (StreamId("one".to_owned()), StreamId("other".to_owned()));
        let first = turns.of(&one).await;
        let elsewhere = turns.of(&other).await;
        let mut second = Box::pin(turns.of(&one));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(first);
        let second = second.await;
        drop((second, elsewhere));

        let _again = turns.of(&one).await;
        assert_eq!(turns.0.lock().unwrap().len(), 1, "what nobody holds is forgotten");
    }
}
