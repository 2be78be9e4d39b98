//! Does everything that holds data stay, as it is and under management?
//!
//! Asked when an object is destroyed, replaced or forgotten, and when nobody knows what will happen to it. Which types hold
//! data is data (`defaults/stateful.txt`).

use std::collections::BTreeSet;

use tfpilot_plan::{Operation, code};

use crate::Shipped;
use crate::address::glob;
use crate::finding::{Answer, Remark};
use crate::settings::ProtectStateful;
use crate::subject::Subject;

/// The rule's id.
pub const ID: &str = "protect-stateful";

/// Types that hold data.
static STATEFUL: Shipped<BTreeSet<&'static str>> =
    Shipped::new(|| crate::lines(include_str!("../../defaults/stateful.txt")).collect());

/// The rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    types: Vec<String>,
}

impl Asked {
    pub(crate) fn new(parameters: &ProtectStateful) -> Self {
        Self { types: parameters.types.clone() }
    }

    /// Asks it of one resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        use Operation as O;
        // Before the plan nobody knows what goes.
        let change = subject.change.filter(|change| !change.is_data())?;
        if !self.is_stateful(subject.kind) {
            return None;
        }
        let gone = |what: &str, hint: &str| Answer::one(Remark::violated("", what, hint));
        Some(match subject.operation {
            O::Delete => {
                gone("it holds data and would be destroyed", "keep it, or take it out with a `removed` block")
            }
            O::Replace => {
                let forced = change.change.replace_paths.iter().filter_map(|path| path.first()?.as_str());
                let forced: Vec<String> = forced.map(code).collect();
                let by = if forced.is_empty() { String::new() } else { format!(" by {}", forced.join(", ")) };
                let what = format!("it holds data and would be replaced{by}");
                gone(&what, "undo that change, or move the data first")
            }
            O::Forget => gone(
                "it holds data and would leave Terraform's management; it stays in the cloud and is billed on",
                "keep it in the code",
            ),
            O::ForgetAndCreate => {
                gone("a new object would take its place; the old one is left behind", "keep it in the code")
            }
            O::Unknown => Answer::one(Remark::unknown(
                "",
                "this version does not know what will happen to it",
                "update TfPilot, or pin Terraform to an older version",
            )),
            O::NoOp if change.is_nothing() => return None,
            O::NoOp | O::Create | O::Read | O::Update => Answer::passed(),
        })
    }

    fn is_stateful(&self, kind: &str) -> bool {
        STATEFUL.contains(kind) || self.types.iter().any(|it| glob(it, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tfpilot_plan::{RedactedPlan, Risk};

    /// The table of a plan and this rule must not contradict each other.
    #[test]
    fn the_summary_calls_their_destruction_a_loss_of_data() {
        for kind in STATEFUL.iter() {
            let document = json!({"format_version": "1.2", "resource_changes": [{
                "address": format!("{kind}.x"), "mode": "managed", "type": kind, "name": "x",
                "change": {"actions": ["delete"], "before": {}, "after": null},
            }]});
            let plan = RedactedPlan::from_document(document).expect("a plan");
            assert_eq!(plan.summary().risk(), Some(Risk::DataLoss), "{kind}");
        }
    }
}
