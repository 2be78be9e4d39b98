//! `tfpilot doctor`: what an administrator must have right, checked one by one, each with what to do.
//!
//! It only reads. Each subject is a file: the server's settings and secrets, the store, the app on GitHub, repositories
//! with their branches, workflow and GitHub Environments.

mod access;
mod app;
mod branch;
mod deliveries;
mod environments;
mod model;
mod report;
mod repository;
mod required;
mod secrets;
mod settings;
mod store;
mod workflow;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use super::{NO, UNREACHABLE, log};
use crate::config::Settings;
use crate::github::{GitHub, RepoName};

use self::report::Report;

/// `tfpilot doctor`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A repository to look at, such as acme/infra; can be repeated. Without it: those the store knows, which can be
    /// read while the server is stopped.
    #[arg(long = "repository", value_name = "OWNER/NAME", value_parser = RepoName::parse)]
    repositories: Vec<RepoName>,
}

pub(super) fn run(file: Option<&Path>, arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(examine(file, &arguments.repositories));
    if json {
        log::say(&serde_json::to_string_pretty(&report)?);
    } else {
        log::say(report.text().trim_end());
    }
    log::complain(&report.summary());
    Ok(match (report.is_unreachable(), report.is_well()) {
        (true, _) => ExitCode::from(UNREACHABLE),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(NO),
    })
}

/// Looks at everything that the settings lead to.
async fn examine(file: Option<&Path>, repositories: &[RepoName]) -> Report {
    let mut report = Report::default();
    let settings = match Settings::load_from_process(file) {
        Ok(settings) => settings,
        Err(error) => {
            settings::incomplete(&mut report, &error);
            return report;
        }
    };
    settings::examine(&mut report, &settings);
    secrets::examine(&mut report, file, &settings);
    model::examine(&mut report, &settings.model).await;
    let known = store::examine(&mut report, &settings.store.dir).await;
    let Some(github) = settings::client(&mut report, &settings) else { return report };
    let address = app::Address { api: &settings.github.api_url, own: &settings.server.url };
    if let Some(slug) = app::examine(&mut report, &github, &address).await {
        let chosen = if repositories.is_empty() { &known } else { &repositories.to_vec() };
        if chosen.is_empty() {
            report.warn("repositories", "none was looked at", "name one with --repository acme/infra");
        }
        for name in chosen {
            examine_repository(&mut report, &github, &slug, name, &settings).await;
        }
    }
    report
}

async fn examine_repository(
    report: &mut Report,
    github: &GitHub,
    slug: &str,
    name: &RepoName,
    settings: &Settings,
) {
    let subject = repository::Subject {
        github,
        name,
        app_id: settings.github.app_id,
        slug,
        web_url: &settings.github.web_url,
        terraform_version: &settings.runner.terraform_version,
        own_url: &settings.server.url,
    };
    repository::examine(report, &subject).await;
}
