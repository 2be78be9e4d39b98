//! What the marks of the changes say about the code: a literal in it has no marks of its own.

use std::collections::BTreeMap;

use super::sensitive::Sensitive;
use super::structure::Raw;
use crate::configuration::{code_address, module_names};
use crate::document::{Members, Node, parse};

/// Sensitive arguments by module path and resource in the code.
pub(super) type Marked = BTreeMap<(Vec<String>, String), Sensitive>;

/// From every change, no-ops, drift and what was put off included: the code stands for all instances and both sides.
pub(super) fn of_changes(document: &Raw<'_>) -> Result<Marked, serde_json::Error> {
    let mut marked = Marked::new();
    let items = |name| document.get(name).map(Node::items).unwrap_or_default().iter().map(|item| item.get());
    let deferred = items("deferred_changes").filter_map(|item| Members::of(item)?.get("resource_change"));
    for item in items("resource_changes").chain(items("resource_drift")).chain(deferred) {
        if !item.starts_with('{') {
            continue;
        }
        let item: Members<'_> = serde_json::from_str(item)?;
        let Some(change) = item.get("change").filter(|change| change.starts_with('{')) else { continue };
        let change: Members<'_> = serde_json::from_str(change)?;
        let mut sensitive = Sensitive::default();
        for marks in ["before_sensitive", "after_sensitive"] {
            // Without the word nothing is marked.
            if let Some(marks) = change.get(marks).filter(|marks| marks.contains("true")) {
                sensitive.merge(Sensitive::of_marks(&parse(marks)?));
            }
        }
        if !sensitive.is_empty() {
            let address = code_address(&item.text("mode"), &item.text("type"), &item.text("name"));
            let modules = module_names(&item.text("module_address"));
            marked.entry((modules, address)).or_default().merge(sensitive);
        }
    }
    Ok(marked)
}
