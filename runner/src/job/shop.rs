//! One job with what its steps need, and the steps that plan and apply share: phases, checkout, the check of
//! Terraform's version and the account.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tfpilot_protocol::{Job, Phase, Severity};

use super::{Stop, Worker};
use crate::cancel::{Cancel, Level};
use crate::client::JobClient;
use crate::mask::Mask;
use crate::progress::Progress;
use crate::source::{Checkout, Git, SourceError};
use crate::terraform::diagnostics::message;
use crate::terraform::session::Session;
use crate::workdir::JobDir;

/// One job with what its steps need.
pub(crate) struct Shop<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) job: &'a Job,
    pub(crate) client: JobClient,
    pub(crate) dir: JobDir,
    pub(crate) mask: Mask,
    pub(crate) cancel: Cancel,
    pub(crate) progress: &'a Progress,
    /// When plan and show must be done.
    pub(crate) plan_ends: Instant,
}

impl Shop<'_> {
    /// The next phase, unless the job is to stop.
    pub(crate) fn enter(&mut self, phase: Phase) -> Result<(), Stop> {
        if self.cancel.level() >= Level::Drain {
            return Err(Stop::Failed { phase, diagnostics: Vec::new(), cancelled: true, stale: false });
        }
        if phase == Phase::Plan {
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
