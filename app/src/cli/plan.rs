//! `tfpilot plan summary FILE`: what people are told about a plan, in the words of the check.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::{log, planned};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the summary of a plan as the check `tfpilot/plan` shows it. Secrets are redacted.
    Summary {
        /// The plan as `terraform show -json PLAN` prints it.
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Summary { file } = command;
    let summary = planned::read(file)?.summary();
    if json {
        log::say(&serde_json::to_string_pretty(&summary)?);
    } else {
        log::say(summary.markdown(&[], tfpilot_plan::MARKDOWN_BUDGET).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
