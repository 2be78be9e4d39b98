//! Results of `check` blocks and conditions. A failing one does not fail the plan, so it has to be looked at.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::or_default;

/// How a condition came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum CheckStatus {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be evaluated.
    Error,
    /// Decided only during apply, or a word this version does not know.
    Unknown,
}

impl From<CheckStatus> for String {
    fn from(status: CheckStatus) -> Self {
        status.word().to_owned()
    }
}

impl CheckStatus {
    /// Terraform's word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }
}

impl<'de> Deserialize<'de> for CheckStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match String::deserialize(deserializer)?.as_str() {
            "pass" => Self::Pass,
            "fail" => Self::Fail,
            "error" => Self::Error,
            _ => Self::Unknown,
        })
    }
}

/// One checkable object and its outcome.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct CheckResult {
    #[serde(default)]
    address: Value,
    /// The worst over its instances.
    #[serde(default = "unknown")]
    pub status: CheckStatus,
    #[serde(default, deserialize_with = "or_default")]
    instances: Vec<Value>,
}

impl CheckResult {
    /// `check.queue_is_named`, or the resource or output with a condition.
    pub fn address(&self) -> &str {
        self.address.get("to_display").and_then(Value::as_str).unwrap_or("a check")
    }

    /// What the conditions' authors wrote, in order, each once.
    pub fn messages(&self) -> Vec<&str> {
        let mut messages = Vec::new();
        let problems = self.instances.iter().filter_map(|instance| instance.get("problems")?.as_array());
        for message in problems.flatten().filter_map(|problem| problem.get("message")?.as_str()) {
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
        messages
    }
}

fn unknown() -> CheckStatus {
    CheckStatus::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_of_a_newer_version_is_unknown_not_passed() {
        let check: CheckResult = serde_json::from_str(r#"{"status":"postponed"}"#).expect("lenient");
        assert_eq!(check.status, CheckStatus::Unknown);
        let check: CheckResult = serde_json::from_str("{}").expect("lenient");
        assert_eq!((check.status.clone(), check.address()), (CheckStatus::Unknown, "a check"));
    }
}
