//! `tfpilot policy list`.

use std::borrow::Cow;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tfpilot_policies::rules;

use super::files::Asked;
use crate::cli::log;
use crate::config::RepositoryConfig;
use crate::config::repository::shipped;

/// `tfpilot policy list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    asked: Asked,
}

/// One rule or policy.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    enforcement: &'static str,
    title: String,
    aliases: Vec<String>,
}

/// The rules in Rego, with what their results mean.
fn rego(config: &RepositoryConfig) -> impl Iterator<Item = Line> {
    let policies = config.policies.own.rego().iter();
    let enforcement = config.policies.rego.judging().enforcement;
    policies.flat_map(move |policy| {
        policy.rules.iter().map(move |rule| Line {
            id: rule.id.clone(),
            enforcement: rule.kind.enforcement(enforcement).word(),
            title: format!("{} of {}, line {}", rule.name, policy.source.path, rule.line),
            aliases: Vec::new(),
        })
    })
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let (config, diagnostics) = arguments.asked.config()?;
    diagnostics.iter().for_each(|diagnostic| log::complain(&diagnostic.to_string()));
    let policies = shipped::shipped(&config.policies)
        .map(Cow::into_owned)
        .chain(config.policies.own.policies().iter().cloned());
    let rules = rules::IDS.iter().map(|id| Line {
        id: (*id).to_owned(),
        enforcement: "by parameters",
        title: rules::about(id).unwrap_or_default().to_owned(),
        aliases: rules::aliases(id).iter().map(|alias| (*alias).to_owned()).collect(),
    });
    let lines: Vec<Line> = rules
        .chain(policies.map(|policy| Line {
            id: policy.id.to_string(),
            enforcement: policy.enforcement.word(),
            title: policy.title.clone(),
            aliases: policy.aliases.clone(),
        }))
        .chain(rego(&config))
        .collect();
    if json {
        log::say(&serde_json::to_string_pretty(&lines)?);
    } else {
        for Line { id, enforcement, title, aliases } in &lines {
            let aliases =
                if aliases.is_empty() { String::new() } else { format!(" ({})", aliases.join(", ")) };
            log::say(&format!("{id:28} {enforcement:15} {title}{aliases}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
