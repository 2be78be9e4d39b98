//! Owns: pull requests: opening, head and base, reviews, mergeability as `git merge-tree` finds it.
//! Leaves to [`super::merge`]: merging; to [`super::issue`]: all that issues have too.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;

use crate::rest::Reject;

use super::issue::{check_body, put};
use super::queue::Queued;
use super::{AccountKind, Permission, World};

/// The pull request half of an issue.
#[derive(Debug, Clone)]
pub(crate) struct Pull {
    pub(crate) id: u64,
    /// `None` once a fork is gone.
    pub(crate) head_repo: u64,
    pub(crate) head_ref: String,
    pub(crate) head_sha: String,
    pub(crate) base_ref: String,
    /// The base's tip when the head last moved; GitHub does not move it with the base.
    pub(crate) base_sha: String,
    pub(crate) draft: bool,
    pub(crate) merged: Option<(u64, Timestamp)>,
    pub(crate) merge_commit: Option<String>,
    pub(crate) reviews: Vec<Review>,
    /// Reviews that were begun and not submitted: only their authors see them.
    pub(crate) pending: Vec<Review>,
    pub(crate) requested_reviewers: BTreeSet<u64>,
    pub(crate) requested_teams: BTreeSet<u64>,
    /// What was found for which head and base.
    pub(crate) mergeable: Option<(String, String, bool)>,
    pub(crate) queued: Option<Queued>,
}

/// A review.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, or `PENDING` while it is not submitted.
    pub(crate) state: &'static str,
    pub(crate) commit: String,
    /// Of a pending one, when it was begun.
    pub(crate) submitted: Timestamp,
}

/// What a new pull request asks for.
pub(crate) struct NewPull<'a> {
    pub(crate) head_repo: u64,
    pub(crate) head: &'a str,
    pub(crate) base: &'a str,
    pub(crate) title: &'a str,
    pub(crate) body: Option<&'a str>,
    pub(crate) draft: bool,
}

impl World {
    /// Opens a pull request.
    pub(crate) fn open_pull(&mut self, repo: u64, who: u64, new: &NewPull<'_>) -> Result<u64, Reject> {
        let invalid = |field: &str| Reject::field("PullRequest", field, "invalid");
        let home = self.repo(repo)?;
        let base_sha = home.branch(new.base).ok_or_else(|| invalid("base"))?;
        let head_sha = self.repo(new.head_repo)?.branch(new.head).ok_or_else(|| invalid("head"))?;
        check_body("PullRequest", new.body)?;
        if new.title.trim().is_empty() {
            return Err(Reject::field("PullRequest", "title", "missing_field"));
        }
        let same = |pull: &Pull| {
            pull.head_repo == new.head_repo && pull.head_ref == new.head && pull.base_ref == new.base
        };
        if home.issues.values().any(|issue| issue.open && issue.pull.as_ref().is_some_and(same)) {
            let owner = self.login_of(self.repo(new.head_repo)?.owner);
            let message = format!("A pull request already exists for {owner}:{}.", new.head);
            return Err(Reject::custom("PullRequest", "", &message));
        }
        self.bring_over(repo, new.head_repo, &head_sha)?;
        if self.repo(repo)?.git.between(&base_sha, &head_sha).is_empty() {
            let message = format!("No commits between {} and {}", new.base, new.head);
            return Err(Reject::custom("PullRequest", "", &message));
        }
        let number = self.add_issue(repo, who, new.title, new.body)?;
        let id = self.new_id();
        self.issue_mut(repo, number)?.pull = Some(Pull {
            id,
            head_repo: new.head_repo,
            head_ref: new.head.to_owned(),
            head_sha: head_sha.clone(),
            base_ref: new.base.to_owned(),
            base_sha,
            draft: new.draft,
            merged: None,
            merge_commit: None,
            reviews: Vec::new(),
            pending: Vec::new(),
            requested_reviewers: BTreeSet::new(),
            requested_teams: BTreeSet::new(),
            mergeable: None,
            queued: None,
        });
        self.repo(repo)?.git.set_ref(&format!("refs/pull/{number}/head"), &head_sha, None)?;
        self.send_pull(repo, number, "opened", who, json!({}));
        self.trigger_pull(repo, number, "opened", who)?;
        Ok(number)
    }

