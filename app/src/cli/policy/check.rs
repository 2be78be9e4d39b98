//! `tfpilot policy check [PATH…]`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tfpilot_policies::rego::Policy;

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
    let (own, diagnostics) = OwnPolicies::read(&files, &files::settings()?);
    if json {
        log::say(&serde_json::to_string_pretty(&diagnostics)?);
    } else {
        diagnostics.iter().for_each(|diagnostic| log::say(&diagnostic.to_string()));
        own.rego().iter().for_each(|policy| log::say(&told(policy)));
        let rego: usize = own.rego().iter().map(|policy| policy.rules.len()).sum();
        let policies = own.policies().len() + rego;
        log::say(&format!("{policies} policies in {} files can be asked", files.len()));
    }
    Ok(if diagnostics.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(INVALID_INPUT) })
}

/// How a Rego file is read: its version, its package, the form of the plan that it is given, and its rules.
fn told(policy: &Policy) -> String {
    let rules: Vec<&str> = policy.rules.iter().map(|rule| rule.name.as_str()).collect();
    let libraries = match policy.libraries.len() {
        0 => String::new(),
        1 => ", with 1 other file".to_owned(),
        several => format!(", with {several} other files"),
    };
    format!(
        "{}: Rego {}, package {}, reads {}{libraries}: {}",
        policy.source.path,
        policy.version,
        policy.package,
        policy.shape.word(),
        rules.join(", ")
    )
}
