//! The typed reading of a plan document: lenient where Terraform may grow, strict where we judge.
//!
//! Fields nobody reads are left in the document. Sections of the document this version does not know are named
//! in [`Plan::unknown_sections`], so that no judgement passes over them in silence.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::document::{Document, Node, Text};
use crate::{ChangeHead, CheckResult, OutputChange, PlanError, ResourceChange, configuration};

/// Top-level keys this version understands or knows to carry nothing that changes the world.
pub(crate) const KNOWN_SECTIONS: [&str; 16] = [
    "format_version",
    "terraform_version",
    "variables",
    "planned_values",
    "resource_drift",
    "resource_changes",
    "deferred_changes",
    "output_changes",
    "prior_state",
    "configuration",
    "relevant_attributes",
    "checks",
    "timestamp",
    "applyable",
    "complete",
    "errored",
];

/// A plan, read from a document that holds no secret any more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// `1.2`
    pub format_version: String,
    /// `1.11.4`
    pub terraform_version: String,
    /// Every resource instance, no-ops included; empty in a refresh-only plan.
    pub resource_changes: Vec<ChangeHead>,
    /// What changed outside Terraform since the last apply; noisy.
    pub resource_drift: Vec<ChangeHead>,
    /// Changes Terraform could not plan yet.
    pub deferred_changes: Vec<DeferredChange>,
    /// Root module outputs.
    pub output_changes: BTreeMap<String, OutputChange>,
    /// Attributes of other resources that this plan depends on.
    pub relevant_attributes: Vec<RelevantAttribute>,
    /// Conditions and their results.
    pub checks: Vec<CheckResult>,
    /// The plan can be applied and would do something; absent before 1.8.
    pub applyable: Option<bool>,
    /// Applying it leads to the described world; absent before 1.8.
    pub complete: Option<bool>,
    /// Planning failed half-way; absent before 1.5.
    pub errored: Option<bool>,
    /// Sections of the document that this version does not know, non-empty ones only.
    pub unknown_sections: BTreeSet<String>,
}

/// A change that Terraform put off.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct DeferredChange {
    /// Terraform's word, such as `instance_count_unknown`.
    #[serde(deserialize_with = "or_default")]
    pub reason: String,
    /// The change as far as it is known.
    #[serde(deserialize_with = "or_default")]
    pub resource_change: ChangeHead,
}

/// An attribute whose value went into this plan.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RelevantAttribute {
    /// Address of the resource.
    #[serde(deserialize_with = "or_default")]
    pub resource: String,
    /// Path within it.
    #[serde(deserialize_with = "or_default")]
    pub attribute: Vec<Value>,
}

impl Plan {
    /// Reads a document. Errors name the place, never a value.
    pub(crate) fn from_document(document: &Document) -> Result<Self, PlanError> {
        let version = document.get("format_version").and_then(|node| node.value()?.as_str());
        let version = version.unwrap_or_default();
        if version != "1" && !version.starts_with("1.") {
            let found = version.chars().take(20).collect();
            return Err(PlanError::FormatVersion { found });
        }
        // In the order of the sections' names: of several that are damaged the first one is told.
        let applyable = section(document, "applyable")?;
        let checks = section(document, "checks")?;
        let complete = section(document, "complete")?;
        configuration::check(document)?;
        Ok(Self {
            applyable,
            checks,
            complete,
            deferred_changes: list::<DeferredChange, DeferredChange>(document, "deferred_changes")?,
            errored: section(document, "errored")?,
            format_version: section(document, "format_version")?,
            output_changes: section(document, "output_changes")?,
            relevant_attributes: section(document, "relevant_attributes")?,
            resource_changes: list::<ChangeHead, ResourceChange>(document, "resource_changes")?,
            resource_drift: list::<ChangeHead, ResourceChange>(document, "resource_drift")?,
            terraform_version: section(document, "terraform_version")?,
            unknown_sections: unknown_sections(document),
        })
    }
}

/// Sections of the document that this version does not know, non-empty ones only.
fn unknown_sections(document: &Document) -> BTreeSet<String> {
    let Node::Map(sections) = document else { return BTreeSet::new() };
    let unknown =
        sections.iter().filter(|(name, node)| !KNOWN_SECTIONS.contains(&name.as_str()) && !node.is_empty());
    unknown.map(|(name, _)| name.clone()).collect()
}

