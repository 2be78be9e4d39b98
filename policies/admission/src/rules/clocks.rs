//! `admission/clock`: functions that give another value at every call. What they give at plan is not what apply uses.

use crate::finding::{Findings, Say, code};
use crate::subject::{Subject, calls};

/// The rule's name.
pub const NAME: &str = "clock";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    let mut refuse = |name: &str, place: &tfpilot_hcl::Place| {
        let core = name.strip_prefix("core::").unwrap_or(name);
        if matches!(core, "timestamp" | "uuid" | "bcrypt") {
            findings.add(
                place,
                Say {
                    rule: NAME,
                    what: code(&format!("{name}()")),
                    why: "it has another value at apply than in the plan that was reviewed",
                    next: "use `plantimestamp()`, or a value that stays",
                },
            );
        }
    };
    for (file, block) in subject.blocks() {
        calls(file, &block.body, &mut |name, place| refuse(&name, &place));
    }
    for (name, _, place) in &subject.reads.template_calls {
        refuse(name, place);
    }
}
