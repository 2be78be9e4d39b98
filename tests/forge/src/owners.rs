//! Owns: what owners do to repositories and to the app's installation, in the words of the tests:
//! `forge.carol().renames_repository("acme/infra", "platform")`.

use crate::rest::Reject;
use crate::state::app::Access;
use crate::state::{Permission, World};
use crate::{Forge, ForgeError, Person};

impl Person {
    /// Gives a repository another name within its account; answers the full name.
    pub async fn renames_repository(&self, repo: &str, name: &str) -> Result<String, ForgeError> {
        self.act("renames the repository", repo, Permission::Admin, |world, repo, who| {
            world.rename_repo(repo, who, name)?;
            Ok(world.full_name(world.repo(repo)?))
        })
    }

    /// Gives a repository to another account, which is made when missing; answers the full name.
    pub async fn transfers_repository(&self, repo: &str, owner: &str) -> Result<String, ForgeError> {
        self.act("transfers the repository", repo, Permission::Admin, |world, repo, who| {
            let owner = world.ensure_owner(owner);
            world.transfer_repo(repo, who, owner)?;
            Ok(world.full_name(world.repo(repo)?))
        })
    }

    /// Removes the app from an account.
    pub async fn uninstalls_app(&self, account: &str) -> Result<(), ForgeError> {
        self.owns("uninstalls the app", account, |world, account, who| world.uninstall(account, who))
    }

    /// Installs the app on an account once more, on all its repositories; answers the new installation.
    pub async fn installs_app(&self, account: &str) -> Result<u64, ForgeError> {
        self.owns("installs the app", account, |world, account, who| {
            if let Some(known) = world.installation_of(account) {
                return Ok(known);
            }
            let id = world.new_id();
            world.install(id, account, who);
            Ok(id)
        })
    }

    /// Suspends the app's installation on an account.
    pub async fn suspends_app(&self, account: &str) -> Result<(), ForgeError> {
        self.owns("suspends the app", account, |world, account, who| world.suspend(account, who, true))
    }

    /// Lets a suspended installation go on.
    pub async fn unsuspends_app(&self, account: &str) -> Result<(), ForgeError> {
        self.owns("unsuspends the app", account, |world, account, who| world.suspend(account, who, false))
    }

    /// Accepts the permissions that the app asks for by now.
    pub async fn accepts_permissions(&self, account: &str) -> Result<(), ForgeError> {
        self.owns("accepts permissions", account, World::accept_permissions)
    }

    /// Takes a repository out of the app's installation.
    pub async fn withdraws_repository(&self, repo: &str) -> Result<(), ForgeError> {
        self.act("withdraws the repository", repo, Permission::Admin, |world, repo, who| {
            world.choose(repo, who, false)
        })
    }

    /// Puts it back in.
    pub async fn adds_repository(&self, repo: &str) -> Result<(), ForgeError> {
        self.act("adds the repository", repo, Permission::Admin, |world, repo, who| {
            world.choose(repo, who, true)
        })
    }

    fn owns<T>(
        &self,
        what: &str,
        account: &str,
        act: impl FnOnce(&mut World, u64, u64) -> Result<T, Reject>,
    ) -> Result<T, ForgeError> {
        self.world(&format!("{} {what} on {account}", self.login()), |world, who| {
            let account = world.ensure_owner(account);
            let owner =
                account == who || world.account(account)?.members.get(&who).copied().unwrap_or_default();
            if !owner {
                return Err(Reject::new(403, "You must be an owner of this organization."));
            }
            act(world, account, who)
        })
    }
}

impl Forge {
    /// The app's own settings stop asking for write access to something: every installation loses it at once, and nobody
    /// is told.
    pub fn app_gives_up(&self, permission: &str) {
        let mut world = self.inner.shared.world();
        world.app.permissions.remove(permission);
    }

    /// The app's own settings ask for write access to something, which installations get when their owners accept it.
    /// What an installation had accepted before it was given up must be accepted again.
    pub fn app_asks_for(&self, permission: &str) {
        let mut world = self.inner.shared.world();
        for installation in world.app.installations.values_mut() {
            installation.accepted.remove(permission);
        }
        world.app.permissions.insert(permission.to_owned(), Access::Write);
    }
}
