//! A plan document whose resources are kept as text.
//!
//! A plan is long because it has many resources. As parsed values a document takes eight times the memory of its text, so
//! the lists that grow with a stack are kept as the JSON of their items, each in its canonical form, and whoever looks at
//! an item reads it and lets it go. What is around the lists, such as variables and outputs, is kept parsed.

mod members;
mod part;
mod plain;
mod reading;
mod shape;

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

pub(crate) use members::Members;
pub use part::{Heads, Part, ResourceText};
pub(crate) use plain::{Plain, parse};
pub(crate) use reading::{read, read_from};
pub(crate) use shape::Shape;

/// A document that can be judged.
pub(crate) type Document = Node<Text>;

/// A document, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node<T> {
    /// Parsed.
    Value(Value),
    /// An object on the way to lists of items.
    Map(BTreeMap<String, Node<T>>),
    /// Objects on the way to lists of items.
    List(Vec<Node<T>>),
    /// One of the lists that grow with a stack.
    Items(Vec<T>),
}

/// One item as canonical JSON: no spaces, sorted keys, none of them twice.
#[derive(Debug, Clone)]
pub(crate) struct Text(Box<RawValue>);

impl Text {
    /// The canonical text of a value.
    pub(crate) fn of(value: &Value) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(&Canonical(value)).map(Self)
    }

    /// The JSON.
    pub(crate) fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Parsed. What was written by [`Self::of`] can be read.
    pub(crate) fn value(&self) -> Value {
        parse(self.as_str()).unwrap_or_default()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T> Node<T> {
    /// A member of an object on the way to items.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members.get(name),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Map(members) => members.get_mut(name),
            _ => None,
        }
    }

    /// What is parsed.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn value_mut(&mut self) -> Option<&mut Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The items of a list of them.
    pub(crate) fn items(&self) -> &[T] {
        match self {
            Self::Items(items) => items,
            _ => &[],
        }
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Value(Value::Null) => true,
            Self::Value(Value::Array(items)) => items.is_empty(),
            Self::Value(Value::Object(members)) => members.is_empty(),
            Self::Value(_) => false,
            Self::Map(members) => members.is_empty(),
            Self::List(nodes) => nodes.is_empty(),
            Self::Items(items) => items.is_empty(),
        }
    }
}

impl Node<Text> {
    /// From a value that was parsed as a whole.
    pub(crate) fn of(value: Value, shape: Shape) -> Result<Self, serde_json::Error> {
        Ok(match (shape.is_object(), shape, value) {
            (true, shape, Value::Object(members)) => {
                let node = |(name, value): (String, Value)| {
                    let below = shape.below(&name);
                    Ok((name, Self::of(value, below)?))
                };
                Self::Map(members.into_iter().map(node).collect::<Result<_, serde_json::Error>>()?)
            }
            (_, Shape::Modules, Value::Array(items)) => {
                let node = |item| Self::of(item, Shape::Module);
                Self::List(items.into_iter().map(node).collect::<Result<_, _>>()?)
            }
            (_, Shape::Items, Value::Array(items)) => {
                Self::Items(items.iter().map(Text::of).collect::<Result<_, _>>()?)
            }
            (_, _, value) => Self::Value(value),
        })
    }

    /// All of it parsed.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Map(members) => {
                members.iter().map(|(name, node)| (name.clone(), node.to_value())).collect()
            }
            Self::List(nodes) => nodes.iter().map(Self::to_value).collect(),
            Self::Items(items) => items.iter().map(Text::value).collect(),
        }
    }
}

impl<T: Serialize> Serialize for Node<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => Canonical(value).serialize(serializer),
            Self::Map(members) => serializer.collect_map(members),
            Self::List(nodes) => serializer.collect_seq(nodes),
            Self::Items(items) => serializer.collect_seq(items),
        }
    }
}

/// A value written with sorted keys, whatever order the maps of this build keep.
pub(crate) struct Canonical<'a>(pub(crate) &'a Value);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                // Of the maps of most builds they come sorted.
                if members.keys().is_sorted() {
                    return serializer.collect_map(members.iter().map(|(name, value)| (name, Self(value))));
                }
                let mut entries: Vec<(&String, &Value)> = members.iter().collect();
                entries.sort_unstable_by_key(|(name, _)| *name);
                serializer.collect_map(entries.into_iter().map(|(name, value)| (name, Self(value))))
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Canonical(item))?;
                }
                list.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        json!({
            "format_version": "1.2",
            "resource_changes": [{"b": 1, "a": [{"d": null, "c": "\u{e9}\n"}]}, 3],
            "resource_drift": {"no": "list"},
            "planned_values": {"outputs": {"o": 1}, "root_module": {
                "resources": [{"x": 1}], "child_modules": [{"resources": [{"y": 2}], "address": "module.m"}, 7]}},
            "prior_state": {"values": {"root_module": [1]}},
            "configuration": {"root_module": {"resources": [{}], "module_calls": {"default": {
                "module": {"resources": [{"z": 1.5}]}, "source": "./m"}}}},
        })
    }

    #[test]
    fn a_document_is_the_same_however_it_was_read() {
        let text = document().to_string();
        let (read, _) = read::<Text>(&text).expect("JSON");
        assert_eq!(read, Node::of(document(), Shape::Root).expect("JSON"));
        assert_eq!(read.to_value(), document());
        assert_eq!(serde_json::to_string(&read).expect("JSON"), text);
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_counts() {
        let text = r#"{"resource_changes":[1],"resource_changes":[{"a":1,"b":2,"a":3}],"x":{"y":1,"y":2}}"#;
        let (read, _) = read::<Text>(text).expect("JSON");
        let expect = parse(text).expect("JSON");
        assert_eq!(read.to_value(), expect);
        assert_eq!(
            read.get("resource_changes").map(|list| list.items()[0].as_str()),
            Some(r#"{"a":3,"b":2}"#)
        );
    }
}