    /// Starts the workflows that listen to pull requests; those of forks wait for a person, who is not played.
    pub(crate) fn trigger_pull(
        &mut self,
        repo: u64,
        number: u64,
        action: &str,
        who: u64,
    ) -> Result<(), Reject> {
        let pull = self.pull(repo, number)?.clone();
        if pull.head_repo == repo {
            let payload =
                json!({"action": action, "number": number, "pull_request": self.pull_json(repo, number)});
            self.trigger(repo, "pull_request", &pull.head_ref, &pull.head_sha, who, &payload);
        }
        Ok(())
    }

    /// Copies a commit with its history from a fork.
    pub(crate) fn bring_over(&self, repo: u64, from: u64, sha: &str) -> Result<(), Reject> {
        if repo != from {
            let fork = self.repo(from)?.git.dir().to_owned();
            let args = ["fetch".as_ref(), "--quiet".as_ref(), fork.as_os_str(), sha.as_ref()];
            self.repo(repo)?.git.text::<&std::ffi::OsStr>(&args)?;
        }
        Ok(())
    }

    /// Whether a pull request can be merged: `None` when nobody asked for this head and base yet. Asking starts the
    /// answer, as at GitHub: the next one is told.
    pub(crate) fn ask_mergeable(&mut self, repo: u64, number: u64) -> Result<Option<bool>, Reject> {
        let known = self.mergeable(repo, number);
        if known.is_none() && self.issue(repo, number)?.open {
            self.compute_mergeable(repo, number)?;
        }
        Ok(known)
    }

    /// What is known about mergeability, without asking.
    pub(crate) fn mergeable(&self, repo: u64, number: u64) -> Option<bool> {
        let (home, pull) = (self.repo(repo).ok()?, self.pull(repo, number).ok()?);
        let base = home.branch(&pull.base_ref)?;
        let (head, at, answer) = pull.mergeable.as_ref()?;
        (*head == pull.head_sha && *at == base).then_some(*answer)
    }

    /// Merges head and base for trial.
    pub(crate) fn compute_mergeable(&mut self, repo: u64, number: u64) -> Result<bool, Reject> {
        let (home, pull) = (self.repo(repo)?, self.pull(repo, number)?);
        let Some(base) = home.branch(&pull.base_ref) else { return Ok(false) };
        let head = pull.head_sha.clone();
        let tree = home.git.merge_tree(None, &base, &head)?;
        let answer = tree.is_some();
        if let Some(tree) = tree {
            let who = self.github_ident();
            let message = format!("Merge {head} into {base}");
            let home = self.repo(repo)?;
            let trial = home.git.write_commit(&tree, &[base.clone(), head.clone()], &who, &who, &message)?;
            home.git.set_ref(&format!("refs/pull/{number}/merge"), &trial, None)?;
            self.pull_mut(repo, number)?.merge_commit = Some(trial);
        }
        self.pull_mut(repo, number)?.mergeable = Some((head, base, answer));
        Ok(answer)
    }

    /// Whether a closed pull request may be opened again: not when merged, nor when its branch is gone.
    pub(crate) fn check_reopen(&self, repo: u64, number: u64) -> Result<(), Reject> {
        let Some(pull) = &self.issue(repo, number)?.pull else { return Ok(()) };
        if pull.merged.is_some() {
            return Err(Reject::custom(
                "PullRequest",
                "state",
                "state cannot be changed. The pull request is merged.",
            ));
        }
        if self.repo(pull.head_repo)?.branch(&pull.head_ref).is_none() {
            let message = format!("state cannot be changed. The {} branch has been deleted.", pull.head_ref);
            return Err(Reject::custom("PullRequest", "state", &message));
        }
        Ok(())
    }

