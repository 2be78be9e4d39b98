//! `admission/unknown-block`: blocks at the top level, and settings in `terraform`, that this list does not know. A later
//! Terraform may give a new block a meaning that no rule here judges.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;

/// The rule's name.
pub const NAME: &str = "unknown-block";

/// Blocks that other rules judge or that do nothing by themselves.
const KNOWN: [&str; 13] = [
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
];

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for (file, block) in subject.blocks() {
        if !KNOWN.contains(&block.kind.as_str()) {
            refuse(&block.kind, &block.place, findings);
        }
        if block.kind != "terraform" {
            continue;
        }
        for setting in &block.body.attributes {
            let known = setting.name == "required_version"
                || (file.syntax == tfpilot_hcl::source::Syntax::Json && known_setting_block(&setting.name));
            if !known {
                refuse(&setting.name, &setting.place, findings);
            }
        }
        for setting in block.body.blocks.iter().filter(|setting| !known_setting_block(&setting.kind)) {
            refuse(&setting.kind, &setting.place, findings);
        }
    }
    // A file holds blocks only.
    for file in subject.modules().flat_map(|(_, module)| &module.files) {
        file.body.attributes.iter().for_each(|attribute| refuse(&attribute.name, &attribute.place, findings));
    }
}

/// Blocks inside `terraform`; `cloud` is judged as a backend.
fn known_setting_block(kind: &str) -> bool {
    matches!(kind, "backend" | "cloud" | "required_providers")
}

fn refuse(name: &str, place: &tfpilot_hcl::Place, findings: &mut Findings) {
    let why = "TfPilot does not know what Terraform does with it";
    findings.add(place, Say { rule: NAME, what: code(name), why, next: "remove it" });
}
