//! Which names below a place are sensitive, whoever says so: a provider's schema, or the marks of a change.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is sensitive below a place. Lists are looked through: the names matter.
#[derive(Debug, Clone, Default)]
pub(super) struct Sensitive {
    /// All of it.
    pub(super) all: bool,
    /// The place is a map with keys of the user's choice.
    pub(super) any_key: bool,
    /// By attribute or block name.
    pub(super) names: BTreeMap<String, Sensitive>,
}

impl Sensitive {
    /// Nothing below is sensitive.
    pub(super) fn is_empty(&self) -> bool {
        !self.all && self.names.is_empty()
    }

    /// Adds a name, if anything below it is sensitive.
    pub(super) fn put(&mut self, name: String, below: Sensitive) {
        if !below.is_empty() {
            self.names.entry(name).or_default().merge(below);
        }
    }

    /// Both together.
    pub(super) fn merge(&mut self, other: Sensitive) {
        self.all |= other.all;
        self.any_key |= other.any_key;
        for (name, below) in other.names {
            self.put(name, below);
        }
    }

    /// From a mark tree: `true`, or the shape of the value with `true` inside.
    pub(super) fn of_marks(marks: &Value) -> Self {
        let mut found = Self::default();
        match marks {
            Value::Bool(mark) => found.all = *mark,
            Value::Array(items) => items.iter().for_each(|item| found.merge(Self::of_marks(item))),
            Value::Object(map) => {
                map.iter().for_each(|(name, below)| found.put(name.clone(), Self::of_marks(below)));
            }
            _ => {}
        }
        found
    }

    /// Calls back with every sensitive part of a value.
    pub(super) fn visit(&self, value: &mut Value, found: &mut dyn FnMut(&mut Value)) {
        match value {
            value if self.all => found(value),
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit(item, found)),
            Value::Object(map) if self.any_key => {
                let inner = Self { any_key: false, ..self.clone() };
                map.values_mut().for_each(|item| inner.visit(item, found));
            }
            Value::Object(map) => {
                for (name, below) in &self.names {
                    if let Some(value) = map.get_mut(name) {
                        below.visit(value, found);
                    }
                }
            }
            _ => {}
        }
    }

    /// The same for expressions: a constant object is one level deeper than in the value.
    pub(super) fn visit_expressions(&self, expression: &mut Value, found: &mut dyn FnMut(&mut Value)) {
        match expression {
            expression if self.all => found(expression),
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit_expressions(item, found)),
            Value::Object(map) => {
                if let Some(constant) = map.get_mut("constant_value") {
                    self.visit(constant, found);
                }
                if self.any_key {
                    let inner = Self { any_key: false, ..self.clone() };
                    map.values_mut().for_each(|item| inner.visit_expressions(item, found));
                }
                for (name, below) in &self.names {
                    if let Some(expression) = map.get_mut(name) {
                        below.visit_expressions(expression, found);
                    }
                }
            }
            _ => {}
        }
    }
}
