//! Owns: what follows when a ref moves, whoever moved it and by whatever way: the push event, new heads of pull
//! requests, closed pull requests of deleted branches, and a check suite for the app.

use std::collections::BTreeMap;

use serde_json::json;

use crate::git::ZERO;
use crate::rest::Reject;

use super::{CheckSuite, World};

impl World {
    /// Points a ref at a commit (`None` deletes it) and lets everything follow.
    pub(crate) fn move_ref(
        &mut self,
        repo: u64,
        name: &str,
        to: Option<&str>,
        who: u64,
    ) -> Result<(), Reject> {
        let git = self.repo(repo)?.git.clone();
        let before = git.commit_sha(name);
        if before.as_deref() == to {
            return Ok(());
        }
        match to {
            Some(sha) => git.set_ref(name, sha, Some(before.as_deref().unwrap_or(ZERO)))?,
            None => git.delete_ref(name)?,
        }
        self.ref_moved(repo, name, before.as_deref(), to, who)
    }

    /// All branches and tags, to find out what a push over git's own protocol moved.
    pub(crate) fn refs_now(&self, repo: u64) -> Result<BTreeMap<String, String>, Reject> {
        let git = &self.repo(repo)?.git;
        Ok(git.refs("refs/heads").into_iter().chain(git.refs("refs/tags")).collect())
    }

    /// Lets everything follow that a push over git's own protocol moved.
    pub(crate) fn refs_moved(
        &mut self,
        repo: u64,
        before: &BTreeMap<String, String>,
        who: u64,
    ) -> Result<(), Reject> {
        let after = self.refs_now(repo)?;
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let (old, new) = (before.get(name), after.get(name));
            if old != new {
                self.ref_moved(repo, name, old.map(String::as_str), new.map(String::as_str), who)?;
            }
        }
        Ok(())
    }

    fn ref_moved(
        &mut self,
        repo: u64,
        name: &str,
        old: Option<&str>,
        new: Option<&str>,
        who: u64,
    ) -> Result<(), Reject> {
        let now = self.now();
        self.repo_mut(repo)?.pushed = now;
        self.send_push(repo, name, old, new, who);
        let Some(branch) = name.strip_prefix("refs/heads/") else { return Ok(()) };
        if let Some(sha) = new {
            self.ensure_suite(repo, branch, sha, old, who)?;
            self.trigger(repo, "push", branch, sha, who, &json!({"ref": name, "before": old, "after": new}));
        }
        let of_branch: Vec<(u64, u64)> = self
            .repos
            .values()
            .flat_map(|home| home.issues.values().map(move |issue| (home.id, issue)))
            .filter(|(_, issue)| issue.open)
            .filter(|(_, issue)| {
                issue.pull.as_ref().is_some_and(|pull| pull.head_repo == repo && pull.head_ref == branch)
            })
            .map(|(home, issue)| (home, issue.number))
            .collect();
        for (home, number) in of_branch {
            match new {
                Some(sha) => self.new_head(home, number, sha, who)?,
                None => self.close(home, number, who, None)?,
            }
        }
        self.notice_merged(repo, branch, who)
    }

    fn new_head(&mut self, home: u64, number: u64, sha: &str, who: u64) -> Result<(), Reject> {
        let from = self.pull(home, number)?.head_repo;
        self.bring_over(home, from, sha)?;
        let now = self.now();
        let base_ref = self.pull(home, number)?.base_ref.clone();
        let base = self.repo(home)?.branch(&base_ref);
        self.repo(home)?.git.set_ref(&format!("refs/pull/{number}/head"), sha, None)?;
        let pull = self.pull_mut(home, number)?;
        let before = std::mem::replace(&mut pull.head_sha, sha.to_owned());
        pull.base_sha = base.unwrap_or_else(|| pull.base_sha.clone());
        self.issue_mut(home, number)?.updated = now;
        self.leave_queue(home, number, who)?;
        let stale = self.repo(home)?.rules.get(&base_ref).is_some_and(|rules| rules.dismiss_stale_reviews);
        self.send_pull(home, number, "synchronize", who, json!({"before": before, "after": sha}));
        self.trigger_pull(home, number, "synchronize", who)?;
        if stale {
            let approvals =
                self.pull(home, number)?.reviews.iter().filter(|review| review.state == "APPROVED");
            let ids: Vec<u64> = approvals.map(|review| review.id).collect();
            for id in ids {
                self.dismiss(home, number, id, who)?;
            }
        }
        Ok(())
    }

    /// A pull request whose head is reachable from its base is merged, however it came there.
    fn notice_merged(&mut self, repo: u64, branch: &str, who: u64) -> Result<(), Reject> {
        let home = self.repo(repo)?;
        let Some(tip) = home.branch(branch) else { return Ok(()) };
        let now = self.now();
        let merged: Vec<u64> = home
            .issues
            .values()
            .filter(|issue| issue.open)
            .filter(|issue| {
                let into = |pull: &super::Pull| {
                    pull.base_ref == branch && home.git.is_ancestor(&pull.head_sha, &tip)
                };
                issue.pull.as_ref().is_some_and(into)
            })
            .map(|issue| issue.number)
            .collect();
        for number in merged {
            let pull = self.pull_mut(repo, number)?;
            pull.merged = Some((who, now));
            pull.merge_commit = Some(tip.clone());
            let issue = self.issue_mut(repo, number)?;
            (issue.open, issue.closed, issue.closed_by) = (false, Some(now), Some(who));
            self.send_pull(repo, number, "closed", who, json!({}));
            self.close_issues_of(repo, number, who)?;
        }
        Ok(())
    }

    /// GitHub opens a check suite for the app on each pushed commit and asks for its checks.
    fn ensure_suite(
        &mut self,
        repo: u64,
        branch: &str,
        sha: &str,
        before: Option<&str>,
        who: u64,
    ) -> Result<(), Reject> {
        let app = self.app.id;
        if self.repo(repo)?.check_suites.iter().any(|suite| suite.head_sha == sha && suite.app == app) {
            return Ok(());
        }
        let (id, now) = (self.new_id(), self.now());
        self.repo_mut(repo)?.check_suites.push(CheckSuite {
            id,
            app,
            head_sha: sha.to_owned(),
            head_branch: Some(branch.to_owned()),
            before: before.map(str::to_owned),
            created: now,
            updated: now,
        });
        self.send_suite(repo, id, "requested", who);
        Ok(())
    }
}
