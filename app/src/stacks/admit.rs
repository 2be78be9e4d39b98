//! The static gate as a repository configures it.

use tfpilot_admission::{Admission, AllowList, Finding};
use tfpilot_engine::{AdmissionFinding, gate};

use crate::config::RepositoryConfig;

/// What may run beyond the built-in list. `persistent` is for runners whose disk outlives their jobs.
pub(crate) fn allow_list(config: &RepositoryConfig, persistent: bool) -> AllowList {
    config.allow_list(persistent)
}

/// Findings as the engine keeps them. What is not listed is a finding of its own, which nobody overrides: it may be of
/// any rule.
pub(crate) fn findings(stack: &str, admission: Admission) -> Vec<AdmissionFinding> {
    let omitted = (admission.omitted > 0).then(|| AdmissionFinding {
        rule: gate::NEVER_OVERRIDDEN.to_owned(),
        path: stack.to_owned(),
        line: 1,
        what: format!("{} more findings", admission.omitted),
        why: "what is not listed is not admitted".to_owned(),
        next: "repair the others first".to_owned(),
    });
    admission.findings.into_iter().map(finding).chain(omitted).collect()
}

fn finding(finding: Finding) -> AdmissionFinding {
    AdmissionFinding {
        rule: finding.rule,
        path: finding.path,
        line: finding.line,
        what: finding.what,
        why: finding.why,
        next: finding.next,
    }
}
