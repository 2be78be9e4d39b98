//! Owns: the world a test finds: five people by role, an organisation with its team, the app and its installation.

use std::collections::{BTreeMap, BTreeSet};

use crate::git::Git;
use crate::rest::Reject;

use super::account::AccountKind;
use super::app::{Access, Permissions};
use super::issue::Label;
use super::run::ActionsSettings;
use super::{Permission, Repo, Team, World};

/// The people, by login and id. What they may do in a new repository is [`World::add_repo`]'s matter.
pub(crate) const PEOPLE: [(&str, u64); 5] =
    [("alice", 1001), ("bob", 1002), ("carol", 1003), ("victor", 1004), ("mallory", 1005)];
/// The id of the app.
pub(crate) const APP: u64 = 4242;
/// The id of the account that acts for the app.
pub(crate) const BOT: u64 = 4343;
/// The id of the account that acts for workflows.
pub(crate) const ACTIONS_BOT: u64 = 4344;
/// The id of the app that owns the checks of workflows.
pub(crate) const ACTIONS_APP: u64 = 15368;
/// The installation on the first organisation.
pub(crate) const INSTALLATION: u64 = 5151;

/// Who owns organisations.
pub(crate) const CAROL: u64 = 1003;
const BOB: u64 = 1002;

/// What the app is allowed by default.
pub(crate) fn default_permissions() -> Permissions {
    let write = ["actions", "checks", "contents", "issues", "pull_requests"];
    let read = ["members", "merge_queues", "metadata"];
    let write = write.iter().map(|name| ((*name).to_owned(), Access::Write));
    write.chain(read.iter().map(|name| ((*name).to_owned(), Access::Read))).collect()
}

/// What the app is told by default.
pub(crate) fn default_events() -> BTreeSet<String> {
    let names = [
        "issues",
        "issue_comment",
        "pull_request",
        "pull_request_review",
        "check_run",
        "check_suite",
        "push",
        "workflow_run",
        "workflow_job",
        "merge_group",
        "repository",
    ];
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl World {
    /// Puts the people in.
    pub(crate) fn settle_people(&mut self) {
        for (login, id) in PEOPLE {
            self.add_account(id, login, AccountKind::User);
        }
        let slug = format!("{}[bot]", self.app.slug);
        self.add_account(BOT, &slug, AccountKind::Bot);
        self.add_account(ACTIONS_BOT, "github-actions[bot]", AccountKind::Bot);
    }

    /// The organisation of that name, made when missing: carol owns it, alice and bob are members, bob is in its
    /// team `platform`, and the app is installed on it.
    pub(crate) fn ensure_owner(&mut self, login: &str) -> u64 {
        if let Ok(account) = self.login(login) {
            return account.id;
        }
        let known =
            self.accounts.values().filter(|account| account.kind == AccountKind::Organization).count() as u64;
        let id = self.add_account(2001 + known, login, AccountKind::Organization);
        if let Some(org) = self.accounts.get_mut(&id) {
            org.members = BTreeMap::from([(1001, false), (BOB, false), (CAROL, true)]);
        }
        let grants = BTreeMap::new();
        let members = BTreeSet::from([BOB]);
        self.teams.push(Team { id: 3001 + known, org: id, slug: "platform".into(), members, grants });
        let installation = INSTALLATION + known;
        self.install(installation, id, CAROL);
        id
    }

    /// Makes a private repository with one commit. In an organisation's: alice may write, the team `platform`
    /// (bob) maintain, carol administrate (she owns the organisation), victor read, mallory nothing.
    pub(crate) fn add_repo(&mut self, full_name: &str, files: &[(String, Vec<u8>)]) -> Result<u64, Reject> {
        let id = self.add_empty_repo(full_name, None)?;
        let owner = self.repo(id)?.owner;
        let organisation = self.account(owner)?.kind == AccountKind::Organization;
        let author = if organisation { CAROL } else { owner };
        if organisation {
            let home = self.repo_mut(id)?;
            home.collaborators.insert(1001, Permission::Write);
            home.collaborators.insert(1004, Permission::Read);
            for team in self.teams.iter_mut().filter(|team| team.org == owner && team.slug == "platform") {
                team.grants.insert(id, Permission::Maintain);
            }
        }
        let readme = format!("# {full_name}\n");
        let mut edits: Vec<(&str, Option<&[u8]>)> = vec![("README.md", Some(readme.as_bytes()))];
        edits.extend(files.iter().map(|(path, bytes)| (path.as_str(), Some(bytes.as_slice()))));
        self.commit_files(id, "main", author, "Initial commit", &edits)?;
        Ok(id)
    }

    /// Makes a repository with no commit, as a fork when `fork_of` says so.
    pub(crate) fn add_empty_repo(&mut self, full_name: &str, fork_of: Option<u64>) -> Result<u64, Reject> {
        let (owner, name) = full_name.split_once('/').ok_or_else(Reject::not_found)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !owner.chars().all(plain) || !name.chars().all(plain) || name.starts_with('.') || name.is_empty() {
            return Err(Reject::field("Repository", "name", "invalid"));
        }
        if self.named(full_name).is_ok() {
            return Err(Reject::custom("Repository", "name", "name already exists on this account"));
        }
        let owner = self.ensure_owner(owner);
        let (id, now) = (self.new_id(), self.now());
        let git = Git::init(&self.root.join(format!("{id}.git")), "main")?;
        let repo = Repo {
            id,
            owner,
            name: name.to_owned(),
            private: fork_of.is_none_or(|from| self.repo(from).is_ok_and(|from| from.private)),
            default_branch: "main".into(),
            git,
            collaborators: BTreeMap::new(),
            rules: BTreeMap::new(),
            last_group: None,
            labels: BTreeMap::new(),
            issues: BTreeMap::new(),
            check_runs: Vec::new(),
            check_suites: Vec::new(),
            signed: BTreeSet::new(),
            actions: ActionsSettings::default(),
            fork_of,
            allow_merge: true,
            allow_squash: true,
            allow_rebase: true,
            created: now,
            pushed: now,
        };
        self.repos.insert(id, repo);
        // Whoever takes a name that was left gets it: it leads nowhere else any more.
        self.moved.remove(&full_name.to_ascii_lowercase());
        Ok(id)
    }

    /// A repository of somebody's own with all branches of another.
    pub(crate) fn fork(&mut self, repo: u64, who: u64) -> Result<u64, Reject> {
        let name = format!("{}/{}", self.login_of(who), self.repo(repo)?.name);
        let id = self.add_empty_repo(&name, Some(repo))?;
        let source = self.repo(repo)?.git.dir().to_owned();
        let all = "+refs/heads/*:refs/heads/*";
        let args = ["fetch".as_ref(), "--quiet".as_ref(), source.as_os_str(), all.as_ref()];
        self.repo(id)?.git.text::<&std::ffi::OsStr>(&args)?;
        Ok(id)
    }

    /// The label of that name, made when missing.
    pub(crate) fn ensure_label(
        &mut self,
        repo: u64,
        name: &str,
        color: &str,
        text: Option<&str>,
    ) -> Result<bool, Reject> {
        if self.repo(repo)?.labels.contains_key(name) {
            return Ok(false);
        }
        let id = self.new_id();
        let (color, description) = (color.to_owned(), text.map(str::to_owned));
        let label = Label { id, name: name.to_owned(), color, description };
        self.repo_mut(repo)?.labels.insert(name.to_owned(), label);
        Ok(true)
    }
}
