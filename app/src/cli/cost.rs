//! `tfpilot cost --plan FILE`: what a plan costs a month, from the embedded price book.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use tfpilot_policies::cost::{Options, Prices, Usage, estimate_with, infracost};

use super::log;
use super::planned::Planned;

/// `tfpilot cost`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    planned: Planned,
    /// What is expected to be used, as infracost's usage files have it.
    #[arg(long, value_name = "FILE")]
    usage: Option<PathBuf>,
    /// Prices of your own and discounts; docs/cost.md has the form.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// What infracost says of the same plan, as JSON; it is shown instead of the embedded prices.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["usage", "prices"])]
    infracost: Option<PathBuf>,
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
    let estimate = match &arguments.infracost {
        Some(file) => {
            let of = || file.display().to_string();
            infracost::read_of_plan(&text(file)?, &plan).with_context(of)?
        }
        None => {
            let (usage, prices) = (usage(arguments)?, prices(arguments)?);
            let options = Options { proxies: false, usage: usage.as_ref(), prices: prices.as_ref() };
            estimate_with(&plan, sources.as_ref().map(|sources| sources.code()), &context, &options)
        }
    };
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

fn text(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

fn usage(arguments: &Arguments) -> anyhow::Result<Option<Usage>> {
    let read = |file: &PathBuf| {
        Usage::read(&text(file)?).map_err(|problem| anyhow::anyhow!("{}:{problem}", file.display()))
    };
    arguments.usage.as_ref().map(read).transpose()
}

fn prices(arguments: &Arguments) -> anyhow::Result<Option<Prices>> {
    let read = |file: &PathBuf| {
        Prices::read(&text(file)?).map_err(|problems| {
            let told = problems.iter().map(|problem| format!("{}: {problem}", file.display()));
            anyhow::anyhow!(told.collect::<Vec<_>>().join("\n"))
        })
    };
    arguments.prices.as_ref().map(read).transpose()
}
