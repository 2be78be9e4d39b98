//! What the doctor says: one line per matter, with what to do where something is to be done.

use std::fmt::Write;

use serde::Serialize;

use crate::github::{Failure, GitHubError};

/// How a matter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// As it should be.
    Ok,
    /// Works, though perhaps not as meant, or could not be looked at.
    Warn,
    /// Something will not work, or is not safe.
    Fail,
}

/// One matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    verdict: Verdict,
    about: String,
    what: String,
    next: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    /// In the order in which it was looked at.
    checks: Vec<Line>,
    /// True when GitHub did not answer, so that the rest is not known.
    unreachable: bool,
}

impl Report {
    pub(super) fn ok(&mut self, about: &str, what: impl Into<String>) {
        self.add(Verdict::Ok, about, what.into(), None);
    }

    pub(super) fn warn(&mut self, about: &str, what: impl Into<String>, next: impl Into<String>) {
        self.add(Verdict::Warn, about, what.into(), Some(next.into()));
    }

    pub(super) fn fail(&mut self, about: &str, what: impl Into<String>, next: impl Into<String>) {
        self.add(Verdict::Fail, about, what.into(), Some(next.into()));
    }

    /// GitHub's refusal or silence.
    pub(super) fn refused(&mut self, about: &str, error: &GitHubError) {
        let next = match &error.failure {
            Failure::Transient { .. } => {
                "check the network and TFPILOT_GITHUB_API_URL, then run doctor again"
            }
            Failure::RateLimited { .. } => "run doctor again then",
            Failure::Unauthorized => {
                "set TFPILOT_GITHUB_APP_ID and TFPILOT_GITHUB_PRIVATE_KEY to those of one app; check the clock"
            }
            Failure::Forbidden { .. } => {
                "an owner of the account accepts the permission in the app's installation"
            }
            Failure::NotInstalled => "an owner of the account installs the app there",
            Failure::Suspended => "an owner of the account unsuspends it",
            Failure::Gone | Failure::Conflict { .. } | Failure::Invalid { .. } => {
                "check the name, and that the app is installed there"
            }
        };
        self.unreachable |= matches!(error.failure, Failure::Transient { .. } | Failure::RateLimited { .. });
        self.fail(about, error.to_string(), next);
    }

    fn add(&mut self, verdict: Verdict, about: &str, what: String, next: Option<String>) {
        self.checks.push(Line { verdict, about: about.to_owned(), what, next });
    }

    pub(super) fn is_unreachable(&self) -> bool {
        self.unreachable
    }

    pub(super) fn is_well(&self) -> bool {
        self.count(Verdict::Fail) == 0
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|line| line.verdict == verdict).count()
    }

    /// The lines as people read them.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for Line { verdict, about, what, next } in &self.checks {
            let verdict = match verdict {
                Verdict::Ok => "ok  ",
                Verdict::Warn => "warn",
                Verdict::Fail => "fail",
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{verdict}  {about}: {what}");
            if let Some(next) = next {
                let _ = writeln!(text, "      Next: {next}");
            }
        }
        text
    }

    /// The whole in one sentence.
    pub(super) fn summary(&self) -> String {
        let (fail, warn) = (self.count(Verdict::Fail), self.count(Verdict::Warn));
        format!("{} checks, {fail} failed, {warn} to look at", self.checks.len())
    }
}
