//! How many of each, and the headline.

use serde::{Deserialize, Serialize};

use crate::{Action, Operation, Plan};

/// A replacement counts once; an import or a move counts beside what else happens to the object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Actions this version does not know.
    pub unknown: u32,
    /// Destroyed and created.
    pub replace: u32,
    /// Destroyed.
    pub destroy: u32,
    /// Changed in place.
    pub change: u32,
    /// Created.
    pub create: u32,
    /// Left behind.
    pub forget: u32,
    /// Taken under management.
    pub import: u32,
    /// Given another address.
    pub moved: u32,
    /// Data sources read during apply.
    pub read: u32,
    /// Put off by Terraform.
    pub deferred: u32,
    /// Outputs that change.
    pub outputs: u32,
}

impl Counts {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut counts = Self::default();
        for change in &plan.resource_changes {
            match change.operation() {
                Operation::NoOp => {}
                Operation::Create => counts.create += 1,
                Operation::Read => counts.read += 1,
                Operation::Update => counts.change += 1,
                Operation::Replace => counts.replace += 1,
                Operation::Delete => counts.destroy += 1,
                Operation::Forget => counts.forget += 1,
                Operation::ForgetAndCreate => {
                    counts.forget += 1;
                    counts.create += 1;
                }
                Operation::Unknown => counts.unknown += 1,
            }
            counts.import += u32::from(change.is_import());
            counts.moved += u32::from(change.is_move());
        }
        let outputs = plan.output_changes.values().filter(|change| change.actions != [Action::NoOp]);
        counts.outputs = u32::try_from(outputs.count()).unwrap_or(u32::MAX);
        counts.deferred = u32::try_from(plan.deferred_changes.len()).unwrap_or(u32::MAX);
        counts
    }

    /// `3 replace`, `2 destroy`, …, worst first; outputs only when nothing else changes.
    pub fn phrases(&self) -> Vec<String> {
        let counted = [
            (self.unknown, "unknown action"),
            (self.replace, "replace"),
            (self.destroy, "destroy"),
            (self.change, "change"),
            (self.create, "create"),
            (self.forget, "forget"),
            (self.import, "import"),
            (self.moved, "moved"),
            (self.read, "read"),
            (self.deferred, "deferred"),
        ];
        let mut phrases: Vec<String> =
            counted.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        if phrases.is_empty() && self.outputs > 0 {
            phrases.push(format!("{} output{}", self.outputs, if self.outputs == 1 { "" } else { "s" }));
        }
        phrases
    }

    /// Terraform's own numbers, where a replacement is one to add and one to destroy: add, change, destroy.
    pub fn as_terraform_counts(&self) -> (u32, u32, u32) {
        (self.create + self.replace, self.change, self.destroy + self.replace)
    }

    pub(super) fn headline(&self, no_changes: bool, errored: bool) -> String {
        let phrases = self.phrases();
        match (no_changes, errored, phrases.is_empty()) {
            (true, _, _) => "No changes".to_owned(),
            (_, true, true) => "Plan failed".to_owned(),
            (_, true, false) => format!("Plan failed after {}", phrases.join(" · ")),
            // What is left to apply is the state: drift is written into it, or addresses in it.
            (_, _, true) => "State update only".to_owned(),
            _ => phrases.join(" · "),
        }
    }
}
