//! Second pass: removes known secrets and token shapes wherever they stand in the document.
//!
//! Names that come from the code (types, addresses, actions, attribute names) are kept even if someone's secret
//! happens to be spelled the same: everyone who may see the plan may read the code, and a "secret" called
//! `delete` or `cidr_blocks` must not hide a deletion or an open port from a rule.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::patterns::Redactor;
use super::{marker, names, shapes};
use crate::document::Node;
use crate::model::KNOWN_SECTIONS;

/// Below these keys stand values; elsewhere the words of the document.
const VALUE_KEYS: [&str; 15] = [
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
    "identity",
    "index",
    "instance_key",
];

/// Below these keys stand paths into values: names of attributes, and keys of maps.
const PATH_KEYS: [&str; 2] = ["replace_paths", "attribute"];

/// Where the value of something with a name of its own stands.
const NAMED_FIELDS: [&str; 5] = ["value", "default", "constant_value", "before", "after"];

/// Stands for a key that is a secret.
pub(super) const HIDDEN_KEY: &str = "redacted:key";

/// What the strings of a place are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Words of the code.
    Words,
    /// Values.
    Values,
}

impl Mode {
    /// Of what a member of an object on the way to items holds. Only what is parsed can be a value: all else is there
    /// because it has the place and the name that Terraform gives it, whatever a module of the code is called.
    pub(super) fn of_member<T>(name: &str, member: &Node<T>) -> Self {
        match member {
            Node::Value(_) if VALUE_KEYS.contains(&name) => Self::Values,
            _ => Self::Words,
        }
    }

    /// Of a section of the document. What a newer Terraform calls a word is not known.
    pub(super) fn of_section(name: &str) -> Self {
        if KNOWN_SECTIONS.contains(&name) { Self::Words } else { Self::Values }
    }
}

/// Removes every known secret.
pub(super) struct Mask<'a> {
    redactor: &'a Redactor,
    /// Whether any value was removed since it was last asked.
    touched: Cell<bool>,
}

impl<'a> Mask<'a> {
    pub(super) fn new(redactor: &'a Redactor) -> Self {
        Self { redactor, touched: Cell::new(false) }
    }

    /// Whether any value was removed since it was last asked.
    pub(super) fn take_touched(&self) -> bool {
        self.touched.take()
    }

    /// Removes every known secret from a value.
    pub(super) fn of_value(&self, mode: Mode, value: &mut Value) {
        match mode {
            Mode::Words => self.words(value),
            Mode::Values => self.values(value),
        }
    }

    /// The same for the members of an object on the way to items; what is in the members is left to the caller.
    pub(super) fn of_members<T>(&self, members: &mut BTreeMap<String, Node<T>>) {
        let condemned: Vec<String> = members.keys().filter(|key| self.is_condemned(key)).cloned().collect();
        for key in condemned {
            if let Some(node) = members.remove(&key) {
                let value = match node {
                    Node::Value(value) => marker(&value),
                    Node::Map(_) => marker(&Value::Object(Map::new())),
                    Node::List(_) | Node::Items(_) => marker(&Value::Array(Vec::new())),
                };
                members.insert(HIDDEN_KEY.to_owned(), Node::Value(value));
            }
        }
        for (_, node) in members.iter_mut().filter(|(name, _)| names::is_secret_name(name)) {
            node.value_mut().into_iter().for_each(|value| self.hide_named(value));
        }
    }

    /// Structure: strings are words of the code unless they do not look like it.
    fn words(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.word(text),
            Value::Number(_) => self.number(value),
            Value::Array(items) => items.iter_mut().for_each(|item| self.words(item)),
            Value::Object(map) => {
                self.keys(map);
                self.pair(map);
                for (key, item) in map.iter_mut() {
                    if names::is_secret_name(key) {
                        self.hide_named(item);
                    }
                    if VALUE_KEYS.contains(&key.as_str()) {
                        self.values(item);
                    } else if PATH_KEYS.contains(&key.as_str()) {
                        self.paths(item);
                    } else {
                        self.words(item);
                    }
                }
            }
            _ => {}
        }
    }

    /// Paths: what was removed as a key goes as a step as well.
    fn paths(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.paths(item)),
            Value::String(step) if self.is_condemned(step) => *step = HIDDEN_KEY.to_owned(),
            Value::String(_) => {}
            // An argument or a block of this name.
            other => self.words(other),
        }
    }

    /// Values: a string that holds a secret goes as a whole, as the rest of it would be judged wrongly.
    fn values(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.redactor.condemns(text) => self.hide(value),
            Value::Number(_) => self.number(value),
            Value::Array(items) => items.iter_mut().for_each(|item| self.values(item)),
            Value::Object(map) => {
                self.keys(map);
                self.pair(map);
                for (key, item) in map.iter_mut() {
                    if names::is_secret_name(key) {
                        self.hide_named(item);
                    }
                    self.values(item);
                }
            }
            _ => {}
        }
    }

    fn hide(&self, value: &mut Value) {
        self.touched.set(true);
        *value = marker(value);
    }

    fn hide_scalar(&self, value: &mut Value) {
        if value.is_number() || value.as_str().is_some_and(|text| !text.is_empty()) {
            self.hide(value);
        }
    }

    /// What has a name that says that it is secret: a value, or a variable, output or argument. Whatever its marks say.
    fn hide_named(&self, named: &mut Value) {
        self.hide_scalar(named);
        for field in NAMED_FIELDS {
            if let Some(value) = named.get_mut(field) {
                self.hide_scalar(value);
            }
        }
    }

    /// A pair of a name and a value, as lists of settings are written.
    fn pair(&self, map: &mut Map<String, Value>) {
        if names::is_secret_pair(map)
            && let Some(value) = map.get_mut("value")
        {
            self.hide_named(value);
        }
    }

    fn number(&self, value: &mut Value) {
        if !self.redactor.is_empty() && self.redactor.is_secret(&value.to_string()) {
            self.hide(value);
        }
    }

    fn is_condemned(&self, key: &str) -> bool {
        shapes::has_token(key) || (!is_identifier(key) && self.redactor.knows(key))
    }

    fn keys(&self, map: &mut Map<String, Value>) {
        let condemned: Vec<String> = map.keys().filter(|key| self.is_condemned(key)).cloned().collect();
        for key in condemned {
            if let Some(value) = map.remove(&key) {
                self.touched.set(true);
                map.insert(HIDDEN_KEY.to_owned(), marker(&value));
            }
        }
    }

    /// An address keeps its names; its instance keys are values.
    fn word(&self, text: &mut String) {
        if !self.redactor.condemns(text) {
            return;
        }
        if !is_address(text) {
            *text = "redacted:string".to_owned();
            return;
        }
        // A secret with quotes in it would be taken apart.
        if !text.split('"').any(|part| self.redactor.condemns(part)) {
            *text = "redacted:string".to_owned();
            return;
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
        *text = masked;
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
