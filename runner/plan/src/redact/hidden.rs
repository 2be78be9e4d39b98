//! Fourth pass: which removed values differ before and after. People review that a password changes, not what
//! it is; and a plan that changes it is not the plan that does not.

use serde_json::{Map, Value};

/// Where the paths stand in a change.
const FIELD: &str = "tfpilot_hidden_changes";

/// Compares the raw document with the redacted one and notes the paths in each change of the latter.
pub(super) fn record(raw: &Value, redacted: &mut Value) {
    for section in ["resource_changes", "resource_drift"] {
        pairs(raw.get(section), redacted.get_mut(section), |raw, redacted| {
            record_change(raw.get("change"), redacted.get_mut("change"));
        });
    }
    pairs(raw.get("deferred_changes"), redacted.get_mut("deferred_changes"), |raw, redacted| {
        let raw = raw.get("resource_change").and_then(|item| item.get("change"));
        record_change(raw, redacted.get_mut("resource_change").and_then(|item| item.get_mut("change")));
    });
    let raw = raw.get("output_changes").and_then(Value::as_object);
    let redacted = redacted.get_mut("output_changes").and_then(Value::as_object_mut);
    if let (Some(raw), Some(redacted)) = (raw, redacted) {
        for (name, change) in redacted {
            record_change(raw.get(name), Some(change));
        }
    }
}

fn pairs(raw: Option<&Value>, redacted: Option<&mut Value>, mut f: impl FnMut(&Value, &mut Value)) {
    let raw = raw.and_then(Value::as_array).into_iter().flatten();
    let redacted = redacted.and_then(Value::as_array_mut).into_iter().flatten();
    raw.zip(redacted).for_each(|(raw, redacted)| f(raw, redacted));
}

fn record_change(raw: Option<&Value>, redacted: Option<&mut Value>) {
    let (Some(raw), Some(change)) = (raw, redacted.and_then(Value::as_object_mut)) else { return };
    change.remove(FIELD);
    let mut walk = Walk { path: Vec::new(), found: Vec::new() };
    let side = |of: &Map<String, Value>, name: &str| of.get(name).cloned().unwrap_or_default();
    if let Some(raw) = raw.as_object() {
        walk.compare(
            &Sides { before: &side(raw, "before"), after: &side(raw, "after") },
            &Sides { before: &side(change, "before"), after: &side(change, "after") },
        );
    }
    if !walk.found.is_empty() {
        change.insert(FIELD.to_owned(), Value::Array(walk.found));
    }
}

struct Sides<'a> {
    before: &'a Value,
    after: &'a Value,
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
                let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
                for key in keys {
                    self.step(Value::from(key.as_str()), raw, redacted, |side| side.get(key));
                }
            }
            (Value::Array(before), Value::Array(after)) => {
                for at in 0..before.len().max(after.len()) {
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
