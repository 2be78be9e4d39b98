//! The loop of every worker: claim a job, do it, conclude it, claim the next.

use std::time::Duration;

use async_trait::async_trait;
use tfpilot_protocol::{
    ClaimAnswer, ClaimId, ClaimRequest, Conclusion, Job, PROTOCOL_VERSION, RunId, Secret,
};

use crate::cancel::{Cancel, Level};
use crate::client::{ClientError, Patience};
use crate::job::Worker;

/// Proves to the app who claims.
#[async_trait]
pub trait Proof: Send + Sync {
    /// A bearer token that is good now.
    async fn token(&self) -> Result<Secret, String>;
}

/// A sidecar's token.
#[async_trait]
impl Proof for Secret {
    async fn token(&self) -> Result<Secret, String> {
        Ok(self.clone())
    }
}

/// Hears of jobs; an Actions console groups what comes between.
pub trait Audience: Send + Sync {
    /// A job begins.
    fn begins(&self, job: &Job);
    /// It has ended. With an error the app did not take the conclusion.
    fn ended(&self, job: &Job, end: &Result<Conclusion, ClientError>);
}

/// How a worker claims.
pub struct Claims<'a> {
    /// Does the jobs.
    pub worker: &'a Worker,
    /// Who claims.
    pub proof: &'a dyn Proof,
    /// The worker's name in logs and journals.
    pub name: String,
    /// The run it was dispatched for; a sidecar has none.
    pub run: Option<RunId>,
    /// True: waits for the next job. False: ends when there is none.
    pub waits: bool,
    /// Ends after one job.
    pub once: bool,
    /// How long an app that does not answer is asked again.
    pub patience: Patience,
    /// Hears of jobs.
    pub audience: &'a dyn Audience,
}

impl std::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claims").field("name", &self.name).field("run", &self.run).finish_non_exhaustive()
    }
}

/// What a worker did until it ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Jobs whose conclusion the app has.
    pub concluded: u32,
    /// Jobs whose conclusion it did not take: no check shows how they ended.
    pub unheard: u32,
}

impl Claims<'_> {
    /// Claims until nothing is left, or until `cancel` says to stop.
    pub async fn run(&self, cancel: &Cancel) -> Result<Tally, ClientError> {
        let mut tally = Tally::default();
        let (mut tries, mut since) = (0, std::time::Instant::now());
        let mut claim = new_claim();
        while cancel.level() == Level::Run {
            let wait = match self.claim(claim).await {
                Ok(ClaimAnswer::Job(job)) => {
                    claim = new_claim();
                    self.work(&job, cancel, &mut tally).await;
                    if self.once {
                        return Ok(tally);
                    }
                    (tries, since) = (0, std::time::Instant::now());
                    continue;
                }
                Ok(ClaimAnswer::Nothing { .. }) if !self.waits => return Ok(tally),
                Ok(ClaimAnswer::Nothing { retry_after_seconds }) => {
                    (tries, since) = (0, std::time::Instant::now());
                    Duration::from_secs(retry_after_seconds.clamp(1, 300))
                }
                Err(error @ ClientError::Unreachable { .. }) => {
                    tries += 1;
                    match self.patience.wait(tries, since.elapsed(), None) {
                        Some(wait) => {
                            tracing::warn!(%error, ?wait, "the app is asked again");
                            wait
                        }
                        None => return Err(error),
                    }
                }
                Err(error) => return Err(error),
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = cancel.reached(Level::Drain) => {}
            }
        }
        Ok(tally)
    }

    async fn claim(&self, claim: ClaimId) -> Result<ClaimAnswer, ClientError> {
        let request = ClaimRequest {
            claim: Some(claim),
            protocol: PROTOCOL_VERSION,
            worker: self.name.clone(),
            run: self.run,
            terraform: Some(self.worker.terraform.version().to_owned()),
        };
        let token = self
            .proof
            .token()
            .await
            .map_err(|why| ClientError::Unreachable { path: "the worker's own proof".into(), why })?;
        self.worker.app.claim(&token, &request).await
    }

    async fn work(&self, job: &Job, cancel: &Cancel, tally: &mut Tally) {
        self.audience.begins(job);
        let end = self.worker.run(job, cancel).await;
        self.audience.ended(job, &end);
        match end {
            Ok(_) => tally.concluded += 1,
            Err(_) => tally.unheard += 1,
        }
    }
}

fn new_claim() -> ClaimId {
    ClaimId(uuid::Uuid::now_v7())
}

/// One word for how a job ended, for logs.
pub fn word(conclusion: &Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Planned(_) => "planned",
        Conclusion::Applied(_) => "applied",
        Conclusion::Failed { cancelled: true, .. } => "cancelled",
        Conclusion::Failed { stale: true, .. } => "stale",
        Conclusion::Failed { .. } => "failed",
        Conclusion::NotAdmitted { .. } => "not-admitted",
    }
}
