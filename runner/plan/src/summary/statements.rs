//! Statements of an IAM policy as texts, so that they are compared as statements and not by their place.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Statement {
    /// `Allow s3:GetObject on *`
    pub(super) text: String,
    /// It lets anybody in: allows every principal, on no condition.
    pub(super) open: bool,
}

/// The statements of a policy document; none when the text is no such document.
pub(super) fn of(document: &str) -> Option<BTreeSet<Statement>> {
    let document: Value = serde_json::from_str(document).ok()?;
    match document.get("Statement")? {
        Value::Array(statements) => statements.iter().map(statement).collect(),
        one => Some(BTreeSet::from([statement(one)?])),
    }
}

fn statement(value: &Value) -> Option<Statement> {
    let map = value.as_object()?;
    let known = [
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    ];
    if map.keys().any(|key| !known.contains(&key.as_str())) {
        return Some(Statement { text: value.to_string(), open: false });
    }
    let mut text = map.get("Effect").map_or_else(|| "(no effect)".to_owned(), plain);
    for (not, name, word) in [
        ("NotAction", "Action", ""),
        ("NotResource", "Resource", " on"),
        ("NotPrincipal", "Principal", " for"),
    ] {
        if let Some(value) = map.get(name) {
            text.push_str(&format!("{word} {}", plain(value)));
        }
        if let Some(value) = map.get(not) {
            text.push_str(&format!("{word} all but {}", plain(value)));
        }
    }
    if let Some(condition) = condition(map) {
        text.push_str(&format!(" if {condition}"));
    }
    let anybody = map.get("Principal").is_some_and(is_anybody) || map.contains_key("NotPrincipal");
    let allows = map.get("Effect").and_then(Value::as_str) == Some("Allow");
    Some(Statement { text, open: allows && anybody && condition(map).is_none() })
}

fn condition(map: &Map<String, Value>) -> Option<&Value> {
    map.get("Condition").filter(|condition| condition.as_object().is_none_or(|map| !map.is_empty()))
}

fn is_anybody(principal: &Value) -> bool {
    match principal {
        Value::String(text) => text == "*",
        Value::Array(items) => items.iter().any(is_anybody),
        Value::Object(map) => map.values().any(is_anybody),
        _ => false,
    }
}

/// A list in fixed order, a single value as itself.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(plain).collect();
            items.sort_unstable();
            items.join(", ")
        }
        Value::Object(map) => {
            let mut parts: Vec<String> =
                map.iter().map(|(key, value)| format!("{key} {}", plain(value))).collect();
            parts.sort_unstable();
            parts.join(", ")
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_statements_and_actions_does_not_matter() {
        let a = r#"{"Statement":[{"Effect":"Allow","Action":["b","a"],"Resource":"*"},{"Effect":"Deny","Action":"c"}]}"#;
        let b = r#"{"Statement":[{"Effect":"Deny","Action":["c"]},{"Sid":"x","Effect":"Allow","Action":["a","b"],"Resource":["*"]}]}"#;
        assert_eq!(of(a), of(b));
        let texts: Vec<String> = of(a).expect("a policy").into_iter().map(|it| it.text).collect();
        assert_eq!(texts, ["Allow a, b on *", "Deny c"]);
    }

    #[track_caller]
    fn check_open(statement: &str, expect: bool) {
        let statements = of(&format!(r#"{{"Statement":{statement}}}"#)).expect("a policy");
        assert_eq!(statements.first().expect("one").open, expect, "{statement}");
    }

    #[test]
    fn open_to_anybody() {
        check_open(r#"{"Effect":"Allow","Principal":"*"}"#, true);
        check_open(r#"{"Effect":"Allow","Principal":{"AWS":["arn","*"]},"Condition":{}}"#, true);
        check_open(r#"{"Effect":"Allow","NotPrincipal":{"AWS":"arn"}}"#, true);
        check_open(r#"{"Effect":"Deny","Principal":"*"}"#, false);
        check_open(
            r#"{"Effect":"Allow","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o"}}}"#,
            false,
        );
        check_open(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, false);
    }

    #[test]
    fn other_texts_are_no_policies() {
        for text in ["", "{}", "[]", "plain", r#"{"Statement":3}"#, r#"{"Statement":["x"]}"#] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
