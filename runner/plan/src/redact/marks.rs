//! What the marks of the changes say about the code: a literal in it has no marks of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sensitive::Sensitive;
use crate::configuration::{code_address, module_names};

/// Sensitive arguments by module path and resource in the code.
pub(super) type Marked = BTreeMap<(Vec<String>, String), Sensitive>;

/// From every change, no-ops and drift included: the code stands for all instances and both sides.
pub(super) fn of_changes(document: &Value) -> Marked {
    let mut marked = Marked::new();
    let sections =
        ["resource_changes", "resource_drift"].into_iter().filter_map(|name| document.get(name)?.as_array());
    for item in sections.flatten() {
        let text = |field: &str| item.get(field).and_then(Value::as_str).unwrap_or_default();
        let mut sensitive = Sensitive::default();
        for marks in ["before_sensitive", "after_sensitive"] {
            if let Some(marks) = item.get("change").and_then(|change| change.get(marks)) {
                sensitive.merge(Sensitive::of_marks(marks));
            }
        }
        if !sensitive.is_empty() {
            let address = code_address(text("mode"), text("type"), text("name"));
            marked.entry((module_names(text("module_address")), address)).or_default().merge(sensitive);
        }
    }
    marked
}
