//! Terraform in one stack's directory: each command with its arguments, limits and answer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tfpilot_protocol::{Diagnostic, JobLimits, Severity};
use thiserror::Error;

use super::Terraform;
use super::diagnostics::{Diagnostics, cut, message, plain};
use super::process::{Bounds, Ended, Interrupted, Running};
use super::stream::Line;
use crate::cancel::{Cancel, Level};
use crate::mask::Mask;
use crate::progress::Progress;

/// A plan's JSON form may be this large, in bytes: what its reader accepts.
const SHOW_BYTES: usize = tfpilot_plan::MAX_PLAN_BYTES;
/// Any other line of Terraform, in bytes.
const LINE_BYTES: usize = 1024 * 1024;
/// Between the interrupt and the kill of what can be repeated.
const GRACE: Duration = Duration::from_secs(30);
/// Between the interrupt and the kill of an apply: a resource may take long to be created.
const APPLY_GRACE: Duration = Duration::from_secs(30 * 60);

/// Terraform at work in one directory.
#[derive(Debug)]
pub struct Session<'a> {
    /// The program.
    pub terraform: &'a Terraform,
    /// Where the stack lies on disk.
    pub dir: PathBuf,
    /// Its path in the repository.
    pub stack: &'a str,
    /// The job's home folder.
    pub home: &'a Path,
    /// The job's limits.
    pub limits: JobLimits,
    /// Whether to go on.
    pub cancel: Cancel,
    /// What may not be seen.
    pub mask: Mask,
    /// Who hears each line.
    pub progress: &'a Progress,
    /// When plan and show must be done.
    pub plan_ends: Instant,
}

/// Why a command did not do its work.
#[derive(Debug, Error)]
pub enum StepError {
    /// Terraform refused or failed.
    #[error("{}", .0.first().map_or("terraform failed", |d| d.summary.as_str()))]
    Failed(Vec<Diagnostic>),
    /// It was stopped by an order.
    #[error("stopped by an order")]
    Cancelled(Vec<Diagnostic>),
    /// It could not be started or read.
    #[error("terraform could not be run: {0}")]
    Io(#[from] std::io::Error),
}

impl StepError {
    /// What to tell, masked.
    pub fn diagnostics(self) -> Vec<Diagnostic> {
        match self {
            Self::Failed(diagnostics) | Self::Cancelled(diagnostics) => diagnostics,
            Self::Io(_) => vec![message(Severity::Error, self.to_string(), "")],
        }
    }
}

/// How much of the backend `init` sets up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// All of it: a plan reads the state.
    Use,
    /// None: a saved plan carries its own, and Terraform takes it from there.
    FromPlan,
}

