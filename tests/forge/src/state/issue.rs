//! Owns: issues and what is common to issues and pull requests: comments, labels, assignees, reactions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::rest::Reject;

use super::{Pull, World};

/// The longest body of an issue or comment, in characters.
pub(crate) const MAX_BODY: usize = 65_536;

/// A reaction to an issue or a comment.
#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    pub(crate) id: u64,
    pub(crate) user: u64,
    pub(crate) content: String,
    pub(crate) created: Timestamp,
}

/// A label of a repository.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) description: Option<String>,
}

/// A comment in a thread.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) reactions: Vec<Reaction>,
    /// Why it was hidden, if it was.
    pub(crate) minimized: Option<String>,
    /// Whether a test has looked at it; `Forge::finish` asks.
    pub(crate) read: bool,
}

/// An issue, or a pull request with all an issue has.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) author: u64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) open: bool,
    pub(crate) state_reason: Option<String>,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) assignees: BTreeSet<u64>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) locked: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) closed: Option<Timestamp>,
    pub(crate) closed_by: Option<u64>,
    pub(crate) pull: Option<Pull>,
}

/// A change of title, body or state.
#[derive(Debug, Default)]
pub(crate) struct IssueEdit {
    pub(crate) title: Option<String>,
    pub(crate) body: Option<Option<String>>,
    pub(crate) open: Option<bool>,
    pub(crate) state_reason: Option<String>,
}

impl World {
    /// Opens an issue.
    pub(crate) fn open_issue(
        &mut self,
        repo: u64,
        who: u64,
        title: &str,
        body: Option<&str>,
    ) -> Result<u64, Reject> {
        self.open_issue_labelled(repo, who, title, body, &[])
    }

    /// Opens an issue with the labels of its form; those that the repository lacks are left out, as on GitHub.
    pub(crate) fn open_issue_labelled(
        &mut self,
        repo: u64,
        who: u64,
        title: &str,
        body: Option<&str>,
        labels: &[String],
    ) -> Result<u64, Reject> {
        if title.trim().is_empty() {
            return Err(Reject::field("Issue", "title", "missing_field"));
        }
        check_body("Issue", body)?;
        let number = self.add_issue(repo, who, title, body)?;
        let known = |label: &&String| self.repo(repo).is_ok_and(|repo| repo.labels.contains_key(*label));
        let labels: Vec<String> = labels.iter().filter(known).cloned().collect();
        if let Some(issue) = self.repo_mut(repo)?.issues.get_mut(&number) {
            issue.labels.extend(labels);
        }
        self.send_issue(repo, number, "opened", who, json!({}));
        Ok(number)
    }

    /// Records an issue (or the issue half of a pull request) without telling anybody.
    pub(crate) fn add_issue(
        &mut self,
        repo: u64,
        who: u64,
        title: &str,
        body: Option<&str>,
    ) -> Result<u64, Reject> {
        let (id, now) = (self.new_id(), self.now());
        let home = self.repo_mut(repo)?;
        let number = home.next_number();
        let issue = Issue {
            id,
            number,
            author: who,
            title: title.to_owned(),
            body: body.map(str::to_owned),
            open: true,
            state_reason: None,
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            comments: Vec::new(),
            reactions: Vec::new(),
            locked: false,
            created: now,
            updated: now,
            closed: None,
            closed_by: None,
            pull: None,
        };
        home.issues.insert(number, issue);
        Ok(number)
    }

    /// Changes title, body or state, and tells about each.
    pub(crate) fn edit_issue(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        edit: IssueEdit,
    ) -> Result<(), Reject> {
        if edit.title.as_ref().is_some_and(|title| title.trim().is_empty()) {
            return Err(Reject::field("Issue", "title", "missing_field"));
        }
        check_body("Issue", edit.body.as_ref().and_then(|body| body.as_deref()))?;
        let now = self.now();
        let issue = self.issue_mut(repo, number)?;
        let mut changes = json!({});
        if let Some(title) = edit.title.filter(|title| *title != issue.title) {
            put(&mut changes, "title", json!({"from": std::mem::replace(&mut issue.title, title)}));
        }
        if let Some(body) = edit.body.filter(|body| *body != issue.body) {
            put(&mut changes, "body", json!({"from": std::mem::replace(&mut issue.body, body)}));
        }
        let edited = changes.as_object().is_some_and(|changes| !changes.is_empty());
        let turned = edit.open.filter(|open| *open != issue.open);
        if edited || turned.is_some() {
            issue.updated = now;
        }
        if edited {
            self.send_issue(repo, number, "edited", who, json!({"changes": changes}));
        }
        match turned {
            Some(true) => self.reopen(repo, number, who),
            Some(false) => self.close(repo, number, who, edit.state_reason.as_deref()),
            None => Ok(()),
        }
    }

