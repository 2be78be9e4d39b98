//! The name of what was judged: equal for two plans that do the same, different for any other.
//!
//! It covers the changes, not the circumstances: resource changes that do something, outputs, results of
//! checks, what is incomplete, and the versions. Timestamps, key order, drift that Terraform only noticed and
//! no-ops are left out. A section of a newer Terraform counts as a whole.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::RedactedPlan;

/// Changes when the canonical form changes, so that old digests do not match by accident.
const FORM: &str = "tfpilot-plan-digest/1";

/// SHA-256 over the canonical form of a redacted plan, in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanDigest(String);

/// Not 64 lower-case hex characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a plan digest has 64 characters 0-9a-f")]
pub struct InvalidPlanDigest;

impl PlanDigest {
    /// All 64 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 7, for people.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PlanDigest {
    type Err = InvalidPlanDigest;

    fn from_str(text: &str) -> Result<Self, InvalidPlanDigest> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPlanDigest)
        }
    }
}

impl TryFrom<String> for PlanDigest {
    type Error = InvalidPlanDigest;

    fn try_from(text: String) -> Result<Self, InvalidPlanDigest> {
        text.parse()
    }
}

impl From<PlanDigest> for String {
    fn from(digest: PlanDigest) -> Self {
        digest.0
    }
}

impl RedactedPlan {
    /// The digest of what this plan does.
    pub fn digest(&self) -> PlanDigest {
        let mut text = String::new();
        write_canonical(&self.judged(), &mut text);
        PlanDigest(hex::encode(Sha256::digest(text.as_bytes())))
    }

    /// The parts of the document that count.
    fn judged(&self) -> Value {
        let (plan, document) = (self.plan(), self.document());
        let part = |name: &str| document.get(name).cloned().unwrap_or_default();
        let changes = rows(&part("resource_changes"), &plan.resource_changes, |change| !change.is_nothing());
        // A refresh-only plan has no changes: what it writes into the state is the drift.
        let refresh_only = plan.resource_changes.is_empty() && plan.applyable == Some(true);
        let drift =
            if refresh_only { rows(&part("resource_drift"), &plan.resource_drift, |_| true) } else { vec![] };
        let unknown: Map<String, Value> =
            plan.unknown_sections.iter().map(|name| (name.clone(), part(name))).collect();
        let checks: Vec<Value> =
            plan.checks.iter().map(|check| json!([check.address(), check.status.word()])).collect();
        let providers: std::collections::BTreeMap<&str, ()> =
            plan.resource_changes.iter().map(|change| (change.provider_name.as_str(), ())).collect();
        json!({
            "form": FORM,
            "terraform_version": plan.terraform_version,
            "providers": providers.into_keys().collect::<Vec<_>>(),
            "provider_config": provider_versions(document),
            "resource_changes": changes,
            "deferred_changes": part("deferred_changes"),
            "drift_written_to_state": drift,
            "output_changes": outputs(&part("output_changes")),
            "checks": sorted(checks),
            "applyable": plan.applyable,
            "complete": plan.complete,
            "errored": plan.errored,
            "unknown_sections": unknown,
        })
    }
}

/// Items of a list whose typed reading passes the filter, whole and in canonical order.
fn rows(
    list: &Value,
    typed: &[crate::ResourceChange],
    keep: impl Fn(&crate::ResourceChange) -> bool,
) -> Vec<Value> {
    let items = list.as_array().into_iter().flatten();
    sorted(items.zip(typed).filter(|(_, typed)| keep(typed)).map(|(item, _)| item.clone()).collect())
}

fn outputs(changes: &Value) -> Map<String, Value> {
    let changes = changes.as_object().into_iter().flatten();
    let something = |change: &Value| change.get("actions") != Some(&json!(["no-op"]));
    changes
        .filter(|(_, change)| something(change))
        .map(|(name, change)| (name.clone(), change.clone()))
        .collect()
}

fn provider_versions(document: &Value) -> Map<String, Value> {
    let providers = document.get("configuration").and_then(|part| part.get("provider_config")?.as_object());
    let version = |config: &Value| config.get("version_constraint").cloned().unwrap_or_default();
    providers.into_iter().flatten().map(|(key, config)| (key.clone(), version(config))).collect()
}

fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by_cached_key(|item| {
        let mut text = String::new();
        write_canonical(item, &mut text);
        text
    });
    items
}

/// JSON without spaces and with sorted keys, whatever order the map of this build keeps.
fn write_canonical(value: &Value, into: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            into.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    into.push(',');
                }
                into.push_str(&Value::from(key.as_str()).to_string());
                into.push(':');
                write_canonical(map.get(key).unwrap_or(&Value::Null), into);
            }
            into.push('}');
        }
        Value::Array(items) => {
            into.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    into.push(',');
                }
                write_canonical(item, into);
            }
            into.push(']');
        }
        scalar => into.push_str(&scalar.to_string()),
    }
}
