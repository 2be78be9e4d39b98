//! The JSON Schema of what a model may answer: a property for each thing of the draft, and in it one for each input that
//! nobody set, with its value and the words of the text that say it, or null.
//!
//! Only what both kinds of structured output take everywhere: no open objects, every property required.

use serde_json::{Map, Value as Json, json};
use tfpilot_engine::{Draft, Resource};
use tfpilot_hcl::{Type, Variable};
use tfpilot_modules::catalog::Unit;
use tfpilot_modules::{Catalog, Module};

use super::module_of;
use crate::requests::grammar::NAME;

/// Values of a closed list that are written out; longer lists are judged when the answer is there.
const MOST_VALUES: usize = 60;

/// Characters of an input's description.
const MOST_TEXT: usize = 400;

/// Letters of an input's name: what structured output takes as a key.
const MOST_NAME: usize = 64;

/// The schema; none where there is nothing to ask for.
pub(crate) fn schema(draft: &Draft, catalog: &Catalog) -> Option<Json> {
    let mut things = Map::new();
    for (at, thing) in draft.resources.iter().enumerate() {
        // Without its module nothing is known of a thing.
        let module = module_of(thing, catalog)?;
        let inputs: Map<String, Json> = askable(thing, module)
            .map(|variable| (variable.name.clone(), answer(module, variable)))
            .collect();
        if !inputs.is_empty() {
            let about = format!("{} ({}). {}", module.title, module.id, module.summary);
            things.insert(key(at), object(&about, inputs));
        }
    }
    (!things.is_empty()).then(|| object("What the text says of each thing that it asks for.", things))
}

/// The key of a thing in an answer.
pub(super) fn key(at: usize) -> String {
    format!("thing_{}", at + 1)
}

/// The inputs of a thing that nobody set, and whose values can be written down in an answer.
pub(super) fn askable<'m>(
    thing: &'m Resource,
    module: &'m Module,
) -> impl Iterator<Item = &'m Variable> + use<'m> {
    module.variables.iter().filter(move |variable| {
        let name = variable.name.as_str();
        let is_set = if name == NAME { thing.name.is_some() } else { thing.inputs.contains_key(name) };
        let is_key = name.len() <= MOST_NAME
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-');
        !is_set && is_key && !variable.sensitive && !variable.ephemeral && has_shape(&variable.ty)
    })
}

/// Plain values and lists of them; what has keys of its own is for people to write.
fn has_shape(ty: &Type) -> bool {
    let is_plain = |ty: &Type| matches!(ty, Type::String | Type::Number | Type::Bool);
    match ty {
        Type::List(item) | Type::Set(item) => is_plain(item),
        other => is_plain(other),
    }
}

/// `{value, words}`, or null where the text does not say it.
fn answer(module: &Module, variable: &Variable) -> Json {
    let words = json!({
        "type": "string",
        "description": "The words of the text that say so, copied exactly.",
    });
    let properties =
        Map::from_iter([("value".to_owned(), value(module, variable)), ("words".to_owned(), words)]);
    json!({ "anyOf": [object(&description(module, variable), properties), { "type": "null" }] })
}

fn value(module: &Module, variable: &Variable) -> Json {
    let plain = |ty: &Type| match ty {
        Type::Number => "number",
        Type::Bool => "boolean",
        _ => "string",
    };
    match &variable.ty {
        Type::List(item) | Type::Set(item) => json!({ "type": "array", "items": { "type": plain(item) } }),
        ty => match module.choices(&variable.name).filter(|choices| choices.len() <= MOST_VALUES) {
            Some(choices) => json!({ "type": plain(ty), "enum": choices }),
            None => json!({ "type": plain(ty) }),
        },
    }
}

/// What an input is, what its number counts, and what its module says of values that it refuses.
fn description(module: &Module, variable: &Variable) -> String {
    let hints = module.hints(&variable.name);
    let unit = hints.and_then(|hints| hints.unit).map(|unit| format!("In {}.", counted(unit)));
    let refused = variable.validations.iter().map(|validation| validation.error_message.clone());
    let parts = [Some(format!("{}.", module.label(&variable.name))), variable.description.clone(), unit];
    let whole: Vec<String> = parts.into_iter().flatten().chain(refused).collect();
    whole.join(" ").chars().filter(|letter| !letter.is_control()).take(MOST_TEXT).collect()
}

fn counted(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "seconds",
        Unit::Minutes => "minutes",
        Unit::Hours => "hours",
        Unit::Days => "days",
        Unit::Gib => "GiB",
        Unit::Mib => "MiB",
        Unit::PerSecond => "times per second",
        Unit::Count => "pieces",
    }
}

fn object(description: &str, properties: Map<String, Json>) -> Json {
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "type": "object",
        "description": description,
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}
