//! Values of a plan as TfPilot judges them: what is known only after apply, or was redacted, is unknown at its depth.
//! What the code adds to them is decided here, where the two meet; reading the code belongs to [`crate::code`].

use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::is_redacted;

/// A value of a plan with its mirror of unknown marks.
pub(crate) fn planned(value: &Json, unknown: &Json) -> Value {
    merged(value, unknown, None)
}

/// The same, with what the code says, entries in the plan's order, where the plan says "known after apply". A redacted value stays unknown: that it is
/// secret is what the code's author asked for.
pub(crate) fn merged(value: &Json, unknown: &Json, code: Option<&Value>) -> Value {
    if *unknown == Json::Bool(true) {
        return code.cloned().unwrap_or(Value::Unknown);
    }
    match value {
        value if is_redacted(value) => Value::Unknown,
        Json::Array(items) => {
            let marks = unknown.as_array();
            let written = match code {
                Some(Value::List(written)) if written.len() == items.len() => Some(written),
                _ => None,
            };
            let merge = |(at, item): (usize, &Json)| {
                let mark = marks.and_then(|marks| marks.get(at)).unwrap_or(&Json::Null);
                merged(item, mark, written.and_then(|written| written.get(at)))
            };
            let mut merged: Vec<Value> = items.iter().enumerate().map(merge).collect();
            // Elements that are unknown as a whole may be missing from the value.
            let more = marks.map(|marks| marks.iter().skip(items.len())).into_iter().flatten();
            merged.extend(more.filter(|mark| has_mark(mark)).map(|_| Value::Unknown));
            Value::List(merged)
        }
        Json::Object(entries) => {
            let written = match code {
                Some(Value::Object(written)) => Some(written),
                _ => None,
            };
            let at = |name: &str| written.and_then(|written| written.get(name));
            let mark = |name: &str| unknown.get(name).unwrap_or(&Json::Null);
            let mut merged: std::collections::BTreeMap<String, Value> = entries
                .iter()
                .map(|(name, value)| (name.clone(), merged(value, mark(name), at(name))))
                .collect();
            // An unknown member is absent from the value.
            for (name, mark) in unknown.as_object().into_iter().flatten() {
                if has_mark(mark) && !entries.contains_key(name) {
                    merged.insert(name.clone(), at(name).cloned().unwrap_or(Value::Unknown));
                }
            }
            Value::Object(merged)
        }
        value => Value::from(value),
    }
}

/// Whether anything is marked as unknown.
pub(crate) fn has_mark(unknown: &Json) -> bool {
    match unknown {
        Json::Bool(mark) => *mark,
        Json::Array(items) => items.iter().any(has_mark),
        Json::Object(entries) => entries.values().any(has_mark),
        _ => false,
    }
}

/// A member of an object; absent is null, of what is unknown all is unknown.
pub(crate) fn member(value: &Value, name: &str) -> Value {
    match value {
        Value::Object(entries) => entries.get(name).cloned().unwrap_or(Value::Null),
        Value::Unknown => Value::Unknown,
        _ => Value::Null,
    }
}

/// The elements of a list; a single value is a list of one, null is empty. None when it is unknown.
pub(crate) fn elements(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::List(items) => Some(items.iter().collect()),
        Value::Null => Some(Vec::new()),
        Value::Unknown => None,
        one => Some(vec![one]),
    }
}

/// A known value in few characters and code font.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => tfpilot_plan::code(text),
        Value::Unknown => "a value known only after apply".to_owned(),
        value => match value.to_json() {
            Some(json) => tfpilot_plan::code(&json.to_string()),
            None => "a value known only in part".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: Json, unknown: Json, code: Option<Json>, expect: Value) {
        let code = code.map(|code| Value::from(&code));
        assert_eq!(merged(&value, &unknown, code.as_ref()), expect);
    }

    fn object(members: &[(&str, Value)]) -> Value {
        Value::Object(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn unknown_marks_hold_at_their_depth() {
        check(json!(null), json!(true), None, Value::Unknown);
        check(json!({"a": 1}), json!({"b": true, "a": false}), None, {
            object(&[("a", Value::from(&json!(1))), ("b", Value::Unknown)])
        });
        check(
            json!([{"x": 1}]),
            json!([{"y": true}]),
            None,
            Value::List(vec![object(&[("x", Value::from(&json!(1))), ("y", Value::Unknown)])]),
        );
        check(json!([]), json!([true]), None, Value::List(vec![Value::Unknown]));
    }

    #[test]
    fn the_code_speaks_only_where_the_plan_does_not_know() {
        check(json!(null), json!(true), Some(json!("a")), Value::from(&json!("a")));
        check(json!("plan"), json!(false), Some(json!("code")), Value::from(&json!("plan")));
        check(json!({"a": 1}), json!({"b": true}), Some(json!({"a": 9, "b": 2})), {
            Value::from(&json!({"a": 1, "b": 2}))
        });
        check(json!([null]), json!([true]), Some(json!(["x", "y"])), Value::List(vec![Value::Unknown]));
    }

    #[test]
    fn what_is_secret_stays_unknown_though_the_code_shows_it() {
        check(json!("redacted:string"), json!({}), Some(json!("public")), Value::Unknown);
        check(json!({"a": "redacted:list"}), json!({}), Some(json!({"a": []})), {
            object(&[("a", Value::Unknown)])
        });
    }
}
