//! Type constraints: what a `type = …` says, how it is written, and which values it takes.
//! Which values a validation then refuses belongs to [`crate::variables`].

use crate::value::{literal, number_text};
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use serde_json::{Map, Value as Json};
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

impl Type {
    /// Reads a type constraint. `default` evaluates what `optional` gives as a default.
    pub(crate) fn parse(
        expr: &Expression,
        default: &dyn Fn(&Expression) -> Option<Json>,
    ) -> Result<Self, String> {
        match expr {
            // The quoted forms are those of Terraform 0.11, still accepted.
            Expression::String(name) => Self::named(name.value(), true),
            Expression::Variable(name) => Self::named(name.value().as_str(), false),
            Expression::Parenthesis(inner) => Self::parse(inner.inner(), default),
            Expression::FuncCall(call) => Self::constructed(call, default),
            _ => Err("this is not a type".to_owned()),
        }
    }

    fn named(name: &str, quoted: bool) -> Result<Self, String> {
        Ok(match name {
            "any" if !quoted => Self::Any,
            "string" => Self::String,
            "number" if !quoted => Self::Number,
            "bool" if !quoted => Self::Bool,
            "list" => Self::List(Box::new(Self::Any)),
            "map" => Self::Map(Box::new(Self::Any)),
            "set" if !quoted => Self::Set(Box::new(Self::Any)),
            other => return Err(format!("`{other}` is not a type")),
        })
    }

    fn constructed(call: &FuncCall, default: &dyn Fn(&Expression) -> Option<Json>) -> Result<Self, String> {
        let name = call.name.name.value().as_str();
        let argument = match (call.args.iter().next(), call.args.len()) {
            (Some(argument), 1) if !call.name.is_namespaced() => argument,
            _ => return Err(format!("`{name}(…)` takes exactly one argument")),
        };
        let element = || Self::parse(argument, default).map(Box::new);
        match (name, argument) {
            ("list", _) => element().map(Self::List),
            ("set", _) => element().map(Self::Set),
            ("map", _) => element().map(Self::Map),
            ("object", Expression::Object(fields)) => Self::object(fields, default),
            ("object", _) => Err("`object(…)` takes `{ name = type }`".to_owned()),
            ("tuple", Expression::Array(items)) => {
                items.iter().map(|item| Self::parse(item, default)).collect::<Result<_, _>>().map(Self::Tuple)
            }
            ("tuple", _) => Err("`tuple(…)` takes `[type, type]`".to_owned()),
            ("optional", _) => Err("`optional` is only for attributes of an object".to_owned()),
            _ => Err(format!("`{name}(…)` is not a type")),
        }
    }

