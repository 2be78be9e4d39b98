//! `tfpilot policy test --plan FILE`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
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
    let rules = judges.rules(&plan, code(), &context);
    let report = judge_plan(&plan, code(), &rules, &context);
    match arguments.format {
        Format::Json => log::say(&serde_json::to_string_pretty(&report)?),
        Format::Text if json => log::say(&serde_json::to_string_pretty(&report)?),
        Format::Sarif => log::say(&serde_json::to_string_pretty(&sarif::of(&report))?),
        Format::Text => lines(&report).iter().for_each(|line| log::say(line)),
    }
    let stops = report.conclusion() >= Conclusion::ActionRequired;
    Ok(if stops { ExitCode::from(NO) } else { ExitCode::SUCCESS })
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
    lines.extend(
        report
            .exempted
            .iter()
            .map(|it| format!("exempt until {} {}: {}: {}", it.until, it.rule, it.address, it.reason)),
    );
    lines.push(format!("{} passed, {} findings", report.passed, report.findings.len()));
    lines
}
