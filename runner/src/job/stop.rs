//! Why a job ends early, as its steps say it.

use tfpilot_protocol::{Diagnostic, NotAdmitted, Phase, Severity};

use crate::terraform::diagnostics::message;
use crate::terraform::session::StepError;

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
