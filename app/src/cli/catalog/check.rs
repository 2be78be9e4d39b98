//! `tfpilot catalog check`: is a catalog right? Its files and hints, and its examples, which are promises about how
//! requests are understood.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::{Value as Json, json};
use tfpilot_engine::{Draft, Filled, Question, Reading, Source};
use tfpilot_modules::Catalog;
use tfpilot_modules::catalog::{Example, Module};

use super::source;
use crate::cli::{NO, log};
use crate::config::RepositoryConfig;
use crate::requests;

/// `tfpilot catalog check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The folder of modules; without it, the shipped catalog.
    dir: Option<PathBuf>,
    /// A repository's configuration, for its environments. Without it: dev, stage and prod.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// An example that is read otherwise than it says.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Misread {
    module: String,
    request: String,
    expected: Json,
    understood: Json,
}

pub(in crate::cli) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, diagnostics) = match &arguments.dir {
        None => (Catalog::shipped(), Vec::new()),
        Some(folder) => source::read_folder(folder)?,
    };
    let config = source::config(arguments.config.as_deref())?;
    let mut told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    told.extend(catalog.dangling().iter().map(ToString::to_string));
    let misread = misread(&catalog, &config);
    let modules = catalog.modules().count();
    let right = told.is_empty() && misread.is_empty();
    if json {
        let outcome = json!({ "right": right, "modules": modules, "problems": told, "misread": misread });
        log::say(&serde_json::to_string_pretty(&outcome)?);
    } else {
        told.iter().for_each(|line| log::say(line));
        for Misread { module, request, expected, understood } in &misread {
            log::say(&format!(
                "{module}: {request:?} is not understood as it says\n  expected   {expected}\n  understood {understood}"
            ));
        }
        let problems = told.len() + misread.len();
        log::say(&format!("{modules} modules, {problems} problems"));
    }
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

/// The examples of all modules that are not understood as they say.
pub(in crate::cli) fn misread(catalog: &Catalog, config: &RepositoryConfig) -> Vec<Misread> {
    let examples =
        catalog.modules().flat_map(|module| module.examples.iter().map(move |example| (module, example)));
    examples.filter_map(|(module, example)| judge(module, example, catalog, config)).collect()
}

fn judge(
    module: &Module,
    example: &Example,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Option<Misread> {
    let mut inputs: BTreeMap<String, Json> = example.expect.clone();
    let name = inputs.remove("name");
    let expected = json!({
        "module": module.id.to_string(), "environment": example.environment, "name": name, "inputs": inputs,
    });
    let reading = requests::read("Request", &example.request, catalog, config);
    let understood = match reading {
        Reading::Complete { draft } => said(&draft),
        Reading::Asks { draft, question } => {
            let Question { about, choices, problem, .. } = question;
            json!({ "draft": said(&draft), "asks": about, "choices": choices, "problem": problem })
        }
        Reading::NotInCatalog { word, nearest, .. } => {
            json!({ "not in the catalog": word, "nearest": nearest })
        }
        Reading::Other { wish, .. } => json!({ "wish": wish }),
        Reading::NotForUs => json!("not for us"),
    };
    (understood != expected).then(|| Misread {
        module: module.id.to_string(),
        request: example.request.clone(),
        expected,
        understood,
    })
}

/// What was said, without what follows from defaults.
fn said(draft: &Draft) -> Json {
    let is_said = |filled: &Filled<Json>| !matches!(filled.source, Source::Default(_));
    let resource = draft.first();
    let inputs: BTreeMap<&String, &Json> = resource
        .into_iter()
        .flat_map(|resource| &resource.inputs)
        .filter(|(_, filled)| is_said(filled))
        .map(|(input, filled)| (input, &filled.value))
        .collect();
    let environment =
        draft.environment.as_ref().filter(|filled| !matches!(filled.source, Source::Default(_)));
    json!({
        "module": draft.module(),
        "environment": environment.map(|filled| filled.value.as_str()),
        "name": draft.name().map(|filled| &filled.value),
        "inputs": inputs,
    })
}
