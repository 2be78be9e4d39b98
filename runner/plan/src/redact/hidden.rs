//! Fourth pass: which removed values differ before and after. People review that a password changes, not what
//! it is; and a plan that changes it is not the plan that does not.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Where the paths stand in a change.
const FIELD: &str = "tfpilot_hidden_changes";

/// Notes in a change which removed values differ. Without the raw change nothing of it was removed.
pub(super) fn record(raw: Option<&Value>, redacted: Option<&mut Value>) {
    let Some(change) = redacted.and_then(Value::as_object_mut) else { return };
    change.remove(FIELD);
    let Some(raw) = raw else { return };
    let mut walk = Walk { path: Vec::new(), found: Vec::new() };
    if let Some(raw) = raw.as_object() {
        walk.compare(&Sides::of(raw), &Sides::of(change));
    }
    if !walk.found.is_empty() {
        change.insert(FIELD.to_owned(), Value::Array(walk.found));
    }
}

struct Sides<'a> {
    before: &'a Value,
    after: &'a Value,
}

impl<'a> Sides<'a> {
    fn of(change: &'a Map<String, Value>) -> Self {
        let side = |name: &str| change.get(name).unwrap_or(&Value::Null);
        Self { before: side("before"), after: side("after") }
    }
}

/// The members of a raw object that the redacted one does not have.
fn without<'v>(raw: &'v Value, redacted: &Map<String, Value>) -> BTreeMap<&'v String, &'v Value> {
    let members = raw.as_object().into_iter().flatten();
    members.filter(|(key, _)| !redacted.contains_key(*key)).collect()
}

struct Walk {
    path: Vec<Value>,
    found: Vec<Value>,
}

impl Walk {
    /// Where the redacted sides agree but the raw ones do not, the difference is hidden.
    fn compare(&mut self, raw: &Sides<'_>, redacted: &Sides<'_>) {
        if raw.before == raw.after {
            return;
        }
        match (redacted.before, redacted.after) {
            (Value::Object(before), Value::Object(after)) => {
                // The raw value does not have a hidden key, nor the redacted one what is hidden.
                if without(raw.before, before) != without(raw.after, after) {
                    self.found.push(Value::Array(self.path.clone()));
                }
                // What stands on one side alone is seen.
                for key in before.keys().filter(|key| after.contains_key(*key)) {
                    self.step(Value::from(key.as_str()), raw, redacted, |side| side.get(key));
                }
            }
            (Value::Array(before), Value::Array(after)) => {
                for at in 0..before.len().min(after.len()) {
                    self.step(Value::from(at), raw, redacted, |side| side.get(at));
                }
            }
            (before, after) if before == after => self.found.push(Value::Array(self.path.clone())),
            _ => {}
        }
    }

    fn step<'v>(
        &mut self,
        name: Value,
        raw: &Sides<'v>,
        redacted: &Sides<'v>,
        get: impl Fn(&'v Value) -> Option<&'v Value>,
    ) {
        let part = |side| get(side).unwrap_or(&Value::Null);
        self.path.push(name);
        let raw_part = Sides { before: part(raw.before), after: part(raw.after) };
        let redacted_part = Sides { before: part(redacted.before), after: part(redacted.after) };
        self.compare(&raw_part, &redacted_part);
        self.path.pop();
    }
}
