//! Values that stand for an output of another thing of the same request: `{"from": name, "output": output}`, in place
//! of a value or of a part of one.
//!
//! Where a type takes such an object itself, as a map of texts does, it is that object. Which thing is meant, and
//! whether it has the output, is judged in [`crate::wiring`].

use serde_json::{Map, Value as Json};
use tfpilot_hcl::{Field, Type, Value};

use crate::inputs::convert_plain;

/// The key that names the other thing.
const FROM: &str = "from";

/// The key that names its output.
const OUTPUT: &str = "output";

/// How many elements one reference in a list may stand for beyond itself, where validations count them.
const MORE_ELEMENTS: usize = 2;

/// The type of what is not looked into.
static ANY: Type = Type::Any;

/// An output of another thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'v> {
    /// The other thing's name.
    pub from: &'v str,
    /// One of its outputs.
    pub output: &'v str,
}

/// A reference with the place it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'v> {
    pub(crate) reference: Reference<'v>,
    /// The type of the place.
    pub(crate) ty: &'v Type,
    /// Whether it is an element of a list or set.
    pub(crate) in_list: bool,
}

impl<'v> Reference<'v> {
    /// The reference that a value has the form of, wherever it stands.
    pub fn of(value: &'v Json) -> Option<Self> {
        let entries = value.as_object().filter(|entries| entries.len() == 2)?;
        Some(Self { from: entries.get(FROM)?.as_str()?, output: entries.get(OUTPUT)?.as_str()? })
    }

    /// The reference that a value is in a place of this type.
    pub fn at(ty: &Type, value: &'v Json) -> Option<Self> {
        Self::of(value).filter(|_| convert_plain(ty, value).is_err())
    }

    /// It as a value.
    pub fn to_json(self) -> Json {
        let entries = [(FROM, self.from), (OUTPUT, self.output)];
        Json::Object(entries.map(|(key, text)| (key.to_owned(), text.into())).into_iter().collect())
    }
}

/// All references in a value of this type, in the order they are written.
pub(crate) fn placed<'v>(ty: &'v Type, value: &'v Json) -> Vec<Placed<'v>> {
    let mut found = Vec::new();
    collect(ty, value, false, &mut found);
    found
}

fn collect<'v>(ty: &'v Type, value: &'v Json, in_list: bool, found: &mut Vec<Placed<'v>>) {
    if let Some(reference) = Reference::at(ty, value) {
        found.push(Placed { reference, ty, in_list });
        return;
    }
    match value {
        Json::Array(items) => {
            let is_list = matches!(ty, Type::List(_) | Type::Set(_));
            let each = items.iter().enumerate();
            each.for_each(|(at, inner)| collect(item(ty, at), inner, is_list, found));
        }
        Json::Object(entries) => {
            entries.iter().for_each(|(key, inner)| collect(entry(ty, key), inner, false, found));
        }
        _ => {}
    }
}

/// The type of an element.
pub(crate) fn item(ty: &Type, at: usize) -> &Type {
    match ty {
        Type::List(item) | Type::Set(item) => item,
        Type::Tuple(items) => items.get(at).unwrap_or(&ANY),
        _ => &ANY,
    }
}

/// The type of an entry.
pub(crate) fn entry<'t>(ty: &'t Type, key: &str) -> &'t Type {
    match ty {
        Type::Map(item) => item,
        Type::Object(fields) => fields.iter().find(|field| field.name == key).map_or(&ANY, |field| &field.ty),
        _ => &ANY,
    }
}

/// The value in this type, its references as they are.
pub(crate) fn convert(ty: &Type, value: &Json) -> Result<Json, String> {
    if placed(ty, value).is_empty() {
        return convert_plain(ty, value);
    }
    if Reference::at(ty, value).is_some() {
        return Ok(value.clone());
    }
    match (ty, value) {
        (Type::Tuple(types), Json::Array(items)) if types.len() != items.len() => {
            Err(format!("expected {} elements, found {}", types.len(), items.len()))
        }
        (Type::Object(fields), Json::Object(entries)) => convert_object(fields, entries),
        (_, Json::Array(items)) => {
            items.iter().enumerate().map(|(at, inner)| convert(item(ty, at), inner)).collect()
        }
        (_, Json::Object(entries)) => entries
            .iter()
            .map(|(key, inner)| Ok((key.clone(), convert(entry(ty, key), inner)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Json::Object),
        _ => convert_plain(ty, value),
    }
}

/// Fields without references are converted together, so that those left out get their defaults.
fn convert_object(fields: &[Field], entries: &Map<String, Json>) -> Result<Json, String> {
    let wired = |field: &Field| {
        entries.get(&field.name).filter(|value| !placed(&field.ty, value).is_empty()).cloned()
    };
    let (mut rest, mut plain, mut converted) = (Vec::new(), entries.clone(), Map::new());
    for field in fields {
        match wired(field) {
            Some(value) => {
                plain.remove(&field.name);
                converted.insert(field.name.clone(), convert(&field.ty, &value)?);
            }
            None => rest.push(field.clone()),
        }
    }
    if let Json::Object(others) = convert_plain(&Type::Object(rest), &Json::Object(plain))? {
        converted.extend(others);
    }
    Ok(Json::Object(converted))
}

/// What is known of a converted value before its references are, for validations. One reference in a list may stand for
/// several elements, so there are two lengths to try: only what fails with both fails for sure.
pub(crate) fn known(ty: &Type, value: &Json) -> [Value; 2] {
    let shorter = known_at(ty, value);
    let mut longer = shorter.clone();
    if let (Value::List(items), Type::List(_) | Type::Set(_)) = (&mut longer, ty)
        && items.contains(&Value::Unknown)
    {
        items.extend(std::iter::repeat_n(Value::Unknown, MORE_ELEMENTS));
    }
    [shorter, longer]
}

fn known_at(ty: &Type, value: &Json) -> Value {
    if Reference::at(ty, value).is_some() {
        return Value::Unknown;
    }
    match value {
        Json::Array(items) => {
            Value::List(items.iter().enumerate().map(|(at, inner)| known_at(item(ty, at), inner)).collect())
        }
        Json::Object(entries) => Value::Object(
            entries.iter().map(|(key, inner)| (key.clone(), known_at(entry(ty, key), inner))).collect(),
        ),
        other => Value::from(other),
    }
}
