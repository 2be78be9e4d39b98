//! What emulate has not at all, and the story cannot do without: answers in its place, as GitHub documents them.

use http::Method;
use serde_json::{Value, json};

/// Git over HTTP, which [`crate::git`] serves.
pub(crate) const GIT: &str = "git over HTTP";

/// What is lent when emulate answers 404: its name in the list of differences, a status and a body.
pub(crate) fn answer(method: &Method, path: &str) -> Option<(&'static str, u16, Value)> {
    let steps: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method.as_str(), steps.as_slice()) {
        // A repository without rulesets.
        ("GET", ["repos", _, _, "rules", "branches", _]) => Some(("branch rules", 200, json!([]))),
        ("POST", ["repos", _, _, "issues", .., "reactions"]) => {
            Some(("reactions", 201, json!({"id": 1, "content": "eyes"})))
        }
        // Folding a comment away, which is asked for over GraphQL alone.
        ("POST", ["graphql"]) => Some(("GraphQL", 200, json!({"data": {}}))),
        _ => None,
    }
}
