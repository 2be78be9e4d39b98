//! `admission/ephemeral-resource`, `admission/ephemeral-value`: what is computed again at apply. Some ephemeral resources
//! act; and a plan cannot be bound to a value that is not in it.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use tfpilot_hcl::{Scope, Value, certain};

/// The rule's name for resources.
pub const RESOURCE: &str = "ephemeral-resource";
/// The rule's name for variables and outputs.
pub const VALUE: &str = "ephemeral-value";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for (_, block) in subject.blocks() {
        match (block.kind.as_str(), block.labels.first()) {
            ("ephemeral", Some(kind)) if !subject.allow.ephemeral_resource(kind) => {
                findings.add(
                    &block.place,
                    Say {
                        rule: RESOURCE,
                        what: format!("the ephemeral resource {}", code(kind)),
                        why: "it acts or hands out a credential at plan and again at apply",
                        next: "remove it, or ask an admin to list it under `admission.ephemeral_resources`",
                    },
                );
            }
            ("variable" | "output", Some(name)) => {
                let Some(flag) = block.body.get("ephemeral") else { continue };
                if certain(&flag.value, &Scope::empty(), &[]) != Value::Bool(false) {
                    findings.add(&flag.place, Say {
                        rule: VALUE,
                        what: format!("the ephemeral {} {}", block.kind, code(name)),
                        why: "its value is not in the plan, so another one could be applied than was reviewed",
                        next: "remove `ephemeral`",
                    });
                }
            }
            _ => {}
        }
    }
}
