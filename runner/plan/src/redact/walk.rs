//! Steps into a document whose shape is hoped for, not known.

use serde_json::Value;

/// Present and `true`.
pub(super) fn is_true(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool) == Some(true)
}

/// Every value, if it is an object.
pub(super) fn each_value(map: &mut Value, f: impl FnMut(&mut Value)) {
    if let Some(map) = map.as_object_mut() {
        map.values_mut().for_each(f);
    }
}

/// Every name and value, if it is an object.
pub(super) fn each_entry(map: &mut Value, mut f: impl FnMut(&str, &mut Value)) {
    if let Some(map) = map.as_object_mut() {
        map.iter_mut().for_each(|(name, value)| f(name, value));
    }
}
