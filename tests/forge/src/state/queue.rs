//! Owns: the merge queue: a pull request waits there as a group of its own until the required checks of the group's
//! commit have concluded, then it is merged or dropped. Groups of several are not played.

use serde_json::{Value, json};

use crate::rest::Reject;

use super::World;

/// A place in a queue.
#[derive(Debug, Clone)]
pub(crate) struct Queued {
    pub(crate) who: u64,
    /// The branch of the group.
    pub(crate) branch: String,
    pub(crate) sha: String,
    pub(crate) base_sha: String,
}

impl World {
    /// Puts a pull request into its base's queue, with GitHub's refusals; answers the entry.
    pub(crate) fn enqueue(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        head: Option<&str>,
    ) -> Result<u64, Reject> {
        let refuse = |message: &str| Err(Reject::new(422, message));
        let (home, pull) = (self.repo(repo)?, self.pull(repo, number)?.clone());
        if !home.rules.get(&pull.base_ref).is_some_and(|rules| rules.merge_queue) {
            return refuse("Pull request's base branch does not have a merge queue");
        }
        if pull.queued.is_some() {
            return refuse("Pull request is already in the queue");
        }
        if head.is_some_and(|head| head != pull.head_sha) {
            return refuse("Head sha does not match");
        }
        if !self.issue(repo, number)?.open || pull.draft {
            return refuse("Pull request is not mergeable");
        }
        let open: Vec<String> =
            self.open_rules(repo, number)?.into_iter().filter(|rule| !rule.contains("merge queue")).collect();
        if !open.is_empty() {
            return refuse(&open.join(" "));
        }
        let base_sha = self.repo(repo)?.branch(&pull.base_ref).ok_or_else(Reject::not_found)?;
        let tree = self.repo(repo)?.git.merge_tree(None, &base_sha, &pull.head_sha)?;
        let Some(tree) = tree else { return refuse("Pull request has merge conflicts") };
        let (github, title) = (self.github_ident(), self.issue(repo, number)?.title.clone());
        let parents = [base_sha.clone(), pull.head_sha.clone()];
        let text = format!("Merge pull request #{number}\n\n{title}");
        let sha = self.repo(repo)?.git.write_commit(&tree, &parents, &github, &github, &text)?;
        self.repo_mut(repo)?.signed.insert(sha.clone());
        let branch = format!("gh-readonly-queue/{}/pr-{number}-{base_sha}", pull.base_ref);
        self.repo(repo)?.git.set_ref(&format!("refs/heads/{branch}"), &sha, None)?;
        let entry = self.new_id();
        let queued = Queued { who, branch, sha: sha.clone(), base_sha };
        self.pull_mut(repo, number)?.queued = Some(queued.clone());
        self.repo_mut(repo)?.last_group = Some(sha.clone());
        self.send_pull(repo, number, "enqueued", who, json!({}));
        self.send(
            repo,
            "merge_group",
            Some("checks_requested"),
            who,
            self.group_json(repo, number, &queued)?,
        );
        self.settle_queue(repo, &sha)?;
        Ok(entry)
    }

    /// Takes a pull request out of its queue, as a push to it does.
    pub(crate) fn leave_queue(&mut self, repo: u64, number: u64, who: u64) -> Result<(), Reject> {
        let Some(queued) = self.pull_mut(repo, number)?.queued.take() else { return Ok(()) };
        self.repo(repo)?.git.delete_ref(&format!("refs/heads/{}", queued.branch))?;
        self.send_pull(repo, number, "dequeued", who, json!({"reason": "BRANCH_PROTECTIONS"}));
        let mut body = self.group_json(repo, number, &queued)?;
        super::issue::put(&mut body, "reason", json!("dequeued"));
        self.send(repo, "merge_group", Some("destroyed"), who, body);
        Ok(())
    }

    fn group_json(&self, repo: u64, number: u64, queued: &Queued) -> Result<Value, Reject> {
        let home = self.repo(repo)?;
        let base = &self.pull(repo, number)?.base_ref;
        let commit = home.git.commit(&queued.sha).map(|commit| self.hook_commit_json(home, &commit));
        Ok(json!({"merge_group": {
            "head_sha": queued.sha, "head_ref": format!("refs/heads/{}", queued.branch), "base_sha": queued.base_sha,
            "base_ref": format!("refs/heads/{base}"), "head_commit": commit,
        }}))
    }

    /// Merges or drops the group at a commit, if its required checks have concluded.
    pub(crate) fn settle_queue(&mut self, repo: u64, sha: &str) -> Result<(), Reject> {
        let home = self.repo(repo)?;
        let found = home.issues.values().find_map(|issue| {
            let pull = issue.pull.as_ref()?;
            let queued = pull.queued.as_ref().filter(|queued| queued.sha == sha)?;
            Some((issue.number, pull.base_ref.clone(), queued.clone()))
        });
        let Some((number, base, queued)) = found else { return Ok(()) };
        let required = home.rules.get(&base).map(|rules| rules.required_checks.clone()).unwrap_or_default();
        let runs = self.latest_checks(repo, sha);
        let of = |(name, app): &(String, Option<u64>)| {
            let run = runs.iter().find(|run| run.name == *name && app.is_none_or(|app| app == run.app));
            run.and_then(|run| run.conclusion.clone())
        };
        let ends: Vec<Option<String>> = required.iter().map(of).collect();
        let good = |end: &Option<String>| matches!(end.as_deref(), Some("success" | "neutral" | "skipped"));
        let failed = ends.iter().any(|end| end.is_some() && !good(end));
        if !failed && !ends.iter().all(good) {
            return Ok(());
        }
        // A base that moved in between would lose its commits.
        let moved = self.repo(repo)?.branch(&base).as_deref() != Some(queued.base_sha.as_str());
        let group = self.group_json(repo, number, &queued)?;
        self.pull_mut(repo, number)?.queued = None;
        let reason = match (failed, moved) {
            (false, false) => "merged",
            (true, _) => "dequeued",
            (false, true) => "invalidated",
        };
        if reason == "merged" {
            self.finish_merge(repo, number, queued.who, sha)?;
        } else {
            let more = json!({"reason": if failed { "CI_FAILURE" } else { "GIT_TREE_INVALID" }});
            self.send_pull(repo, number, "dequeued", queued.who, more);
        }
        let mut body = group;
        super::issue::put(&mut body, "reason", json!(reason));
        self.send(repo, "merge_group", Some("destroyed"), queued.who, body);
        self.repo(repo)?.git.delete_ref(&format!("refs/heads/{}", queued.branch))?;
        Ok(())
    }
}
