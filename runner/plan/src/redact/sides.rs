//! Third pass: where a value was removed after a change, it goes before the change too.
//!
//! What stands there may be the secret of before, which nobody knows any more as one: its variable has another value
//! now. So the same place of the state and of what drifted is removed as well, and its copies in arguments that stay.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::mask::HIDDEN_KEY;
use super::{is_redacted, marker};

/// Shorter texts are everywhere by chance; they are only removed where they stand opposite.
const MIN_TEXT: usize = 6;

/// What was removed of one resource or output.
#[derive(Debug, Default, Clone)]
pub(super) struct Removed {
    /// Where, as JSON pointers.
    places: Vec<String>,
    /// What stood there: it may stand again in an argument that is not known before the apply.
    values: HashSet<Value>,
}

/// What was removed of every resource of which something was, by its addresses.
#[derive(Debug, Default)]
pub(super) struct Resources(BTreeMap<String, Removed>);

impl Resources {
    /// Levels one of the changes; true when that took something.
    pub(super) fn level(&mut self, item: &mut Value) -> bool {
        let removed = item.get_mut("change").map(level_change).unwrap_or_default();
        if removed.is_empty() {
            return false;
        }
        for name in ["address", "previous_address"] {
            if let Some(address) = item.get(name).and_then(Value::as_str) {
                let known = self.0.entry(address.to_owned()).or_default();
                known.places.extend(removed.places.iter().cloned());
                known.values.extend(removed.values.iter().cloned());
            }
        }
        true
    }

    /// Levels something that drifted, with what is known of its resource; true when that took something.
    pub(super) fn level_drift(&self, item: &mut Value) -> bool {
        let address = item.get("address").and_then(Value::as_str).unwrap_or_default();
        let known = self.0.get(address);
        let Some(change) = item.get_mut("change") else { return false };
        if let Some(known) = known {
            known.remove_from(change.get_mut("before"));
            known.remove_from(change.get_mut("after"));
        }
        !level_change(change).is_empty() || known.is_some()
    }

    /// Removes the same of a resource's values in the state.
    pub(super) fn level_state(&self, resource: &mut Value) {
        let address = resource.get("address").and_then(Value::as_str).unwrap_or_default();
        if let Some(removed) = self.0.get(address) {
            removed.remove_from(resource.get_mut("values"));
        }
    }

    /// Removes copies of it from a resource's planned values.
    pub(super) fn level_planned(&self, resource: &mut Value) {
        let address = resource.get("address").and_then(Value::as_str).unwrap_or_default();
        if let Some(removed) = self.0.get(address) {
            removed.remove_copies(resource.get_mut("values"));
        }
    }
}

/// Levels the changes of outputs, and says what that took.
pub(super) fn level_outputs(changes: &mut Value) -> BTreeMap<String, Removed> {
    let changes = changes.as_object_mut().into_iter().flatten();
    changes.map(|(name, change)| (name.clone(), level_change(change))).collect()
}

/// Removes the same of the outputs in the state.
pub(super) fn level_state_outputs(outputs: &mut Value, removed: &BTreeMap<String, Removed>) {
    for (name, removed) in removed {
        let output = outputs.get_mut(name);
        removed.remove_from(output.and_then(|output| output.get_mut("value")));
    }
}

/// Removes copies of it from the planned outputs.
pub(super) fn level_planned_outputs(outputs: &mut Value, removed: &BTreeMap<String, Removed>) {
    for (name, removed) in removed {
        let output = outputs.get_mut(name);
        removed.remove_copies(output.and_then(|output| output.get_mut("value")));
    }
}

/// Levels one change, and says what that took.
fn level_change(change: &mut Value) -> Removed {
    let mut removed = Removed::default();
    if let (Some(before), Some(after)) = (change.get("before"), change.get("after")) {
        compare(before, after, &mut Vec::new(), &mut removed.places);
        let texts = removed.places.iter().filter_map(|place| before.pointer(place));
        removed.values = texts.filter(|value| is_telling(value)).cloned().collect();
    }
    removed.remove_from(change.get_mut("before"));
    removed.remove_copies(change.get_mut("after"));
    removed
}

fn is_telling(value: &Value) -> bool {
    let long = |text: &String| text.chars().count() >= MIN_TEXT;
    match value {
        Value::String(text) => long(text),
        Value::Array(items) => items.iter().any(is_telling),
        Value::Object(map) => map.iter().any(|(key, item)| long(key) || is_telling(item)),
        _ => false,
    }
}

impl Removed {
    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn remove_from(&self, side: Option<&mut Value>) {
        let Some(side) = side else { return };
        for place in &self.places {
            if let Some(value) = side.pointer_mut(place) {
                *value = marker(value);
            }
        }
        self.remove_copies(Some(side));
    }

    fn remove_copies(&self, side: Option<&mut Value>) {
        if let Some(side) = side.filter(|_| !self.values.is_empty()) {
            self.remove_equal(side);
        }
    }

    fn remove_equal(&self, value: &mut Value) {
        if self.values.contains(value) {
            *value = marker(value);
            return;
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.remove_equal(item)),
            Value::Object(map) => map.values_mut().for_each(|item| self.remove_equal(item)),
            _ => {}
        }
    }
}

/// A step on the way to a place.
enum Step<'v> {
    Key(&'v str),
    At(usize),
}

/// Places where the side after was removed and the one before is there.
fn compare<'v>(before: &'v Value, after: &Value, at: &mut Vec<Step<'v>>, places: &mut Vec<String>) {
    match (before, after) {
        (Value::Null, _) | (_, Value::Null) => {}
        (before, after) if is_redacted(after) => {
            places.extend((!is_redacted(before)).then(|| pointer(at)));
        }
        // Among the keys of before may be the secret of before.
        (Value::Object(_), Value::Object(after)) if after.contains_key(HIDDEN_KEY) => {
            places.push(pointer(at));
        }
        (Value::Object(before), Value::Object(after)) => {
            for (key, before) in before {
                if let Some(after) = after.get(key) {
                    at.push(Step::Key(key));
                    compare(before, after, at, places);
                    at.pop();
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                at.push(Step::At(index));
                compare(before, after, at, places);
                at.pop();
            }
        }
        _ => {}
    }
}

/// The JSON pointer of a place.
fn pointer(steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) => text.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Step::At(index) => text.push_str(&format!("/{index}")),
        }
    }
    text
}
