//! What an expression is worth when it is read without running anything: JSON's values, and "unknown" at any depth.
//! How values are computed belongs to [`crate::eval`].

use serde_json::Number;
use std::collections::BTreeMap;

/// A value, possibly unknown in whole or in part. An unknown is never a pass and never a fail.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// A list, set or tuple, in the order written.
    List(Vec<Value>),
    /// A map or object.
    Object(BTreeMap<String, Value>),
    /// Something that only Terraform could tell.
    Unknown,
}

impl Value {
    /// The value as JSON, when all of it is known.
    pub fn to_json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(value) => serde_json::Value::Number(value.clone()),
            Self::String(value) => value.clone().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect::<Option<Vec<_>>>()?.into(),
            Self::Object(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| Some((key.clone(), value.to_json()?)))
                    .collect::<Option<_>>()?,
            ),
            Self::Unknown => return None,
        })
    }

    /// The text, when the value is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(value) => Some(value),
            _ => None,
        }
    }

    /// Whether all of the value is known.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(items) => items.iter().all(Self::is_known),
            Self::Object(entries) => entries.values().all(Self::is_known),
            _ => true,
        }
    }

    /// The number of a finite float.
    pub(crate) fn from_f64(value: f64) -> Self {
        // Whole numbers stay whole, as in Terraform, where `1.0` and `1` are one number.
        if value.fract() == 0.0 && value.abs() < 9e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, checked above")]
            return Self::Number((value as i64).into());
        }
        Number::from_f64(value).map_or(Self::Unknown, Self::Number)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(value) => match (value.as_i64(), value.as_u64(), value.as_f64()) {
                (None, None, Some(float)) => Self::from_f64(float),
                _ => Self::Number(value.clone()),
            },
            serde_json::Value::String(value) => Self::String(value.clone()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(entries) => {
                Self::Object(entries.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
        }
    }
}

/// A number as Terraform writes it into a string: whole numbers without a point, never an exponent.
pub(crate) fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(value), ..) => value.to_string(),
        (_, Some(value), _) => value.to_string(),
        (_, _, Some(value)) => value.to_string(),
        _ => number.to_string(),
    }
}

/// A value written as an HCL literal on one line, with `${` and `%{` escaped.
pub fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Number(number) => number_text(number),
        serde_json::Value::String(text) => quoted(text),
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        serde_json::Value::Object(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("{} = {}", object_key(key), literal(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn object_key(key: &str) -> String {
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // These would be read as a value or as the beginning of a `for`.
    if plain && !matches!(key, "true" | "false" | "null" | "for") { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn literals_never_become_syntax() {
        assert_eq!(literal(&json!("a${b}%{c}\"\n$$")), r#""a$${b}%%{c}\"\n$$""#);
        assert_eq!(
            literal(&json!({"a b": [1, 2.5, true, null], "for": {}})),
            r#"{ "a b" = [1, 2.5, true, null], "for" = {} }"#
        );
        assert_eq!(literal(&json!(1e20)), "100000000000000000000");
    }

    #[test]
    fn a_value_with_an_unknown_part_is_not_json() {
        let value = Value::Object([("a".to_owned(), Value::List(vec![Value::Null, Value::Unknown]))].into());
        assert_eq!(value.to_json(), None);
        assert!(!value.is_known());
        assert_eq!(Value::from(&json!({"a": [1.0]})).to_json(), Some(json!({"a": [1]})));
    }
}
