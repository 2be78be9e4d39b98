//! Texts that are JSON, and maps, as values that paths lead through.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_hcl::Value;

/// The elements of a policy document of AWS, which takes their names in any case.
const ELEMENTS: [&str; 12] = [
    "Action",
    "Condition",
    "Effect",
    "Id",
    "NotAction",
    "NotPrincipal",
    "NotResource",
    "Principal",
    "Resource",
    "Sid",
    "Statement",
    "Version",
];

/// A text that is JSON. What is none is unknown.
pub(super) fn read(text: &str) -> Value {
    serde_json::from_str::<Json>(text).map_or(Value::Unknown, |json| named(Value::from(&json)))
}

/// A document whose elements are called as AWS documents them, when it is one of AWS's policies.
pub(super) fn named(document: Value) -> Value {
    let Value::Object(members) = document else { return document };
    if !members.keys().any(|key| key.eq_ignore_ascii_case("Statement")) {
        return Value::Object(members);
    }
    let mut members = with_names(members);
    if let Some(statements) = members.remove("Statement") {
        let statements = match statements {
            Value::List(statements) => Value::List(statements.into_iter().map(statement).collect()),
            one => statement(one),
        };
        members.insert("Statement".to_owned(), statements);
    }
    Value::Object(members)
}

fn statement(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(with_names(members)),
        other => other,
    }
}

fn with_names(members: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let name = |key: String| {
        let known = ELEMENTS.into_iter().find(|element| element.eq_ignore_ascii_case(&key));
        known.map_or(key, str::to_owned)
    };
    members.into_iter().map(|(key, value)| (name(key), value)).collect()
}

/// A member of a map with its key.
pub(super) fn entry((key, value): (String, Value)) -> Value {
    Value::Object([("key".to_owned(), Value::String(key)), ("value".to_owned(), value)].into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_elements_of_a_policy_are_found_in_any_case() {
        let text = r#"{"version": "x", "statement": {"effect": "Allow", "ACTION": ["*"], "Condition": {"a": {"b": "c"}}}}"#;
        let expect = json!({"Version": "x", "Statement": {"Effect": "Allow", "Action": ["*"], "Condition": {"a": {"b": "c"}}}});
        assert_eq!(read(text), Value::from(&expect));
    }

    #[test]
    fn other_documents_stay_as_they_are() {
        assert_eq!(read(r#"{"action": "x"}"#), Value::from(&json!({"action": "x"})));
        assert_eq!((read("{"), read("3")), (Value::Unknown, Value::from(&json!(3))));
    }
}
