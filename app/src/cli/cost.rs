//! `tfpilot cost --plan FILE`: what a plan costs a month, from the embedded price book.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use tfpilot_policies::cost::estimate;

use super::log;
use super::planned::Planned;

/// `tfpilot cost`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    planned: Planned,
    /// How it is printed.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How an estimate is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As the check shows it.
    Text,
    /// As data.
    Json,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let plan = arguments.planned.plan()?;
    let sources = arguments.planned.sources()?;
    let context = arguments.planned.context();
    let estimate = estimate(&plan, sources.as_ref().map(|sources| sources.code()), &context, false);
    if json || arguments.format == Format::Json {
        log::say(&serde_json::to_string_pretty(&estimate)?);
        return Ok(ExitCode::SUCCESS);
    }
    log::say(estimate.markdown(crate::surface::TEXT_LIMIT).trim_end());
    if let Some(notice) = context.today.and_then(|today| estimate.age_notice(today)) {
        log::say(&notice);
    }
    Ok(ExitCode::SUCCESS)
}