impl Session<'_> {
    /// Downloads providers and modules. With [`Backend::FromPlan`] the lock file must hold everything already.
    pub async fn init(&self, backend: Backend) -> Result<Diagnostics, StepError> {
        // Two writers corrupt a plugin cache, so it is given to one at a time.
        let turn = match self.terraform.plugin_cache() {
            Some(cache) => Some((cache, crate::workdir::wait_for_lock(&cache.join(".tfpilot.lock")).await?)),
            None => None,
        };
        let args = init_args(backend, self.terraform.init_speaks_json());
        let time = Duration::from_secs(self.limits.init_seconds);
        let cache = turn.as_ref().map(|(cache, _)| *cache);
        let running = self.start(&args, Some(time), LINE_BYTES, cache)?;
        self.watch(running, "init", time).await
    }

    /// Makes a plan with exactly [`plan_args`].
    pub async fn plan(&self, args: &[String]) -> Result<Diagnostics, StepError> {
        let left = self.time_left();
        let running = self.start(args, Some(left), LINE_BYTES, None)?;
        self.watch(running, "plan", left).await
    }

    /// The JSON form of a plan file: unredacted.
    pub async fn show(&self, plan: &str) -> Result<String, StepError> {
        let left = self.time_left();
        let (text, ended) =
            self.whole(&["show".into(), "-json".into(), plan.into()], Some(left), SHOW_BYTES).await?;
        self.judge(Diagnostics::default(), ended, "show", left)?;
        Ok(text)
    }

    /// Starts an apply. The caller reads its lines, see [`crate::journal`].
    pub fn apply(&self, plan: &str) -> Result<Running, StepError> {
        let args = ["apply", "-json", "-input=false", plan].map(str::to_owned);
        Ok(self.start(&args, None, LINE_BYTES, None)?)
    }

    /// The state as the backend has it: unredacted.
    pub async fn state(&self) -> Result<String, StepError> {
        let time = Duration::from_secs(300);
        let (text, ended) = self.whole(&["state".into(), "pull".into()], Some(time), SHOW_BYTES).await?;
        self.judge(Diagnostics::default(), ended, "state pull", time)?;
        Ok(text)
    }

    /// The verdict on a command that has ended.
    pub fn judge(
        &self,
        diagnostics: Diagnostics,
        ended: Ended,
        command: &str,
        time: Duration,
    ) -> Result<Diagnostics, StepError> {
        if ended.ok() && !diagnostics.failed() {
            return Ok(diagnostics);
        }
        let failed = diagnostics.failed();
        let mut all = diagnostics.all();
        match ended.interrupted {
            Some(Interrupted::Cancelled) => return Err(StepError::Cancelled(all)),
            Some(Interrupted::TimedOut) => all.insert(
                0,
                message(
                    Severity::Error,
                    format!("terraform {command} was stopped after {} seconds", time.as_secs()),
                    "Its time limit is set in the repository's configuration; a provider that hangs is more likely.",
                ),
            ),
            None if !failed => {
                let code = ended.code.map_or("a signal".to_owned(), |code| format!("exit code {code}"));
                let detail = cut(&self.mask.text(&plain(&ended.stderr)), 4000);
                all.insert(0, message(Severity::Error, format!("terraform {command} ended with {code}"), detail));
            }
            None => {}
        }
        Err(StepError::Failed(all))
    }

    async fn watch(
        &self,
        mut running: Running,
        command: &str,
        time: Duration,
    ) -> Result<Diagnostics, StepError> {
        let mut diagnostics = Diagnostics::default();
        while let Some(text) = running.next_line().await? {
            let line = Line::parse(&text);
            if let Some(raw) = &line.diagnostic {
                diagnostics.add(raw, self.stack, &self.mask);
            }
            self.progress.line(&self.mask.text(&line.message));
        }
        self.judge(diagnostics, running.end().await?, command, time)
    }

    async fn whole(
        &self,
        args: &[String],
        time: Option<Duration>,
        bytes: usize,
    ) -> Result<(String, Ended), StepError> {
        let mut running = self.start(args, time, bytes, None)?;
        let mut text = String::new();
        while let Some(line) = running.next_line().await? {
            if text.len() + line.len() > bytes {
                running.interrupt(Interrupted::Cancelled);
                let what = format!("terraform {} said more than {} MiB", args.join(" "), bytes / 1024 / 1024);
                return Err(StepError::Failed(vec![message(Severity::Error, what, "")]));
            }
            text.push_str(&line);
            text.push('\n');
        }
        Ok((text, running.end().await?))
    }

    fn start(
        &self,
        args: &[String],
        time: Option<Duration>,
        line_bytes: usize,
        cache: Option<&Path>,
    ) -> std::io::Result<Running> {
        let applies = args.first().is_some_and(|command| command == "apply" || command == "state");
        let bounds = Bounds {
            time,
            grace: if applies { APPLY_GRACE } else { GRACE },
            memory_mib: self.limits.memory_mib,
            line_bytes,
            stops_at: if applies { Level::Interrupt } else { Level::Drain },
        };
        tracing::debug!(command = args.join(" "), stack = self.stack, "terraform starts");
        let what = self.terraform.invocation(args, &self.dir, self.home, cache);
        Running::start(&what, bounds, self.cancel.clone())
    }

    fn time_left(&self) -> Duration {
        self.plan_ends.saturating_duration_since(Instant::now())
    }
}

/// The arguments of `terraform plan`, of which the plan file's place is relative to the stack: the same on
/// every worker.
pub fn plan_args(plan: &str) -> Vec<String> {
    let out = format!("-out={plan}");
    ["plan", &out, "-lock=false", "-input=false", "-json"].map(str::to_owned).to_vec()
}

fn init_args(backend: Backend, json: bool) -> Vec<String> {
    let mut args = vec!["init".to_owned(), "-input=false".to_owned()];
    if backend == Backend::FromPlan {
        args.extend(["-backend=false".to_owned(), "-lockfile=readonly".to_owned()]);
    }
    args.push(if json { "-json" } else { "-no-color" }.to_owned());
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_plan_needs_no_backend_and_no_new_provider() {
        assert_eq!(
            init_args(Backend::FromPlan, true).join(" "),
            "init -input=false -backend=false -lockfile=readonly -json"
        );
        assert_eq!(init_args(Backend::Use, false).join(" "), "init -input=false -no-color");
    }
}