    /// Changes what a pull request merges into.
    pub(crate) fn change_base(&mut self, repo: u64, number: u64, who: u64, base: &str) -> Result<(), Reject> {
        let tip =
            self.repo(repo)?.branch(base).ok_or_else(|| Reject::field("PullRequest", "base", "invalid"))?;
        let pull = self.pull_mut(repo, number)?;
        if pull.base_ref == base {
            return Ok(());
        }
        let from = std::mem::replace(&mut pull.base_ref, base.to_owned());
        let sha = std::mem::replace(&mut pull.base_sha, tip);
        let changes = json!({"base": {"ref": {"from": from}, "sha": {"from": sha}}});
        self.send_pull(repo, number, "edited", who, json!({"changes": changes}));
        Ok(())
    }

    /// Merges the base into the head branch, as the button "Update branch" does.
    pub(crate) fn update_branch(&mut self, repo: u64, number: u64, who: u64) -> Result<(), Reject> {
        let pull = self.pull(repo, number)?.clone();
        let home = self.repo(repo)?;
        let base = home.branch(&pull.base_ref).ok_or_else(Reject::not_found)?;
        let conflict = || Reject::unprocessable(&["merge conflict between base and head"]);
        let tree = home.git.merge_tree(None, &base, &pull.head_sha)?.ok_or_else(conflict)?;
        let ident = self.ident(who);
        let message = format!("Merge branch '{}' into {}", pull.base_ref, pull.head_ref);
        let parents = [pull.head_sha.clone(), base];
        let commit = self.repo(repo)?.git.write_commit(&tree, &parents, &ident, &ident, &message)?;
        self.move_ref(pull.head_repo, &format!("refs/heads/{}", pull.head_ref), Some(&commit), who)
    }

    /// Makes a draft ready, or a pull request a draft.
    pub(crate) fn set_draft(&mut self, repo: u64, number: u64, who: u64, draft: bool) -> Result<(), Reject> {
        let pull = self.pull_mut(repo, number)?;
        if pull.draft != draft {
            pull.draft = draft;
            let action = if draft { "converted_to_draft" } else { "ready_for_review" };
            self.send_pull(repo, number, action, who, json!({}));
        }
        Ok(())
    }

    /// Reviews a pull request at its head.
    pub(crate) fn review(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        event: &str,
        body: &str,
        commit: Option<&str>,
    ) -> Result<u64, Reject> {
        let refuse = |message: &str| Err(Reject::unprocessable(&[message]));
        let state = match event {
            "APPROVE" => "APPROVED",
            "REQUEST_CHANGES" => "CHANGES_REQUESTED",
            "COMMENT" => "COMMENTED",
            _ => return Err(Reject::field("PullRequestReview", "event", "invalid")),
        };
        let issue = self.issue(repo, number)?;
        let pull = issue.pull.as_ref().ok_or_else(Reject::not_found)?;
        if issue.author == who && state == "APPROVED" {
            return refuse("Can not approve your own pull request");
        }
        if issue.author == who && state == "CHANGES_REQUESTED" {
            return refuse("Can not request changes on your own pull request");
        }
        if body.is_empty() && state != "APPROVED" {
            return Err(Reject::field("PullRequestReview", "body", "missing_field"));
        }
        let commit = commit.unwrap_or(&pull.head_sha).to_owned();
        let (id, submitted) = (self.new_id(), self.now());
        let pull = self.pull_mut(repo, number)?;
        pull.requested_reviewers.remove(&who);
        let body = body.to_owned();
        pull.reviews.push(Review { id, author: who, body, state, commit, submitted });
        self.issue_mut(repo, number)?.updated = submitted;
        self.send_review(repo, number, id, "submitted", who);
        Ok(id)
    }

