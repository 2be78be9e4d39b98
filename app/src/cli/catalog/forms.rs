//! `tfpilot catalog issue-forms`: a form for each module and each template of a repository, as GitHub reads it from
//! `.github/ISSUE_TEMPLATE/`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tfpilot_modules::catalog::Module;
use tfpilot_modules::forms::{Offer, Preset, render_form};

use super::source::Source;
use super::write;
use crate::cli::log;
use crate::config::RepositoryConfig;
use crate::config::repository::templates::Template;

/// Where GitHub looks for forms.
const FOLDER: &str = ".github/ISSUE_TEMPLATE";

/// `tfpilot catalog issue-forms`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Modules and templates to write forms for; without any, all templates and all modules that the configuration does
    /// not hide.
    modules: Vec<String>,
    #[command(flatten)]
    source: Source,
    /// The repository's configuration, for its environments, templates and allowed values. Without it: dev, stage and
    /// prod.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The repository to write the forms into; without it they are printed.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

pub(in crate::cli) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, config) = arguments.source.read_with(arguments.config.as_deref())?;
    for wanted in &arguments.modules {
        let known = catalog.find(wanted).is_some() || config.requests.templates.contains_key(wanted);
        anyhow::ensure!(known, "there is no module and no template {wanted:?}");
    }
    let modules = catalog.modules().filter(|module| {
        let id = module.id.to_string();
        if arguments.modules.is_empty() {
            !config.catalog.hide.contains(&id)
        } else {
            arguments.modules.contains(&id)
        }
    });
    let templates = config
        .requests
        .templates
        .iter()
        .filter(|(name, _)| arguments.modules.is_empty() || arguments.modules.contains(name));
    let mut forms: BTreeMap<String, String> =
        modules.map(|module| (file(module), render_form(module, &offer(module, None, &config)))).collect();
    for (name, template) in templates {
        // A module of another repository is not here.
        let Some(module) = catalog.find(&template.module) else {
            log::complain(&format!(
                "no form for the template {name}: there is no module {}",
                template.module
            ));
            continue;
        };
        let form = render_form(module, &offer(module, Some((name, template)), &config));
        forms.insert(format!("{FOLDER}/template-{name}.yml"), form);
    }
    match &arguments.into {
        Some(root) => {
            for (path, form) in &forms {
                write(&root.join(path), form)?;
            }
            log::complain(&format!("{} forms written below {FOLDER}", forms.len()));
        }
        None if json => log::say(&serde_json::to_string_pretty(&forms)?),
        None => forms.iter().for_each(|(path, form)| log::say(&format!("# {path}\n{form}"))),
    }
    Ok(ExitCode::SUCCESS)
}

fn file(module: &Module) -> String {
    format!("{FOLDER}/{}.yml", module.id.to_string().replace('/', "-"))
}

/// What a form offers in this repository. A value is on it that some environment allows, as one form is for all of them.
fn offer<'c>(
    module: &Module,
    template: Option<(&'c String, &'c Template)>,
    config: &'c RepositoryConfig,
) -> Offer<'c> {
    let only = template.and_then(|(_, template)| template.environment.as_deref());
    let environments: Vec<&str> = match only {
        Some(name) => vec![name],
        None => config.environments.keys().map(String::as_str).collect(),
    };
    let id = module.id.to_string();
    let mut allowed = BTreeMap::new();
    for variable in &module.variables {
        let mut values = Vec::new();
        let limited = environments.iter().all(|name| {
            let listed = config.allowed(Some(name), &id, &variable.name);
            for value in listed.iter().flat_map(|(listed, _)| listed.iter()) {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            listed.is_some()
        });
        if limited && !values.is_empty() {
            allowed.insert(variable.name.clone(), values);
        }
    }
    let preset = template.map(|(name, template)| Preset {
        name,
        title: template.title(name),
        inputs: template.inputs.iter().map(|(input, value)| (input.clone(), value.clone())).collect(),
    });
    Offer { environments, allowed, preset }
}
