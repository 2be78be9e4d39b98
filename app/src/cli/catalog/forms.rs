//! `tfpilot catalog issue-forms`: a form for each module, as GitHub reads it from `.github/ISSUE_TEMPLATE/`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tfpilot_modules::catalog::Module;
use tfpilot_modules::forms::render_issue_form;

use super::source::{self, Source};
use super::write;
use crate::cli::log;

/// Where GitHub looks for forms.
const FOLDER: &str = ".github/ISSUE_TEMPLATE";

/// `tfpilot catalog issue-forms`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Modules to write forms for; without any, all that the configuration does not hide.
    modules: Vec<String>,
    #[command(flatten)]
    source: Source,
    /// The repository's configuration, for its environments. Without it: dev, stage and prod.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The repository to write the forms into; without it they are printed.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

pub(in crate::cli) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, _) = arguments.source.read()?;
    let config = source::config(arguments.config.as_deref())?;
    let environments: Vec<&str> = config.environments.keys().map(String::as_str).collect();
    for wanted in &arguments.modules {
        anyhow::ensure!(catalog.find(wanted).is_some(), "there is no module {wanted:?} in the catalog");
    }
    let is_wanted = |module: &&Module| {
        let id = module.id.to_string();
        if arguments.modules.is_empty() {
            !config.catalog.hide.contains(&id)
        } else {
            arguments.modules.contains(&id)
        }
    };
    let forms: BTreeMap<String, String> = catalog
        .modules()
        .filter(is_wanted)
        .map(|module| (file(module), render_issue_form(module, &environments)))
        .collect();
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
