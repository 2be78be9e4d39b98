//! The words of the API for the engine's states and failures. They are those that the log keeps, which never change.

use serde::Serialize;
use serde_json::Value;
use tfpilot_engine::{Failure, Problem, Status};

/// The word under which a value is serialised: the text itself, or the tag of an enum with fields.
pub(crate) fn word<T: Serialize>(value: &T, tag: &str) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(fields)) => fields.get(tag).and_then(Value::as_str).unwrap_or("unknown").to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// Where a change is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StatusShape {
    /// Such as `waiting`.
    pub(crate) status: String,
    /// The first gate that is not open, while waiting for one.
    pub(crate) waits_for: Option<String>,
}

impl From<&Status> for StatusShape {
    fn from(status: &Status) -> Self {
        let waits_for = match status {
            Status::Waiting { gate } => Some(word(gate, "gate")),
            _ => None,
        };
        Self { status: word(status, "status"), waits_for }
    }
}

/// Whether changes can have this status; else what they can have.
pub(super) fn check_status(text: &str) -> Result<(), String> {
    // The gate is what `waiting` carries; the others ignore it.
    let value = serde_json::json!({ "status": text, "gate": "approved" });
    serde_json::from_value::<Status>(value).map(drop).map_err(|error| error.to_string())
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FailureShape {
    /// Such as `step` or `lost`.
    pub(super) kind: String,
    /// The first error in words, where there are any; masked by the runner.
    pub(super) text: Option<String>,
}

impl From<&Failure> for FailureShape {
    fn from(failure: &Failure) -> Self {
        let text = match failure {
            Failure::Step { phase, problems } => {
                Some(problems.first().map_or_else(|| format!("{phase} failed"), problem))
            }
            Failure::NotAdmitted { findings } => {
                findings.first().map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.what))
            }
            Failure::NotDispatched { why } | Failure::Refused { why } => Some(why.clone()),
            _ => None,
        };
        Self { kind: word(failure, "failure"), text }
    }
}

fn problem(problem: &Problem) -> String {
    match (&problem.path, problem.line) {
        (Some(path), Some(line)) => format!("{path}:{line} {}", problem.summary),
        (Some(path), None) => format!("{path} {}", problem.summary),
        _ => problem.summary.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfpilot_engine::gate::GateName;

    #[test]
    fn states_are_words() {
        let waiting = StatusShape::from(&Status::Waiting { gate: GateName::Approved });
        assert_eq!((waiting.status.as_str(), waiting.waits_for.as_deref()), ("waiting", Some("approved")));
        let ready = StatusShape::from(&Status::AppliedUnmerged);
        assert_eq!((ready.status.as_str(), ready.waits_for), ("applied-unmerged", None));
        assert_eq!(FailureShape::from(&Failure::Lost), FailureShape { kind: "lost".to_owned(), text: None });
    }

    #[test]
    fn an_unknown_status_is_answered_with_the_known_ones() {
        for known in ["waiting", "ready", "no-terraform", "applied-unmerged"] {
            assert_eq!(check_status(known), Ok(()));
        }
        let said = check_status("rady").expect_err("is unknown");
        assert!(said.contains("`rady`") && said.contains("`ready`"), "{said}");
    }
}
