//! Owns: where the app is installed: what its owner accepted, which repositories it covers, whether it is suspended. An
//! installation that is removed is gone, and one that comes later on the same account has another id.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::rest::Reject;

use super::app::{Access, Permissions};
use super::{Repo, World};

/// One account's installation of the app.
pub(crate) struct Installation {
    pub(crate) account: u64,
    /// What the account's owner accepted.
    pub(crate) accepted: Permissions,
    /// When it was suspended, and by whom.
    pub(crate) suspended: Option<(Timestamp, u64)>,
    /// The repositories that were chosen; all of the account's where none were.
    pub(crate) chosen: Option<BTreeSet<u64>>,
}

impl World {
    /// The account that an installation is on.
    pub(crate) fn installed_on(&self, id: u64) -> Option<u64> {
        self.app.installations.get(&id).map(|installation| installation.account)
    }

    /// The installation on an account.
    pub(crate) fn installation_of(&self, owner: u64) -> Option<u64> {
        self.app.installations.iter().find(|(_, one)| one.account == owner).map(|(id, _)| *id)
    }

    /// The installation that covers a repository.
    pub(crate) fn installation_covering(&self, repo: &Repo) -> Option<u64> {
        self.installation_of(repo.owner).filter(|id| self.covers(*id, repo))
    }

    /// Whether an installation covers a repository.
    pub(crate) fn covers(&self, id: u64, repo: &Repo) -> bool {
        self.app.installations.get(&id).is_some_and(|one| {
            one.account == repo.owner && one.chosen.as_ref().is_none_or(|chosen| chosen.contains(&repo.id))
        })
    }

    /// The repositories that an installation covers.
    pub(crate) fn covered(&self, id: u64) -> Vec<u64> {
        self.repos.values().filter(|repo| self.covers(id, repo)).map(|repo| repo.id).collect()
    }

    /// What an installation may do: what the app asks for, as far as the account's owner accepted it. What the app gives
    /// up is lost at once; what it asks for in addition waits for the owner.
    pub(crate) fn granted(&self, id: u64) -> Permissions {
        let Some(installation) = self.app.installations.get(&id) else { return Permissions::new() };
        narrower(&self.app.permissions, &installation.accepted)
    }

    /// Installs the app on all repositories of an account.
    pub(crate) fn install(&mut self, id: u64, account: u64, who: u64) {
        let accepted = self.app.permissions.clone();
        let installation = Installation { account, accepted, suspended: None, chosen: None };
        self.app.installations.insert(id, installation);
        self.send_installation(id, "created", who);
    }

    /// Removes the app from an account. Its tokens are worth nothing from now on.
    pub(crate) fn uninstall(&mut self, account: u64, who: u64) -> Result<(), Reject> {
        let id = self.installation_of(account).ok_or_else(Reject::not_found)?;
        self.send_installation(id, "deleted", who);
        self.app.installations.remove(&id);
        Ok(())
    }

    /// Suspends an installation, or lets it go on.
    pub(crate) fn suspend(&mut self, account: u64, who: u64, suspended: bool) -> Result<(), Reject> {
        let (id, now) = (self.installation_of(account).ok_or_else(Reject::not_found)?, self.now());
        if let Some(installation) = self.app.installations.get_mut(&id) {
            installation.suspended = suspended.then_some((now, who));
        }
        self.send_installation(id, if suspended { "suspend" } else { "unsuspend" }, who);
        Ok(())
    }

    /// Accepts all that the app asks for by now.
    pub(crate) fn accept_permissions(&mut self, account: u64, who: u64) -> Result<(), Reject> {
        let id = self.installation_of(account).ok_or_else(Reject::not_found)?;
        let asked = self.app.permissions.clone();
        if let Some(installation) = self.app.installations.get_mut(&id) {
            installation.accepted = asked;
        }
        self.send_installation(id, "new_permissions_accepted", who);
        Ok(())
    }

    /// Takes a repository out of its owner's installation, or puts it back in.
    pub(crate) fn choose(&mut self, repo: u64, who: u64, covered: bool) -> Result<(), Reject> {
        let owner = self.repo(repo)?.owner;
        let id = self.installation_of(owner).ok_or_else(Reject::not_found)?;
        let mut chosen: BTreeSet<u64> = self.covered(id).into_iter().collect();
        let changed = if covered { chosen.insert(repo) } else { chosen.remove(&repo) };
        if let Some(installation) = self.app.installations.get_mut(&id) {
            installation.chosen = Some(chosen);
        }
        if changed {
            self.send_covered(id, repo, covered, who);
        }
        Ok(())
    }
}

/// What both allow.
pub(crate) fn narrower(one: &Permissions, other: &Permissions) -> Permissions {
    let both =
        |(name, access): (&String, &Access)| other.get(name).map(|given| (name.clone(), *given.min(access)));
    one.iter().filter_map(both).collect()
}
