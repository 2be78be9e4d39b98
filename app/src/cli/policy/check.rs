//! `tfpilot policy check [PATH…]`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::files;
use crate::cli::{INVALID_INPUT, log};
use crate::config::repository::own_policies::OwnPolicies;

/// `tfpilot policy check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Policy files, or directories with some. Without one: `.github/tfpilot/policies`.
    paths: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let files = files::read(&arguments.paths)?;
    let (own, diagnostics) = OwnPolicies::read(&files);
    if json {
        log::say(&serde_json::to_string_pretty(&diagnostics)?);
    } else {
        diagnostics.iter().for_each(|diagnostic| log::say(&diagnostic.to_string()));
        log::say(&format!("{} policies in {} files can be asked", own.policies().len(), files.len()));
    }
    Ok(if diagnostics.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(INVALID_INPUT) })
}
