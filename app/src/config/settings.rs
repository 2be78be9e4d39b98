//! The server's settings: an optional YAML file, and environment variables that win over it.
//!
//! Each field of the sections names its variable and default; the variable stands in the type's schema
//! (`x-env`), so that loading, errors and documentation cannot differ. A secret may come from a file named by
//! its variable with `_FILE` behind it. What a repository says about itself is `repository`'s.

mod model;
mod sections;

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};

pub use self::sections::{
    GitHub, Log, LogFormat, ModelProvider, ModelSettings, RunnerSettings, Secret, Server, StoreSettings,
};
use super::document::Document;
use super::shape;

/// Everything the server is told at its start.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The GitHub App.
    pub github: GitHub,
    /// HTTP.
    pub server: Server,
    /// Where facts are kept.
    pub store: StoreSettings,
    /// Who may run jobs.
    pub runner: RunnerSettings,
    /// What may suggest values.
    pub model: ModelSettings,
    /// What is logged.
    pub log: Log,
}

/// Where settings come from. Functions instead of the process, so that loading is a plain function.
pub struct Sources<'a> {
    /// Name and content of the settings file.
    pub file: Option<(&'a str, &'a [u8])>,
    /// The value of an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The content of a file that a `…_FILE` variable names.
    pub read: &'a dyn Fn(&Path) -> std::io::Result<String>,
}

/// Settings that are missing or wrong: all of them, each with what to set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings are not complete:\n{}", .problems.join("\n"))]
pub struct SettingsError {
    /// One sentence each.
    pub problems: Vec<String>,
}

impl Settings {
    /// Reads the settings of this process: the file, if one is named, and the environment.
    pub fn load_from_process(file: Option<&Path>) -> Result<Self, SettingsError> {
        let content = file
            .map(|path| {
                std::fs::read(path).map_err(|error| SettingsError {
                    problems: vec![format!("cannot read the settings file {}: {error}", path.display())],
                })
            })
            .transpose()?;
        let name = file.map(|path| path.display().to_string()).unwrap_or_default();
        Self::load(&Sources {
            file: content.as_deref().map(|content| (name.as_str(), content)),
            variable: &|name| std::env::var(name).ok(),
            read: &|path| std::fs::read_to_string(path),
        })
    }

    /// Reads the settings from the given sources.
    pub fn load(sources: &Sources<'_>) -> Result<Self, SettingsError> {
        let schema = shape::schema_of::<Self>();
        let schema = schema.as_value();
        let mut problems = Vec::new();
        let mut value = file_values(sources, schema, &mut problems);
        for field in fields(schema) {
            match field.in_environment(sources) {
                Ok(Some(set)) => put(&mut value, &field, set),
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
            let known = value.get(field.section).and_then(|section| section.get(field.name)).is_some();
            if field.required && !known && !problems.iter().any(|problem| problem.contains(field.variable)) {
                problems.push(field.missing());
            }
        }
        if !problems.is_empty() {
            return Err(SettingsError { problems });
        }
        let settings: Self = serde_json::to_value(value)
            .and_then(serde_json::from_value)
            .map_err(|error| SettingsError { problems: vec![error.to_string()] })?;
        let problems = settings.problems();
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError { problems }) }
    }

    /// Variables that hold a secret; each may be given as a file, by its name with `_FILE`.
    pub fn secret_variables() -> Vec<String> {
        let schema = shape::schema_of::<Self>();
        let secret = |field: &Field<'_>| field.secret.then(|| field.variable.to_owned());
        fields(schema.as_value()).iter().filter_map(secret).collect()
    }

    /// A Markdown table of all settings, for the operator's documentation.
    pub fn table() -> String {
        let schema = shape::schema_of::<Self>();
        let mut table = "| Setting | Variable | Meaning |\n|---|---|---|\n".to_owned();
        for field in fields(schema.as_value()) {
            let meaning = field.description.replace('\n', " ");
            table.push_str(&format!(
                "| `{}.{}` | `{}` | {meaning} |\n",
                field.section, field.name, field.variable
            ));
        }
        table
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (variable, url) in [
            ("TFPILOT_URL", &self.server.url),
            ("TFPILOT_GITHUB_API_URL", &self.github.api_url),
            ("TFPILOT_GITHUB_URL", &self.github.web_url),
            ("TFPILOT_OIDC_ISSUER", &self.runner.oidc_issuer),
        ] {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if rest.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
                problems
                    .push(format!("{variable} is no URL: set it to one such as https://tfpilot.example.com"));
            }
        }
        problems.extend(self.model.problems());
        problems
    }
}

