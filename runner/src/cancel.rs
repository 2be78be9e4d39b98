//! How a job is told to stop, and how strongly. Who decides that (an order of the app, a lost lease, a signal)
//! is elsewhere; what stopping means for a child process is in [`crate::terraform::process`].

use tokio::sync::watch;

/// How strongly the worker is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Go on.
    Run,
    /// Stop what can be repeated; an apply that has started goes on to its end.
    Drain,
    /// Stop everything, an apply with one interrupt and a long grace.
    Interrupt,
}

/// The hand that stops. Clones share one level, which only rises.
#[derive(Debug, Clone)]
pub struct Stopper(watch::Sender<Level>);

/// The eye that sees the level.
#[derive(Debug, Clone)]
pub struct Cancel(watch::Receiver<Level>);

/// A pair at [`Level::Run`].
pub fn channel() -> (Stopper, Cancel) {
    let (tx, rx) = watch::channel(Level::Run);
    (Stopper(tx), Cancel(rx))
}

impl Stopper {
    /// Raises the level; a lower one than before changes nothing.
    pub fn raise(&self, level: Level) {
        self.0.send_if_modified(|now| {
            let rises = level > *now;
            if rises {
                *now = level;
            }
            rises
        });
    }
}

impl Cancel {
    /// The level now.
    pub fn level(&self) -> Level {
        *self.0.borrow()
    }

    /// Resolves once the level is at least `level`; never, when nobody can raise it any more.
    pub async fn reached(&self, level: Level) {
        let mut rx = self.0.clone();
        if rx.wait_for(|now| *now >= level).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_level_only_rises() {
        let (stopper, cancel) = channel();
        stopper.raise(Level::Interrupt);
        stopper.raise(Level::Drain);
        assert_eq!(cancel.level(), Level::Interrupt);
        cancel.reached(Level::Drain).await;
    }
}
