//! One job from claim to conclusion: heartbeats around it, and how its end becomes a [`Conclusion`]. The steps
//! of a plan are in `plan.rs`, those of an apply in `apply.rs`, what both share in `shop.rs`.

mod admit;
mod apply;
mod compare;
mod own;
mod plan;
mod shop;
mod stop;

pub use own::OwnRepository;
pub(crate) use shop::Shop;
pub(crate) use stop::Stop;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tfpilot_protocol::{Conclusion, Job, Operation, PROTOCOL_VERSION, Phase, Secret, Severity};

use crate::cancel::{self, Cancel, Level, Stopper};
use crate::client::{App, ClientError, Heart, JobClient, Patience};
use crate::mask::Mask;
use crate::progress::{Progress, Watch};
use crate::terraform::Terraform;
use crate::terraform::diagnostics::message;
use crate::workdir::WorkDir;

/// What a worker has, whatever the job.
pub struct Worker {
    /// The app.
    pub app: App,
    /// Terraform on this machine.
    pub terraform: Terraform,
    /// The worker's folder.
    pub work: WorkDir,
    /// True when this machine's disk outlives its jobs: only here a local backend is used.
    pub persistent: bool,
    /// A token of the worker's own for one repository, used where a job brings none.
    pub own_repository: Option<OwnRepository>,
    /// The worker's own secrets, beside those of its jobs and clouds.
    pub secrets: Vec<Secret>,
    /// Hears what jobs say.
    pub watch: Arc<dyn Watch>,
    /// How long a journal entry is offered to the app before the apply is interrupted.
    pub journal_patience: Patience,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("terraform", &self.terraform)
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// Does `job` and concludes it. Nothing but the conclusion's delivery can fail. `outer` stops the worker.
    pub async fn run(&self, job: &Job, outer: &Cancel) -> Result<Conclusion, ClientError> {
        let client = self.app.job(job);
        let (stopper, cancel) = cancel::channel();
        let forward = Forward::start(outer.clone(), stopper.clone());
        let progress = Arc::new(Progress::new(Arc::clone(&self.watch)));
        let heart = Heart::start(client.clone(), Arc::clone(&progress), job.lease_seconds, stopper);
        let conclusion = self.work_on(job, &client, cancel, &progress).await;
        let conclusion = match client.conclude(&conclusion).await {
            Err(error) if conclusion_is_too_much(&error) => {
                let what = format!("the app did not take the report: {error}");
                let diagnostics =
                    vec![message(Severity::Error, what, "Split the stack, or ask the app's operator.")];
                let phase = match job.operation {
                    Operation::Plan => Phase::Show,
                    Operation::Apply => Phase::Apply,
                };
                let failed = Conclusion::Failed { phase, diagnostics, cancelled: false, stale: false };
                client.conclude(&failed).await.map(|()| failed)?
            }
            other => other.map(|()| conclusion)?,
        };
        drop((heart, forward));
        Ok(conclusion)
    }

    async fn work_on(
        &self,
        job: &Job,
        client: &JobClient,
        cancel: Cancel,
        progress: &Progress,
    ) -> Conclusion {
        let result = match self.open(job, client, cancel, progress) {
            Err(stop) => Err(stop),
            Ok(shop) => match job.operation {
                Operation::Plan => plan::run(shop).await,
                Operation::Apply => apply::run(shop).await,
            },
        };
        match result {
            Ok(conclusion) => conclusion,
            Err(Stop::NotAdmitted(findings)) => Conclusion::NotAdmitted { findings },
            Err(Stop::Failed { phase, mut diagnostics, cancelled, stale }) => {
                if cancelled && diagnostics.is_empty() {
                    diagnostics.push(message(Severity::Error, "stopped by an order", ""));
                }
                Conclusion::Failed { phase, diagnostics, cancelled, stale }
            }
        }
    }

    fn open<'a>(
        &'a self,
        job: &'a Job,
        client: &JobClient,
        cancel: Cancel,
        progress: &'a Progress,
    ) -> Result<Shop<'a>, Stop> {
        if job.protocol != PROTOCOL_VERSION {
            let what = format!("the job speaks protocol {}, this runner {PROTOCOL_VERSION}", job.protocol);
            return Err(Stop::new(Phase::Checkout, what, "Update the runner, or the app."));
        }
        if !is_stack_path(&job.stack) {
            let what = format!("{:?} is no path of a stack", job.stack);
            return Err(Stop::new(Phase::Checkout, what, "A stack is a directory inside the repository."));
        }
        let own = [Some(&job.token), job.source.token.as_ref()].into_iter().flatten();
        let clouds = self.terraform.environment().secrets();
        let mask = Mask::new(own.chain(&self.secrets).chain(&clouds));
        let dir = self.work.job().map_err(|error| {
            let what = format!("the work directory cannot be used: {error}");
            Stop::new(Phase::Checkout, what, "Look at the runner's disk.")
        })?;
        let plan_ends = Instant::now() + Duration::from_secs(86_400);
        Ok(Shop { worker: self, job, client: client.clone(), dir, mask, cancel, progress, plan_ends })
    }
}

/// The job is still this worker's, but its report is too large or is not accepted. A check that stays open would
/// be worse than a failed one.
fn conclusion_is_too_much(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused { status: 400 | 413 | 422, .. })
}

/// Relative, without tricks; `.` is the repository itself.
fn is_stack_path(path: &str) -> bool {
    path == "."
        || path.split('/').all(|part| {
            !matches!(part, "" | "." | "..") && !part.starts_with('-') && !part.chars().any(char::is_control)
        })
}

/// Hands the worker's level on to a job until it is dropped.
struct Forward(tokio::task::JoinHandle<()>);

impl Forward {
    fn start(outer: Cancel, stopper: Stopper) -> Self {
        Self(tokio::spawn(async move {
            for level in [Level::Drain, Level::Interrupt] {
                outer.reached(level).await;
                stopper.raise(level);
            }
        }))
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_lies_inside_the_repository() {
        for good in [".", "live/dev/a", "a b", "..a"] {
            assert!(is_stack_path(good), "{good}");
        }
        for bad in ["", "/a", "a/../b", "..", "a//b", "-chdir=x", "a/", "a\nb"] {
            assert!(!is_stack_path(bad), "{bad}");
        }
    }
}