    fn object(fields: &Object, default: &dyn Fn(&Expression) -> Option<Json>) -> Result<Self, String> {
        let field = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
            let name = match key {
                ObjectKey::Ident(name) => name.value().to_string(),
                ObjectKey::Expression(Expression::String(name)) => name.value().clone(),
                ObjectKey::Expression(_) => {
                    return Err("an attribute of an object type needs a plain name".to_owned());
                }
            };
            match optional(value.expr()) {
                None => Ok(Field {
                    name,
                    ty: Self::parse(value.expr(), default)?,
                    optional: false,
                    default: None,
                }),
                Some(args) => Self::optional_field(name, &args, default),
            }
        };
        fields.iter().map(field).collect::<Result<_, _>>().map(Self::Object)
    }

    fn optional_field(
        name: String,
        args: &[&Expression],
        default: &dyn Fn(&Expression) -> Option<Json>,
    ) -> Result<Field, String> {
        let (ty, given) = match args {
            [ty] => (ty, None),
            [ty, given] => (ty, Some(given)),
            _ => return Err(format!("`optional` of `{name}` takes a type and a default")),
        };
        let ty = Self::parse(ty, default)?;
        let given = given
            .map(|given| {
                default(given).ok_or_else(|| format!("the default of `{name}` cannot be read as a constant"))
            })
            .transpose()?
            // `optional(T, null)` is the same as `optional(T)`.
            .filter(|given| !given.is_null())
            .map(|given| ty.convert(&given).map_err(|error| format!("the default of `{name}`: {error}")))
            .transpose()?;
        Ok(Field { name, ty, optional: true, default: given })
    }

    /// Whether Terraform would take this value; if not, where and why.
    pub fn conforms(&self, value: &Json) -> Result<(), String> {
        self.convert(value).map(|_| ())
    }

    /// The value as this type holds it: primitives converted as Terraform converts them, optional attributes filled in,
    /// attributes the type does not know left out, sets without repetition.
    pub fn convert(&self, value: &Json) -> Result<Json, String> {
        self.convert_at(value, &mut Vec::new())
    }

    /// Whether a converted value has as many elements as Terraform's: which elements of a set are the same is its secret, but
    /// for plain texts; and it normalises the letters of keys.
    pub(crate) fn is_exact(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Set(_), Json::Array(items)) => {
                items.iter().all(|item| item.as_str().is_some_and(str::is_ascii))
            }
            (Self::List(ty), Json::Array(items)) => items.iter().all(|item| ty.is_exact(item)),
            (Self::Tuple(types), Json::Array(items)) => {
                types.iter().zip(items).all(|(ty, item)| ty.is_exact(item))
            }
            (Self::Map(ty), Json::Object(entries)) => {
                entries.iter().all(|(key, value)| key.is_ascii() && ty.is_exact(value))
            }
            (Self::Object(fields), Json::Object(entries)) => fields
                .iter()
                .all(|field| entries.get(&field.name).is_none_or(|value| field.ty.is_exact(value))),
            (_, Json::Array(items)) => items.iter().all(|item| Self::Any.is_exact(item)),
            (_, Json::Object(entries)) => {
                entries.iter().all(|(key, value)| key.is_ascii() && Self::Any.is_exact(value))
            }
            _ => true,
        }
    }

    fn convert_at(&self, value: &Json, path: &mut Vec<String>) -> Result<Json, String> {
        match (self, value) {
            (Self::Any, _) | (_, Json::Null) => Ok(value.clone()),
            (Self::String, Json::String(_))
            | (Self::Number, Json::Number(_))
            | (Self::Bool, Json::Bool(_)) => Ok(value.clone()),
            (Self::String, Json::Number(number)) => Ok(number_text(number).into()),
            (Self::String, Json::Bool(value)) => Ok(value.to_string().into()),
            (Self::Number, Json::String(text)) => number(text).ok_or_else(|| self.mismatch(value, path)),
            (Self::Bool, Json::String(text)) if text == "true" || text == "false" => {
                Ok((text == "true").into())
            }
            (Self::List(ty), Json::Array(items)) => convert_items(items, path, |_| Some(ty)).map(Json::Array),
            (Self::Set(ty), Json::Array(items)) => {
                let mut unique: Vec<Json> = Vec::with_capacity(items.len());
                for item in convert_items(items, path, |_| Some(ty))? {
                    if !unique.contains(&item) {
                        unique.push(item);
                    }
                }
                Ok(Json::Array(unique))
            }
            (Self::Tuple(types), Json::Array(items)) if types.len() == items.len() => {
                convert_items(items, path, |at| types.get(at)).map(Json::Array)
            }
            (Self::Tuple(types), Json::Array(items)) => {
                Err(at(path, format!("expected {} elements, found {}", types.len(), items.len())))
            }
            (Self::Map(ty), Json::Object(entries)) => {
                let entry = |(key, value): (&String, &Json)| {
                    path.push(format!("[{key:?}]"));
                    let value = ty.convert_at(value, path)?;
                    path.pop();
                    Ok((key.clone(), value))
                };
                entries.iter().map(entry).collect::<Result<_, String>>().map(Json::Object)
            }
            (Self::Object(fields), Json::Object(entries)) => convert_object(fields, entries, path),
            _ => Err(self.mismatch(value, path)),
        }
    }

    fn mismatch(&self, value: &Json, path: &[String]) -> String {
        let found = match value {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => format!("bool {value}"),
            Json::Number(value) => format!("number {}", number_text(value)),
            Json::String(value) => format!("string {:?}", value.chars().take(80).collect::<String>()),
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
        };
        at(path, format!("expected {self}, found {found}"))
    }
}

/// The arguments of `optional(…)`, when the expression is that.
fn optional(expr: &Expression) -> Option<Vec<&Expression>> {
    let call = expr.as_func_call()?;
    (call.name.name.value().as_str() == "optional" && !call.name.is_namespaced())
        .then(|| call.args.iter().collect())
}

fn convert_items<'t>(
    items: &[Json],
    path: &mut Vec<String>,
    ty: impl Fn(usize) -> Option<&'t Type>,
) -> Result<Vec<Json>, String> {
    let item = |(index, item): (usize, &Json)| {
        path.push(format!("[{index}]"));
        let item = ty(index).unwrap_or(&Type::Any).convert_at(item, path)?;
        path.pop();
        Ok(item)
    };
    items.iter().enumerate().map(item).collect()
}

fn convert_object(
    fields: &[Field],
    entries: &Map<String, Json>,
    path: &mut Vec<String>,
) -> Result<Json, String> {
    let mut converted = Map::new();
    for field in fields {
        path.push(format!(".{}", field.name));
        let value = match entries.get(&field.name) {
            // A null takes the default too.
            Some(Json::Null) | None if field.optional => field.default.clone().unwrap_or(Json::Null),
            Some(value) => field.ty.convert_at(value, path)?,
            None => return Err(at(path, format!("expected {}, found nothing", field.ty))),
        };
        // Defaults may be objects with optional attributes of their own.
        converted.insert(field.name.clone(), field.ty.convert_at(&value, path)?);
        path.pop();
    }
    Ok(Json::Object(converted))
}

fn number(text: &str) -> Option<Json> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Json::Number)
}

fn at(path: &[String], message: String) -> String {
    match path.concat().trim_start_matches('.') {
        "" => message,
        path => format!("at `{path}`: {message}"),
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
