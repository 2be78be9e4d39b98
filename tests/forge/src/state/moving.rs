//! Owns: repositories that change their name or their owner. The old name leads to the new one until another repository
//! takes it.

use serde_json::json;

use crate::rest::Reject;

use super::{AccountKind, Repo, World};

impl World {
    /// A repository by any name that leads to it.
    pub(crate) fn led_to(&self, full_name: &str) -> Result<&Repo, Reject> {
        self.named(full_name).or_else(|refused| {
            let id = self.moved.get(&full_name.to_ascii_lowercase()).ok_or(refused)?;
            self.repo(*id)
        })
    }

    /// Gives a repository another name.
    pub(crate) fn rename_repo(&mut self, repo: u64, who: u64, name: &str) -> Result<(), Reject> {
        let (owner, before) = (self.repo(repo)?.owner, self.repo(repo)?.name.clone());
        self.leave_name(repo, &format!("{}/{name}", self.login_of(owner)))?;
        name.clone_into(&mut self.repo_mut(repo)?.name);
        let body = json!({"changes": {"repository": {"name": {"from": before}}}});
        self.send(repo, "repository", Some("renamed"), who, body);
        Ok(())
    }

    /// Gives a repository to another account. Teams of the old one lose it with it, and so does an installation there;
    /// `transferred` is told only where it came to.
    pub(crate) fn transfer_repo(&mut self, repo: u64, who: u64, owner: u64) -> Result<(), Reject> {
        let (before, name) = (self.repo(repo)?.owner, self.repo(repo)?.name.clone());
        self.leave_name(repo, &format!("{}/{name}", self.login_of(owner)))?;
        let lost_by = self.installation_covering(self.repo(repo)?);
        let from = self.user_json(before);
        let kind = self.account(before)?.kind;
        self.repo_mut(repo)?.owner = owner;
        for team in self.teams.iter_mut().filter(|team| team.org == before) {
            team.grants.remove(&repo);
        }
        if let Some(installation) = lost_by {
            if let Some(chosen) =
                self.app.installations.get_mut(&installation).and_then(|one| one.chosen.as_mut())
            {
                chosen.remove(&repo);
            }
            self.send_covered(installation, repo, false, who);
        }
        if let Some(installation) = self.installation_covering(self.repo(repo)?) {
            self.send_covered(installation, repo, true, who);
        }
        let from = match kind {
            AccountKind::Organization => json!({"organization": self.organization_json(before)}),
            _ => json!({"user": from}),
        };
        self.send(
            repo,
            "repository",
            Some("transferred"),
            who,
            json!({"changes": {"owner": {"from": from}}}),
        );
        Ok(())
    }

    /// From here on the name leads to where the repository is.
    fn leave_name(&mut self, repo: u64, next: &str) -> Result<(), Reject> {
        if self.named(next).is_ok_and(|taken| taken.id != repo) {
            return Err(Reject::custom("Repository", "name", "name already exists on this account"));
        }
        let before = self.full_name(self.repo(repo)?).to_ascii_lowercase();
        self.moved.insert(before, repo);
        self.moved.remove(&next.to_ascii_lowercase());
        Ok(())
    }
}
