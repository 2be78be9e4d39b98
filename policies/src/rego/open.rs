//! What a policy reads of a plan that is not known: arguments that only the apply will tell, and what was redacted.
//!
//! In Terraform's own JSON an unknown argument is missing from `after`, so that a rule on it finds nothing, as it does in
//! conftest. Here that is told instead of taken for a pass.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tfpilot_plan::{RedactedPlan, is_redacted};

use super::Policy;
use crate::judge::changes;

/// Names that stand in every change; read of an open value they are not arguments.
const STRUCTURE: [&str; 14] = [
    "address",
    "type",
    "name",
    "mode",
    "change",
    "actions",
    "before",
    "after",
    "after_unknown",
    "index",
    "values",
    "resource_changes",
    "provider_name",
    "module_address",
];

/// Why something is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// The apply will tell.
    Later,
    /// It is secret.
    Redacted,
}

/// Arguments by resource that the policy reads and nobody knows.
pub(super) fn open(policy: &Policy, plan: &RedactedPlan) -> BTreeMap<String, BTreeMap<String, Why>> {
    let mut open = BTreeMap::new();
    for change in changes(plan) {
        let change_json = serde_json::to_value(&change).unwrap_or_default();
        let of = |side: &str| change_json.pointer(&format!("/change/{side}")).cloned().unwrap_or_default();
        let mut arguments = BTreeMap::new();
        for (name, value) in of("after_unknown").as_object().into_iter().flatten() {
            if holds(value, &|it| it == &Json::Bool(true)) && policy.reads(name) {
                arguments.insert(name.clone(), Why::Later);
            }
        }
        for (name, value) in of("after").as_object().into_iter().flatten() {
            if holds(value, &is_redacted) && policy.reads(name) {
                arguments.insert(name.clone(), Why::Redacted);
            }
        }
        if !arguments.is_empty() {
            open.insert(change.address.clone(), arguments);
        }
    }
    open
}

/// Whether a value holds such a one.
fn holds(value: &Json, is: &impl Fn(&Json) -> bool) -> bool {
    is(value)
        || match value {
            Json::Array(items) => items.iter().any(|item| holds(item, is)),
            Json::Object(fields) => fields.values().any(|field| holds(field, is)),
            _ => false,
        }
}

impl Policy {
    /// Whether it may read an argument of what is planned.
    fn reads(&self, argument: &str) -> bool {
        let by_word = |words: &BTreeSet<String>| words.contains(argument) && !STRUCTURE.contains(&argument);
        self.arguments.contains(argument) || self.words.as_ref().is_none_or(by_word)
    }
}
