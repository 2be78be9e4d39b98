//! Questions to a JSON Schema, as schemars writes it for our types.

use serde_json::Value as Json;

/// References that lead nowhere, or in a circle, end here.
const MAX_REFERENCES: usize = 16;

/// The schema that a reference leads to, or the schema itself.
pub(in crate::config) fn resolve<'a>(root: &'a Json, mut schema: &'a Json) -> &'a Json {
    for _ in 0..MAX_REFERENCES {
        let Some(target) = schema.get("$ref").and_then(Json::as_str) else { return schema };
        let Some(found) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) else {
            return schema;
        };
        schema = found;
    }
    schema
}

/// Whether anything is taken.
pub(super) fn is_open(schema: &Json) -> bool {
    match schema {
        Json::Bool(open) => *open,
        Json::Object(keys) => {
            !["type", "const", "enum", "properties"].iter().any(|key| keys.contains_key(*key))
        }
        _ => false,
    }
}

/// Whether one of the alternatives takes a kind of value.
pub(super) fn takes(options: &[&Json], kind: &str) -> bool {
    options.iter().any(|option| match option.get("type") {
        Some(Json::String(only)) => only == kind,
        Some(Json::Array(kinds)) => kinds.iter().any(|one| one == kind),
        _ => false,
    })
}

/// The schema of a key.
pub(super) fn property<'a>(options: &[&'a Json], name: &str) -> Option<&'a Json> {
    options.iter().find_map(|option| option.get("properties")?.get(name)).or_else(|| {
        options
            .iter()
            .find_map(|option| option.get("additionalProperties").filter(|more| **more != Json::Bool(false)))
    })
}

/// The keys that must be there.
pub(super) fn required<'a>(options: &[&'a Json]) -> impl Iterator<Item = &'a str> {
    let lists: Vec<&'a Json> = match options {
        // Of several alternatives none is required.
        [one] => one.get("required").into_iter().collect(),
        _ => options
            .iter()
            .filter(|option| option.get("properties").is_some())
            .filter_map(|option| option.get("required"))
            .take(usize::from(exclusive(options).is_none()))
            .collect(),
    };
    lists.into_iter().filter_map(Json::as_array).flatten().filter_map(Json::as_str)
}

/// The keys of an enum that is written as one key: each alternative has exactly one property.
pub(super) fn exclusive<'a>(options: &[&'a Json]) -> Option<Vec<&'a str>> {
    let objects: Vec<&serde_json::Map<String, Json>> =
        options.iter().filter_map(|option| option.get("properties")?.as_object()).collect();
    (objects.len() > 1 && objects.iter().all(|keys| keys.len() == 1))
        .then(|| objects.iter().flat_map(|keys| keys.keys().map(String::as_str)).collect())
}

/// The words a text may be, where they are counted.
pub(super) fn words_of<'a>(options: &[&'a Json]) -> Vec<&'a str> {
    options
        .iter()
        .flat_map(|option| {
            let many = option.get("enum").and_then(Json::as_array).into_iter().flatten();
            option.get("const").into_iter().chain(many)
        })
        .filter_map(Json::as_str)
        .collect()
}
