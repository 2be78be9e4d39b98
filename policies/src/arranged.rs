//! What the code writes, in the plan's order. Blocks are often a set, which the plan has in an order of its own: an entry of
//! the code belongs to the entry of the plan that says the same, as far as both are known, and not to the one at its place.

use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::is_redacted;

/// Entries of one list that are compared with each other; beyond, what the code says of them is unknown.
const MAX_ENTRIES: usize = 200;

/// The code's value with the entries of its lists where the plan has them. An entry that could be several is what they have
/// in common; a list with an entry that could be none is unknown.
pub(crate) fn arranged(planned: &Json, unknown: &Json, code: &Value) -> Value {
    if *unknown == Json::Bool(true) {
        return code.clone();
    }
    match (planned, code) {
        (Json::Array(items), Value::List(written)) => {
            if items.len() != written.len() || items.len() > MAX_ENTRIES {
                return Value::Unknown;
            }
            let place = |(at, item): (usize, &Json)| {
                let mark = unknown.get(at).unwrap_or(&Json::Null);
                let may_be = written.iter().filter(|entry| may_be(item, mark, entry)).cloned();
                may_be.reduce(common).map(|entry| arranged(item, mark, &entry))
            };
            let entries: Option<Vec<Value>> = items.iter().enumerate().map(place).collect();
            entries.map_or(Value::Unknown, Value::List)
        }
        (Json::Object(members), Value::Object(written)) => {
            let place = |(name, value): (&String, &Value)| {
                let mark = unknown.get(name).unwrap_or(&Json::Null);
                let planned = members.get(name);
                (
                    name.clone(),
                    planned.map_or_else(|| value.clone(), |planned| arranged(planned, mark, value)),
                )
            };
            Value::Object(written.iter().map(place).collect())
        }
        _ => code.clone(),
    }
}

/// Whether an entry of the plan may be one of the code. What the code leaves out or does not know may be anything.
fn may_be(planned: &Json, unknown: &Json, code: &Value) -> bool {
    if *unknown == Json::Bool(true) || is_redacted(planned) {
        return true;
    }
    match (planned, code) {
        (_, Value::Unknown | Value::Null) => true,
        (Json::Object(members), Value::Object(written)) => written.iter().all(|(name, value)| {
            let mark = unknown.get(name).unwrap_or(&Json::Null);
            members.get(name).is_none_or(|planned| may_be(planned, mark, value))
        }),
        (Json::Array(items), Value::List(written)) => {
            let known = |at: usize| unknown.get(at).unwrap_or(&Json::Null);
            let found =
                |(at, item): (usize, &Json)| written.iter().any(|entry| may_be(item, known(at), entry));
            items.len() == written.len() && items.len() <= MAX_ENTRIES && items.iter().enumerate().all(found)
        }
        // The provider may keep a text as a number, or write it otherwise.
        (
            Json::String(_) | Json::Number(_) | Json::Bool(_),
            Value::String(_) | Value::Number(_) | Value::Bool(_),
        ) => text(planned) == code.to_json().as_ref().and_then(text),
        _ => false,
    }
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.to_ascii_lowercase()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// What two entries both say.
fn common(a: Value, b: Value) -> Value {
    match (a, b) {
        (a, b) if a == b => a,
        (Value::Object(a), Value::Object(mut b)) => {
            let mut members: std::collections::BTreeMap<String, Value> = a
                .into_iter()
                .map(|(name, value)| {
                    let other = b.remove(&name);
                    (name, other.map_or(Value::Unknown, |other| common(value, other)))
                })
                .collect();
            members.extend(b.into_keys().map(|name| (name, Value::Unknown)));
            Value::Object(members)
        }
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(planned: Json, unknown: Json, code: Json, expect: Json) {
        assert_eq!(arranged(&planned, &unknown, &Value::from(&code)), Value::from(&expect));
    }

    #[test]
    fn entries_are_found_by_what_they_say() {
        check(
            json!([{"name": "a"}, {"name": "b", "on": true}]),
            json!([{"on": true}, {}]),
            json!([{"name": "b", "on": true}, {"name": "a"}]),
            json!([{"name": "a"}, {"name": "b", "on": true}]),
        );
        // Kept as another kind of scalar.
        check(json!([{"port": "22"}, {"port": "21"}]), json!([]), json!([{"port": 21}, {"port": 22}]), {
            json!([{"port": 22}, {"port": 21}])
        });
        check(json!([]), json!([]), json!([]), json!([]));
    }

    #[test]
    fn what_cannot_be_told_apart_is_what_both_say() {
        let same = json!([{"size": 1, "on": true}, {"size": 1}]);
        let told = arranged(
            &json!([{"size": 1}, {"size": 1}]),
            &json!([{"on": true}, {"on": true}]),
            &Value::from(&same),
        );
        let either = Value::Object(
            [("size".to_owned(), Value::from(&json!(1))), ("on".to_owned(), Value::Unknown)].into(),
        );
        assert_eq!(told, Value::List(vec![either.clone(), either]));
        let other = json!([{"size": 2}]);
        assert_eq!(arranged(&json!([{"size": 1}]), &json!([]), &Value::from(&other)), Value::Unknown);
        assert_eq!(arranged(&json!([1]), &json!([]), &Value::from(&json!([1, 2]))), Value::Unknown);
    }

    #[test]
    fn lists_within_entries_are_arranged_too() {
        check(
            json!([{"n": 1, "in": [{"k": "a"}, {"k": "b"}]}]),
            json!([{"in": [{"v": true}, {"v": true}]}]),
            json!([{"n": 1, "in": [{"k": "b", "v": 2}, {"k": "a", "v": 1}]}]),
            json!([{"n": 1, "in": [{"k": "a", "v": 1}, {"k": "b", "v": 2}]}]),
        );
    }
}
