//! One change of a resource or an output, as planned. Unknown words of a newer Terraform are kept.

mod read;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::model::or_default;

/// One of Terraform's words for what it will do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub enum Action {
    /// Nothing.
    NoOp,
    /// Comes into being.
    Create,
    /// A data source is read during apply.
    Read,
    /// Changed in place.
    Update,
    /// Destroyed.
    Delete,
    /// Leaves the state; stays in the cloud.
    Forget,
    /// A word this version does not know. Never taken for harmless.
    Unknown(String),
}

impl From<String> for Action {
    fn from(word: String) -> Self {
        match word.as_str() {
            "no-op" => Self::NoOp,
            "create" => Self::Create,
            "read" => Self::Read,
            "update" => Self::Update,
            "delete" => Self::Delete,
            "forget" => Self::Forget,
            _ => Self::Unknown(word),
        }
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        match action {
            Action::NoOp => "no-op".into(),
            Action::Create => "create".into(),
            Action::Read => "read".into(),
            Action::Update => "update".into(),
            Action::Delete => "delete".into(),
            Action::Forget => "forget".into(),
            Action::Unknown(word) => word,
        }
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The actions of one change taken together; what policies and people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Nothing happens to the object.
    NoOp,
    /// Created.
    Create,
    /// A data source is read during apply.
    Read,
    /// Changed in place.
    Update,
    /// Destroyed and created, in either order; counted once.
    Replace,
    /// Destroyed.
    Delete,
    /// Leaves Terraform, stays in the cloud.
    Forget,
    /// Created anew while the old object is left behind, out of Terraform's sight.
    ForgetAndCreate,
    /// Actions this version does not know: fails closed.
    Unknown,
}

impl Operation {
    /// The word for people, as in `4 create`.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoOp => "no change",
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "destroy",
            Self::Forget => "forget",
            Self::ForgetAndCreate => "forget and create",
            Self::Unknown => "unknown action",
        }
    }

    fn of(actions: &[Action]) -> Self {
        use Action as A;
        match actions {
            [A::NoOp] => Self::NoOp,
            [A::Create] => Self::Create,
            [A::Read] => Self::Read,
            [A::Update] => Self::Update,
            [A::Delete] => Self::Delete,
            [A::Forget] => Self::Forget,
            [A::Delete, A::Create] | [A::Create, A::Delete] => Self::Replace,
            [A::Create, A::Forget] | [A::Forget, A::Create] => Self::ForgetAndCreate,
            // No action at all is not "nothing": we could not read what will happen.
            _ => Self::Unknown,
        }
    }
}

/// In the place of a value that is not kept: it is read when somebody looks at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread;

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What changes, before and after.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "V: Deserialize<'de> + Default"))]
pub struct Change<V = Value> {
    /// In Terraform's order.
    #[serde(deserialize_with = "or_default")]
    pub actions: Vec<Action>,
    /// The object now; null when there is none.
    pub before: V,
    /// The object afterwards; null when there is none or it is unknown.
    pub after: V,
    /// `true` where a value is known only after apply; mirrors `after`.
    pub after_unknown: V,
    /// `true` where `before` was redacted by mark.
    pub before_sensitive: V,
    /// `true` where `after` was redacted by mark.
    pub after_sensitive: V,
    /// Attribute paths which force a replacement.
    #[serde(deserialize_with = "or_default")]
    pub replace_paths: Vec<Vec<V>>,
    /// Present when the object is imported: `{"id": …}`, or an identity on newer versions.
    pub importing: Option<V>,
    /// Written by the redactor: paths whose redacted values differ underneath.
    #[serde(rename = "tfpilot_hidden_changes", deserialize_with = "or_default")]
    pub hidden_changes: Vec<Vec<V>>,
}

impl<V> Change<V> {
    /// The actions as one.
    pub fn operation(&self) -> Operation {
        Operation::of(&self.actions)
    }

    /// For a replacement: the new object exists before the old one goes.
    pub fn creates_before_destroy(&self) -> bool {
        matches!(self.actions.as_slice(), [Action::Create, Action::Delete])
    }
}

/// A change of one resource instance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "V: Deserialize<'de> + Default"))]
pub struct ResourceChange<V = Value> {
    /// Full address with module path and index.
    #[serde(deserialize_with = "or_default")]
    pub address: String,
    /// Where it was before a `moved` block. Rules on addresses test both.
    pub previous_address: Option<String>,
    /// `module.x["a"]`, none in the root module.
    pub module_address: Option<String>,
    /// `managed` or `data`.
    #[serde(deserialize_with = "or_default")]
    pub mode: String,
    /// `aws_s3_bucket`.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// Name in the code.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Key of `count` or `for_each`.
    pub index: Option<Value>,
    /// `registry.terraform.io/hashicorp/aws`.
    #[serde(deserialize_with = "or_default")]
    pub provider_name: String,
    /// Set for an object left over from an interrupted replacement.
    pub deposed: Option<String>,
    /// Before, after, actions.
    #[serde(deserialize_with = "or_default")]
    pub change: Change<V>,
    /// Terraform's word for why, such as `delete_because_no_resource_config`.
    pub action_reason: Option<String>,
}

impl<V> ResourceChange<V> {
    /// The actions as one.
    pub fn operation(&self) -> Operation {
        self.change.operation()
    }

    /// A data source rather than a thing that exists because of us.
    pub fn is_data(&self) -> bool {
        self.mode == "data"
    }

    /// It comes under Terraform's management in this plan.
    pub fn is_import(&self) -> bool {
        self.change.importing.is_some()
    }

    /// Its address changes in this plan.
    pub fn is_move(&self) -> bool {
        self.previous_address.as_ref().is_some_and(|previous| *previous != self.address)
    }

    /// Truly nothing: not even an import or a move, which arrive as `no-op`.
    pub fn is_nothing(&self) -> bool {
        self.operation() == Operation::NoOp && !self.is_import() && !self.is_move()
    }
}

/// A change without what stands before and after it: what is always in memory of one.
pub type ChangeHead = ResourceChange<Unread>;

/// A change of one output value of the root module.
pub type OutputChange = Change;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(actions: &[&str], expect: Operation) {
        let actions: Vec<Action> = actions.iter().map(|word| Action::from((*word).to_owned())).collect();
        assert_eq!(Operation::of(&actions), expect);
    }

    #[test]
    fn replace_has_two_orders_and_counts_once() {
        check(&["delete", "create"], Operation::Replace);
        check(&["create", "delete"], Operation::Replace);
    }

    #[test]
    fn what_is_not_known_is_unknown() {
        check(&["explode"], Operation::Unknown);
        check(&["create", "explode"], Operation::Unknown);
        check(&["no-op", "delete"], Operation::Unknown);
        check(&[], Operation::Unknown);
    }

    #[test]
    fn every_single_action() {
        check(&["no-op"], Operation::NoOp);
        check(&["create"], Operation::Create);
        check(&["read"], Operation::Read);
        check(&["update"], Operation::Update);
        check(&["delete"], Operation::Delete);
        check(&["forget"], Operation::Forget);
        check(&["create", "forget"], Operation::ForgetAndCreate);
    }

    #[test]
    fn words_survive_a_round_trip() {
        let change: Change = serde_json::from_str(r#"{"actions":["explode","create"]}"#).expect("lenient");
        let back = serde_json::to_value(&change.actions).expect("plain data");
        assert_eq!(back, serde_json::json!(["explode", "create"]));
    }
}
