//! JSON as it stands. serde_json reads an object with one certain key as something else than an object, once another crate
//! of the build turns that on; in a plan keys are of people's choice, and an object has to stay one.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A value, read as it stands.
#[derive(Default)]
pub(crate) struct Plain(pub(crate) Value);

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<Plain>(text).map(|plain| plain.0)
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plain, A::Error> {
        // Made at once of all members, a map is packed more densely than one that grows, and of sorted ones it is made faster.
        let mut members = Vec::new();
        while let Some((name, Plain(value))) = map.next_entry::<String, Plain>()? {
            members.push((name, value));
        }
        Ok(Plain(Value::Object(Map::from_iter(members))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Plain, A::Error> {
        let mut items = Vec::new();
        while let Some(Plain(value)) = list.next_element()? {
            items.push(value);
        }
        Ok(Plain(Value::Array(items)))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_none<E: de::Error>(self) -> Result<Plain, E> {
        Ok(Plain(Value::Null))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Plain, E> {
        Ok(Plain(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_its_keys_an_object_is_one() {
        for text in [
            r#"{"$serde_json::private::RawValue":"{\"Owner\":\"a\"}"}"#,
            r#"{"$serde_json::private::Number":"1"}"#,
            r#"{"a":[1,-2,3.5,true,null,"x"]}"#,
        ] {
            assert_eq!(parse(text).expect("JSON").to_string(), text);
        }
    }
}
