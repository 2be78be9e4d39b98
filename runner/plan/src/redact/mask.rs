//! Second pass: removes known secrets and token shapes wherever they stand in the document.
//!
//! Names that come from the code (types, addresses, actions, attribute names) are kept even if someone's secret
//! happens to be spelled the same: everyone who may see the plan may read the code, and a "secret" called
//! `delete` or `cidr_blocks` must not hide a deletion or an open port from a rule.

use serde_json::{Map, Value};

use super::patterns::Redactor;
use super::{marker, shapes};

/// Below these keys stand values; elsewhere the words of the document.
const VALUE_KEYS: [&str; 12] = [
    "before",
    "after",
    "values",
    "value",
    "default",
    "constant_value",
    "importing",
    "generated_config",
    "description",
    "message",
    "before_identity",
    "after_identity",
];

/// Stands for a key that is a secret.
pub(super) const HIDDEN_KEY: &str = "redacted:key";

/// Removes every known secret from a document.
pub(super) fn remove_known(document: &mut Value, redactor: &Redactor) {
    Walk { redactor }.words(document);
}

struct Walk<'a> {
    redactor: &'a Redactor,
}

impl Walk<'_> {
    /// Structure: strings are words of the code unless they do not look like it.
    fn words(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.word(text),
            Value::Number(_) => self.number(value),
            Value::Array(items) => items.iter_mut().for_each(|item| self.words(item)),
            Value::Object(map) => {
                self.keys(map);
                for (key, item) in map.iter_mut() {
                    if shapes::is_secret_name(key) {
                        hide_named(item);
                    }
                    if VALUE_KEYS.contains(&key.as_str()) {
                        self.values(item);
                    } else {
                        self.words(item);
                    }
                }
            }
            _ => {}
        }
    }

    /// Values: a string that holds a secret goes as a whole, as the rest of it would be judged wrongly.
    fn values(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.redactor.condemns(text) => *value = marker(value),
            Value::Number(_) => self.number(value),
            Value::Array(items) => items.iter_mut().for_each(|item| self.values(item)),
            Value::Object(map) => {
                self.keys(map);
                for (key, item) in map.iter_mut() {
                    match item {
                        Value::String(text) if !text.is_empty() && shapes::is_secret_name(key) => {
                            *item = marker(item);
                        }
                        item => self.values(item),
                    }
                }
            }
            _ => {}
        }
    }

    fn number(&self, value: &mut Value) {
        if self.redactor.is_secret(&value.to_string()) {
            *value = marker(value);
        }
    }

    fn keys(&self, map: &mut Map<String, Value>) {
        let condemned =
            |key: &String| shapes::has_token(key) || (!is_identifier(key) && self.redactor.knows(key));
        let keys: Vec<String> = map.keys().filter(|key| condemned(key)).cloned().collect();
        for key in keys {
            if let Some(value) = map.remove(&key) {
                map.insert(HIDDEN_KEY.to_owned(), marker(&value));
            }
        }
    }

    /// An address keeps its names; its instance keys are values.
    fn word(&self, text: &str) -> String {
        if !self.redactor.condemns(text) {
            return text.to_owned();
        }
        if !is_address(text) {
            return "redacted:string".to_owned();
        }
        let mut masked = String::with_capacity(text.len());
        for (at, part) in text.split('"').enumerate() {
            if at > 0 {
                masked.push('"');
            }
            // Between quotes: an instance key. Around them: names, where only a token's shape counts.
            let hit = if at % 2 == 1 { self.redactor.condemns(part) } else { shapes::has_token(part) };
            masked.push_str(if hit { HIDDEN_KEY } else { part });
        }
        masked
    }
}

/// A variable, output or argument whose name says that it is secret: its value is, whatever its marks say.
fn hide_named(declaration: &mut Value) {
    for field in ["value", "default", "constant_value", "before", "after"] {
        match declaration.get_mut(field) {
            Some(Value::String(text)) if text.is_empty() => {}
            Some(value @ Value::String(_)) => *value = marker(value),
            _ => {}
        }
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// Names, dots, slashes of provider sources, and `["keys"]`.
fn is_address(text: &str) -> bool {
    let outside = text.split('"').step_by(2);
    let balanced = text.split('"').count() % 2 == 1;
    balanced
        && outside
            .flat_map(str::chars)
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '[' | ']'))
}
