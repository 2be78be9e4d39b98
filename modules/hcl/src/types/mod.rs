//! Type constraints: what a `type = …` says, how it is written, and which values it takes.
//! Which values a validation then refuses belongs to [`crate::variables`].

mod convert;
mod read;

use crate::value::literal;
use serde_json::Value as Json;
use std::fmt;

/// A type constraint of Terraform's language.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// `any`: whatever is given.
    Any,
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list(T)`.
    List(Box<Type>),
    /// `set(T)`.
    Set(Box<Type>),
    /// `map(T)`.
    Map(Box<Type>),
    /// `object({ … })`, fields in the order written.
    Object(Vec<Field>),
    /// `tuple([ … ])`.
    Tuple(Vec<Type>),
}

/// One attribute of an object type.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out: `optional(T)`.
    pub optional: bool,
    /// What it is worth when left out: `optional(T, default)`.
    pub default: Option<Json>,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::List(ty) => write!(f, "list({ty})"),
            Self::Set(ty) => write!(f, "set({ty})"),
            Self::Map(ty) => write!(f, "map({ty})"),
            Self::Object(fields) if fields.is_empty() => f.write_str("object({})"),
            Self::Object(fields) => {
                let fields = fields.iter().map(Field::to_string).collect::<Vec<_>>();
                write!(f, "object({{ {} }})", fields.join(", "))
            }
            Self::Tuple(items) => {
                let items = items.iter().map(Self::to_string).collect::<Vec<_>>();
                write!(f, "tuple([{}])", items.join(", "))
            }
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, ty, optional, default } = self;
        match default {
            Some(default) => write!(f, "{name} = optional({ty}, {})", literal(default)),
            None if *optional => write!(f, "{name} = optional({ty})"),
            None => write!(f, "{name} = {ty}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ty(text: &str) -> Result<Type, String> {
        let expr = text.parse().expect("the test's type is HCL");
        Type::parse(&expr, &|expr| crate::eval::constant(expr))
    }

    #[test]
    fn types_are_written_as_they_were_read() {
        for text in [
            "any",
            "string",
            "number",
            "bool",
            "list(string)",
            "set(number)",
            "map(any)",
            "tuple([string, bool])",
            "object({})",
            "object({ a = string, b = optional(number), c = optional(list(string), [\"x\"]) })",
        ] {
            assert_eq!(ty(text).unwrap().to_string(), text);
        }
        assert_eq!(ty("\"list\"").unwrap(), Type::List(Box::new(Type::Any)));
        assert_eq!(ty("map").unwrap(), Type::Map(Box::new(Type::Any)));
    }

    #[test]
    fn what_is_no_type_says_so() {
        for (text, message) in [
            ("strin", "`strin` is not a type"),
            ("list(string, string)", "`list(…)` takes exactly one argument"),
            ("list(optional(string))", "`optional` is only for attributes of an object"),
            ("object([])", "`object(…)` takes `{ name = type }`"),
            (
                "object({ a = optional(number, \"x\") })",
                "the default of `a`: expected number, found string \"x\"",
            ),
            ("object({ a = optional(number, var.x) })", "the default of `a` cannot be read as a constant"),
            ("1", "this is not a type"),
            ("array(string)", "`array(…)` is not a type"),
        ] {
            assert_eq!(ty(text).unwrap_err(), message);
        }
    }

    #[test]
    fn values_are_converted_as_terraform_converts_them() {
        for (text, value, converted) in [
            ("string", json!(12), json!("12")),
            ("string", json!(true), json!("true")),
            ("number", json!("1.5"), json!(1.5)),
            ("number", json!("007"), json!(7)),
            ("bool", json!("false"), json!(false)),
            ("set(string)", json!(["a", "b", "a"]), json!(["a", "b"])),
            ("map(number)", json!({"a": "1"}), json!({"a": 1})),
            ("list(string)", json!(null), json!(null)),
            (
                "object({ a = string, b = optional(object({ c = optional(number, 3) }), {}) })",
                json!({"a": "x", "z": 1}),
                json!({"a": "x", "b": {"c": 3}}),
            ),
        ] {
            assert_eq!(ty(text).unwrap().convert(&value).unwrap(), converted, "{text}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused_with_its_place() {
        for (text, value, message) in [
            ("string", json!([1]), "expected string, found a list"),
            ("number", json!("inf"), "expected number, found string \"inf\""),
            ("bool", json!(1), "expected bool, found number 1"),
            (
                "list(object({ port = number }))",
                json!([{"port": 1}, {"port": "x"}]),
                "at `[1].port`: expected number, found string \"x\"",
            ),
            (
                "map(object({ a = string }))",
                json!({"k": {}}),
                "at `[\"k\"].a`: expected string, found nothing",
            ),
            ("tuple([string])", json!([]), "expected 1 elements, found 0"),
        ] {
            assert_eq!(ty(text).unwrap().conforms(&value).unwrap_err(), message);
        }
    }
}
