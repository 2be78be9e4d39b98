//! Owns: what a test finds or changes behind everybody's back: repositories, rules, teams, permissions.

use std::path::Path;

use crate::state::check_input::CheckInput;
use crate::state::seed::{ACTIONS_APP, ACTIONS_BOT, CAROL};
use crate::{BranchRules, Forge, ForgeError, Permission, state};

impl Forge {
    /// Makes a private repository with these files; see the people for who may do what. Names are `owner/name`.
    pub async fn repository<P: AsRef<str>, C: AsRef<[u8]>>(
        &self,
        name: &str,
        files: &[(P, C)],
    ) -> Result<u64, ForgeError> {
        let files: Vec<(String, Vec<u8>)> =
            files.iter().map(|(path, bytes)| (path.as_ref().to_owned(), bytes.as_ref().to_vec())).collect();
        self.world(&format!("creating {name}"), |world| world.add_repo(name, &files))
    }

    /// Makes a private repository with all files below a directory.
    pub async fn repository_from(&self, name: &str, dir: &Path) -> Result<u64, ForgeError> {
        let mut files = Vec::new();
        walk(dir, dir, &mut files)
            .map_err(|source| ForgeError::Start { what: "reading the seed", source })?;
        self.repository(name, &files).await
    }

    /// Tells the app that it was installed on an account, with all repositories that it has.
    pub fn installs_on(&self, owner: &str) -> Result<(), ForgeError> {
        self.world(&format!("installing on {owner}"), |world| {
            let account = world.ensure_owner(owner);
            let Some(installation) = world.installation_of(account) else { return Ok(()) };
            world.send_installation(installation, "created", CAROL);
            Ok(())
        })
    }

    /// Lets everybody see a repository, or not.
    pub fn set_private(&self, repo: &str, private: bool) -> Result<(), ForgeError> {
        self.change(repo, |repo| repo.private = private)
    }

    /// Sets the rules of a branch.
    pub fn protect(&self, repo: &str, branch: &str, rules: BranchRules) -> Result<(), ForgeError> {
        self.change(repo, |repo| drop(repo.rules.insert(branch.to_owned(), rules)))
    }

    /// Another app's check on the head of a pull request ends like this.
    pub fn reports(&self, repo: &str, number: u64, name: &str, conclusion: &str) -> Result<(), ForgeError> {
        self.world(&format!("reporting {name}"), |world| {
            let id = world.named(repo)?.id;
            let input = CheckInput {
                name: Some(name.to_owned()),
                head_sha: Some(world.pull(id, number)?.head_sha.clone()),
                status: Some("completed".to_owned()),
                conclusion: Some(conclusion.to_owned()),
                ..CheckInput::default()
            };
            world.create_check(id, ACTIONS_APP, ACTIONS_BOT, input).map(drop)
        })
    }

    /// Gives somebody a permission of their own.
    pub fn grant(&self, repo: &str, login: &str, permission: Permission) -> Result<(), ForgeError> {
        self.world("granting", |world| {
            let (repo, who) = (world.named(repo)?.id, world.login(login)?.id);
            world.repo_mut(repo)?.collaborators.insert(who, permission);
            Ok(())
        })
    }

    /// Puts somebody into a team of an organisation, which is made when missing.
    pub fn team(&self, org: &str, slug: &str, members: &[&str]) -> Result<(), ForgeError> {
        self.world("making a team", |world| {
            let org = world.ensure_owner(org);
            let members: Result<std::collections::BTreeSet<u64>, _> =
                members.iter().map(|login| world.login(login).map(|account| account.id)).collect();
            let members = members?;
            if let Some(team) = world.teams.iter_mut().find(|team| team.org == org && team.slug == slug) {
                team.members = members;
                return Ok(());
            }
            let (id, grants) = (world.new_id(), std::collections::BTreeMap::new());
            world.teams.push(state::Team { id, org, slug: slug.to_owned(), members, grants });
            Ok(())
        })
    }

    /// What the app is allowed from now on, everywhere; a name that is left out is not allowed. `true` means write.
    pub fn set_app_permissions(&self, permissions: &[(&str, bool)]) {
        let access = |write| if write { state::app::Access::Write } else { state::app::Access::Read };
        let all: state::app::Permissions =
            permissions.iter().map(|(name, write)| ((*name).to_owned(), access(*write))).collect();
        let mut world = self.inner.shared.world();
        for installation in world.app.installations.values_mut() {
            installation.accepted.clone_from(&all);
        }
        world.app.permissions = all;
    }

    /// How many entries a tree answers with before it says `truncated`.
    pub fn truncate_trees_at(&self, entries: usize) {
        self.inner.shared.world().tree_limit = entries;
    }

    pub(crate) fn change(&self, repo: &str, with: impl FnOnce(&mut state::Repo)) -> Result<(), ForgeError> {
        self.world("changing a repository", |world| {
            let id = world.named(repo)?.id;
            with(world.repo_mut(id)?);
            Ok(())
        })
    }
}

fn walk(root: &Path, dir: &Path, files: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name == ".git") {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().into_owned(), std::fs::read(&path)?));
        }
    }
    files.sort();
    Ok(())
}
