//! `tfpilot catalog list`, `show` and `docs`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use tfpilot_modules::Catalog;
use tfpilot_modules::catalog::Module;

use super::source::Source;
use super::{Docs, write};
use crate::cli::{INVALID_INPUT, NO, log};

pub(in crate::cli) fn list(source: &Source, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, _) = source.read()?;
    if json {
        let modules: Vec<Json> = catalog.modules().map(described).collect();
        log::say(&serde_json::to_string_pretty(&modules)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut by_category: BTreeMap<&str, Vec<&Module>> = BTreeMap::new();
    for module in catalog.modules() {
        by_category.entry(&module.category).or_default().push(module);
    }
    let widest = catalog.modules().map(|module| module.id.to_string().len()).max().unwrap_or(0);
    for (category, modules) in by_category {
        log::say(category);
        for module in modules {
            log::say(&format!("  {:widest$}  {}  {}", module.id.to_string(), module.version, module.summary));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(in crate::cli) fn show(id: &str, source: &Source, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, _) = source.read()?;
    let Some(module) = catalog.find(id) else { return Ok(not_there(id, &catalog, json)) };
    if json {
        log::say(&serde_json::to_string_pretty(&described(module))?);
    } else {
        log::say(module.readme().trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

pub(in crate::cli) fn docs(arguments: &Docs, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, _) = arguments.source.read()?;
    let modules: Vec<&Module> = match &arguments.module {
        None => catalog.modules().collect(),
        Some(id) => match catalog.find(id) {
            Some(module) => vec![module],
            None => return Ok(not_there(id, &catalog, json)),
        },
    };
    if let Some(folder) = arguments.source.catalog.as_ref().filter(|_| arguments.write) {
        for module in &modules {
            write(&folder.join(module.id.to_string()).join("README.md"), &module.readme())?;
        }
        log::complain(&format!("{} READMEs written", modules.len()));
    } else if json {
        let pages: BTreeMap<String, String> =
            modules.iter().map(|module| (module.id.to_string(), module.readme())).collect();
        log::say(&serde_json::to_string_pretty(&pages)?);
    } else {
        modules.iter().for_each(|module| log::say(module.readme().trim_end()));
    }
    Ok(ExitCode::SUCCESS)
}

fn not_there(id: &str, catalog: &Catalog, json: bool) -> ExitCode {
    let nearest: Vec<String> = catalog.nearest(id).iter().map(|module| module.id.to_string()).collect();
    if json {
        log::say(&json!({ "error": format!("there is no module {id}"), "nearest": nearest }).to_string());
    }
    match nearest.as_slice() {
        [] => log::complain(&format!("there is no module {id:?}; `tfpilot catalog list` lists them")),
        _ => log::complain(&format!("there is no module {id:?}; the nearest: {}", nearest.join(", "))),
    }
    if id.contains('/') { ExitCode::from(NO) } else { ExitCode::from(INVALID_INPUT) }
}

/// A module for programs.
fn described(module: &Module) -> Json {
    let inputs: Vec<Json> = module
        .variables
        .iter()
        .map(|variable| {
            json!({
                "name": variable.name,
                "type": variable.ty.to_string(),
                "required": variable.required(),
                "default": variable.default,
                "description": variable.description,
                "choices": module.choices(&variable.name),
                "hints": module.hints(&variable.name),
            })
        })
        .collect();
    let outputs: Vec<Json> = module
        .outputs
        .iter()
        .map(|output| json!({ "name": output.name, "description": output.description }))
        .collect();
    let examples: Vec<Json> = module
        .examples
        .iter()
        .map(|example| {
            json!({ "request": example.request, "environment": example.environment, "expect": example.expect })
        })
        .collect();
    json!({
        "id": module.id.to_string(), "version": module.version, "title": module.title,
        "category": module.category, "summary": module.summary, "about": module.about, "risk": module.risk,
        "stateful": module.stateful, "words": module.words, "related": module.related, "digest": module.digest,
        "inputs": inputs, "outputs": outputs, "examples": examples,
    })
}
