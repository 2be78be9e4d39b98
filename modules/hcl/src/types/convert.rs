//! Which values a type takes, and what becomes of them: Terraform's conversions.

use super::{Field, Type};
use crate::value::number_text;
use serde_json::{Map, Value as Json};

impl Type {
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
