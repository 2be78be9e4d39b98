//! Who somebody is and what GitHub lets them do. What role that gives in TfPilot is decided elsewhere.

use serde::{Deserialize, Serialize};

use super::client::{Call, Failure, GitHub, GitHubError, Identity, RepoClient, Result, Route};
use super::{Account, InstallationId, UserId};

/// What somebody may do in a repository, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Nothing, as far as the app can see.
    None,
    /// Read.
    Read,
    /// Read, and order issues.
    Triage,
    /// Push.
    Write,
    /// Push, and settings without danger.
    Maintain,
    /// Everything.
    Admin,
}

impl Permission {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Permission::None,
            "read" | "pull" => Permission::Read,
            "triage" => Permission::Triage,
            "write" | "push" => Permission::Write,
            "maintain" => Permission::Maintain,
            "admin" => Permission::Admin,
            _ => return None,
        })
    }
}

impl RepoClient {
    /// What an account may do in the repository.
    ///
    /// GitHub asks by login, and logins change hands: an answer about another id than the account's gives
    /// nothing.
    pub async fn permission(&self, account: &Account) -> Result<Permission> {
        #[derive(Deserialize)]
        struct Known {
            permission: String,
            role_name: Option<String>,
            user: Option<Account>,
        }
        let route =
            self.route("/repos/{owner}/{repo}/collaborators/{login}/permission", &[&account.login])?;
        let doing = format!("reading what {} may do in {}", account.login, self.name());
        let Some(known) = self.find::<Known>(route, doing).await? else {
            return Ok(Permission::None);
        };
        if known.user.is_none_or(|user| user.id != account.id) {
            return Ok(Permission::None);
        }
        // The finer word; custom roles have names of their own and are known by what they are based on.
        let named = known.role_name.as_deref().and_then(Permission::parse);
        Ok(named.or_else(|| Permission::parse(&known.permission)).unwrap_or(Permission::None))
    }
}

impl GitHub {
    /// True for active members of the team, child teams included. The login must be of today: read it with
    /// [`GitHub::user`] when it comes from a record.
    pub async fn is_team_member(
        &self,
        installation: InstallationId,
        organisation: &str,
        team: &str,
        login: &str,
    ) -> Result<bool> {
        #[derive(Deserialize)]
        struct Membership {
            state: String,
        }
        let route =
            Route::new("/orgs/{org}/teams/{team}/memberships/{login}", &[&organisation, &team, &login])?;
        let call = Call::get(route, format!("reading whether {login} is in {organisation}/{team}"));
        let membership: Option<Membership> =
            found(self.fetch(Identity::Installation(installation), &call).await)?;
        Ok(membership.is_some_and(|membership| membership.state == "active"))
    }

    /// The account of an id, with its login of today; none when it was deleted.
    pub async fn user(&self, installation: InstallationId, id: UserId) -> Result<Option<Account>> {
        let call = Call::get(Route::new("/user/{id}", &[&id])?, format!("reading the account {id}"));
        found(self.fetch(Identity::Installation(installation), &call).await)
    }

    /// The account of a login.
    pub async fn user_by_login(&self, installation: InstallationId, login: &str) -> Result<Option<Account>> {
        let call =
            Call::get(Route::new("/users/{login}", &[&login])?, format!("reading the account {login}"));
        found(self.fetch(Identity::Installation(installation), &call).await)
    }
}

fn found<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(GitHubError { failure: Failure::Gone, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_ordered_and_unknown_words_give_none() {
        assert!(Permission::Admin > Permission::Maintain && Permission::Triage > Permission::Read);
        assert_eq!(Permission::parse("superuser"), None);
        assert_eq!(Permission::parse("push"), Some(Permission::Write));
    }
}
