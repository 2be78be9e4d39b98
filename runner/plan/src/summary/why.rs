//! Why something happens, in phrases: our words, and the foreign text they are about.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::paths::path_text;
use crate::{Operation, ResourceChange};

/// A phrase. `text` is ours; `about` comes from the plan and is escaped wherever it is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// `forced by`
    pub text: String,
    /// `availability_zone`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Reason {
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), about: None }
    }

    pub(super) fn about(text: &str, about: String) -> Self {
        Self { text: text.to_owned(), about: Some(about) }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            Some(about) => write!(f, "{} {about}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Everything that explains a change, the cause first.
pub(super) fn reasons(change: &ResourceChange, same_kind_is_created: bool) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let operation = change.operation();
    let forced = &change.change.replace_paths;
    if !forced.is_empty() {
        let paths: Vec<String> = forced.iter().map(|path| path_text(path)).collect();
        reasons.push(Reason::about("forced by", paths.join(", ")));
    }
    reasons.extend(action_reason(change));
    if operation == Operation::Replace {
        let order =
            if change.change.creates_before_destroy() { "create before destroy" } else { "destroy first" };
        reasons.push(Reason::plain(order));
    }
    if matches!(operation, Operation::Forget | Operation::ForgetAndCreate) {
        reasons.push(Reason::plain("stays in the cloud, unmanaged, and is still billed"));
    }
    if let Some(previous) = change.previous_address.as_ref().filter(|_| change.is_move()) {
        reasons.push(Reason::about("moved from", previous.clone()));
    }
    if let Some(importing) = &change.change.importing {
        let id = importing.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        reasons.push(match id {
            Some(id) => Reason::about("imported by id", id),
            None => Reason::plain("imported"),
        });
    }
    if let Some(deposed) = &change.deposed {
        reasons.push(Reason::about("left over from an earlier replacement:", deposed.clone()));
    }
    if operation == Operation::Unknown {
        reasons.push(Reason::plain("unknown to this TfPilot, so taken for the worst"));
    }
    let gone = matches!(
        change.action_reason.as_deref(),
        Some("delete_because_no_resource_config" | "delete_because_no_module")
    );
    if operation == Operation::Delete && gone && same_kind_is_created {
        reasons.push(Reason::plain("another of this type is created: if it was renamed, add a moved block"));
    }
    reasons
}

/// Terraform's reason. Words of other versions and of OpenTofu are shown as they are.
fn action_reason(change: &ResourceChange) -> Option<Reason> {
    let text = match change.action_reason.as_deref()? {
        "" => return None,
        // Said by the paths, unless there are none.
        "replace_because_cannot_update" if !change.change.replace_paths.is_empty() => return None,
        "replace_because_cannot_update" => "it cannot be changed in place",
        "replace_because_tainted" => "it is tainted",
        "replace_by_request" => "replacement was asked for",
        "replace_by_triggers" => "triggered by replace_triggered_by",
        "delete_because_no_resource_config" => "it is not in the code any more",
        "delete_because_no_module" => "its module is not in the code any more",
        "delete_because_wrong_repetition" => "it is counted differently now",
        "delete_because_count_index" => "count is lower now",
        "delete_because_each_key" => "its key is not in for_each any more",
        "delete_because_no_move_target" => "it was moved to an address that does not exist",
        "read_because_config_unknown" => "its arguments are known after apply",
        "read_because_dependency_pending" => "something it depends on changes first",
        "read_because_check_nested" => "it is read for a check",
        other => return Some(Reason::about("reason:", other.to_owned())),
    };
    Some(Reason::plain(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(change: Value, expect: &[&str]) {
        let change = serde_json::from_value(change).expect("a change");
        let said: Vec<String> = reasons(&change, true).iter().map(Reason::to_string).collect();
        assert_eq!(said, expect);
    }

    #[test]
    fn a_replacement_says_what_forces_it_and_the_order() {
        check(
            json!({"action_reason": "replace_because_cannot_update", "change": {
                "actions": ["create", "delete"], "replace_paths": [["zone"], ["disk", 0, "size"]]}}),
            &["forced by zone, disk[0].size", "create before destroy"],
        );
        check(
            json!({"action_reason": "replace_because_tainted", "change": {"actions": ["delete", "create"]}}),
            &["it is tainted", "destroy first"],
        );
    }

    #[test]
    fn a_removed_one_may_have_been_renamed() {
        check(
            json!({"action_reason": "delete_because_no_resource_config", "change": {"actions": ["delete"]}}),
            &[
                "it is not in the code any more",
                "another of this type is created: if it was renamed, add a moved block",
            ],
        );
    }

    #[test]
    fn reasons_of_another_version_are_text() {
        check(
            json!({"action_reason": "delete_because_tuesday", "change": {"actions": ["delete"]}}),
            &["reason: delete_because_tuesday"],
        );
    }

    #[test]
    fn imports_moves_and_leftovers() {
        check(
            json!({"address": "a.new", "previous_address": "a.old", "deposed": "0badc0de",
                "change": {"actions": ["update"], "importing": {"id": "i-1"}}}),
            &["moved from a.old", "imported by id i-1", "left over from an earlier replacement: 0badc0de"],
        );
        check(json!({"change": {"actions": ["no-op"], "importing": {"identity": {}}}}), &["imported"]);
    }
}
