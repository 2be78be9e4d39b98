//! The static gate as a repository configures it.

use tfpilot_admission::{AllowList, Finding};
use tfpilot_engine::AdmissionFinding;

use crate::config::RepositoryConfig;

/// What may run beyond the built-in list. `persistent` is for runners whose disk outlives their jobs.
pub(crate) fn allow_list(config: &RepositoryConfig, persistent: bool) -> AllowList {
    config.allow_list(persistent)
}

/// A finding as the engine keeps it.
pub(crate) fn finding(finding: Finding) -> AdmissionFinding {
    AdmissionFinding {
        rule: finding.rule,
        path: finding.path,
        line: finding.line,
        what: finding.what,
        why: finding.why,
        next: finding.next,
    }
}
