//! The typed reading of a plan document: lenient where Terraform may grow, strict where we judge.
//!
//! Fields nobody reads are left in the document. Sections of the document this version does not know are named
//! in [`Plan::unknown_sections`], so that no judgement passes over them in silence.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::configuration::Configuration;
use crate::{CheckResult, OutputChange, PlanError, ResourceChange};

/// Top-level keys this version understands or knows to carry nothing that changes the world.
const KNOWN_SECTIONS: [&str; 16] = [
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
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// `1.2`
    #[serde(deserialize_with = "or_default")]
    pub format_version: String,
    /// `1.11.4`
    #[serde(deserialize_with = "or_default")]
    pub terraform_version: String,
    /// Every resource instance, no-ops included; empty in a refresh-only plan.
    #[serde(deserialize_with = "or_default")]
    pub resource_changes: Vec<ResourceChange>,
    /// What changed outside Terraform since the last apply; noisy.
    #[serde(deserialize_with = "or_default")]
    pub resource_drift: Vec<ResourceChange>,
    /// Changes Terraform could not plan yet.
    #[serde(deserialize_with = "or_default")]
    pub deferred_changes: Vec<DeferredChange>,
    /// Root module outputs.
    #[serde(deserialize_with = "or_default")]
    pub output_changes: BTreeMap<String, OutputChange>,
    /// Attributes of other resources that this plan depends on.
    #[serde(deserialize_with = "or_default")]
    pub relevant_attributes: Vec<RelevantAttribute>,
    /// Conditions and their results.
    #[serde(deserialize_with = "or_default")]
    pub checks: Vec<CheckResult>,
    /// The plan can be applied and would do something; absent before 1.8.
    pub applyable: Option<bool>,
    /// Applying it leads to the described world; absent before 1.8.
    pub complete: Option<bool>,
    /// Planning failed half-way; absent before 1.5.
    pub errored: Option<bool>,
    /// Which arguments the code sets.
    #[serde(deserialize_with = "or_default")]
    pub configuration: Configuration,
    /// Sections of the document that this version does not know, non-empty ones only.
    #[serde(skip)]
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
    pub resource_change: ResourceChange,
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
    pub(crate) fn from_document(document: &Value) -> Result<Self, PlanError> {
        let version = document.get("format_version").and_then(Value::as_str).unwrap_or_default();
        if version != "1" && !version.starts_with("1.") {
            let found = version.chars().take(20).collect();
            return Err(PlanError::FormatVersion { found });
        }
        let mut plan: Self =
            serde_path_to_error::deserialize(document).map_err(|error| PlanError::Shape {
                at: error.path().to_string(),
                reason: without_values(&error.inner().to_string()),
            })?;
        if let Some(sections) = document.as_object() {
            let unknown = sections
                .iter()
                .filter(|(name, value)| !KNOWN_SECTIONS.contains(&name.as_str()) && !is_empty(value));
            plan.unknown_sections = unknown.map(|(name, _)| name.clone()).collect();
        }
        Ok(plan)
    }
}

/// Absent and null mean the same to Terraform's writer.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
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
    use serde_json::json;

    #[test]
    fn errors_name_the_place_and_no_value() {
        let document = json!({"format_version": "1.2", "resource_changes": [
            {"address": "a.b"}, {"change": {"actions": "s3cr3t"}},
        ]});
        let error = Plan::from_document(&document).expect_err("actions is a list").to_string();
        assert_eq!(
            error,
            "the plan cannot be read at resource_changes[1].change.actions: found a string, expected a sequence"
        );
    }

    #[test]
    fn another_major_version_is_refused() {
        for version in [json!("2.0"), json!("10.1"), json!(null), json!(1)] {
            let error = Plan::from_document(&json!({"format_version": version})).expect_err("not 1.x");
            assert!(matches!(error, PlanError::FormatVersion { .. }));
        }
        assert!(Plan::from_document(&json!({"format_version": "1.99"})).is_ok());
        assert!(Plan::from_document(&json!([])).is_err());
    }

    #[test]
    fn sections_of_a_newer_terraform_are_named_when_they_hold_something() {
        let document = json!({"format_version": "1.2", "action_invocations": [{}], "news": [], "old": null});
        let plan = Plan::from_document(&document).expect("lenient");
        assert_eq!(plan.unknown_sections.into_iter().collect::<Vec<_>>(), ["action_invocations"]);
    }

    #[test]
    fn null_means_absent() {
        let document = json!({"format_version": "1.0", "resource_changes": null, "configuration": null});
        assert_eq!(Plan::from_document(&document).expect("lenient").resource_changes, []);
    }
}
