//! What is not admitted, and how it is told. Where it is shown and who may override it belongs to others.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use tfpilot_hcl::{Diagnostic, Place};

/// Most findings that are kept; a person repairs them in rounds anyway.
const FINDINGS_CAP: usize = 200;

/// The verdict on a stack's code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Admission {
    /// What is not admitted, by place. Empty: the code may run.
    pub findings: Vec<Finding>,
    /// How many further findings are not listed.
    pub omitted: usize,
}

/// One thing that is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// The file, as shown to people.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// The rule's name, by which it is overridden: `admission/shared-config-files`.
    pub rule: String,
    /// What was found, short: `` `shared_config_files` ``.
    pub what: String,
    /// Why that is not admitted, a sentence.
    pub why: String,
    /// What to do instead.
    pub next: String,
}

impl Admission {
    /// Whether the code may run.
    pub fn is_admitted(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, why, next, .. } = self;
        write!(f, "Not admitted: {path}:{line} {what}: {why}; {next}")
    }
}

/// Findings as the rules make them.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: BTreeSet<Finding>,
    omitted: usize,
}

/// The text of a finding, without its place.
pub(crate) struct Say<'s> {
    pub(crate) rule: &'s str,
    pub(crate) what: String,
    pub(crate) why: &'s str,
    pub(crate) next: &'s str,
}

impl Findings {
    /// Adds a finding; one place is told once per rule and thing, in however many instances of a module it stands.
    pub(crate) fn add(&mut self, place: &Place, say: Say<'_>) {
        let finding = Finding {
            path: place.path.clone(),
            line: place.line,
            column: place.column,
            rule: format!("admission/{}", say.rule),
            what: say.what,
            why: say.why.to_owned(),
            next: say.next.to_owned(),
        };
        if self.found.len() < FINDINGS_CAP || self.found.contains(&finding) {
            self.found.insert(finding);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds what could not be read.
    pub(crate) fn unreadable(&mut self, rule: &str, diagnostic: &Diagnostic) {
        let Diagnostic { place, what, hint } = diagnostic;
        self.add(
            place,
            Say { rule, what: what.clone(), why: "what cannot be read is not admitted", next: hint },
        );
    }

    pub(crate) fn into_admission(self) -> Admission {
        Admission { findings: self.found.into_iter().collect(), omitted: self.omitted }
    }
}

/// A name in code font, for the text of a finding. Names come from the code under review, so they are kept short and on one
/// line, and cannot end the code font.
pub(crate) fn code(name: &str) -> String {
    let mut shown: String =
        name.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).take(80).collect();
    if name.chars().count() > 80 {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_a_refusal() {
        let mut findings = Findings::default();
        let place = Place { path: "main.tf".to_owned(), line: 3, column: 3 };
        let say = || Say {
            rule: "shared-config-files",
            what: code("shared_config_files"),
            why: "it can run a program",
            next: "remove it",
        };
        findings.add(&place, say());
        findings.add(&place, say());
        let admission = findings.into_admission();
        assert_eq!(admission.findings.len(), 1);
        assert_eq!(
            admission.findings[0].to_string(),
            "Not admitted: main.tf:3 `shared_config_files`: it can run a program; remove it"
        );
        assert_eq!(admission.findings[0].rule, "admission/shared-config-files");
    }

    #[test]
    fn many_findings_are_counted_not_kept() {
        let mut findings = Findings::default();
        for line in 0..300 {
            let place = Place { path: "main.tf".to_owned(), line, column: 1 };
            findings.add(&place, Say { rule: "x", what: String::new(), why: "", next: "" });
        }
        let admission = findings.into_admission();
        assert_eq!((admission.findings.len(), admission.omitted), (200, 100));
        assert!(!admission.is_admitted());
    }

    #[test]
    fn names_cannot_leave_their_code_font() {
        assert_eq!(code("a`\n**b"), "`a  **b`");
        assert_eq!(code(&"x".repeat(100)).chars().count(), 83);
    }
}
