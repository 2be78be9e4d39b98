//! Owns: people, organisations, bots, teams, and what each may do in a repository.

use std::collections::{BTreeMap, BTreeSet};

use super::{Repo, World};

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountKind {
    User,
    Organization,
    Bot,
}

/// Somebody.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) kind: AccountKind,
    /// For an organisation: its members; the value says who owns it.
    pub(crate) members: BTreeMap<u64, bool>,
}

/// A team of an organisation.
#[derive(Debug, Clone)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) org: u64,
    pub(crate) slug: String,
    pub(crate) members: BTreeSet<u64>,
    /// What the team may do, by repository id.
    pub(crate) grants: BTreeMap<u64, Permission>,
}

/// What somebody may do in a repository, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Not even see it.
    None,
    /// See it and talk.
    Read,
    /// Sort issues.
    Triage,
    /// Push.
    Write,
    /// Push and manage.
    Maintain,
    /// Everything.
    Admin,
}

impl Permission {
    /// The role's name (`role_name`).
    pub fn role(self) -> &'static str {
        match self {
            Permission::None => "none",
            Permission::Read => "read",
            Permission::Triage => "triage",
            Permission::Write => "write",
            Permission::Maintain => "maintain",
            Permission::Admin => "admin",
        }
    }

    /// The old four-valued name (`permission`), which folds triage into read and maintain into write.
    pub fn legacy(self) -> &'static str {
        match self {
            Permission::None => "none",
            Permission::Read | Permission::Triage => "read",
            Permission::Write | Permission::Maintain => "write",
            Permission::Admin => "admin",
        }
    }
}

impl World {
    /// What somebody may do in a repository.
    pub(crate) fn permission(&self, repo: &Repo, who: u64) -> Permission {
        let public = if repo.private { Permission::None } else { Permission::Read };
        if repo.owner == who {
            return Permission::Admin;
        }
        let owns =
            self.accounts.get(&repo.owner).and_then(|org| org.members.get(&who)).copied().unwrap_or(false);
        if owns {
            return Permission::Admin;
        }
        let direct = repo.collaborators.get(&who).copied().unwrap_or(Permission::None);
        let teams = self.teams.iter().filter(|team| team.members.contains(&who));
        let granted =
            teams.filter_map(|team| team.grants.get(&repo.id).copied()).max().unwrap_or(Permission::None);
        public.max(direct).max(granted)
    }

    /// GitHub's word for what somebody is to a repository.
    pub(crate) fn association(&self, repo: &Repo, who: u64) -> &'static str {
        if repo.owner == who {
            return "OWNER";
        }
        if self.accounts.get(&repo.owner).is_some_and(|org| org.members.contains_key(&who)) {
            return "MEMBER";
        }
        if repo.collaborators.contains_key(&who) {
            return "COLLABORATOR";
        }
        let bot = self.accounts.get(&who).is_some_and(|account| account.kind == AccountKind::Bot);
        let merged = repo.issues.values().any(|issue| {
            issue.author == who && issue.pull.as_ref().is_some_and(|pull| pull.merged.is_some())
        });
        if bot || merged { "CONTRIBUTOR" } else { "NONE" }
    }

    /// A team by organisation login and slug.
    pub(crate) fn team(&self, org: &str, slug: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.slug == slug && self.login_of(team.org).eq_ignore_ascii_case(org))
    }

    /// Makes an account.
    pub(crate) fn add_account(&mut self, id: u64, login: &str, kind: AccountKind) -> u64 {
        self.accounts.insert(id, Account { id, login: login.to_owned(), kind, members: BTreeMap::new() });
        id
    }
}
