//! What really changed outside Terraform. Its own list is mostly noise: right after an apply a quiet plan names
//! most resources, for null here and an empty map there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::diff::{self, AttributeChange};
use super::paths;
use crate::{Operation, RedactedPlan, ResourceChange};

/// An object that is not what the state says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftRow {
    /// Its address.
    pub address: String,
    /// Resource type.
    pub kind: String,
    /// Changed, or gone.
    pub operation: Operation,
    /// State on the left, the real thing on the right.
    pub changes: Vec<AttributeChange>,
    /// This plan was computed from one of the attributes that changed.
    pub relevant: bool,
}

/// By address.
pub(super) fn rows(document: &RedactedPlan) -> Vec<DriftRow> {
    let plan = document.plan();
    let mut used = Used::new();
    for relevant in &plan.relevant_attributes {
        used.entry(&relevant.resource).or_default().insert(top(&paths::path_text(&relevant.attribute)));
    }
    let mut rows: Vec<DriftRow> = document.drift().filter_map(|change| row(&used, &change)).collect();
    rows.sort_by(|a, b| a.address.cmp(&b.address));
    rows
}

/// Attributes at the top of resources whose values went into the plan, by address.
type Used<'p> = BTreeMap<&'p str, BTreeSet<String>>;

fn row(used: &Used<'_>, change: &ResourceChange) -> Option<DriftRow> {
    let operation = change.operation();
    let changes = if operation == Operation::Delete { Vec::new() } else { diff::of_drift(change) };
    let gone_or_unknown = !matches!(operation, Operation::Update | Operation::NoOp | Operation::Create);
    (gone_or_unknown || !changes.is_empty()).then(|| DriftRow {
        address: change.address.clone(),
        kind: change.kind.clone(),
        operation,
        relevant: gone_or_unknown || is_relevant(used, change, &changes),
        changes,
    })
}

fn is_relevant(used: &Used<'_>, change: &ResourceChange, changes: &[AttributeChange]) -> bool {
    let used = used.get(change.address.as_str());
    used.is_some_and(|used| changes.iter().any(|change| used.contains(&top(&change.path))))
}

/// By top-level attribute: all of `tags` may be used where `tags.Name` changed, or the other way round.
fn top(path: &str) -> String {
    path.split(['.', '[']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(before: Value, after: Value, expect: &[&str]) {
        let document = json!({"format_version": "1.2",
            "relevant_attributes": [{"resource": "a.b", "attribute": ["tags"]}],
            "resource_drift": [{"address": "a.b", "change": {"actions": ["update"], "before": before, "after": after}}]});
        let plan = RedactedPlan::from_document(document).expect("a plan");
        let said = |row: DriftRow| {
            let paths: Vec<String> = row.changes.into_iter().map(|change| change.path).collect();
            format!("{}{}", paths.join(" "), if row.relevant { " relevant" } else { "" })
        };
        assert_eq!(rows(&plan).into_iter().map(said).collect::<Vec<_>>(), expect);
    }

    /// Pitfall 4: null versus empty is no drift.
    #[test]
    fn empty_is_empty() {
        check(
            json!({"tags": null, "list": [], "text": "", "block": [{"x": null}], "same": 1}),
            json!({"tags": {}, "list": null, "text": null, "block": [], "same": 1}),
            &[],
        );
        check(json!({"on": false, "n": 0}), json!({"on": null, "n": null}), &["n on"]);
    }

    #[test]
    fn a_real_change_is_seen_and_told_from_an_irrelevant_one() {
        check(json!({"tags": {"a": "1"}}), json!({"tags": {"a": "2"}}), &["tags.a relevant"]);
        check(json!({"size": 1, "tags_all": {"a": 1}}), json!({"size": 2, "tags_all": {"a": 2}}), &["size"]);
    }

    #[test]
    fn what_is_gone_is_drift() {
        let document = json!({"format_version": "1.2", "resource_drift":
            [{"address": "a.b", "change": {"actions": ["delete"], "before": {"x": 1}, "after": null}}]});
        let plan = RedactedPlan::from_document(document).expect("a plan");
        assert_eq!(rows(&plan).first().map(|row| row.operation), Some(Operation::Delete));
    }
}
