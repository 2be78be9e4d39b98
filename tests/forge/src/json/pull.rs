//! Owns: the JSON of pull requests and reviews.

use serde_json::{Value, json};

use crate::clock::written;
use crate::diff::{FileDiff, diff};
use crate::state::{Issue, Pull, Repo, Review, World};

use super::account::merge;
use super::{node_id, time};

impl World {
    /// A pull request as it stands in lists.
    pub(crate) fn pull_simple_json(&self, repo_id: u64, number: u64) -> Value {
        let (Ok(repo), Ok(issue)) = (self.repo(repo_id), self.issue(repo_id, number)) else {
            return Value::Null;
        };
        let Some(pull) = &issue.pull else { return Value::Null };
        let (api, page) = (self.repo_api(repo), format!("{}/pull/{number}", self.repo_page(repo)));
        let url = format!("{api}/pulls/{number}");
        let as_issue = format!("{api}/issues/{number}");
        let statuses = format!("{api}/statuses/{}", pull.head_sha);
        let teams: Vec<Value> = pull.requested_teams.iter().map(|id| self.team_json(*id)).collect();
        let mut json = json!({
            "url": url, "id": pull.id, "node_id": node_id("PR", pull.id), "html_url": page,
            "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"), "issue_url": as_issue,
            "number": number, "state": if issue.open { "open" } else { "closed" }, "locked": issue.locked,
            "title": issue.title, "user": self.user_json(issue.author), "body": issue.body,
            "created_at": written(issue.created), "updated_at": written(issue.updated),
            "closed_at": time(issue.closed), "merged_at": time(pull.merged.map(|(_, at)| at)),
            "merge_commit_sha": pull.merge_commit,
            "assignee": issue.assignees.first().map(|id| self.user_json(*id)),
            "assignees": self.users_json(issue.assignees.iter()),
            "requested_reviewers": self.users_json(pull.requested_reviewers.iter()),
            "requested_teams": teams, "labels": self.labels_json(repo_id, issue), "milestone": null,
            "draft": pull.draft, "auto_merge": null, "active_lock_reason": null,
        });
        merge(
            &mut json,
            json!({
                "commits_url": format!("{url}/commits"), "review_comments_url": format!("{url}/comments"),
                "review_comment_url": format!("{api}/pulls/comments{{/number}}"),
                "comments_url": format!("{as_issue}/comments"), "statuses_url": statuses,
                "head": self.side(pull.head_repo, &pull.head_ref, &pull.head_sha),
                "base": self.side(repo_id, &pull.base_ref, &pull.base_sha),
                "author_association": self.association(repo, issue.author),
                "_links": {
                    "self": {"href": url}, "html": {"href": page}, "issue": {"href": as_issue},
                    "comments": {"href": format!("{as_issue}/comments")},
                    "review_comments": {"href": format!("{url}/comments")},
                    "review_comment": {"href": format!("{api}/pulls/comments{{/number}}")},
                    "commits": {"href": format!("{url}/commits")}, "statuses": {"href": statuses},
                },
            }),
        );
        json
    }

    fn side(&self, repo: u64, name: &str, sha: &str) -> Value {
        let owner = self.repo(repo).map(|repo| repo.owner).unwrap_or_default();
        json!({
            "label": format!("{}:{name}", self.login_of(owner)), "ref": name, "sha": sha,
            "user": self.user_json(owner), "repo": self.full_repo_json(repo),
        })
    }

    /// A pull request by itself and in webhooks: with counts, and with mergeability as far as it is known.
    pub(crate) fn pull_json(&self, repo_id: u64, number: u64) -> Value {
        let mut json = self.pull_simple_json(repo_id, number);
        let (Ok(repo), Ok(issue)) = (self.repo(repo_id), self.issue(repo_id, number)) else { return json };
        let Some(pull) = &issue.pull else { return json };
        let known = if issue.open { self.mergeable(repo_id, number) } else { None };
        let files = self.pull_files(repo_id, number);
        let sum = |count: fn(&FileDiff) -> u64| files.iter().map(count).sum::<u64>();
        merge(
            &mut json,
            json!({
                "merged": pull.merged.is_some(), "mergeable": known, "rebaseable": known,
                "mergeable_state": self.mergeable_state(repo, issue, pull, known),
                "merged_by": pull.merged.map(|(who, _)| self.user_json(who)),
                "comments": issue.comments.len(), "review_comments": 0, "maintainer_can_modify": false,
                "commits": repo.git.between(&pull.base_sha, &pull.head_sha).len(),
                "additions": sum(|file| file.additions), "deletions": sum(|file| file.deletions),
                "changed_files": files.len(),
            }),
        );
        json
    }

    fn mergeable_state(&self, repo: &Repo, issue: &Issue, pull: &Pull, known: Option<bool>) -> &'static str {
        match known {
            None => "unknown",
            Some(false) => "dirty",
            Some(true) if pull.draft => "draft",
            Some(true) if self.open_rules(repo.id, issue.number).is_ok_and(|open| open.is_empty()) => "clean",
            Some(true) => "blocked",
        }
    }

    /// What a pull request changes, from where it left its base.
    pub(crate) fn pull_files(&self, repo: u64, number: u64) -> Vec<FileDiff> {
        let (Ok(home), Ok(pull)) = (self.repo(repo), self.pull(repo, number)) else { return Vec::new() };
        let from = home.git.merge_base(&pull.base_sha, &pull.head_sha);
        from.and_then(|from| diff(&home.git, &from, &pull.head_sha).ok()).unwrap_or_default()
    }

    /// One changed file, seen at a commit.
    pub(crate) fn file_json(&self, repo: &Repo, commit: &str, file: &FileDiff) -> Value {
        let (api, page) = (self.repo_api(repo), self.repo_page(repo));
        let path = &file.path;
        let mut json = json!({
            "sha": file.sha, "filename": path, "status": file.status, "additions": file.additions,
            "deletions": file.deletions, "changes": file.additions + file.deletions,
            "blob_url": format!("{page}/blob/{commit}/{path}"), "raw_url": format!("{page}/raw/{commit}/{path}"),
            "contents_url": format!("{api}/contents/{path}?ref={commit}"),
        });
        if let Some(patch) = &file.patch {
            merge(&mut json, json!({"patch": patch}));
        }
        if let Some(previous) = &file.previous {
            merge(&mut json, json!({"previous_filename": previous}));
        }
        json
    }

    /// A review.
    pub(crate) fn review_json(&self, repo_id: u64, number: u64, review: &Review) -> Value {
        let Ok(repo) = self.repo(repo_id) else { return Value::Null };
        let page = format!("{}/pull/{number}#pullrequestreview-{}", self.repo_page(repo), review.id);
        let url = format!("{}/pulls/{number}", self.repo_api(repo));
        let mut body = json!({
            "id": review.id, "node_id": node_id("PRR", review.id), "user": self.user_json(review.author),
            "body": review.body, "state": review.state, "html_url": page, "pull_request_url": url,
            "author_association": self.association(repo, review.author),
            "_links": {"html": {"href": page}, "pull_request": {"href": url}},
            "commit_id": review.commit,
        });
        if review.state != "PENDING" {
            merge(&mut body, json!({"submitted_at": written(review.submitted)}));
        }
        body
    }
}