    /// Closes an issue or, without merging, a pull request.
    pub(crate) fn close(
        &mut self,
        repo: u64,
        number: u64,
        who: u64,
        reason: Option<&str>,
    ) -> Result<(), Reject> {
        let now = self.now();
        let issue = self.issue_mut(repo, number)?;
        if !issue.open {
            return Ok(());
        }
        issue.open = false;
        issue.closed = Some(now);
        issue.closed_by = Some(who);
        issue.updated = now;
        let plain = issue.pull.is_none();
        issue.state_reason = plain.then(|| reason.unwrap_or("completed").to_owned());
        self.send_issue(repo, number, "closed", who, json!({}));
        Ok(())
    }

    /// Opens a closed issue or pull request again.
    pub(crate) fn reopen(&mut self, repo: u64, number: u64, who: u64) -> Result<(), Reject> {
        self.check_reopen(repo, number)?;
        let now = self.now();
        let issue = self.issue_mut(repo, number)?;
        issue.open = true;
        (issue.closed, issue.closed_by, issue.updated) = (None, None, now);
        issue.state_reason = issue.pull.is_none().then(|| "reopened".to_owned());
        self.send_issue(repo, number, "reopened", who, json!({}));
        Ok(())
    }

    /// Writes a comment.
    pub(crate) fn comment(&mut self, repo: u64, number: u64, who: u64, body: &str) -> Result<u64, Reject> {
        if body.trim().is_empty() {
            return Err(Reject::field("IssueComment", "body", "missing_field"));
        }
        check_body("IssueComment", Some(body))?;
        let (id, now) = (self.new_id(), self.now());
        let issue = self.issue_mut(repo, number)?;
        issue.updated = now;
        let (body, reactions) = (body.to_owned(), Vec::new());
        issue.comments.push(Comment {
            id,
            author: who,
            body,
            created: now,
            updated: now,
            reactions,
            minimized: None,
            read: false,
        });
        self.send_comment(repo, number, id, "created", who, json!({}));
        Ok(id)
    }

    /// Changes a comment.
    pub(crate) fn edit_comment(&mut self, repo: u64, id: u64, who: u64, body: &str) -> Result<(), Reject> {
        check_body("IssueComment", Some(body))?;
        let now = self.now();
        let (number, comment) = self.comment_mut(repo, id)?;
        let before = std::mem::replace(&mut comment.body, body.to_owned());
        comment.updated = now;
        self.send_comment(repo, number, id, "edited", who, json!({"changes": {"body": {"from": before}}}));
        Ok(())
    }

    /// Removes a comment.
    pub(crate) fn delete_comment(&mut self, repo: u64, id: u64, who: u64) -> Result<(), Reject> {
        let (number, _) = self.comment_mut(repo, id)?;
        self.send_comment(repo, number, id, "deleted", who, json!({}));
        self.issue_mut(repo, number)?.comments.retain(|comment| comment.id != id);
        Ok(())
    }

    /// A comment by id with its thread's number, to change it.
    pub(crate) fn comment_mut(&mut self, repo: u64, id: u64) -> Result<(u64, &mut Comment), Reject> {
        let issues = self.repo_mut(repo)?.issues.values_mut();
        issues
            .flat_map(|issue| issue.comments.iter_mut().map(|comment| (issue.number, comment)))
            .find(|(_, comment)| comment.id == id)
            .ok_or_else(Reject::not_found)
    }

    /// A comment by id with its thread's number.
    pub(crate) fn comment_by_id(&self, repo: u64, id: u64) -> Result<(u64, &Comment), Reject> {
        let issues = self.repo(repo)?.issues.values();
        issues
            .flat_map(|issue| issue.comments.iter().map(|comment| (issue.number, comment)))
            .find(|(_, comment)| comment.id == id)
            .ok_or_else(Reject::not_found)
    }
}

/// Refuses what GitHub finds too long.
pub(crate) fn check_body(resource: &str, body: Option<&str>) -> Result<(), Reject> {
    match body {
        Some(body) if body.chars().count() > MAX_BODY => {
            Err(Reject::custom(resource, "body", "body is too long (maximum is 65536 characters)"))
        }
        _ => Ok(()),
    }
}

/// Sets a key of an object.
pub(crate) fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}
