//! `tfpilot policy explain ID`.

use std::borrow::Cow;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use tfpilot_policies::language::Policy;
use tfpilot_policies::rules;

use super::files::Asked;
use crate::cli::{NO, log};
use crate::config::RepositoryConfig;
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
    if let Some(told) = rego(&config, id, json) {
        log::say(&told);
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
    let of_rego: Vec<String> = config.policies.own.rego().iter().flat_map(|policy| policy.ids()).collect();
    let known: Vec<&str> = rules::IDS
        .iter()
        .copied()
        .chain(own.iter().map(|policy| &*policy.id))
        .chain(of_rego.iter().map(String::as_str))
        .collect();
    let hint = match nearest(id, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", list_or(known.iter().copied())),
    };
    log::complain(&format!("there is no rule {id:?}; {hint}"));
    Ok(ExitCode::from(NO))
}

/// What a rule in Rego is; none when the id is of none.
fn rego(config: &RepositoryConfig, id: &str, json: bool) -> Option<String> {
    let policies = &config.policies;
    let policy = policies.own.rego().iter().find(|policy| policy.ids().any(|known| known == id))?;
    let enforcement = policies.rego.judging().enforcement;
    let rule = policy.rules.iter().find(|rule| rule.id == id);
    let title = match rule {
        Some(rule) => format!("{} in line {} of {}", rule.name, rule.line, policy.source.path),
        None => format!("what {} reads and nobody knows before apply", policy.source.path),
    };
    let means = match rule {
        Some(rule) => rule.kind.enforcement(enforcement).word(),
        None => "policies.rego.on_unknown",
    };
    let overriders = &policies.rego.overriders;
    let who: Vec<&str> = overriders.teams.iter().chain(&overriders.users).map(String::as_str).collect();
    if json {
        let told = json!({
            "id": id, "title": title, "enforcement": means, "file": policy.source.path, "package": policy.package,
            "rego": policy.version, "reads": policy.shape.word(), "override": who,
        });
        return serde_json::to_string_pretty(&told).ok();
    }
    let who = if who.is_empty() { "admins only".to_owned() } else { format!("{} and admins", list_or(who)) };
    Some(format!(
        "{id}: {title}\nRego {}, package {}, reads {}\nMeans: {means}; overridden, where that may be, by {who}",
        policy.version,
        policy.package,
        policy.shape.word()
    ))
}