    /// Begins a review that nobody else sees until it is submitted.
    pub(crate) fn begin_review(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        body: &str,
        commit: Option<&str>,
    ) -> Result<u64, Reject> {
        let pull = self.pull(repo, number)?;
        if pull.pending.iter().any(|review| review.author == who) {
            return Err(Reject::unprocessable(&["User can only have one pending review per pull request"]));
        }
        let commit = commit.unwrap_or(&pull.head_sha).to_owned();
        let (id, submitted) = (self.new_id(), self.now());
        let review = Review { id, author: who, body: body.to_owned(), state: "PENDING", commit, submitted };
        self.pull_mut(repo, number)?.pending.push(review);
        Ok(id)
    }

    /// Takes back what a review said.
    pub(crate) fn dismiss(&mut self, repo: u64, number: u64, id: u64, who: u64) -> Result<(), Reject> {
        let pull = self.pull_mut(repo, number)?;
        let review = pull.reviews.iter_mut().find(|review| review.id == id).ok_or_else(Reject::not_found)?;
        if review.state == "COMMENTED" {
            return Err(Reject::unprocessable(&["Can not dismiss a commented pull request review"]));
        }
        review.state = "DISMISSED";
        self.send_review(repo, number, id, "dismissed", who);
        Ok(())
    }

    /// Asks people and teams for a review.
    pub(crate) fn request_review(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        people: &[u64],
        teams: &[u64],
    ) -> Result<(), Reject> {
        let author = self.issue(repo, number)?.author;
        if people.contains(&author) {
            return Err(Reject::unprocessable(&["Review cannot be requested from pull request author."]));
        }
        let home = self.repo(repo)?;
        let stranger = |id: &u64| self.permission(home, *id) < Permission::Read || self.is_bot(*id);
        if people.iter().any(stranger) {
            let message = "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator";
            return Err(Reject::unprocessable(&[message]));
        }
        for person in people {
            if self.pull_mut(repo, number)?.requested_reviewers.insert(*person) {
                let more = json!({"requested_reviewer": self.user_json(*person)});
                self.send_pull(repo, number, "review_requested", who, more);
            }
        }
        for team in teams {
            if self.pull_mut(repo, number)?.requested_teams.insert(*team) {
                let more = json!({"requested_team": self.team_json(*team)});
                self.send_pull(repo, number, "review_requested", who, more);
            }
        }
        Ok(())
    }

    /// Takes requests for a review back.
    pub(crate) fn unrequest_review(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        people: &[u64],
        teams: &[u64],
    ) -> Result<(), Reject> {
        for person in people {
            if self.pull_mut(repo, number)?.requested_reviewers.remove(person) {
                let more = json!({"requested_reviewer": self.user_json(*person)});
                self.send_pull(repo, number, "review_request_removed", who, more);
            }
        }
        for team in teams {
            if self.pull_mut(repo, number)?.requested_teams.remove(team) {
                let more = json!({"requested_team": self.team_json(*team)});
                self.send_pull(repo, number, "review_request_removed", who, more);
            }
        }
        Ok(())
    }

    /// Labels or unlabels, telling about each change.
    pub(crate) fn set_labels(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        names: BTreeSet<String>,
    ) -> Result<(), Reject> {
        for name in &names {
            if name.chars().count() > 50 {
                return Err(Reject::custom("Label", "name", "name is too long (maximum is 50 characters)"));
            }
            self.ensure_label(repo, name, "ededed", None)?;
        }
        let before = std::mem::replace(&mut self.issue_mut(repo, number)?.labels, names.clone());
        for (action, changed) in
            [("labeled", names.difference(&before)), ("unlabeled", before.difference(&names))]
        {
            for name in changed {
                let mut more = json!({});
                if let Some(label) = self.repo(repo)?.labels.get(name) {
                    put(&mut more, "label", self.label_json(repo, label));
                }
                self.send_issue(repo, number, action, who, more);
            }
        }
        Ok(())
    }

    /// Whether an account is a bot.
    pub(crate) fn is_bot(&self, id: u64) -> bool {
        self.accounts.get(&id).is_some_and(|account| account.kind == AccountKind::Bot)
    }
}
