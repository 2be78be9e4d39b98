//! The issue form of a module, as GitHub reads it from `.github/ISSUE_TEMPLATE/`.
//!
//! Every text is written as a double-quoted scalar: GitHub reads YAML 1.1, where a bare `on`, `no` or `1.0` is no text.

use serde_json::Value as Json;

use super::field::{ENVIRONMENT_LABEL, Field, Kind, MODULE_LABEL, SWITCH, fields, one_line, option};
use crate::catalog::{Effect, Module};

/// The label that makes an issue a request.
pub const REQUEST_LABEL: &str = "tfpilot/request";

/// Longest name and description that GitHub takes, in characters.
const LONGEST: usize = 200;

/// The form of a module for these environments, in their order.
pub fn render_issue_form(module: &Module, environments: &[&str]) -> String {
    let mut form = Form(String::new());
    form.line(0, "name", &cut(&module.title));
    form.line(0, "description", &cut(&module.summary));
    form.line(0, "title", &format!("{}: ", one_line(&module.title)));
    form.list(0, "labels", &[REQUEST_LABEL.to_owned()]);
    form.0.push_str("body:\n");

    form.element("dropdown", Some("module"));
    form.line(3, "label", MODULE_LABEL);
    form.list(3, "options", &[module.id.to_string()]);
    form.0.push_str("      default: 0\n");
    form.required();

    let environments: Vec<_> = environments.iter().map(|name| (*name).to_owned()).collect();
    // Without a list there is nothing to choose from, and GitHub refuses an empty dropdown.
    form.element(if environments.is_empty() { "input" } else { "dropdown" }, Some("environment"));
    form.line(3, "label", ENVIRONMENT_LABEL);
    if !environments.is_empty() {
        form.list(3, "options", &environments);
    }
    form.required();

    for field in fields(module) {
        form.field(module, &field);
    }
    form.0
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
        if field.variable.required() {
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
