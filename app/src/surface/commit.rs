//! What the commits of a request say, and the table of what was understood.

use tfpilot_engine::{CommitSha, Draft, Facts, Source};

use super::call::is_login;
use super::escape::{code, plain, prose};
use super::fit;

/// Bytes that the table of inputs may take.
const TABLE_LIMIT: usize = 20_000;

/// Title, blank line, trailers. A trailer is one line, whatever its value is.
pub fn commit_message(facts: &Facts) -> Option<String> {
    let (request, change) = (facts.request.as_ref()?, facts.change.as_ref()?);
    let module = plain(request.draft.module.as_deref()?);
    let version = plain(request.draft.module_version.as_deref()?);
    let by = if is_login(&request.by.login) { request.by.login.clone() } else { request.by.id.to_string() };
    Some(format!(
        "{}\n\nRequest: #{}\nRequested-by: {by}\nModule: {module}@{version}\n",
        plain(&change.title),
        request.issue
    ))
}

/// What the merge commit says that brings a request's branch up to date.
pub fn renewal_message(facts: &Facts, base: &CommitSha) -> Option<String> {
    let (request, pull) = (facts.request.as_ref()?, facts.pull.as_ref()?);
    let (from, into) = (plain(&pull.base_ref), plain(&pull.head_ref));
    Some(format!(
        "Merge {from} at {} into {into}\n\nRendered again.\n\nRequest: #{}\n",
        base.short(),
        request.issue
    ))
}

/// What was understood, and where each value came from.
pub(super) fn input_table(draft: &Draft) -> String {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: &str, source: &Source| {
        rows.push(fit::row(&[&prose(name), &code(value), &from(source)]));
    };
    if let Some(name) = &draft.name {
        row("name", &name.value, &name.source);
    }
    if let Some(environment) = &draft.environment {
        row("environment", environment.value.as_str(), &environment.source);
    }
    for (name, filled) in &draft.inputs {
        let value = match &filled.value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        row(name, &value, &filled.source);
    }
    fit::table(&["Input", "Value", "From"], &rows, TABLE_LIMIT)
}

fn from(source: &Source) -> String {
    match source {
        Source::Text(text) => format!("\"{}\"", prose(text)),
        Source::Form(field) => format!("form: {}", prose(field)),
        Source::Yaml(key) => format!("YAML: {}", prose(key)),
        Source::Command(text) => code(text),
        Source::Answer(text) => format!("answer \"{}\"", prose(text)),
        Source::Default(text) => prose(text),
    }
}
