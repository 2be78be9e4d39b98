//! The workflow's log: one fold for each job, the jobs' own lines between stop-commands, secrets masked at
//! GitHub too.

use std::fmt;
use std::io::Write;
use std::sync::Mutex;

use tfpilot_protocol::{Conclusion, Job, Operation, Phase, Secret};
use tfpilot_runner::claims::Audience;
use tfpilot_runner::client::ClientError;
use tfpilot_runner::progress::Watch;

use crate::commands::{END_GROUP, add_mask, group, plain, resume_commands, stop_commands};
use crate::summary::{Summary, outcome};

/// Writes the log.
pub struct Console {
    out: Mutex<Box<dyn Write + Send>>,
    /// Set while a job speaks: the word that ends it.
    stopped: Mutex<Option<String>>,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

impl Console {
    /// Writes to standard output, which GitHub reads.
    pub fn stdout() -> Self {
        Self::to(Box::new(std::io::stdout()))
    }

    fn to(out: Box<dyn Write + Send>) -> Self {
        Self { out: Mutex::new(out), stopped: Mutex::new(None) }
    }

    /// Tells GitHub to hide a secret in the rest of the log.
    pub fn hide(&self, secret: &Secret) {
        add_mask(secret.expose()).iter().for_each(|line| self.write(line));
    }

    /// One line of our own.
    pub fn say(&self, line: &str) {
        self.write(&plain(line));
    }

    fn begin(&self, job: &Job) {
        for secret in [Some(&job.token), job.source.token.as_ref()].into_iter().flatten() {
            self.hide(secret);
        }
        self.write(&group(&title(job)));
        // Not to be guessed by the code of a pull request, which is written before.
        let word = uuid::Uuid::new_v4().simple().to_string();
        self.write(&stop_commands(&word));
        *self.stopped.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(word);
    }

    fn end(&self) {
        let word = self.stopped.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(word) = word {
            self.write(&resume_commands(&word));
            self.write(END_GROUP);
        }
    }

    fn write(&self, line: &str) {
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A log that is gone is no reason to stop an apply.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

impl Watch for Console {
    fn phase(&self, phase: Phase) {
        let words = match phase {
            Phase::Checkout => "Checking out the commit",
            Phase::Admission => "Judging the code before it runs",
            Phase::Init => "terraform init",
            Phase::Validate => "terraform validate",
            Phase::Plan => "terraform plan",
            Phase::Show => "Reading the plan",
            Phase::Verify => "Verifying the reviewed plan",
            Phase::Apply => "terraform apply",
        };
        self.write(&format!("> {words}"));
    }

    fn line(&self, line: &str) {
        self.write(&format!("  {}", plain(line)));
    }
}

/// Folds the log by jobs and writes the summary's lines.
pub(crate) struct Groups<'a> {
    pub(crate) console: &'a Console,
    pub(crate) summary: &'a Summary,
}

impl Audience for Groups<'_> {
    fn begins(&self, job: &Job) {
        self.console.begin(job);
    }

    fn ended(&self, job: &Job, end: &Result<Conclusion, ClientError>) {
        self.console.end();
        let how = outcome(end);
        self.console.say(&format!("{}: {how}", title(job)));
        self.summary.add(job, &how);
    }
}

fn title(job: &Job) -> String {
    let word = match job.operation {
        Operation::Plan => "Plan",
        Operation::Apply => "Apply",
    };
    format!("{word} {} ({})", job.stack, job.environment)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    pub(crate) struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn job() -> Job {
        serde_json::from_value(serde_json::json!({
            "protocol": 1, "id": "01890a5d-ac96-774b-bcce-b302099a8057", "run": "01890a5d-ac96-774b-bcce-b302099a8058",
            "operation": "plan", "token": "job-token", "lease_seconds": 60,
            "repository": {"id": 7, "full_name": "acme/infra"},
            "source": {"clone_url": "https://github.com/acme/infra.git", "head": "a", "token": "ghs_source"},
            "stack": "live/dev/a|b\n::error::x", "environment": "dev", "inputs_digest": "1", "admission": {},
            "limits": {"init_seconds": 1, "plan_seconds": 1, "apply_warn_seconds": 1, "memory_mib": 1},
        }))
        .unwrap()
    }

    #[test]
    fn a_job_cannot_speak_to_githubs_runner() {
        let out = Shared::default();
        let console = Console::to(Box::new(out.clone()));
        let summary = Summary::new(None);
        let groups = Groups { console: &console, summary: &summary };
        groups.begins(&job());
        let word = console.stopped.lock().unwrap().clone().unwrap();
        console.phase(Phase::Plan);
        console.line("::add-path::/tmp/evil\r::error::no");
        let refused = ClientError::Malformed { path: "conclude".into(), why: "x".into() };
        groups.ended(&job(), &Err(refused));
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap().replace(&word, "WORD");
        insta::assert_snapshot!(text, @r"
        ::add-mask::job-token
        ::add-mask::ghs_source
        ::group::Plan live/dev/a|b ::error::x (dev)
        ::stop-commands::WORD
        > terraform plan
          ::add-path::/tmp/evil ::error::no
        ::WORD::
        ::endgroup::
        Plan live/dev/a|b ::error::x (dev): not reported: the app's answer to conclude is not understood: x
        ");
    }
}
