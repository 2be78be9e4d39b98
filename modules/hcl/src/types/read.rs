//! From an expression to the type it writes.

use super::{Field, Type};
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use serde_json::Value as Json;

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
}

/// The arguments of `optional(…)`, when the expression is that.
fn optional(expr: &Expression) -> Option<Vec<&Expression>> {
    let call = expr.as_func_call()?;
    (call.name.name.value().as_str() == "optional" && !call.name.is_namespaced())
        .then(|| call.args.iter().collect())
}
