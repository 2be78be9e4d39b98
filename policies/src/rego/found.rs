//! What a rule found: a text each, or an object with `msg`, as conftest takes them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Fault;

/// Results of a rule that are kept; all are counted.
const KEPT: usize = 100;

/// Characters of a text that are kept.
const KEPT_CHARS: usize = 400;

/// What a rule says of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The rule.
    pub rule: String,
    /// What it found.
    pub found: Vec<Found>,
    /// Results that are not kept.
    pub omitted: u32,
    /// An exception lets it off.
    pub excepted: bool,
}

/// One result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What it says.
    pub message: String,
    /// The resource that it names.
    pub address: Option<String>,
    /// What to do, where it says so.
    pub hint: Option<String>,
    /// How bad it is, where it says so.
    pub severity: Option<String>,
}

/// Reads a rule's value; what is none of the known forms is told, never passed over.
pub(super) fn read(rule: &str, value: Option<Json>) -> Result<Answered, Fault> {
    let results = match value {
        None | Some(Json::Bool(false)) => Vec::new(),
        // conftest would pass over it.
        Some(Json::Bool(true)) => vec![Found { message: format!("{rule} is true"), ..Found::default() }],
        Some(Json::String(text)) => vec![one(rule, &Json::String(text))?],
        Some(Json::Array(items)) => items.iter().map(|item| one(rule, item)).collect::<Result<_, _>>()?,
        Some(other) => return Err(unreadable(rule, kind(&other))),
    };
    let omitted = u32::try_from(results.len().saturating_sub(KEPT)).unwrap_or(u32::MAX);
    let found = results.into_iter().take(KEPT).collect();
    Ok(Answered { rule: rule.to_owned(), found, omitted, excepted: false })
}

fn one(rule: &str, item: &Json) -> Result<Found, Fault> {
    if let Some(text) = item.as_str() {
        return Ok(Found { message: cut(text), ..Found::default() });
    }
    if !item.is_object() {
        return Err(unreadable(rule, kind(item)));
    }
    let Some(message) = item.get("msg").and_then(Json::as_str) else {
        return Err(unreadable(rule, "an object without msg"));
    };
    let named = |names: &[&str]| {
        let places = [Some(item), item.get("details"), item.get("metadata")];
        let mut values =
            places.into_iter().flatten().flat_map(|place| names.iter().map(|name| place.get(*name)));
        values.find_map(|value| value.and_then(Json::as_str)).map(cut)
    };
    Ok(Found {
        message: cut(message),
        address: named(&["address", "resource", "resource_address"]),
        hint: named(&["hint", "remediation", "fix"]),
        severity: named(&["severity"]),
    })
}

fn unreadable(rule: &str, what: &str) -> Fault {
    Fault::whole(format!("a result of {rule} is {what}"), "let it be a text, or an object with a text `msg`")
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= KEPT_CHARS {
        return text.to_owned();
    }
    text.chars().take(KEPT_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn messages(value: Json) -> Vec<String> {
        let read = read("deny", Some(value)).expect("results");
        read.found.into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn results_are_texts_or_objects_with_one() {
        assert_eq!(messages(json!([])), [""; 0]);
        assert_eq!(messages(json!(["a", {"msg": "b", "details": {}}])), ["a", "b"]);
        assert_eq!(messages(json!("c")), ["c"]);
        assert_eq!(messages(json!(true)), ["deny is true"]);
        assert_eq!(messages(json!(false)), [""; 0]);
    }

    #[test]
    fn what_is_no_result_is_told() {
        for value in [json!([1]), json!({"a": "b"}), json!([{"message": "m"}]), json!([["x"]]), json!(7)] {
            assert!(read("deny", Some(value.clone())).is_err(), "{value}");
        }
    }

    #[test]
    fn the_resource_is_named_beside_the_message_or_in_its_details() {
        let value = json!([{"msg": "m", "address": "a.b"}, {"msg": "m", "details": {"resource": "c.d", "severity": "HIGH"}}]);
        let found = read("deny", Some(value)).expect("results").found;
        let addresses: Vec<_> = found.iter().filter_map(|it| it.address.as_deref()).collect();
        assert_eq!(addresses, ["a.b", "c.d"]);
        assert_eq!(found[1].severity.as_deref(), Some("HIGH"));
    }

    #[test]
    fn many_results_are_counted() {
        let read = read("deny", Some(json!(vec!["x"; 150]))).expect("results");
        assert_eq!((read.found.len(), read.omitted), (100, 50));
    }
}
