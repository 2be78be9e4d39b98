//! Owns: merging a pull request: what GitHub refuses (405, 409) and what follows from a merge.
//! Leaves to [`super::closing`]: which issues the merge closes.

use std::collections::BTreeMap;

use serde_json::json;

use crate::rest::Reject;

use super::{Permission, World};

/// How to merge.
pub(crate) struct Merge<'a> {
    pub(crate) method: &'a str,
    /// The head the merger has seen.
    pub(crate) sha: Option<&'a str>,
    pub(crate) title: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
}

fn refused(message: &str) -> Reject {
    Reject::new(405, message)
}

impl World {
    /// Merges, if GitHub would; answers the new commit.
    pub(crate) fn merge(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        how: &Merge<'_>,
    ) -> Result<String, Reject> {
        let (issue, pull) = (self.issue(repo, number)?, self.pull(repo, number)?.clone());
        if pull.merged.is_some() || !issue.open {
            return Err(refused("Pull Request is not mergeable"));
        }
        if pull.draft {
            return Err(refused("Pull Request is still a draft"));
        }
        if how.sha.is_some_and(|sha| sha != pull.head_sha) {
            return Err(Reject::new(409, "Head branch was modified. Review and try the merge again."));
        }
        let home = self.repo(repo)?;
        let allowed = match how.method {
            "merge" => home.allow_merge,
            "squash" => home.allow_squash,
            "rebase" => home.allow_rebase,
            _ => return Err(Reject::field("PullRequest", "merge_method", "invalid")),
        };
        if !allowed {
            return Err(refused(&format!(
                "{} merges are not allowed on this repository.",
                title_case(how.method)
            )));
        }
        let open = self.open_rules(repo, number)?;
        if !open.is_empty() {
            return Err(refused(&format!("Repository rule violations found\n\n{}\n\n", open.join("\n\n"))));
        }
        if !self.compute_mergeable(repo, number)? {
            return Err(refused("Pull Request is not mergeable"));
        }
        let sha = self.write_merge(repo, number, who, how)?;
        self.finish_merge(repo, number, who, &sha)?;
        Ok(sha)
    }

    /// Records a merge and lets everything follow.
    pub(crate) fn finish_merge(&mut self, repo: u64, number: u64, who: u64, sha: &str) -> Result<(), Reject> {
        let now = self.now();
        let pull = self.pull_mut(repo, number)?;
        pull.merged = Some((who, now));
        pull.merge_commit = Some(sha.to_owned());
        let base = format!("refs/heads/{}", pull.base_ref);
        let issue = self.issue_mut(repo, number)?;
        issue.open = false;
        (issue.closed, issue.closed_by, issue.updated) = (Some(now), Some(who), now);
        self.move_ref(repo, &base, Some(sha), who)?;
        self.send_pull(repo, number, "closed", who, json!({}));
        self.close_issues_of(repo, number, who)
    }