/// The file's values, cut down to what is known; every section is there.
fn file_values(sources: &Sources<'_>, schema: &Json, problems: &mut Vec<String>) -> Value {
    let mut value = Value::Mapping(Mapping::new());
    if let Some((name, content)) = sources.file {
        match Document::parse(name, content) {
            Ok(document) => {
                let (fitted, diagnostics) = shape::fit(&document, &without_required(schema));
                problems.extend(diagnostics.iter().map(ToString::to_string));
                value = fitted;
            }
            Err(diagnostic) => problems.push(diagnostic.to_string()),
        }
    }
    for section in fields(schema).iter().map(|field| field.section) {
        if let Value::Mapping(sections) = &mut value {
            sections.entry(section.into()).or_insert_with(|| Value::Mapping(Mapping::new()));
        }
    }
    value
}

fn put(value: &mut Value, field: &Field<'_>, set: Value) {
    if let Some(Value::Mapping(section)) = value.get_mut(field.section) {
        section.insert(field.name.into(), set);
    }
}

/// What the file lacks may come from the environment.
fn without_required(schema: &Json) -> Json {
    match schema {
        Json::Object(keys) => keys
            .iter()
            .filter(|(key, _)| *key != "required")
            .map(|(key, value)| (key.clone(), without_required(value)))
            .collect(),
        Json::Array(list) => list.iter().map(without_required).collect(),
        other => other.clone(),
    }
}

/// One setting as its schema describes it.
struct Field<'a> {
    section: &'a str,
    name: &'a str,
    variable: &'a str,
    description: &'a str,
    required: bool,
    secret: bool,
    integer: bool,
    words: Vec<&'a str>,
}

fn fields(schema: &Json) -> Vec<Field<'_>> {
    let sections = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
    sections
        .flat_map(|(section, inner)| {
            let inner = shape::resolve(schema, inner);
            let required: Vec<&str> = inner
                .get("required")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .collect();
            let properties = inner.get("properties").and_then(Json::as_object).into_iter().flatten();
            properties.map(move |(name, property)| {
                let text = |key| property.get(key).and_then(Json::as_str);
                let kind = property.get("type");
                Field {
                    section,
                    name,
                    variable: text("x-env").unwrap_or_default(),
                    description: text("description").unwrap_or_default(),
                    required: required.contains(&name.as_str()),
                    secret: property.get("x-secret").is_some(),
                    integer: kind.is_some_and(|kind| kind == "integer"),
                    words: words(shape::resolve(schema, property)),
                }
            })
        })
        .collect()
}

fn words(schema: &Json) -> Vec<&str> {
    let options = schema.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    options.filter_map(|option| option.get("const")?.as_str()).collect()
}

impl Field<'_> {
    fn in_environment(&self, sources: &Sources<'_>) -> Result<Option<Value>, String> {
        let variable = self.variable;
        if let Some(text) = (sources.variable)(variable) {
            return self.value(&text).map(Some);
        }
        if !self.secret {
            return Ok(None);
        }
        let Some(path) = (sources.variable)(&format!("{variable}_FILE")) else { return Ok(None) };
        let text = (sources.read)(Path::new(&path))
            .map_err(|error| format!("{variable}_FILE names {path}, which cannot be read: {error}"))?;
        self.value(text.trim_end()).map(Some)
    }

    fn value(&self, text: &str) -> Result<Value, String> {
        if text.trim().is_empty() {
            return Err(format!("{} is empty: {}", self.variable, self.how()));
        }
        if self.integer {
            let number: u64 = text
                .trim()
                .parse()
                .map_err(|_| format!("{} is not a whole number: {}", self.variable, self.how()))?;
            return Ok(Value::Number(number.into()));
        }
        if !self.words.is_empty() && !self.words.contains(&text) {
            return Err(format!("{} cannot be that: set it to {}", self.variable, self.words.join(" or ")));
        }
        Ok(Value::String(text.to_owned()))
    }

    fn missing(&self) -> String {
        format!("{} is not set: {}", self.variable, self.how())
    }

    /// What to set, from the field's own documentation.
    fn how(&self) -> String {
        let file = if self.secret { format!(" or {}_FILE", self.variable) } else { String::new() };
        // The variable is said already, and a default is none here.
        let meaning = self.description.replace('\n', " ");
        let meaning = meaning.split(" Variable `").next().unwrap_or_default();
        format!(
            "set it{file} ({}). {meaning}",
            format_args!("`{}.{}` in the settings file", self.section, self.name)
        )
    }
}

#[cfg(test)]
mod tests;
