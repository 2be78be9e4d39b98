//! What the commits of a request say, and the table of what was understood.

use serde_json::Value as Json;
use tfpilot_engine::{CommitSha, Draft, EnvironmentName, Facts, Filled, Resource, Source};

use super::call::is_login;
use super::escape::{code, plain, prose};
use super::{fit, words};

/// Most suggested inputs named below the table.
const SUGGESTED: usize = 12;

/// Bytes that the table of inputs may take.
const TABLE_LIMIT: usize = 20_000;

/// Title, blank line, trailers. A trailer is one line, whatever its value is.
pub fn commit_message(facts: &Facts) -> Option<String> {
    let (request, change) = (facts.request.as_ref()?, facts.change.as_ref()?);
    let module = |resource: &Resource| {
        let (id, version) = (resource.module.as_deref()?, resource.module_version.as_deref()?);
        Some(format!("Module: {}@{}\n", plain(id), plain(version)))
    };
    let all: Vec<String> = request.draft.resources.iter().map(module).collect::<Option<_>>()?;
    let mut modules: Vec<String> = Vec::new();
    for module in all {
        if !modules.contains(&module) {
            modules.push(module);
        }
    }
    let by = if is_login(&request.by.login) { request.by.login.clone() } else { request.by.id.to_string() };
    Some(format!(
        "{}\n\nRequest: #{}\nRequested-by: {by}\n{}",
        plain(&change.title),
        request.issue,
        modules.concat()
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

/// `acme-invoices`, and how many more.
pub(super) fn names(draft: &Draft) -> Option<String> {
    let name = code(&draft.subject()?.name.as_ref()?.value);
    Some(match draft.subjects().len() {
        0 | 1 => name,
        several => format!("{name} and {} more", several - 1),
    })
}

/// What was understood, and where each value came from: a table for each thing.
pub(super) fn input_table(draft: &Draft) -> String {
    let limit = TABLE_LIMIT / draft.resources.len().max(1);
    let alone = draft.resources.len() <= 1;
    let none = Resource::default();
    let things = if draft.resources.is_empty() { std::slice::from_ref(&none) } else { &draft.resources };
    let mut tables = Vec::new();
    for (at, thing) in things.iter().enumerate() {
        // The environment is that of all of them; it is said once.
        let environment = draft.environment.as_ref().filter(|_| at == 0);
        let table = table_of(draft, thing, environment, limit);
        let module = code(thing.module.as_deref().unwrap_or("?"));
        let name = thing.name.as_ref().map(|name| format!(" {}", code(&name.value))).unwrap_or_default();
        tables.push(if alone { table } else { format!("**{module}{name}**\n\n{table}") });
    }
    tables.extend(suggested(draft));
    tables.join("\n")
}

/// Which values nobody has said, and how to change them.
fn suggested(draft: &Draft) -> Option<String> {
    let mut keys = Vec::new();
    for (at, thing) in draft.resources.iter().enumerate() {
        let suggested = thing.inputs.iter().filter(|(_, it)| matches!(it.source, Source::Suggested(_)));
        keys.extend(suggested.map(|(input, _)| match draft.handle(at) {
            Some(handle) => format!("{handle}.{input}"),
            None => input.clone(),
        }));
    }
    let first = keys.first()?.clone();
    let shown: Vec<String> = keys.iter().map(|key| code(key)).collect();
    let (shown, set) = (words::some(&shown, SUGGESTED), code(&format!("/tfpilot set {first}=…")));
    Some(format!(
        "A language model suggested {shown}: check it. {set} changes it, without a value it goes.\n"
    ))
}

fn table_of(
    draft: &Draft,
    thing: &Resource,
    environment: Option<&Filled<EnvironmentName>>,
    limit: usize,
) -> String {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: &str, source: &Source| {
        rows.push(fit::row(&[&prose(name), &code(value), &from(source)]));
    };
    if let Some(name) = &thing.name {
        row("name", &name.value, &name.source);
    }
    if let Some(environment) = environment {
        row("environment", environment.value.as_str(), &environment.source);
    }
    // One thing alone is taken in.
    if let Some(id) = draft.import.as_ref().and_then(|import| import.id.as_ref()) {
        row("import", &id.value, &id.source);
    }
    for (name, filled) in &thing.inputs {
        row(name, &shown(draft, &filled.value), &filled.source);
    }
    fit::table(&["Input", "Value", "From"], &rows, limit)
}

/// A value as people read it; an output of another thing as "arn of orders".
fn shown(draft: &Draft, value: &Json) -> String {
    let one = |value: &Json| match (output_of(draft, value), value) {
        (Some(output), _) => output,
        (None, Json::String(text)) => text.clone(),
        (None, other) => other.to_string(),
    };
    match value {
        Json::Array(items) if takes_outputs(draft, value) => {
            items.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        other => one(other),
    }
}

/// Whether a value, or an element of it, is an output of another thing.
pub(super) fn takes_outputs(draft: &Draft, value: &Json) -> bool {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_else(|| std::slice::from_ref(value));
    items.iter().any(|item| output_of(draft, item).is_some())
}

/// "arn of orders", where a value has that form and there is such a thing.
fn output_of(draft: &Draft, value: &Json) -> Option<String> {
    let entries = value.as_object().filter(|entries| entries.len() == 2)?;
    let (from, output) = (entries.get("from")?.as_str()?, entries.get("output")?.as_str()?);
    let is_thing = |thing: &Resource| thing.name.as_ref().is_some_and(|name| name.value == from);
    draft.resources.iter().any(is_thing).then(|| format!("{output} of {from}"))
}

fn from(source: &Source) -> String {
    match source {
        Source::Text(text) => format!("\"{}\"", prose(text)),
        Source::Form(field) => format!("form: {}", prose(field)),
        Source::Yaml(key) => format!("YAML: {}", prose(key)),
        Source::Command(text) => code(text),
        Source::Answer(text) => format!("answer \"{}\"", prose(text)),
        Source::Default(text) => prose(text),
        Source::Suggested(words) => format!("**suggested** for \"{}\"", prose(words)),
    }
}
