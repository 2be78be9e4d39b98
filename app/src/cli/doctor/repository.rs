//! One repository: the app is installed, its configuration is read without errors, the workflow is where it is started
//! from. Branches, access, the workflow and GitHub Environments are files of their own.

use super::report::Report;
use super::settings::terraform_version;
use super::{access, app, environments, required, workflow};
use crate::config::repository::environment::Runner;
use crate::config::{Diagnostic, RepositoryConfig, Severity, repository};
use crate::github::{GitHub, RepoClient, RepoName};

/// What is looked at, and who looks.
pub(super) struct Subject<'a> {
    /// GitHub.
    pub(super) github: &'a GitHub,
    /// The repository.
    pub(super) name: &'a RepoName,
    /// Our app.
    pub(super) app_id: u64,
    /// Its name in addresses.
    pub(super) slug: &'a str,
    /// GitHub's pages.
    pub(super) web_url: &'a str,
    /// Terraform's version where the repository names none.
    pub(super) terraform_version: &'a str,
    /// The server, as runners reach it.
    pub(super) own_url: &'a str,
}

/// Looks at a repository.
pub(super) async fn examine(report: &mut Report, subject: &Subject<'_>) {
    let about = subject.name.to_string();
    let Some(client) = installed(report, subject, &about).await else { return };
    let info = match client.info().await {
        Ok(info) => info,
        Err(error) => return report.refused(&about, &error),
    };
    if info.archived {
        report.fail(
            &about,
            "it is archived, so nothing can be changed there",
            "unarchive it, or remove the app",
        );
        return;
    }
    let branch = info.default_branch.as_str();
    let Some(config) = config(report, &client, branch).await else { return };
    if let Some(version) = &config.terraform_version {
        let about = format!("{about} terraform");
        terraform_version(report, &about, version, "`terraform_version` in tfpilot.yml");
    } else {
        report.ok(
            &format!("{about} terraform"),
            format!("version {} of the server", subject.terraform_version),
        );
    }
    if config.environments.values().any(|environment| environment.runner == Runner::Actions) {
        workflow::examine(report, &client, &config, branch, subject.own_url).await;
    }
    access::judge(report, &format!("{about} access"), &config, info.private);
    let branches = if config.branches.is_empty() { vec![branch.to_owned()] } else { config.branches.clone() };
    for branch in &branches {
        required::examine(report, &client, branch, subject.app_id, branch == info.default_branch.as_str())
            .await;
    }
    environments::examine(report, &client, &config, branch).await;
}

async fn installed(report: &mut Report, subject: &Subject<'_>, about: &str) -> Option<RepoClient> {
    let Subject { github, name, web_url, slug, .. } = subject;
    let installation = match github.installation_for(name).await {
        Ok(installation) => installation,
        Err(error) => {
            report.refused(about, &error);
            return None;
        }
    };
    let Some(installation) = installation else {
        let next = format!("install it: {}/apps/{slug}/installations/new", web_url.trim_end_matches('/'));
        report.fail(about, "the app is not installed there, or the repository does not exist", next);
        return None;
    };
    if installation.suspended_at.is_some() {
        report.fail(about, "the installation is suspended", "an owner of the account unsuspends it");
        return None;
    }
    report.ok(about, format!("the app is installed ({})", installation.id));
    let next = "an owner of the account accepts the new permissions in the app's installation";
    app::permissions(report, &format!("{about} permissions"), &installation.permissions, next);
    Some(github.repository(installation.id, (*name).clone()))
}

async fn config(report: &mut Report, client: &RepoClient, branch: &str) -> Option<RepositoryConfig> {
    let about = format!("{} configuration", client.name());
    let file = match client.file(repository::FILE, branch).await {
        Ok(file) => file,
        Err(error) => {
            report.refused(&about, &error);
            return None;
        }
    };
    let Some(file) = file else {
        let next = "commit one; docs/tfpilot.example.yml shows every key";
        report.fail(&about, format!("there is no {} on {branch}", repository::FILE), next);
        return None;
    };
    let (config, diagnostics) = RepositoryConfig::parse(&file.bytes);
    for diagnostic in &diagnostics {
        let place = match diagnostic {
            Diagnostic { file, line: 0, what, .. } => format!("{file} {what}"),
            Diagnostic { file, line, column, what, .. } => format!("{file}:{line}:{column} {what}"),
        };
        match diagnostic.severity {
            Severity::Error => report.fail(&about, place, &diagnostic.hint),
            Severity::Warning => report.warn(&about, place, &diagnostic.hint),
        }
    }
    if diagnostics.is_empty() {
        report.ok(&about, format!("{} environments, no problems", config.environments.len()));
    }
    Some(config)
}