    /// What GitHub makes of the reviews; none when no rule asks for any.
    pub(crate) fn review_decision(&self, repo: u64, number: u64) -> Result<Option<&'static str>, Reject> {
        let (home, pull) = (self.repo(repo)?, self.pull(repo, number)?);
        let wanted = home.rules.get(&pull.base_ref).map_or(0, |rules| rules.required_approvals);
        let (approvals, vetoes) = self.votes(repo, number)?;
        Ok(match (wanted, vetoes) {
            (0, _) => None,
            (_, 1..) => Some("CHANGES_REQUESTED"),
            _ if approvals >= wanted => Some("APPROVED"),
            _ => Some("REVIEW_REQUIRED"),
        })
    }

    fn write_merge(&mut self, repo: u64, number: u64, who: u64, how: &Merge<'_>) -> Result<String, Reject> {
        let (author, github) = (self.ident(who), self.github_ident());
        let (home, pull) = (self.repo(repo)?, self.pull(repo, number)?);
        let issue = self.issue(repo, number)?;
        let base = home.branch(&pull.base_ref).ok_or_else(Reject::not_found)?;
        let head = pull.head_sha.clone();
        let tree = home
            .git
            .merge_tree(None, &base, &head)?
            .ok_or_else(|| refused("Pull Request is not mergeable"))?;
        let owner = self.login_of(self.repo(pull.head_repo)?.owner);
        let (title, message) = match how.method {
            "merge" => {
                (format!("Merge pull request #{number} from {owner}/{}", pull.head_ref), issue.title.clone())
            }
            _ => (format!("{} (#{number})", issue.title), String::new()),
        };
        let title = how.title.map_or(title, str::to_owned);
        let message = how.message.map_or(message, str::to_owned);
        let text = if message.is_empty() { title } else { format!("{title}\n\n{message}") };
        let sha = match how.method {
            "squash" => home.git.write_commit(&tree, std::slice::from_ref(&base), &author, &github, &text)?,
            "rebase" => {
                let mut tip = base.clone();
                for commit in home.git.between(&base, &head) {
                    let commit = home.git.commit(&commit).ok_or_else(Reject::not_found)?;
                    let Some(parent) = commit.parents.first() else { continue };
                    let picked = home.git.merge_tree(Some(parent), &tip, &commit.sha)?;
                    let tree = picked.ok_or_else(|| refused("This branch can't be rebased"))?;
                    tip = home.git.write_commit(&tree, &[tip], &commit.author, &github, &commit.message)?;
                }
                tip
            }
            _ => home.git.write_commit(&tree, &[base.clone(), head], &author, &github, &text)?,
        };
        self.repo_mut(repo)?.signed.insert(sha.clone());
        Ok(sha)
    }

    /// Which branch rules a pull request does not meet, in GitHub's sentences.
    pub(crate) fn open_rules(&self, repo: u64, number: u64) -> Result<Vec<String>, Reject> {
        let (home, pull) = (self.repo(repo)?, self.pull(repo, number)?);
        let Some(rules) = home.rules.get(&pull.base_ref) else { return Ok(Vec::new()) };
        let mut open = Vec::new();
        if rules.merge_queue {
            open.push("Changes must be made through the merge queue".to_owned());
        }
        let (approvals, vetoes) = self.votes(repo, number)?;
        if vetoes > 0 && rules.required_approvals > 0 {
            open.push("Changes have been requested by a reviewer with write access.".to_owned());
        } else if approvals < rules.required_approvals {
            let wanted = rules.required_approvals;
            let noun = if wanted == 1 { "review is" } else { "reviews are" };
            open.push(format!("At least {wanted} approving {noun} required by reviewers with write access."));
        }
        for (name, app) in &rules.required_checks {
            let latest = home
                .check_runs
                .iter()
                .filter(|run| run.head_sha == pull.head_sha && run.name == *name)
                .filter(|run| app.is_none_or(|app| app == run.app))
                .max_by_key(|run| run.id);
            match latest.map(|run| (run.status.as_str(), run.conclusion.as_deref())) {
                Some(("completed", Some("success" | "neutral" | "skipped"))) => {}
                Some(("completed", _)) => open.push(format!("Required status check \"{name}\" is failing.")),
                Some(_) => open.push(format!("Required status check \"{name}\" is in progress.")),
                None => open.push(format!("Required status check \"{name}\" is expected.")),
            }
        }
        let base = home.branch(&pull.base_ref).unwrap_or_default();
        if rules.strict_checks
            && !rules.required_checks.is_empty()
            && !home.git.is_ancestor(&base, &pull.head_sha)
        {
            open.push("This branch must not be out-of-date with the base branch.".to_owned());
        }
        Ok(open)
    }

    /// Approvals and requests for changes that count: the last opinion of each person who may push.
    fn votes(&self, repo: u64, number: u64) -> Result<(u64, u64), Reject> {
        let (home, pull) = (self.repo(repo)?, self.pull(repo, number)?);
        let stale = home.rules.get(&pull.base_ref).is_some_and(|rules| rules.dismiss_stale_reviews);
        let mut last: BTreeMap<u64, &str> = BTreeMap::new();
        for review in &pull.reviews {
            let counts = self.permission(home, review.author) >= Permission::Write;
            let fresh = review.state != "APPROVED" || !stale || review.commit == pull.head_sha;
            if counts && fresh && review.state != "COMMENTED" {
                last.insert(review.author, review.state);
            }
        }
        let count = |state: &str| last.values().filter(|is| **is == state).count();
        Ok((count("APPROVED") as u64, count("CHANGES_REQUESTED") as u64))
    }
}

fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
