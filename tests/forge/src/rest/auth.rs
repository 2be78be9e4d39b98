//! Owns: who calls, and whether they may: the app by JWT, installations, people and jobs by token; permissions per
//! endpoint with GitHub's refusals (401, 403, 404 for what one may not see).

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::state::app::{Access, Permissions};
use crate::state::installation::narrower;
use crate::state::seed::ACTIONS_BOT;
use crate::state::{Permission, Token, World};

use super::Reject;

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Anonymous,
    /// The app speaking for itself.
    App,
    Installation {
        id: u64,
        permissions: Permissions,
        repos: Option<BTreeSet<u64>>,
    },
    User(u64),
    Job {
        repo: u64,
        permissions: Permissions,
    },
}

/// What an endpoint asks of its caller.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// The app itself.
    App,
    /// Any of these permissions, on the repository the route names.
    Repo(&'static [&'static str], Access),
    /// This permission, on the organisation.
    Org(&'static str, Access),
}

impl Caller {
    /// Reads the credentials of a call.
    pub(crate) fn of(world: &World, headers: &HeaderMap) -> Result<Caller, Reject> {
        let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
            return Ok(Caller::Anonymous);
        };
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        let bad = || Reject::new(401, "Bad credentials");
        if scheme.eq_ignore_ascii_case("basic") {
            let decoded = STANDARD.decode(rest.trim()).map_err(|_| bad())?;
            let text = String::from_utf8_lossy(&decoded).into_owned();
            let (user, password) = text.split_once(':').ok_or_else(bad)?;
            let token = if password.is_empty() || password == "x-oauth-basic" { user } else { password };
            return Caller::by_token(world, token);
        }
        if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
            return Err(bad());
        }
        let token = rest.trim();
        if token.matches('.').count() == 2 {
            return world.check_app_jwt(token).map(|()| Caller::App);
        }
        Caller::by_token(world, token)
    }

    fn by_token(world: &World, token: &str) -> Result<Caller, Reject> {
        let bad = || Reject::new(401, "Bad credentials");
        match world.tokens.get(token).ok_or_else(bad)? {
            Token::Installation { expires, .. } if *expires <= world.now() => Err(bad()),
            Token::Installation { id, permissions, repos, .. } => {
                let installation = world.app.installations.get(id).ok_or_else(bad)?;
                if installation.suspended.is_some() {
                    return Err(Reject::suspended());
                }
                let permissions = narrower(permissions, &world.granted(*id));
                Ok(Caller::Installation { id: *id, permissions, repos: repos.clone() })
            }
            Token::User { id } => Ok(Caller::User(*id)),
            Token::Job { repo, permissions } => {
                Ok(Caller::Job { repo: *repo, permissions: permissions.clone() })
            }
        }
    }

    /// The account in whose name the caller acts.
    pub(crate) fn account(&self, world: &World) -> Option<u64> {
        match self {
            Caller::Anonymous => None,
            Caller::App | Caller::Installation { .. } => Some(world.app.bot),
            Caller::User(id) => Some(*id),
            Caller::Job { .. } => Some(ACTIONS_BOT),
        }
    }

    /// Whether the caller can see a repository at all.
    pub(crate) fn sees(&self, world: &World, repo: u64) -> bool {
        let Ok(home) = world.repo(repo) else { return false };
        if !home.private {
            return true;
        }
        match self {
            Caller::Anonymous | Caller::App => false,
            Caller::Installation { id, repos, .. } => {
                world.covers(*id, home) && repos.as_ref().is_none_or(|repos| repos.contains(&repo))
            }
            Caller::User(id) => world.permission(home, *id) >= Permission::Read,
            Caller::Job { repo: own, .. } => *own == repo,
        }
    }

    /// Whether the caller may do what an endpoint does to a repository.
    pub(crate) fn may(&self, world: &World, repo: u64, names: &[&str], access: Access) -> Result<(), Reject> {
        if !self.sees(world, repo) {
            return Err(Reject::not_found());
        }
        let home = world.repo(repo)?;
        let granted = |permissions: &Permissions| {
            let has = |name: &&str| permissions.get(*name).is_some_and(|given| *given >= access);
            names.iter().any(has) || (access == Access::Read && names.contains(&"metadata"))
        };
        match self {
            Caller::Installation { id, permissions, repos } => {
                let covered =
                    world.covers(*id, home) && repos.as_ref().is_none_or(|repos| repos.contains(&repo));
                let reads_public = access == Access::Read && !home.private;
                let may = reads_public || (covered && granted(permissions));
                may.then_some(()).ok_or_else(|| Reject::lacks_one_of(names, access))
            }
            Caller::Job { repo: own, permissions } => {
                if *own == repo && granted(permissions) {
                    Ok(())
                } else {
                    Err(Reject::lacks())
                }
            }
            Caller::User(id) => {
                let talks = names.iter().any(|name| matches!(*name, "issues" | "pull_requests" | "metadata"));
                let wanted =
                    if access == Access::Read || talks { Permission::Read } else { Permission::Write };
                let refused = Reject::new(403, "Must have push access to repository");
                if world.permission(home, *id) >= wanted { Ok(()) } else { Err(refused) }
            }
            Caller::Anonymous if access == Access::Read => Ok(()),
            Caller::Anonymous | Caller::App => Err(Reject::new(401, "Requires authentication")),
        }
    }

    /// Whether the caller meets what an endpoint needs.
    pub(crate) fn meets(&self, world: &World, needs: Needs, repo: Option<u64>) -> Result<(), Reject> {
        match needs {
            Needs::Nothing => Ok(()),
            Needs::App if matches!(self, Caller::App) => Ok(()),
            Needs::App => Err(Reject::new(401, "A JSON web token could not be decoded")),
            Needs::Repo(names, access) => match repo {
                Some(repo) => self.may(world, repo, names, access),
                None => Err(Reject::not_found()),
            },
            Needs::Org(name, access) => match self {
                Caller::Installation { permissions, .. } => {
                    let has = permissions.get(name).is_some_and(|given| *given >= access);
                    if has { Ok(()) } else { Err(Reject::lacks()) }
                }
                Caller::User(_) => Ok(()),
                Caller::Job { .. } => Err(Reject::lacks()),
                Caller::Anonymous | Caller::App => Err(Reject::new(401, "Requires authentication")),
            },
        }
    }
}
