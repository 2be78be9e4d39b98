//! `tfpilot policy test --plan FILE`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use tfpilot_policies::skips::{Skips, files_with_skips, skips_of};
use tfpilot_policies::{Conclusion, PolicyReport, judge_plan};

use super::files::Asked;
use super::sarif;
use crate::cli::planned::Planned;
use crate::cli::{NO, log};

/// `tfpilot policy test`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    planned: Planned,
    #[command(flatten)]
    asked: Asked,
    /// The default branch's checkout: comments that skip a check let off where it has them too, elsewhere advice only.
    #[arg(long, value_name = "DIR", requires = "code")]
    base: Option<PathBuf>,
    /// How the findings are printed.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line each.
    Text,
    /// The report as data.
    Json,
    /// SARIF 2.1.0, as code scanners exchange findings.
    Sarif,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let (judges, diagnostics) = arguments.asked.judges()?;
    diagnostics.iter().for_each(|diagnostic| log::complain(&diagnostic.to_string()));
    let plan = arguments.planned.plan()?;
    let sources = arguments.planned.sources()?;
    let context = arguments.planned.context();
    let code = || sources.as_ref().map(|sources| sources.code());
    let skips = match code() {
        _ if !judges.skip_comments() => Skips::ignored(),
        Some(code) => standing(arguments.base.as_deref(), &files_with_skips(code)),
        None => Skips::default(),
    };
    let rules = judges.rules(&plan, code(), &context).with_skips(skips);
    let report = judge_plan(&plan, code(), &rules, &context);
    match arguments.format {
        Format::Json => log::say(&serde_json::to_string_pretty(&report)?),
        Format::Text if json => log::say(&serde_json::to_string_pretty(&report)?),
        Format::Sarif => log::say(&serde_json::to_string_pretty(&sarif::of(&report, &rules.listed()))?),
        Format::Text => lines(&report).iter().for_each(|line| log::say(line)),
    }
    let stops = report.conclusion() >= Conclusion::ActionRequired;
    Ok(if stops { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// The comments that the default branch's checkout has in these files.
fn standing(base: Option<&Path>, files: &BTreeSet<String>) -> Skips {
    let of = |base: &Path, path: &String| Some(skips_of(path, &std::fs::read(base.join(path)).ok()?));
    Skips::standing(
        base.into_iter().flat_map(|base| files.iter().filter_map(move |path| of(base, path))).flatten(),
    )
}

/// A line for each finding, the worst first, and the sum.
fn lines(report: &PolicyReport) -> Vec<String> {
    let broken = report.broken.iter().map(|it| format!("{} cannot be evaluated: {}", it.rule, it.why));
    let mut lines: Vec<String> = broken.collect();
    lines.extend(report.findings.iter().map(|finding| {
        let place = finding.location.as_ref().map_or_else(String::new, |it| format!(" at {it}"));
        let truth = if finding.truth == tfpilot_policies::Truth::Unknown { " (unknown)" } else { "" };
        format!(
            "{}{truth} {}: {}{place}: {}. Next: {}",
            finding.enforcement.word(),
            finding.rule,
            finding.address,
            finding.message,
            finding.hint
        )
    }));
    if report.omitted > 0 {
        lines.push(format!("{} more findings are not listed", report.omitted));
    }
    lines.extend(report.exempted.iter().map(|it| {
        let until = it.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
        format!("exempt{until} {}: {}: {}", it.rule, it.address, it.reason)
    }));
    lines.push(format!("{} passed, {} findings", report.passed, report.findings.len()));
    lines
}
