//! Reading a submitted form: GitHub writes `### Label`, an empty line and the answer for each field.
//!
//! Answers become values of the input's type where that is possible; what does not fit stays a string, and
//! [`Module::check_inputs`] says what is wrong with it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use tfpilot_hcl::Type;

use super::field::{ENVIRONMENT_LABEL, Field, Kind, MODULE_LABEL, TEMPLATE_LABEL, fields, option};
use crate::catalog::{Catalog, Module};
use crate::inputs::{INPUT_CAP, Inputs};

/// What GitHub writes for a text that was left empty.
const NO_RESPONSE: &str = "_No response_";

/// What GitHub writes for a dropdown without a choice.
const NO_CHOICE: &str = "None";

/// The answers of a submitted form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormAnswers {
    /// Id of the module.
    pub module: String,
    /// The template, where the form is that of one.
    pub template: Option<String>,
    /// The environment, where one was given.
    pub environment: Option<String>,
    /// The inputs that were answered.
    pub inputs: Inputs,
    /// Labels of the fields they came from, by input.
    pub labels: BTreeMap<String, String>,
}

/// Reads the body of an issue; `None` when it is not the form of a module in the catalog. Other text around the
/// answers and fields that the module does not know are left alone; the first answer of a label counts.
pub fn parse_form(catalog: &Catalog, body: &str) -> Option<FormAnswers> {
    let answers = sections(body);
    let module = catalog.find(line(answers.get(&MODULE_LABEL.to_lowercase())?))?;
    let mut inputs = Inputs::new();
    let mut labels = BTreeMap::new();
    for field in fields(module) {
        let answer = answers.get(&field.label.to_lowercase()).and_then(|answer| value(&field, answer));
        if let Some(answer) = answer {
            inputs.insert(field.variable.name.clone(), answer);
            labels.insert(field.variable.name.clone(), field.label);
        }
    }
    let chosen = |label: &str| {
        let answer = answers.get(&label.to_lowercase()).map(|answer| line(answer));
        answer.filter(|name| !is_empty(name) && *name != NO_CHOICE).map(str::to_owned)
    };
    let (template, environment) = (chosen(TEMPLATE_LABEL), chosen(ENVIRONMENT_LABEL));
    Some(FormAnswers { module: module_id(module), template, environment, inputs, labels })
}

fn module_id(module: &Module) -> String {
    module.id.to_string()
}

/// Texts under `### ` headings, by heading in lower case. Headings inside of code fences are text.
fn sections(body: &str) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::new();
    let mut current: Option<(String, String)> = None;
    let mut fence: Option<&str> = None;
    for text in body.lines() {
        let trimmed = text.trim();
        match fence {
            Some(mark) if trimmed.starts_with(mark) && trimmed.trim_matches(['`', '~']).is_empty() => {
                fence = None
            }
            Some(_) => {}
            None => fence = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)),
        }
        match text.strip_prefix("### ").filter(|_| fence.is_none()) {
            Some(heading) => {
                if let Some((heading, text)) = current.replace((heading.trim().to_lowercase(), String::new()))
                {
                    sections.entry(heading).or_insert(text);
                }
            }
            // Hidden marks are written by programs, never by the person who answers.
            None if fence.is_none() && trimmed.starts_with("<!--") && trimmed.ends_with("-->") => {}
            None => {
                if let Some((_, section)) = &mut current {
                    section.push_str(text);
                    section.push('\n');
                }
            }
        }
    }
    if let Some((heading, text)) = current {
        sections.entry(heading).or_insert(text);
    }
    sections
}

/// A one-line answer, without the backticks people put around names.
fn line(answer: &str) -> &str {
    let answer = answer.trim();
    answer.strip_prefix('`').and_then(|inner| inner.strip_suffix('`')).unwrap_or(answer).trim()
}

fn is_empty(answer: &str) -> bool {
    let answer = answer.trim();
    answer.is_empty() || answer == NO_RESPONSE
}

/// The value of an answer; `None` when the field was left empty.
fn value(field: &Field<'_>, answer: &str) -> Option<Json> {
    if is_empty(answer) {
        return None;
    }
    match &field.kind {
        Kind::Line => Some(scalar(&field.variable.ty, line(answer))),
        Kind::Switch | Kind::Choice(_) if line(answer) == NO_CHOICE => None,
        Kind::Switch => Some(switch(line(answer))),
        Kind::Choice(choices) => {
            let chosen = choices.iter().find(|choice| option(choice).eq_ignore_ascii_case(line(answer)));
            Some(chosen.cloned().unwrap_or_else(|| line(answer).into()))
        }
        Kind::Lines => {
            Some(Json::Array(lines(answer).map(|text| scalar(item(&field.variable.ty), text)).collect()))
        }
        Kind::Pairs => pairs(item(&field.variable.ty), answer),
        Kind::Yaml => Some(yaml(answer)),
    }
}

fn item(ty: &Type) -> &Type {
    match ty {
        Type::List(item) | Type::Set(item) | Type::Map(item) => item,
        other => other,
    }
}

/// Numbers and switches in the form people write them; anything else stays text and is judged with the other inputs.
fn scalar(ty: &Type, text: &str) -> Json {
    match ty {
        Type::Number => ty.convert(&text.into()).unwrap_or_else(|_| text.into()),
        Type::Bool => switch(text),
        _ => text.into(),
    }
}

fn switch(text: &str) -> Json {
    match text.to_lowercase().as_str() {
        "on" | "yes" | "true" | "ja" | "an" => true.into(),
        "off" | "no" | "false" | "nein" | "aus" => false.into(),
        _ => text.into(),
    }
}

/// The lines of a textarea, without fences, empty lines and list marks.
fn lines(answer: &str) -> impl Iterator<Item = &str> {
    answer
        .lines()
        .map(str::trim)
        .filter(|text| !text.is_empty() && !text.starts_with("```") && !text.starts_with("~~~"))
        .map(|text| line(text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")).unwrap_or(text)))
}

/// `key = value` or `key: value`, by what comes first; a line with neither makes the whole answer text, so that nothing is lost silently.
fn pairs(ty: &Type, answer: &str) -> Option<Json> {
    let mut entries = Map::new();
    for text in lines(answer) {
        let parted = [text.split_once('='), text.split_once(": ")];
        let Some((key, value)) = parted.into_iter().flatten().min_by_key(|(key, _)| key.len()) else {
            return Some(answer.trim().into());
        };
        let unquoted = |text: &str| text.trim().trim_matches('"').to_owned();
        entries.insert(unquoted(key), scalar(ty, &unquoted(value)));
    }
    Some(Json::Object(entries))
}

/// YAML of a textarea with structure. Too large or broken YAML stays text.
fn yaml(answer: &str) -> Json {
    let text: String = answer
        .lines()
        .filter(|text| !text.trim().starts_with("```") && !text.trim().starts_with("~~~"))
        .flat_map(|text| [text, "\n"])
        .collect();
    let parsed =
        if text.len() <= INPUT_CAP { serde_yaml::from_str::<serde_yaml::Value>(&text).ok() } else { None };
    parsed.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_else(|| answer.trim().into())
}
