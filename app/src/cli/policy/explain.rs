//! `tfpilot policy explain ID`.

use std::borrow::Cow;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use tfpilot_policies::language::Policy;
use tfpilot_policies::rules;

use super::files::Asked;
use crate::cli::{NO, log};
use crate::config::repository::shipped;
use crate::config::suggest::{list_or, nearest};

/// `tfpilot policy explain`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The rule or policy, such as no-public-access, or another tool's id for it, such as CKV_AWS_24.
    id: String,
    #[command(flatten)]
    asked: Asked,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let (config, _) = arguments.asked.config()?;
    let id = arguments.id.trim();
    let own: Vec<Policy> = shipped::shipped(&config.policies)
        .map(Cow::into_owned)
        .chain(config.policies.own.policies().iter().cloned())
        .collect();
    if let Some(policy) = own.iter().find(|it| &*it.id == id || it.aliases.iter().any(|alias| alias == id)) {
        let told = policy.told();
        log::say(&if json { serde_json::to_string_pretty(&told)? } else { told.to_string() });
        return Ok(ExitCode::SUCCESS);
    }
    let named = |rule: &&&str| **rule == id || rules::aliases(rule).contains(&id);
    let rule = rules::IDS.iter().find(named);
    if let Some((id, about)) = rule.and_then(|rule| Some((*rule, rules::about(rule)?))) {
        log::say(&if json {
            json!({ "id": id, "title": about }).to_string()
        } else {
            format!(
                "{id}: {about}\nA shipped rule; its parameters are policies.rules.{id} in .github/tfpilot.yml."
            )
        });
        return Ok(ExitCode::SUCCESS);
    }
    let known: Vec<&str> = rules::IDS.iter().copied().chain(own.iter().map(|policy| &*policy.id)).collect();
    let hint = match nearest(id, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", list_or(known.iter().copied())),
    };
    log::complain(&format!("there is no rule {id:?}; {hint}"));
    Ok(ExitCode::from(NO))
}
