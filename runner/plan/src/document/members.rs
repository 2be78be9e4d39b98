//! An object of which only some members are looked at: the others stay the text they are.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object as they are written.
pub(crate) struct Members<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Members<'t> {
    /// Of a text; none when that is no object.
    pub(crate) fn of(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// A member's text. Of a key that stands twice the last counts, as for a value.
    pub(crate) fn get(&self, name: &str) -> Option<&'t str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.get())
    }

    /// A member that is a string; empty otherwise.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Every name.
    pub(crate) fn into_names(self) -> impl Iterator<Item = Cow<'t, str>> {
        self.0.into_iter().map(|(name, _)| name)
    }

    /// Every name, with its text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Cow<'t, str>, &'t str)> {
        self.0.iter().map(|(name, value)| (name, value.get()))
    }
}

/// A key, or another string, borrowed where it is written without escapes.
pub(crate) struct Key<'t>(pub(crate) Cow<'t, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some((Key(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_that_stands_twice_the_last_counts() {
        let members = Members::of(r#"{"a": 1, "a": "x"}"#).expect("an object");
        assert_eq!((members.get("a"), members.text("a").as_str()), (Some(r#""x""#), "x"));
        assert!(Members::of("[1]").is_none());
    }
}
