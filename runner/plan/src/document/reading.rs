//! JSON to a document: the lists that grow with a stack item by item, so that one of them at a time is parsed.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;
use serde_json::value::RawValue;

use super::plain::Plain;
use super::{Node, Shape, Text};
use crate::read::depth;

/// How deep the deepest place is that was seen.
#[derive(Debug, Default)]
pub(crate) struct Depth(Cell<usize>);

impl Depth {
    /// The levels seen so far.
    pub(crate) fn levels(&self) -> usize {
        self.0.get()
    }

    fn see(&self, levels: usize) {
        self.0.set(self.0.get().max(levels));
    }
}

/// What is kept of an item.
pub(crate) trait Item<'de>: Sized {
    /// Reads one that stands at a level.
    fn read<D: Deserializer<'de>>(deserializer: D, level: usize, seen: &Depth) -> Result<Self, D::Error>;
}

/// As it is written, not looked into yet.
impl<'de> Item<'de> for &'de RawValue {
    fn read<D: Deserializer<'de>>(deserializer: D, _: usize, _: &Depth) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer)
    }
}

/// Parsed, and written in its canonical form.
impl<'de> Item<'de> for Text {
    fn read<D: Deserializer<'de>>(deserializer: D, level: usize, seen: &Depth) -> Result<Self, D::Error> {
        let Plain(value) = Plain::deserialize(deserializer)?;
        seen.see(level + depth(&value) - 1);
        Self::of(&value).map_err(D::Error::custom)
    }
}

/// Reads a document, and how deep it is. Items that are not looked into do not count.
pub(crate) fn read<'de, T: Item<'de>>(text: &'de str) -> Result<(Node<T>, Depth), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = read_from(&mut deserializer)?;
    deserializer.end()?;
    Ok(read)
}

/// The same from any format's deserializer.
pub(crate) fn read_from<'de, T: Item<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<(Node<T>, Depth), D::Error> {
    let seen = Depth::default();
    let seed = Reading { shape: Shape::Root, level: 1, seen: &seen, item: PhantomData };
    let node = seed.deserialize(deserializer)?;
    Ok((node, seen))
}

struct Reading<'s, T> {
    shape: Shape,
    /// Levels of nesting at this place, itself included.
    level: usize,
    seen: &'s Depth,
    item: PhantomData<T>,
}

impl<'s, T> Reading<'s, T> {
    fn below(&self, shape: Shape) -> Self {
        Self { shape, level: self.level + 1, seen: self.seen, item: PhantomData }
    }

    fn parsed(&self, value: Value) -> Node<T> {
        self.seen.see(self.level + depth(&value) - 1);
        Node::Value(value)
    }
}

impl<'de, T: Item<'de>> DeserializeSeed<'de> for Reading<'_, T> {
    type Value = Node<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<T>, D::Error> {
        match self.shape {
            Shape::Other => Plain::deserialize(deserializer).map(|plain| self.parsed(plain.0)),
            _ => deserializer.deserialize_any(self),
        }
    }
}

/// One item of a list of them.
struct ReadingItem<'s, T>(Reading<'s, T>);

impl<'de, T: Item<'de>> DeserializeSeed<'de> for ReadingItem<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer, self.0.level, self.0.seen)
    }
}

impl<'de, T: Item<'de>> Visitor<'de> for Reading<'_, T> {
    type Value = Node<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<T>, A::Error> {
        if !self.shape.is_object() {
            let Plain(value) = Plain::deserialize(MapAccessDeserializer::new(map))?;
            return Ok(self.parsed(value));
        }
        self.seen.see(self.level);
        let mut members = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let node = map.next_value_seed(self.below(self.shape.below(&name)))?;
            members.insert(name, node);
        }
        Ok(Node::Map(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<T>, A::Error> {
        self.seen.see(self.level);
        match self.shape {
            Shape::Items => {
                let mut items = Vec::new();
                while let Some(item) = list.next_element_seed(ReadingItem(self.below(Shape::Other)))? {
                    items.push(item);
                }
                Ok(Node::Items(items))
            }
            Shape::Modules => {
                let mut modules = Vec::new();
                while let Some(module) = list.next_element_seed(self.below(Shape::Module))? {
                    modules.push(module);
                }
                Ok(Node::List(modules))
            }
            _ => {
                let Plain(value) = Plain::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(self.parsed(value))
            }
        }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node<T>, E> {
        Ok(self.parsed(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node<T>, E> {
        Ok(self.parsed(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node<T>, E> {
        Ok(self.parsed(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node<T>, E> {
        Ok(self.parsed(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node<T>, E> {
        Ok(self.parsed(value.into()))
    }

    fn visit_none<E: de::Error>(self) -> Result<Node<T>, E> {
        Ok(self.parsed(Value::Null))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node<T>, E> {
        Ok(self.parsed(Value::Null))
    }
}
