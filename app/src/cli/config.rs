//! `tfpilot config check [FILE]`: what is wrong in a repository's configuration, with line and column.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Subcommand;

use super::catalog::source;
use super::{INVALID_INPUT, log};
use crate::config::diagnostic::has_errors;
use crate::config::{Diagnostic, RepositoryConfig, Severity, repository};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a configuration and say what is wrong. Exits 0 when it would come into force, 3 when not.
    Check {
        /// The file.
        #[arg(default_value = repository::FILE)]
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Check { file } = command;
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let (config, mut diagnostics) = RepositoryConfig::parse(&bytes);
    if !has_errors(&diagnostics) && !config.catalog.directories.is_empty() {
        diagnostics.extend(of_modules(file, &bytes, &Arc::new(config))?);
    }
    if json {
        log::say(&serde_json::to_string_pretty(&diagnostics)?);
    } else {
        diagnostics.iter().for_each(|diagnostic| log::say(&diagnostic.to_string()));
        if diagnostics.is_empty() {
            log::say(&format!("{}: no problems", file.display()));
        }
    }
    Ok(if has_errors(&diagnostics) { ExitCode::from(INVALID_INPUT) } else { ExitCode::SUCCESS })
}

/// What is wrong with the modules that lie beside the file, and with what it says of them. Those of other repositories are not
/// here, so nothing is said of modules that there are not.
fn of_modules(file: &Path, bytes: &[u8], config: &Arc<RepositoryConfig>) -> anyhow::Result<Vec<Diagnostic>> {
    let offered = source::beside(file, config)?;
    let mut found = offered.problems.clone();
    if config.catalog.repositories.is_empty() {
        let of_values = offered.config(config).check_modules(bytes, &offered.catalog);
        found.extend(of_values.into_iter().map(|it| Diagnostic { severity: Severity::Warning, ..it }));
    }
    Ok(found)
}
