//! The fields of a module's form: what is asked, in which order, and how an answer becomes a value.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tfpilot_hcl::{Type, Variable};

use crate::catalog::Module;

/// Label of the field that names the module.
pub(super) const MODULE_LABEL: &str = "Module";

/// Label of the field that names the template, in forms of templates.
pub(super) const TEMPLATE_LABEL: &str = "Template";

/// Label of the field that names the environment.
pub(super) const ENVIRONMENT_LABEL: &str = "Environment";

/// The words for a switch that is on or off. Not `true` and `false`: GitHub refuses booleans as options.
pub(super) const SWITCH: [&str; 2] = ["on", "off"];

/// What a field asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// One line.
    Line,
    /// One of these.
    Choice(Vec<Json>),
    /// On or off.
    Switch,
    /// One value per line.
    Lines,
    /// One `key = value` per line.
    Pairs,
    /// YAML, for whatever has more structure.
    Yaml,
}

/// A field for one input.
#[derive(Debug, Clone)]
pub(super) struct Field<'m> {
    /// Its id, unique in the form; the parameter that prefills it.
    pub(super) id: String,
    /// Its label, unique in the form; the heading in the issue.
    pub(super) label: String,
    /// What it asks for.
    pub(super) kind: Kind,
    /// The input.
    pub(super) variable: &'m Variable,
}

/// The fields of a module's inputs. Secrets have none: an issue is no place for them.
pub(super) fn fields(module: &Module) -> Vec<Field<'_>> {
    let mut labels: BTreeSet<String> =
        [MODULE_LABEL, TEMPLATE_LABEL, ENVIRONMENT_LABEL].map(str::to_lowercase).into();
    let mut fields = Vec::new();
    for variable in module.variables.iter().filter(|variable| !variable.sensitive && !variable.ephemeral) {
        let name = &variable.name;
        let mut label = one_line(&module.label(name));
        if !labels.insert(label.to_lowercase()) {
            label = format!("{label} ({name})");
            labels.insert(label.to_lowercase());
        }
        let reserved = matches!(name.as_str(), "module" | "template" | "environment");
        let id = if reserved { format!("input-{name}") } else { name.clone() };
        fields.push(Field { id, label, kind: kind(module, variable), variable });
    }
    fields
}

fn kind(module: &Module, variable: &Variable) -> Kind {
    if let Some(choices) = module.choices(&variable.name).filter(|choices| fit_for_dropdown(choices)) {
        return Kind::Choice(choices);
    }
    match &variable.ty {
        Type::Bool => Kind::Switch,
        Type::String | Type::Number => Kind::Line,
        Type::List(item) | Type::Set(item) if is_scalar(item) => Kind::Lines,
        Type::Map(item) if is_scalar(item) => Kind::Pairs,
        _ => Kind::Yaml,
    }
}

fn is_scalar(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Number | Type::Bool)
}

/// GitHub refuses empty, repeated and boolean options, and the word `none`.
pub(super) fn fit_for_dropdown(choices: &[Json]) -> bool {
    let texts: Vec<_> = choices.iter().map(option).collect();
    let plain = |text: &String| {
        !text.trim().is_empty()
            && one_line(text) == *text
            && !matches!(text.to_lowercase().as_str(), "none" | "true" | "false")
    };
    !texts.is_empty() && texts.iter().all(plain) && texts.iter().collect::<BTreeSet<_>>().len() == texts.len()
}

/// A choice as it is shown.
pub(super) fn option(choice: &Json) -> String {
    choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)
}

/// A text on one line, its runs of spaces made one.
pub(super) fn one_line(text: &str) -> String {
    text.split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
