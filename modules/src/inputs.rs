//! Whether the inputs of a request fit a module: known, complete, of the right type, accepted by the validations.
//!
//! Types and validations are those of `variables.tf`, read by `tfpilot-hcl`. Where a value came from, and asking for
//! a better one, belongs to the app.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_hcl::{Type, Validation, Variable};
use unicode_normalization::UnicodeNormalization as _;

use crate::catalog::Module;
use crate::lists;
use crate::references::{self, Reference};

/// Values by the names of a module's variables, `name` among them.
pub type Inputs = BTreeMap<String, Json>;

/// Largest value of one input, in bytes of JSON: what nobody can review is not rendered.
pub const INPUT_CAP: usize = 16 * 1024;

/// Longest name or word of somebody else's in a sentence, in characters.
const SHORT: usize = 80;

/// How alike two names must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.75;

/// One input that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// Name of the input.
    pub input: String,
    /// What is wrong, naming the thing.
    pub what: String,
    /// Why; for a failed validation its own message.
    pub why: String,
    /// What to do.
    pub next: String,
}

impl Module {
    /// Everything that keeps these inputs from being rendered; nothing when they fit.
    pub fn check_inputs(&self, inputs: &Inputs) -> Vec<InputProblem> {
        self.convert_inputs(inputs).err().unwrap_or_default()
    }

    /// The inputs in the types of their variables, as Terraform itself would convert them: `"30"` for a number is 30,
    /// and texts are in Unicode's composed form (NFC), the only one that Terraform keeps. References to outputs of other
    /// things stay as they are; nothing is said about what they are worth.
    pub fn convert_inputs(&self, inputs: &Inputs) -> Result<Inputs, Vec<InputProblem>> {
        let mut converted = Inputs::new();
        let mut problems = Vec::new();
        for variable in &self.variables {
            match inputs.get(&variable.name) {
                None | Some(Json::Null) if variable.required() => problems.push(self.missing(variable)),
                None => {}
                Some(value) => match self.convert(variable, value) {
                    Ok(value) => {
                        converted.insert(variable.name.clone(), value);
                    }
                    Err(problem) => problems.push(problem),
                },
            }
        }
        problems.extend(
            inputs.keys().filter(|name| self.variable(name).is_none()).map(|name| self.unknown(name)),
        );
        if problems.is_empty() { Ok(converted) } else { Err(problems) }
    }

    /// One value in the type of its variable, or why it does not fit.
    pub fn convert_input(&self, input: &str, value: &Json) -> Result<Json, InputProblem> {
        match self.variable(input) {
            Some(variable) => self.convert(variable, value),
            None => Err(self.unknown(input)),
        }
    }

    fn convert(&self, variable: &Variable, value: &Json) -> Result<Json, InputProblem> {
        let name = &variable.name;
        let problem =
            |what: String, why: String, next: String| InputProblem { input: name.clone(), what, why, next };
        // A reference tells nobody what it is worth.
        if (variable.sensitive || variable.ephemeral) && Reference::at(&variable.ty, value).is_none() {
            return Err(problem(
                format!("Input `{name}` is secret"),
                "everything in a request can be read by others and stays in the history".into(),
                format!("leave `{name}` out, and keep the secret in a secret store"),
            ));
        }
        if value.is_null() && !variable.nullable {
            return Err(problem(
                format!("Input `{name}` is null"),
                "it always has a value".into(),
                format!("leave `{name}` out to get its default"),
            ));
        }
        let size = value.to_string().len();
        if size > INPUT_CAP {
            return Err(problem(
                format!("Input `{name}` is too long"),
                format!("it has {size} bytes, more than the {INPUT_CAP} that can be reviewed"),
                format!("give `{name}` a shorter value"),
            ));
        }
        let set = format!("set {name}={}", self.sample(variable));
        let value = &composed(value);
        let value = references::convert(&variable.ty, value)
            .map_err(|why| problem(format!("Input `{name}` has the wrong type"), why, set.clone()))?;
        match variable.validations.iter().find(|validation| fails(validation, &variable.ty, &value)) {
            Some(failed) => Err(problem(
                format!("Input `{name}` is {}", shown(&value)),
                failed.error_message.clone(),
                set,
            )),
            None => self.check_list(name, &value).map_or(Ok(value), Err),
        }
    }

