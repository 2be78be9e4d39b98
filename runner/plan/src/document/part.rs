//! A part of a document for whoever judges it: stepping into what is parsed and what is kept as text alike.

use std::borrow::Cow;

use serde_json::Value;

use super::members::{Key, Members};
use super::{Node, Text, parse};

/// A part of a plan document.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a>(At<'a>);

#[derive(Debug, Clone, Copy)]
enum At<'a> {
    Node(&'a Node<Text>),
    Value(&'a Value),
}

impl<'a> Part<'a> {
    pub(crate) fn of(node: &'a Node<Text>) -> Self {
        Self(At::Node(node))
    }

    /// A member of an object.
    pub fn get(self, name: &str) -> Option<Self> {
        match self.0 {
            At::Node(Node::Value(value)) | At::Value(value) => Some(Self(At::Value(value.get(name)?))),
            At::Node(node) => Some(Self(At::Node(node.get(name)?))),
        }
    }

    /// The value, of what is parsed: all but objects with lists of resources below them, and these lists.
    pub fn value(self) -> Option<&'a Value> {
        match self.0 {
            At::Node(node) => node.value(),
            At::Value(value) => Some(value),
        }
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<&'a str> {
        self.value()?.as_str()
    }

    /// The members of an object.
    pub fn members(self) -> Box<dyn Iterator<Item = (&'a str, Self)> + 'a> {
        match self.0 {
            At::Node(Node::Value(value)) | At::Value(value) => {
                let members = value.as_object().into_iter().flatten();
                Box::new(members.map(|(name, value)| (name.as_str(), Self(At::Value(value)))))
            }
            At::Node(Node::Map(members)) => {
                Box::new(members.iter().map(|(name, node)| (name.as_str(), Self(At::Node(node)))))
            }
            At::Node(_) => Box::new(std::iter::empty()),
        }
    }

    /// The items of a list of resources.
    pub fn resources(self) -> impl Iterator<Item = ResourceText<'a>> {
        let items = match self.0 {
            At::Node(node) => node.items(),
            At::Value(_) => &[],
        };
        items.iter().map(ResourceText)
    }
}

/// A resource of a document as it is kept: as text.
#[derive(Debug, Clone, Copy)]
pub struct ResourceText<'a>(&'a Text);

impl<'a> ResourceText<'a> {
    /// All of it, parsed.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// The members that are strings, by name, and the names below one that is an object.
    pub fn heads<const N: usize>(self, names: [&str; N], below: &str) -> Heads<'a, N> {
        let members = Members::of(self.0.as_str());
        let get = |name: &str| members.as_ref().and_then(|members| members.get(name));
        let text = |name: &str| serde_json::from_str(get(name)?).ok().map(|Key(text)| text);
        let inner = get(below).and_then(Members::of);
        let below = inner.map(|inner| inner.into_names().collect()).unwrap_or_default();
        Heads { texts: names.map(text), below }
    }

    /// A member of an object of it, parsed.
    pub fn member(self, path: &[&str]) -> Option<Value> {
        let mut text = self.0.as_str();
        for name in path {
            text = Members::of(text)?.get(name)?;
        }
        parse(text).ok()
    }
}

/// What [`ResourceText::heads`] reads.
#[derive(Debug)]
pub struct Heads<'a, const N: usize> {
    /// The strings.
    pub texts: [Option<Cow<'a, str>>; N],
    /// The names, sorted.
    pub below: Vec<Cow<'a, str>>,
}
