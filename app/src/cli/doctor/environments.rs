//! GitHub Environments: an apply's cloud role trusts one, so only the default branch may deploy to it. One that does not
//! exist is made by GitHub at its first use, without any rule.

use super::report::Report;
use crate::config::RepositoryConfig;
use crate::config::repository::environment::Runner;
use crate::github::environments::{AllowedRef, Environment};
use crate::github::{Failure, GitHubError, RepoClient};

/// Looks at the GitHub Environments that applies in workflows name.
pub(super) async fn examine(
    report: &mut Report,
    client: &RepoClient,
    config: &RepositoryConfig,
    branch: &str,
) {
    let of_actions =
        config.environments.iter().filter(|(_, environment)| environment.runner == Runner::Actions);
    let mut names: Vec<&str> = of_actions
        .map(|(name, environment)| environment.apply_environment.as_deref().unwrap_or(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return;
    }
    let existing = match client.environments().await {
        Ok(existing) => existing,
        Err(GitHubError { failure: Failure::Gone, .. }) => {
            let next = "set `runner: sidecar` for each environment, and run `tfpilot-runner serve`";
            let about = format!("{} environments", client.name());
            report.fail(&about, "this repository has no GitHub Environments (private on a free plan)", next);
            return;
        }
        Err(error) => return report.refused(&format!("{} environments", client.name()), &error),
    };
    for name in names {
        let about = format!("{} environment {name}", client.name());
        let found = existing.iter().find(|environment| environment.name.eq_ignore_ascii_case(name));
        match found {
            Some(found) => restricted(report, client, &about, found, branch).await,
            None => {
                let next = format!("make it in the repository's settings and let only {branch} deploy to it");
                report.fail(
                    &about,
                    "it does not exist; GitHub would make one that every branch may use",
                    next,
                );
            }
        }
    }
}

async fn restricted(
    report: &mut Report,
    client: &RepoClient,
    about: &str,
    found: &Environment,
    branch: &str,
) {
    let next =
        format!("in the environment's settings, choose selected branches and tags, and add {branch} alone");
    match found.branches {
        Some(policy) if policy.custom_branch_policies => match client.environment_refs(&found.name).await {
            Ok(refs) => judge(report, about, &refs, branch, &next),
            Err(error) => report.refused(about, &error),
        },
        Some(policy) if policy.protected_branches => {
            report.fail(about, "every protected branch may deploy, not the default branch alone", next);
        }
        Some(_) | None => {
            report.fail(about, "every branch may deploy, so anybody who can push can reach its role", next)
        }
    }
}

fn judge(report: &mut Report, about: &str, refs: &[AllowedRef], branch: &str, next: &str) {
    let is_ours =
        |one: &AllowedRef| one.name == branch && one.kind.as_deref().is_none_or(|kind| kind == "branch");
    let others: Vec<String> = refs.iter().filter(|one| !is_ours(one)).map(named).collect();
    if !others.is_empty() {
        report.fail(about, format!("others than {branch} may deploy: {}", others.join(", ")), next);
    } else if refs.is_empty() {
        report.fail(about, format!("nothing may deploy, not even {branch}"), next);
    } else {
        report.ok(about, format!("only {branch} may deploy"));
    }
}

/// As people know it: `release/*`, or `tag v*`.
fn named(one: &AllowedRef) -> String {
    match one.kind.as_deref() {
        None | Some("branch") => one.name.clone(),
        Some(kind) => format!("{kind} {}", one.name),
    }
}
