//! Owns: a repository: its git, its people, its rules, and what hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::git::Git;

use super::run::ActionsSettings;
use super::{CheckRun, CheckSuite, Issue, Label, Permission};

/// A repository.
pub(crate) struct Repo {
    pub(crate) id: u64,
    pub(crate) owner: u64,
    pub(crate) name: String,
    pub(crate) private: bool,
    pub(crate) default_branch: String,
    pub(crate) git: Git,
    pub(crate) collaborators: BTreeMap<u64, Permission>,
    /// Rules by branch.
    pub(crate) rules: BTreeMap<String, BranchRules>,
    /// The commit that a merge queue made last.
    pub(crate) last_group: Option<String>,
    pub(crate) labels: BTreeMap<String, Label>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) check_runs: Vec<CheckRun>,
    pub(crate) check_suites: Vec<CheckSuite>,
    /// Commits that GitHub itself made and signed.
    pub(crate) signed: BTreeSet<String>,
    pub(crate) actions: ActionsSettings,
    /// What it was forked from.
    pub(crate) fork_of: Option<u64>,
    pub(crate) allow_merge: bool,
    pub(crate) allow_squash: bool,
    pub(crate) allow_rebase: bool,
    pub(crate) created: Timestamp,
    pub(crate) pushed: Timestamp,
}

impl Repo {
    /// The next number of an issue or pull request.
    pub(crate) fn next_number(&self) -> u64 {
        self.issues.keys().next_back().map_or(1, |last| last + 1)
    }

    /// The tip of a branch.
    pub(crate) fn branch(&self, name: &str) -> Option<String> {
        self.git.commit_sha(&format!("refs/heads/{name}"))
    }
}

/// What must hold before a branch moves; one ruleset a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BranchRules {
    /// Approving reviews by people who may push, none of them the author.
    pub required_approvals: u64,
    /// A push voids approvals.
    pub dismiss_stale_reviews: bool,
    /// Checks that must have succeeded at the head, with the app they are pinned to.
    pub required_checks: Vec<(String, Option<u64>)>,
    /// The head must contain the base.
    pub strict_checks: bool,
    /// Changes pass a merge queue: a direct merge is refused with 405.
    pub merge_queue: bool,
    /// Changes need a pull request: pushes are refused.
    pub pull_request: bool,
}
