//! The README of a module, made from its files, so that it says what the module does and never something else.

use serde_json::Value as Json;

use super::{Effect, Module, Risk};

/// The first line of every README that is made here.
const MADE: &str =
    "<!-- Made from module.yml, variables.tf and outputs.tf by `tfpilot catalog docs --write`. -->";

impl Module {
    /// The README of the module, in Markdown.
    pub fn readme(&self) -> String {
        let mut page = vec![MADE.to_owned(), format!("# {}", self.id), self.summary.trim().to_owned()];
        if !self.about.trim().is_empty() {
            // Plain text: `<name>` is no tag.
            page.push(self.about.trim().replace('<', "\\<"));
        }
        page.push(self.facts());
        if !self.examples.is_empty() {
            page.push("## Ask for it".to_owned());
            page.push(self.requests());
        }
        page.push("## Inputs".to_owned());
        page.push(self.inputs_table());
        if !self.outputs.is_empty() {
            page.push("## Outputs".to_owned());
            page.push(self.outputs_table());
        }
        let mut page = page.join("\n\n");
        page.push('\n');
        page
    }

    fn facts(&self) -> String {
        let risk = match self.risk {
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
        };
        let mut facts =
            vec![format!("Version {}", self.version), self.category.clone(), format!("risk {risk}")];
        if !self.stateful.is_empty() {
            let types: Vec<_> = self.stateful.iter().map(|kind| format!("`{kind}`")).collect();
            facts.push(format!("keeps data in {}", types.join(", ")));
        }
        let providers =
            self.providers.iter().map(|provider| format!("{} {}", provider.source, provider.version));
        facts.extend(providers);
        format!("{}.", facts.join(" · "))
    }

    /// The examples as they would be written; those of several lines as they stand.
    fn requests(&self) -> String {
        let shown = self.examples.iter().map(|example| {
            let request = example.request.trim();
            if request.contains('\n') {
                format!("```text\n{}\n```", request.replace("```", "ˋˋˋ"))
            } else {
                format!("> {request}")
            }
        });
        shown.collect::<Vec<_>>().join("\n\n")
    }

    fn inputs_table(&self) -> String {
        let mut rows = vec![
            "| Input | Type | Default | What it is | A change |".to_owned(),
            "|---|---|---|---|---|".to_owned(),
        ];
        for variable in &self.variables {
            let hints = self.hints(&variable.name);
            let change = hints.and_then(|hints| hints.change.as_ref()).map(|change| match change.effect {
                Effect::Update => change.text.clone(),
                Effect::Replace => format!("**replaces**: {}", change.text),
                Effect::DataLoss => format!("**may lose data**: {}", change.text),
            });
            let default = match &variable.default {
                _ if variable.required() => "required".to_owned(),
                None | Some(Json::Null) => "none".to_owned(),
                Some(value) => format!("`{value}`"),
            };
            let mut what = variable.description.clone().unwrap_or_default();
            for (module, output) in hints.into_iter().flat_map(|hints| &hints.from) {
                what.push_str(&format!(" Can be `{output}` of {module}."));
            }
            let cells = [
                format!("`{}`", variable.name),
                format!("`{}`", variable.ty),
                default,
                what,
                change.unwrap_or_default(),
            ];
            rows.push(row(&cells));
        }
        rows.join("\n")
    }

    fn outputs_table(&self) -> String {
        let mut rows = vec!["| Output | What it is |".to_owned(), "|---|---|".to_owned()];
        for output in &self.outputs {
            rows.push(row(&[format!("`{}`", output.name), output.description.clone().unwrap_or_default()]));
        }
        rows.join("\n")
    }
}

fn row(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.trim().replace('\n', " ").replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}
