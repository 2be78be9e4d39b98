//! Heartbeats in the background of a job. They keep its lease and carry orders back.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{ClientError, JobClient};
use crate::cancel::{Level, Stopper};
use crate::progress::Progress;

/// Longest wait between two beats: an order reaches its job within this time.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Beats until it is dropped.
#[derive(Debug)]
pub struct Heart(JoinHandle<()>);

impl Heart {
    /// Begins to beat, several times within a lease. An order to cancel, a lost job, and a lease that ran out
    /// without an answer raise the level to [`Level::Interrupt`].
    pub fn start(client: JobClient, progress: Arc<Progress>, lease_seconds: u64, stopper: Stopper) -> Self {
        Self(tokio::spawn(async move {
            let mut lease = Duration::from_secs(lease_seconds.clamp(1, 3600));
            let mut ends = Instant::now() + lease;
            loop {
                match client.heartbeat(&progress.heartbeat()).await {
                    Ok(orders) => {
                        lease = Duration::from_secs(orders.lease_seconds.clamp(1, 3600));
                        ends = Instant::now() + lease;
                        if orders.cancel {
                            tracing::info!("the app orders to cancel");
                            stopper.raise(Level::Interrupt);
                        }
                    }
                    Err(ClientError::Refused { problem, .. }) => {
                        tracing::error!(code = problem.code, message = problem.message, "the job is lost");
                        stopper.raise(Level::Interrupt);
                        return;
                    }
                    Err(error) => tracing::warn!(%error, "heartbeat"),
                }
                if Instant::now() >= ends {
                    // The app takes this worker for lost by now; what can be repeated is repeated elsewhere.
                    // An apply goes on: stopping it half-way would help nobody.
                    tracing::error!("the lease ran out without an answer");
                    stopper.raise(Level::Drain);
                }
                tokio::time::sleep((lease / 4).clamp(Duration::from_millis(200), LONGEST_WAIT)).await;
            }
        }))
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.0.abort();
    }
}
