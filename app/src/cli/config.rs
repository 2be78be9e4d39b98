//! `tfpilot config check [FILE]`: what is wrong in a repository's configuration, with line and column.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use super::{INVALID_INPUT, log};
use crate::config::diagnostic::has_errors;
use crate::config::{RepositoryConfig, repository};

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
    let (_, diagnostics) = RepositoryConfig::parse(&bytes);
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
