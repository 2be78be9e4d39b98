//! The issue form of a module, or of a template made from it, as GitHub reads it from `.github/ISSUE_TEMPLATE/`.
//!
//! Every text is written as a double-quoted scalar: GitHub reads YAML 1.1, where a bare `on`, `no` or `1.0` is no text.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use super::field::{
    ENVIRONMENT_LABEL, Field, Kind, MODULE_LABEL, SWITCH, TEMPLATE_LABEL, fields, fit_for_dropdown, one_line,
    option,
};
use crate::catalog::{Effect, Module};
use crate::inputs::Inputs;

/// The label that makes an issue a request.
pub const REQUEST_LABEL: &str = "tfpilot/request";

/// Longest name and description that GitHub takes, in characters.
const LONGEST: usize = 200;

/// What a form offers beyond what its module says.
#[derive(Debug, Clone, Default)]
pub struct Offer<'o> {
    /// Environments, in their order.
    pub environments: Vec<&'o str>,
    /// The only values that inputs may have.
    pub allowed: BTreeMap<String, Vec<Json>>,
    /// The template that the form asks for.
    pub preset: Option<Preset<'o>>,
}

/// A template: its inputs are not asked for.
#[derive(Debug, Clone)]
pub struct Preset<'o> {
    /// Its name.
    pub name: &'o str,
    /// What it makes, as a noun.
    pub title: &'o str,
    /// What is set already.
    pub inputs: Inputs,
}

/// The form of a module for these environments, in their order.
pub fn render_issue_form(module: &Module, environments: &[&str]) -> String {
    render_form(module, &Offer { environments: environments.to_vec(), ..Offer::default() })
}

/// The form of a module, or of a template.
pub fn render_form(module: &Module, offer: &Offer<'_>) -> String {
    let mut form = Form(String::new());
    let title = offer.preset.as_ref().map_or(module.title.as_str(), |preset| preset.title);
    form.line(0, "name", &cut(title));
    form.line(0, "description", &cut(&summary(module, offer)));
    form.line(0, "title", &format!("{}: ", one_line(title)));
    form.list(0, "labels", &[REQUEST_LABEL.to_owned()]);
    form.0.push_str("body:\n");

    if let Some(preset) = &offer.preset {
        form.only("template", TEMPLATE_LABEL, preset.name);
    }
    form.only("module", MODULE_LABEL, &module.id.to_string());

    let environments: Vec<_> = offer.environments.iter().map(|name| (*name).to_owned()).collect();
    // Without a list there is nothing to choose from, and GitHub refuses an empty dropdown.
    form.element(if environments.is_empty() { "input" } else { "dropdown" }, Some("environment"));
    form.line(3, "label", ENVIRONMENT_LABEL);
    if !environments.is_empty() {
        form.list(3, "options", &environments);
    }
    form.required();

    let is_set = |name: &String| offer.preset.as_ref().is_some_and(|preset| preset.inputs.contains_key(name));
    for field in fields(module).into_iter().filter(|field| !is_set(&field.variable.name)) {
        form.field(module, &limited(field, offer));
    }
    form.0
}

/// What it makes, and what a template sets.
fn summary(module: &Module, offer: &Offer<'_>) -> String {
    let Some(preset) = offer.preset.as_ref().filter(|preset| !preset.inputs.is_empty()) else {
        return module.summary.clone();
    };
    let set = preset.inputs.iter().map(|(name, value)| format!("{name} {}", option(value)));
    format!("{} Set already: {}.", module.summary, set.collect::<Vec<_>>().join(", "))
}

/// A field whose values are limited becomes a choice among them.
fn limited<'m>(field: Field<'m>, offer: &Offer<'_>) -> Field<'m> {
    let allowed = offer.allowed.get(&field.variable.name).filter(|allowed| fit_for_dropdown(allowed));
    match (allowed, &field.kind) {
        (Some(allowed), Kind::Line | Kind::Choice(_)) => {
            Field { kind: Kind::Choice(allowed.clone()), ..field }
        }
        _ => field,
    }
}

/// The text of a form while it is written.
struct Form(String);

impl Form {
    fn line(&mut self, depth: usize, key: &str, text: &str) {
        self.0.push_str(&format!("{}{key}: {}\n", "  ".repeat(depth), quoted(text)));
    }

