//! Third pass: where a value was removed after a change, it goes before the change too.
//!
//! What stands there may be the secret of before, which nobody knows any more as one: its variable has another value
//! now. So the same place of the state and of what drifted is removed as well.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mask::HIDDEN_KEY;
use super::walk::each;
use super::{is_redacted, marker};

/// Shorter texts are everywhere by chance; they are only removed where they stand opposite.
const MIN_TEXT: usize = 6;

/// What was removed of one resource or output.
#[derive(Debug, Default, Clone)]
struct Removed {
    /// Where, as JSON pointers.
    places: Vec<String>,
    /// What stood there: it may stand again in an argument that is not known before the apply.
    values: Vec<Value>,
}

/// Removes what stood where something is removed now.
pub(super) fn level(document: &mut Value) {
    let mut resources: BTreeMap<String, Removed> = BTreeMap::new();
    if let Some(changes) = document.get_mut("resource_changes") {
        each(changes, |item| {
            let removed = item.get_mut("change").map(level_change).unwrap_or_default();
            for name in ["address", "previous_address"] {
                if let Some(address) = item.get(name).and_then(Value::as_str) {
                    let known = resources.entry(address.to_owned()).or_default();
                    known.places.extend(removed.places.iter().cloned());
                    known.values.extend(removed.values.iter().cloned());
                }
            }
        });
    }
    if let Some(drift) = document.get_mut("resource_drift") {
        each(drift, |item| {
            let address = item.get("address").and_then(Value::as_str).unwrap_or_default();
            let known = resources.get(address).cloned().unwrap_or_default();
            let Some(change) = item.get_mut("change") else { return };
            known.remove_from(change.get_mut("before"));
            known.remove_from(change.get_mut("after"));
            level_change(change);
        });
    }
    let mut outputs = BTreeMap::new();
    if let Some(changes) = document.get_mut("output_changes").and_then(Value::as_object_mut) {
        for (name, change) in changes {
            outputs.insert(name.clone(), level_change(change));
        }
    }
    if let Some(state) = document.get_mut("prior_state").and_then(|state| state.get_mut("values")) {
        for (name, removed) in &outputs {
            let output = state.get_mut("outputs").and_then(|all| all.get_mut(name));
            removed.remove_from(output.and_then(|output| output.get_mut("value")));
        }
        if let Some(module) = state.get_mut("root_module") {
            level_module(module, &resources);
        }
    }
}

fn level_module(module: &mut Value, resources: &BTreeMap<String, Removed>) {
    if let Some(list) = module.get_mut("resources") {
        each(list, |resource| {
            let address = resource.get("address").and_then(Value::as_str).unwrap_or_default();
            if let Some(removed) = resources.get(address) {
                removed.remove_from(resource.get_mut("values"));
            }
        });
    }
    if let Some(children) = module.get_mut("child_modules") {
        each(children, |child| level_module(child, resources));
    }
}

/// Levels one change, and says what that took.
fn level_change(change: &mut Value) -> Removed {
    let mut removed = Removed::default();
    if let (Some(before), Some(after)) = (change.get("before"), change.get("after")) {
        compare(before, after, String::new(), &mut removed.places);
        let texts = removed.places.iter().filter_map(|place| before.pointer(place));
        removed.values = texts.filter(|value| is_telling(value)).cloned().collect();
    }
    removed.remove_from(change.get_mut("before"));
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
    fn remove_from(&self, side: Option<&mut Value>) {
        let Some(side) = side else { return };
        for place in &self.places {
            if let Some(value) = side.pointer_mut(place) {
                *value = marker(value);
            }
        }
        if !self.values.is_empty() {
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

/// Places where the side after was removed and the one before is there.
fn compare(before: &Value, after: &Value, at: String, places: &mut Vec<String>) {
    match (before, after) {
        (Value::Null, _) | (_, Value::Null) => {}
        (before, after) if is_redacted(after) => places.extend((!is_redacted(before)).then_some(at)),
        // Among the keys of before may be the secret of before.
        (Value::Object(_), Value::Object(after)) if after.contains_key(HIDDEN_KEY) => places.push(at),
        (Value::Object(before), Value::Object(after)) => {
            for (key, before) in before {
                if let Some(after) = after.get(key) {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    compare(before, after, format!("{at}/{key}"), places);
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(before, after, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
}
