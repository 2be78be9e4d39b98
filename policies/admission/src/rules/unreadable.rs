//! `admission/unreadable`: files, templates and module graphs that cannot be read in full, in one way only.

use crate::finding::Findings;
use crate::subject::Subject;
use tfpilot_hcl::{Diagnostic, Place};

/// The rule's name.
pub const NAME: &str = "unreadable";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for diagnostic in subject.graph.unreadable.iter().chain(&subject.reads.unreadable) {
        findings.unreadable(NAME, diagnostic);
    }
    let root = subject.graph.instances.first();
    if root.is_none_or(|root| root.module.files.is_empty() && root.module.unreadable.is_empty()) {
        let place = Place::start(subject.stack.directory.to_string());
        let what = format!("no Terraform files in {}", subject.stack.directory);
        findings.unreadable(NAME, &Diagnostic::new(place, what, "name a directory with `.tf` files"));
    }
}

/// What takes too long to judge was not judged.
pub(crate) fn exhausted(subject: &Subject<'_>, findings: &mut Findings) {
    if subject.graph.fuel.is_empty() {
        let place = subject.place_of(&subject.stack.directory);
        findings.unreadable(
            NAME,
            &Diagnostic::new(place, "the stack's code takes too long to judge", "split the stack"),
        );
    }
}