    fn list(&mut self, depth: usize, key: &str, items: &[String]) {
        let indent = "  ".repeat(depth);
        self.0.push_str(&format!("{indent}{key}:\n"));
        for item in items {
            self.0.push_str(&format!("{indent}  - {}\n", quoted(item)));
        }
    }

    fn element(&mut self, kind: &str, id: Option<&str>) {
        self.0.push_str(&format!("  - type: {kind}\n"));
        if let Some(id) = id {
            self.line(2, "id", id);
        }
        self.0.push_str("    attributes:\n");
    }

    fn required(&mut self) {
        self.0.push_str("    validations:\n      required: true\n");
    }

    /// A dropdown whose one choice is made: it says in the issue what the form is for.
    fn only(&mut self, id: &str, label: &str, choice: &str) {
        self.element("dropdown", Some(id));
        self.line(3, "label", label);
        self.list(3, "options", &[choice.to_owned()]);
        self.0.push_str("      default: 0\n");
        self.required();
    }

    fn field(&mut self, module: &Module, field: &Field<'_>) {
        let name = &field.variable.name;
        let element = match &field.kind {
            Kind::Line => "input",
            Kind::Choice(_) | Kind::Switch => "dropdown",
            Kind::Lines | Kind::Pairs | Kind::Yaml => "textarea",
        };
        self.element(element, Some(&field.id));
        self.line(3, "label", &field.label);
        self.line(3, "description", &description(module, field));
        let example = module.hints(name).and_then(|hints| hints.example.as_deref());
        let default = field.variable.default.as_ref().filter(|default| !default.is_null());
        match &field.kind {
            Kind::Choice(choices) => {
                self.list(3, "options", &choices.iter().map(option).collect::<Vec<_>>());
                self.preselect(
                    default.and_then(|default| choices.iter().position(|choice| choice == default)),
                );
            }
            Kind::Switch => {
                self.list(3, "options", &SWITCH.map(str::to_owned));
                self.preselect(default.and_then(Json::as_bool).map(|on| usize::from(!on)));
            }
            Kind::Line | Kind::Lines | Kind::Pairs => {
                if let Some(example) = example {
                    self.line(3, "placeholder", example);
                }
            }
            Kind::Yaml => self.0.push_str("      render: yaml\n"),
        }
        if field.variable.required() || is_default_refused(field) {
            self.required();
        }
    }

    fn preselect(&mut self, position: Option<usize>) {
        if let Some(position) = position {
            self.0.push_str(&format!("      default: {position}\n"));
        }
    }
}

/// What the input is, how to write it, what it is worth when left out, and what a later change loses.
fn description(module: &Module, field: &Field<'_>) -> String {
    let variable = field.variable;
    let mut parts = vec![variable.description.clone().unwrap_or_else(|| format!("Input {}.", variable.name))];
    match field.kind {
        Kind::Lines => parts.push("One per line.".to_owned()),
        Kind::Pairs => parts.push("One `key = value` per line.".to_owned()),
        Kind::Yaml => parts.push(format!("YAML for {}.", variable.ty)),
        Kind::Line | Kind::Choice(_) | Kind::Switch => {}
    }
    let default = variable.default.as_ref();
    match (&field.kind, default) {
        (Kind::Line, Some(default)) if !default.is_null() && default.as_str() != Some("") => {
            parts.push(format!("Default: {}.", option(default)));
        }
        _ => {}
    }
    let change = module.hints(&variable.name).and_then(|hints| hints.change.as_ref());
    if let Some(change) = change.filter(|change| change.effect != Effect::Update) {
        parts.push(format!("Changing it later: {}.", change.text));
    }
    one_line(&parts.join(" "))
}

/// A choice without the default has to be made.
fn is_default_refused(field: &Field<'_>) -> bool {
    let default = field.variable.default.as_ref().filter(|default| !default.is_null());
    matches!((&field.kind, default), (Kind::Choice(choices), Some(default))
        if field.variable.ty != Type::Bool && !choices.contains(default))
}

fn cut(text: &str) -> String {
    one_line(text).chars().take(LONGEST).collect()
}

/// A JSON string is a double-quoted YAML scalar, except for a few characters that YAML does not print.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for letter in Json::from(text).to_string().chars() {
        match letter {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out
}
