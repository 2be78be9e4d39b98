//! Accounts to actors: what GitHub says of somebody, weighed by the repository's roles.

use std::collections::BTreeSet;

use tfpilot_engine::{Actor, Person, Roles};

use crate::app::App;
use crate::config::repository::roles::Membership;
use crate::github::people::Permission;
use crate::github::{Account, GitHubError};
use crate::worker::access;
use crate::worker::repositories::Repository;

/// The account with its roles as they are now.
pub(crate) async fn actor(
    app: &App,
    repository: &Repository,
    account: &Account,
) -> Result<Actor, GitHubError> {
    Ok(Actor { person: person(account), roles: roles(app, repository, account).await? })
}

/// The same actor, who is also asked about these teams: approvals are wanted from them.
pub(crate) async fn in_teams(
    app: &App,
    repository: &Repository,
    mut actor: Actor,
    teams: &BTreeSet<String>,
) -> Result<Actor, GitHubError> {
    let login = actor.person.login.clone();
    let found = teams_of(app, repository, &login, teams.iter().map(String::as_str)).await?;
    actor.roles.teams = found.into_iter().collect();
    Ok(actor)
}

/// The account as the engine knows it.
pub(crate) fn person(account: &Account) -> Person {
    Person { id: account.id.0, login: account.login.clone() }
}

/// Of these teams, those that somebody is in now.
pub(crate) async fn teams_of(
    app: &App,
    repository: &Repository,
    login: &str,
    teams: impl IntoIterator<Item = &str>,
) -> Result<Vec<String>, GitHubError> {
    let installation = repository.client.installation();
    let mut found = Vec::new();
    for team in teams {
        let team = team.trim_start_matches('@');
        // A team alone is one of the repository's organisation.
        let (organisation, slug) = team.split_once('/').unwrap_or((repository.name.owner(), team));
        let member = match app.github.is_team_member(installation, organisation, slug, login).await {
            // Teams of another organisation are not seen: nobody is in one as far as this repository is concerned.
            Err(error) if access::is_lack(&error) && !is_owner(repository, organisation) => false,
            answered => answered?,
        };
        if member {
            found.push(team.to_owned());
        }
    }
    Ok(found)
}

fn is_owner(repository: &Repository, organisation: &str) -> bool {
    repository.name.owner().eq_ignore_ascii_case(organisation)
}

async fn roles(app: &App, repository: &Repository, account: &Account) -> Result<Roles, GitHubError> {
    let permission = repository.client.permission(account).await?;
    let asked = asked_teams(repository);
    let teams = teams_of(app, repository, &account.login, asked.iter().map(String::as_str)).await?;
    let member = Membership { login: &account.login, teams: &teams, permission: word(permission) };
    let environments: Vec<&str> = repository.config.environments.keys().map(String::as_str).collect();
    Ok(repository.config.roles.read(&member, &environments))
}

/// Teams that the configuration names; only these are asked about.
fn asked_teams(repository: &Repository) -> BTreeSet<String> {
    let roles = &repository.config.roles;
    [&roles.admin, &roles.approver, &roles.developer, &roles.viewer]
        .into_iter()
        .flatten()
        .flat_map(|grant| &grant.teams)
        .map(|team| team.trim_start_matches('@').to_owned())
        .collect()
}

fn word(permission: Permission) -> Option<&'static str> {
    match permission {
        Permission::None => None,
        Permission::Read => Some("read"),
        Permission::Triage => Some("triage"),
        Permission::Write => Some("write"),
        Permission::Maintain => Some("maintain"),
        Permission::Admin => Some("admin"),
    }
}