    /// A value that is none of those that the cloud knows, as its list has them.
    fn check_list(&self, name: &str, value: &Json) -> Option<InputProblem> {
        let list = lists::find(self.hints(name)?.one_of.as_deref()?)?;
        let single = [value];
        let values = value.as_array().map_or_else(|| single.to_vec(), |items| items.iter().collect());
        let wrong = values.into_iter().filter_map(Json::as_str).find(|value| !list.has(value))?;
        let label = self.label(name).to_lowercase();
        Some(InputProblem {
            input: name.to_owned(),
            what: format!("Input `{name}` is {}", shown(&wrong.into())),
            why: format!("there is no such {label}"),
            next: match list.nearest(wrong) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let first: Vec<&str> = list.rows.iter().take(5).map(|row| row.value.as_str()).collect();
                    format!("one of {} …", first.join(", "))
                }
            },
        })
    }

    fn missing(&self, variable: &Variable) -> InputProblem {
        let name = &variable.name;
        let why = match &variable.description {
            Some(description) => format!("there is no default ({})", description.trim_end_matches('.')),
            None => "there is no default".to_owned(),
        };
        InputProblem {
            input: name.clone(),
            what: format!("Input `{name}` is missing"),
            why,
            next: format!("set {name}={}", self.sample(variable)),
        }
    }

    fn unknown(&self, name: &str) -> InputProblem {
        let nearest = nearest_name(name, self.variables.iter().map(|variable| variable.name.as_str()));
        let shown_name = short(name);
        let names: Vec<_> = self.variables.iter().map(|variable| variable.name.as_str()).collect();
        InputProblem {
            input: name.to_owned(),
            what: format!("Unknown input `{shown_name}`"),
            why: format!("{} has {}", self.id, names.join(", ")),
            next: match nearest {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("leave `{shown_name}` out"),
            },
        }
    }

    /// A value that shows how one is written.
    fn sample(&self, variable: &Variable) -> String {
        let example = self.hints(&variable.name).and_then(|hints| hints.example.clone());
        let choice = || Some(plain(self.choices(&variable.name)?.first()?));
        example.or_else(choice).unwrap_or_else(|| match &variable.ty {
            Type::Bool => "true".to_owned(),
            Type::Number => "1".to_owned(),
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => "[…]".to_owned(),
            Type::Map(_) | Type::Object(_) => "{…}".to_owned(),
            Type::String | Type::Any => "…".to_owned(),
        })
    }
}

/// Whether a validation refuses a converted value, whatever its references turn out to be.
fn fails(validation: &Validation, ty: &Type, value: &Json) -> bool {
    references::known(ty, value).into_iter().all(|value| validation.holds_for(value) == Some(false))
}

/// The value in a type that takes all of it, without references.
pub(crate) fn convert_plain(ty: &Type, value: &Json) -> Result<Json, String> {
    unknown_field(ty, value).map_or_else(|| ty.convert(value), Err)
}

/// The name that was probably meant.
pub(crate) fn nearest_name<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), known), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}

/// Somebody else's word in a sentence: short, and without what moves a cursor.
pub(crate) fn short(word: &str) -> String {
    word.chars().filter(|letter| !letter.is_control()).take(SHORT).collect()
}

/// What Terraform makes of texts, and of keys, two of which may become one.
fn composed(value: &Json) -> Json {
    match value {
        Json::String(text) => text.nfc().collect::<String>().into(),
        Json::Array(items) => items.iter().map(composed).collect(),
        Json::Object(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.nfc().collect(), composed(value))).collect())
        }
        other => other.clone(),
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value in a sentence: short, and quoted as JSON is.
fn shown(value: &Json) -> String {
    let text = value.to_string();
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Terraform drops attributes that an object type does not have; here that would lose what somebody asked for.
fn unknown_field(ty: &Type, value: &Json) -> Option<String> {
    match (ty, value) {
        (Type::List(item) | Type::Set(item), Json::Array(items)) => {
            items.iter().find_map(|value| unknown_field(item, value))
        }
        (Type::Tuple(types), Json::Array(items)) => {
            types.iter().zip(items).find_map(|(ty, value)| unknown_field(ty, value))
        }
        (Type::Map(item), Json::Object(entries)) => {
            entries.values().find_map(|value| unknown_field(item, value))
        }
        (Type::Object(fields), Json::Object(entries)) => {
            entries.iter().find_map(|(name, value)| match fields.iter().find(|field| field.name == *name) {
                Some(field) => unknown_field(&field.ty, value),
                None => Some(format!("unknown attribute {name:?}; it has {}", Type::Object(fields.clone()))),
            })
        }
        _ => None,
    }
}
