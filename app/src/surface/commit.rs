//! What the commit and the pull request of a request say.

use tfpilot_engine::{Facts, Source};

use super::escape::{code, prose};

/// Title, blank line, trailers. Trailers carry validated values only.
pub fn commit_message(facts: &Facts) -> Option<String> {
    let (request, change) = (facts.request.as_ref()?, facts.change.as_ref()?);
    let module = request.draft.module.as_deref()?;
    let version = request.draft.module_version.as_deref()?;
    Some(format!(
        "{}\n\nRequest: #{}\nRequested-by: {}\nModule: {module}@{version}\n",
        change.title, request.issue, request.by.login
    ))
}

/// The pull request's text: what it adds, for whom, and which issue it closes.
pub fn pull_body(facts: &Facts, module_title: &str) -> Option<String> {
    let request = facts.request.as_ref()?;
    let name = &request.draft.name.as_ref()?.value;
    let environment = &request.draft.environment.as_ref()?.value;
    Some(format!(
        "Adds {} {} to {} for @{}. Closes #{}\n\n{}\nChange the request, not block `tfpilot {}`.\n",
        prose(module_title),
        code(name),
        code(environment.as_str()),
        request.by.login,
        request.issue,
        input_table(facts).unwrap_or_default(),
        request.issue,
    ))
}

/// What was understood, and where each value came from.
pub(super) fn input_table(facts: &Facts) -> Option<String> {
    let draft = &facts.request.as_ref()?.draft;
    let mut rows = vec!["| Input | Value | From |".to_owned(), "|---|---|---|".to_owned()];
    let mut row = |name: &str, value: &str, source: &Source| {
        rows.push(format!("| {} | {} | {} |", prose(name), code(value), from(source)));
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
    Some(format!("{}\n", rows.join("\n")))
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