/// A section that is kept parsed.
fn section<T: Default + DeserializeOwned>(document: &Document, name: &str) -> Result<T, PlanError> {
    match document.get(name).and_then(Node::value) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => typed(name, value),
    }
}

/// A list whose items are kept as text. `Whole` is what an item is as a whole, and says what is wrong with one.
fn list<T, Whole>(document: &Document, name: &str) -> Result<Vec<T>, PlanError>
where
    T: DeserializeOwned,
    Whole: DeserializeOwned,
{
    match document.get(name) {
        None | Some(Node::Value(Value::Null)) => Ok(Vec::new()),
        Some(Node::Items(items)) => {
            let read = |(at, item): (usize, &Text)| head::<T, Whole>(&format!("{name}[{at}]"), item);
            items.iter().enumerate().map(read).collect()
        }
        Some(node) => typed::<Vec<T>>(name, node.value().unwrap_or(&Value::Null)),
    }
}

/// What is kept of an item.
pub(crate) fn head<T, Whole>(at: &str, item: &Text) -> Result<T, PlanError>
where
    T: DeserializeOwned,
    Whole: DeserializeOwned,
{
    serde_json::from_str(item.as_str()).or_else(|error| {
        typed::<Whole>(at, &item.value())?;
        // Whatever is wrong with it, it is not taken.
        Err(PlanError::Shape { at: at.to_owned(), reason: without_values(&error.to_string()) })
    })
}

/// A value as what it should be.
pub(crate) fn typed<T: DeserializeOwned>(at: &str, value: &Value) -> Result<T, PlanError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let at = match inner.as_str() {
            "." => at.to_owned(),
            index if index.starts_with('[') => format!("{at}{index}"),
            name => format!("{at}.{name}"),
        };
        PlanError::Shape { at, reason: without_values(&error.inner().to_string()) }
    })
}

/// Absent and null mean the same to Terraform's writer.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// serde quotes the offending value in backticks or quotes after `invalid type: string`; the kind is enough.
fn without_values(message: &str) -> String {
    let expected = message.split(", expected ").nth(1);
    let kind = message.strip_prefix("invalid type: ").and_then(|rest| rest.split([' ', ',']).next());
    match (kind, expected) {
        (Some(kind), Some(expected)) => format!("found a {kind}, expected {expected}"),
        _ => "the value has another type than in a plan".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RedactedPlan;
    use serde_json::json;

    fn read(document: Value) -> Result<Plan, PlanError> {
        RedactedPlan::from_document(document).map(|plan| plan.plan().clone())
    }

    #[test]
    fn errors_name_the_place_and_no_value() {
        let document = json!({"format_version": "1.2", "resource_changes": [
            {"address": "a.b"}, {"change": {"actions": "s3cr3t"}},
        ]});
        let error = read(document).expect_err("actions is a list").to_string();
        assert_eq!(
            error,
            "the plan cannot be read at resource_changes[1].change.actions: found a string, expected a sequence"
        );
    }

    #[test]
    fn another_major_version_is_refused() {
        for version in [json!("2.0"), json!("10.1"), json!(null), json!(1)] {
            let error = read(json!({"format_version": version})).expect_err("not 1.x");
            assert!(matches!(error, PlanError::FormatVersion { .. }));
        }
        assert!(read(json!({"format_version": "1.99"})).is_ok());
        assert!(read(json!([])).is_err());
    }

    #[test]
    fn sections_of_a_newer_terraform_are_named_when_they_hold_something() {
        let document = json!({"format_version": "1.2", "action_invocations": [{}], "news": [], "old": null});
        let plan = read(document).expect("lenient");
        assert_eq!(plan.unknown_sections.into_iter().collect::<Vec<_>>(), ["action_invocations"]);
    }

    #[test]
    fn null_means_absent() {
        let document = json!({"format_version": "1.0", "resource_changes": null, "configuration": null});
        assert_eq!(read(document).expect("lenient").resource_changes, []);
    }
}
