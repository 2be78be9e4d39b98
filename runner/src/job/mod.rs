//! One job from claim to conclusion. The steps of a plan are in [`plan`], those of an apply in [`apply`]; here
//! is what both share: the folders, the client, heartbeats, and how an end becomes a [`Conclusion`].

mod admit;
mod apply;
mod compare;
mod plan;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tfpilot_protocol::{
    Conclusion, Diagnostic, Job, NotAdmitted, Operation, PROTOCOL_VERSION, Phase, Secret, Severity, Source,
};

use crate::cancel::{self, Cancel, Level, Stopper};
use crate::client::{App, ClientError, Heart, JobClient, Patience};
use crate::mask::Mask;
use crate::progress::{Progress, Watch};
use crate::source::{Checkout, Git, SourceError};
use crate::terraform::Terraform;
use crate::terraform::diagnostics::message;
use crate::terraform::session::{Session, StepError};
use crate::workdir::{JobDir, WorkDir};

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

/// A token that is shown to one repository's address only, whatever a job names.
#[derive(Debug, Clone)]
pub struct OwnRepository {
    /// Its web address, such as `https://github.com/acme/infra`.
    pub url: String,
    /// Reads it.
    pub token: Secret,
}

impl OwnRepository {
    /// `source` with this token, if it has none and is this repository.
    fn complete(&self, source: &Source) -> Source {
        let own = source.clone_url.strip_suffix(".git").unwrap_or(&source.clone_url) == self.url;
        let token = source.token.clone().or_else(|| own.then(|| self.token.clone()));
        Source { token, ..source.clone() }
    }
}

/// Why a job ends early.
pub(crate) enum Stop {
    /// A step failed.
    Failed { phase: Phase, diagnostics: Vec<Diagnostic>, cancelled: bool, stale: bool },
    /// The static gate.
    NotAdmitted(Vec<NotAdmitted>),
}

impl Stop {
    /// A failure of the runner's own.
    pub(crate) fn new(phase: Phase, what: impl Into<String>, next: impl Into<String>) -> Self {
        let diagnostics = vec![message(Severity::Error, what, next)];
        Self::Failed { phase, diagnostics, cancelled: false, stale: false }
    }

    /// A failure of a Terraform command.
    pub(crate) fn step(phase: Phase) -> impl FnOnce(StepError) -> Self {
        move |error| {
            let cancelled = matches!(error, StepError::Cancelled(_));
            Self::Failed { phase, diagnostics: error.diagnostics(), cancelled, stale: false }
        }
    }
}

/// One job with what its steps need.
pub(crate) struct Shop<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) job: &'a Job,
    pub(crate) client: JobClient,
    pub(crate) dir: JobDir,
    pub(crate) mask: Mask,
    pub(crate) cancel: Cancel,
    pub(crate) progress: &'a Progress,
    plan_ends: Instant,
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
                let failed =
                    Conclusion::Failed { phase: Phase::Show, diagnostics, cancelled: false, stale: false };
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

