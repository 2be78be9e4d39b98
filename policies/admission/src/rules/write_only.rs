//! `admission/write-only`: write-only arguments are not in the plan and are computed again at apply, so what was reviewed
//! does not bind them.

use crate::finding::{Findings, Say, code};
use crate::subject::{Subject, attributes};
use tfpilot_hcl::source::Syntax;

/// The rule's name.
pub const NAME: &str = "write-only";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for (file, block) in subject.blocks().filter(|(_, block)| block.kind == "resource") {
        for (path, attribute) in attributes(&block.body, file.syntax == Syntax::Json, &[]) {
            // Providers end the names of all their write-only arguments so.
            if path.ends_with("_wo") {
                findings.add(&attribute.place, Say {
                    rule: NAME,
                    what: code(&attribute.name),
                    why: "its value is not in the plan, so another one could be applied than was reviewed",
                    next: "use the argument that is kept in the plan, or let the cloud manage the secret",
                });
            }
        }
    }
}
