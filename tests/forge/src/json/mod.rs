//! Owns: GitHub's JSON for each kind of thing, the same in answers and in webhooks. One file a family.

pub(crate) mod account;
pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod issue;
pub(crate) mod pull;
pub(crate) mod repo;
pub(crate) mod run;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::written;

/// A GraphQL id: a prefix for the kind, then something opaque that can be read back.
pub(crate) fn node_id(prefix: &str, id: u64) -> String {
    format!("{prefix}_kwDOA{id:012x}")
}

/// The number in a GraphQL id, when its kind is the one expected.
pub(crate) fn read_node_id(prefix: &str, node: &str) -> Option<u64> {
    let rest = node.strip_prefix(prefix)?.strip_prefix("_kwDOA")?;
    u64::from_str_radix(rest, 16).ok()
}

/// A time, or null.
pub(crate) fn time(value: Option<Timestamp>) -> Value {
    value.map_or(Value::Null, |at| json!(written(at)))
}
