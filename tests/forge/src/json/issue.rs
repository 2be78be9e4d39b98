//! Owns: the JSON of issues, comments and reactions.

use serde_json::{Value, json};

use crate::clock::written;
use crate::state::{Comment, Issue, Reaction, World};

use super::account::merge;
use super::{node_id, time};

/// The reactions GitHub knows.
pub(crate) const REACTIONS: [&str; 8] =
    ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

impl World {
    /// An issue, also for a pull request seen as one.
    pub(crate) fn issue_json(&self, repo_id: u64, number: u64) -> Value {
        let (Ok(repo), Ok(issue)) = (self.repo(repo_id), self.issue(repo_id, number)) else {
            return Value::Null;
        };
        let (api, page) = (self.repo_api(repo), self.repo_page(repo));
        let url = format!("{api}/issues/{number}");
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        let page = format!("{page}/{kind}/{number}");
        let mut json = json!({
            "url": url, "repository_url": api, "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"),
            "timeline_url": format!("{url}/timeline"),
            "html_url": page, "id": issue.id, "node_id": node_id("I", issue.id),
            "number": number, "title": issue.title, "user": self.user_json(issue.author),
            "labels": self.labels_json(repo_id, issue), "state": if issue.open { "open" } else { "closed" },
            "state_reason": issue.state_reason, "locked": issue.locked, "active_lock_reason": null,
            "assignee": issue.assignees.first().map(|id| self.user_json(*id)),
            "assignees": self.users_json(issue.assignees.iter()), "milestone": null,
            "comments": issue.comments.len(), "created_at": written(issue.created),
            "updated_at": written(issue.updated), "closed_at": time(issue.closed),
            "closed_by": issue.closed_by.map(|id| self.user_json(id)), "body": issue.body,
            "author_association": self.association(repo, issue.author),
            "performed_via_github_app": self.via_app(issue.author),
            "reactions": self.rollup(&format!("{url}/reactions"), &issue.reactions),
        });
        if let Some(pull) = &issue.pull {
            merge(
                &mut json,
                json!({"draft": pull.draft, "pull_request": {
                    "url": format!("{api}/pulls/{number}"), "html_url": page,
                    "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"),
                    "merged_at": time(pull.merged.map(|(_, at)| at)),
                }}),
            );
        }
        json
    }

    /// People in order.
    pub(crate) fn users_json<'a>(&self, ids: impl Iterator<Item = &'a u64>) -> Vec<Value> {
        ids.map(|id| self.user_json(*id)).collect()
    }

    /// The labels of an issue.
    pub(crate) fn labels_json(&self, repo_id: u64, issue: &Issue) -> Vec<Value> {
        let Ok(repo) = self.repo(repo_id) else { return Vec::new() };
        let labels = issue.labels.iter().filter_map(|name| repo.labels.get(name));
        labels.map(|label| self.label_json(repo_id, label)).collect()
    }

    /// The app, if its account wrote something.
    fn via_app(&self, author: u64) -> Value {
        if author == self.app.bot { self.app_json(self.app.id) } else { Value::Null }
    }

    /// A comment.
    pub(crate) fn comment_json(&self, repo_id: u64, number: u64, comment: &Comment) -> Value {
        let (Ok(repo), Ok(issue)) = (self.repo(repo_id), self.issue(repo_id, number)) else {
            return Value::Null;
        };
        let (api, page) = (self.repo_api(repo), self.repo_page(repo));
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        let url = format!("{api}/issues/comments/{}", comment.id);
        json!({
            "url": url, "html_url": format!("{page}/{kind}/{number}#issuecomment-{}", comment.id),
            "issue_url": format!("{api}/issues/{number}"), "id": comment.id,
            "node_id": node_id("IC", comment.id), "user": self.user_json(comment.author),
            "created_at": written(comment.created), "updated_at": written(comment.updated),
            "body": comment.body, "author_association": self.association(repo, comment.author),
            "reactions": self.rollup(&format!("{url}/reactions"), &comment.reactions),
            "performed_via_github_app": self.via_app(comment.author),
        })
    }

    /// One reaction.
    pub(crate) fn reaction_json(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id, "node_id": node_id("REA", reaction.id), "user": self.user_json(reaction.user),
            "content": reaction.content, "created_at": written(reaction.created),
        })
    }

    fn rollup(&self, url: &str, reactions: &[Reaction]) -> Value {
        let mut json = json!({"url": url, "total_count": reactions.len()});
        for name in REACTIONS {
            let count = reactions.iter().filter(|reaction| reaction.content == name).count();
            merge(&mut json, json!({name: count}));
        }
        json
    }
}