impl Shop<'_> {
    /// The next phase, unless the job is to stop.
    pub(crate) fn enter(&mut self, phase: Phase) -> Result<(), Stop> {
        if self.cancel.level() >= Level::Drain {
            return Err(Stop::Failed { phase, diagnostics: Vec::new(), cancelled: true, stale: false });
        }
        if phase == Phase::Validate {
            self.plan_ends = Instant::now() + Duration::from_secs(self.job.limits.plan_seconds);
        }
        self.progress.phase(phase);
        Ok(())
    }

    /// Fetches the commit and lays it out.
    pub(crate) async fn check_out(&self) -> Result<Checkout, Stop> {
        let environment = self.worker.terraform.environment();
        let result: Result<Checkout, SourceError> = async {
            let git = Git::create(&self.dir.repository(), environment, &self.dir.home(), self.cancel.clone())
                .await?;
            let own = self.worker.own_repository.as_ref();
            let source = own.map_or_else(|| self.job.source.clone(), |own| own.complete(&self.job.source));
            git.fetch(&source).await?;
            Checkout::lay_out(&git, &self.job.source.head, &self.dir.checkout()).await
        }
        .await;
        let cancelled = self.cancel.level() >= Level::Drain;
        let checkout = result.map_err(|error| {
            let what = self.mask.text(&format!("the commit could not be checked out: {error}"));
            let diagnostics = vec![message(Severity::Error, what, "")];
            Stop::Failed { phase: Phase::Checkout, diagnostics, cancelled, stale: false }
        })?;
        if !self.stack_dir().is_dir() {
            let what = format!("commit {} has no directory {}", self.job.source.head, self.job.stack);
            return Err(Stop::new(Phase::Checkout, what, "Was the stack removed or renamed?"));
        }
        Ok(checkout)
    }

    /// The version of Terraform and the cloud account must be those the job asks for. Returns the account.
    pub(crate) async fn check_world(&self, phase: Phase) -> Result<Option<String>, Stop> {
        let has = self.worker.terraform.version();
        if let Some(wanted) = self.job.terraform_version.as_deref().filter(|wanted| *wanted != has) {
            let what = format!("the repository asks for Terraform {wanted}, this worker has {has}");
            return Err(Stop::new(
                phase,
                what,
                "Install that version on the worker, or change `terraform_version`.",
            ));
        }
        let account = crate::account::ask(self.worker.terraform.environment()).await;
        let account = account
            .map_err(|error| Stop::new(phase, self.mask.text(&error.to_string()), "Check the login step."))?;
        match (&self.job.account, &account) {
            (Some(wanted), Some(found)) if wanted != found => {
                let what = format!(
                    "the environment {} is account {wanted}, the credentials open {found}",
                    self.job.environment
                );
                Err(Stop::new(phase, what, "Check the role of this environment."))
            }
            (Some(wanted), None) => {
                let what = format!(
                    "the environment {} is account {wanted}, the worker has no credentials that say theirs",
                    self.job.environment
                );
                Err(Stop::new(
                    phase,
                    what,
                    "Log in to AWS before the runner starts, so that AWS_ACCESS_KEY_ID is set.",
                ))
            }
            _ => Ok(account),
        }
    }

    /// Where the stack lies on disk.
    pub(crate) fn stack_dir(&self) -> PathBuf {
        self.dir.checkout().join(&self.job.stack)
    }

    /// The path of a file of the stack in the repository.
    pub(crate) fn in_stack(&self, name: &str) -> String {
        let path = Path::new(&self.job.stack).join(name);
        path.components()
            .filter(|part| *part != std::path::Component::CurDir)
            .collect::<PathBuf>()
            .display()
            .to_string()
    }

    /// Terraform in the stack's directory.
    pub(crate) fn session<'s>(&'s self, home: &'s Path) -> Session<'s> {
        self.session_with(home, self.cancel.clone())
    }

    /// The same, stopped by another hand.
    pub(crate) fn session_with<'s>(&'s self, home: &'s Path, cancel: Cancel) -> Session<'s> {
        Session {
            terraform: &self.worker.terraform,
            dir: self.stack_dir(),
            stack: &self.job.stack,
            home,
            limits: self.job.limits,
            cancel,
            mask: self.mask.clone(),
            progress: self.progress,
            plan_ends: self.plan_ends,
        }
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
    fn the_workers_own_token_is_shown_to_its_repository_alone() {
        let own = OwnRepository { url: "https://github.com/acme/infra".into(), token: Secret::new("own") };
        let token = |clone_url: &str, token: Option<&str>| {
            let source =
                Source { clone_url: clone_url.into(), head: String::new(), token: token.map(Secret::new) };
            own.complete(&source).token.map(|token| token.expose().to_owned())
        };
        assert_eq!(token("https://github.com/acme/infra.git", None).as_deref(), Some("own"));
        assert_eq!(token("https://github.com/acme/infra", Some("job's")).as_deref(), Some("job's"));
        assert_eq!(token("https://github.com.evil.org/acme/infra.git", None), None);
        assert_eq!(token("https://github.com/acme/infra-2.git", None), None);
    }

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
