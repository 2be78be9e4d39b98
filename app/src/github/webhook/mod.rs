//! Webhook bytes to plain values: is it GitHub's, which event is it, what does it name.
//!
//! What an event means is the engine's; that a delivery has one effect is the inbox's. Unknown events and
//! fields are accepted and ignored.

mod payload;
mod verify;

#[cfg(test)]
mod tests;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

pub use payload::{
    BaseChange, Changes, CheckRun, CheckSuite, Comment, From, HasId, Installation, Issue, Label, MergeGroup,
    Pull, Repository, RequestedAction, Review, Side, WorkflowJob, WorkflowRun,
};
pub use verify::{BadSignature, verify};

use super::client::one_line;
use super::{Account, CommitSha, InstallationId};

/// A delivery that cannot be read. GitHub would send the same again, so it is answered like any other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body of the event {event} cannot be read: {why}")]
pub struct BadPayload {
    /// The event's name.
    pub event: String,
    /// What is missing or wrong, and where.
    pub why: String,
}

/// One delivery, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    /// Such as `opened`.
    pub action: Option<String>,
    /// The repository it is about; installation events have none.
    pub repository: Option<Repository>,
    /// The installation; about half of the published payloads have none.
    pub installation: Option<InstallationId>,
    /// Who caused it.
    pub sender: Option<Account>,
    /// What happened.
    pub event: Event,
}

/// What happened, by the kinds that move us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An issue.
    Issues {
        /// The issue.
        issue: Issue,
        /// What an edit changed.
        changes: Changes,
        /// The label that was added or removed.
        label: Option<Label>,
    },
    /// A comment on an issue or pull request.
    IssueComment {
        /// The comment.
        comment: Comment,
        /// Where it stands; `pull_request` tells which of the two it is.
        issue: Issue,
    },
    /// A pull request.
    PullRequest {
        /// The pull request.
        pull: Pull,
        /// What an edit changed.
        changes: Changes,
        /// The label that was added or removed.
        label: Option<Label>,
    },
    /// A review.
    PullRequestReview {
        /// The review.
        review: Review,
        /// The pull request.
        pull: Pull,
    },
    /// A check run, or a button on it.
    CheckRun {
        /// The check run.
        check: CheckRun,
        /// The button, when one was pressed.
        pressed: Option<RequestedAction>,
    },
    /// A check suite.
    CheckSuite {
        /// The suite.
        suite: CheckSuite,
    },
    /// A branch or tag moved.
    Push {
        /// Such as `refs/heads/main`.
        reference: String,
        /// The tip before; zeros when it is new.
        before: CommitSha,
        /// The tip now; zeros when it is gone.
        after: CommitSha,
        /// History was rewritten.
        forced: bool,
    },
    /// A workflow run.
    WorkflowRun {
        /// The run.
        run: WorkflowRun,
    },
    /// A workflow's job.
    WorkflowJob {
        /// The job.
        job: WorkflowJob,
    },
    /// A merge queue's group.
    MergeGroup {
        /// The group.
        group: MergeGroup,
    },
    /// The repository itself: renamed, transferred, made public, its default branch changed.
    Repository {
        /// What changed.
        changes: Changes,
    },
    /// The app was installed, removed, suspended.
    Installation {
        /// The installation.
        installation: Installation,
        /// The repositories it brings.
        repositories: Vec<Repository>,
    },
    /// Repositories joined or left an installation.
    InstallationRepositories {
        /// The installation.
        installation: Installation,
        /// They joined.
        added: Vec<Repository>,
        /// They left.
        removed: Vec<Repository>,
    },
    /// GitHub tries the address.
    Ping,
    /// An event we do not need.
    Other {
        /// Its name.
        name: String,
    },
}

/// Reads a verified body. `event_name` is the header `X-GitHub-Event`.
pub fn parse(event_name: &str, body: &[u8]) -> Result<Webhook, BadPayload> {
    let body = Body { event: event_name, bytes: body };
    let common: Common = body.read()?;
    Ok(Webhook {
        action: common.action,
        repository: common.repository,
        installation: common.installation.map(|installation| installation.id),
        sender: common.sender,
        event: body.event()?,
    })
}

#[derive(Deserialize)]
struct Common {
    action: Option<String>,
    repository: Option<Repository>,
    installation: Option<OnlyInstallation>,
    sender: Option<Account>,
}

#[derive(Deserialize)]
struct OnlyInstallation {
    id: InstallationId,
}

#[derive(Clone, Copy)]
struct Body<'a> {
    event: &'a str,
    bytes: &'a [u8],
}

impl Body<'_> {
    fn event(self) -> Result<Event, BadPayload> {
        match self.event {
            "issues" => {
                self.read().map(|read: Titled| read.into_issue()).and_then(|found| self.need(found, "issue"))
            }
            "issue_comment" => {
                self.read().map(|CommentOn { comment, issue }| Event::IssueComment { comment, issue })
            }
            "pull_request" => self
                .read()
                .map(|read: Titled| read.into_pull())
                .and_then(|found| self.need(found, "pull_request")),
            "pull_request_review" => self
                .read()
                .map(|ReviewOf { review, pull_request: pull }| Event::PullRequestReview { review, pull }),
            "check_run" => {
                let build = |CheckRunOf { check_run: check, requested_action: pressed }| Event::CheckRun {
                    check,
                    pressed,
                };
                self.read().map(build)
            }
            "check_suite" => {
                self.read().map(|CheckSuiteOf { check_suite: suite }| Event::CheckSuite { suite })
            }
            "push" => self.read().map(Moved::into_event),
            "workflow_run" => {
                self.read().map(|WorkflowRunOf { workflow_run: run }| Event::WorkflowRun { run })
            }
            "workflow_job" => {
                self.read().map(|WorkflowJobOf { workflow_job: job }| Event::WorkflowJob { job })
            }
            "merge_group" => {
                self.read().map(|MergeGroupOf { merge_group: group }| Event::MergeGroup { group })
            }
            "repository" => self
                .read()
                .map(|Edited { changes }| Event::Repository { changes: changes.unwrap_or_default() }),
            "installation" => self.read().map(Installed::into_installation),
            "installation_repositories" => self.read().map(Installed::into_repositories),
            "ping" => Ok(Event::Ping),
            name => self.read().map(|IgnoredAny| Event::Other { name: name.to_owned() }),
        }
    }

    fn read<T: DeserializeOwned>(self) -> Result<T, BadPayload> {
        serde_json::from_slice(self.bytes).map_err(|error| self.bad(&error.to_string()))
    }

    fn need<T>(self, found: Option<T>, field: &str) -> Result<T, BadPayload> {
        found.ok_or_else(|| self.bad(&format!("missing field `{field}`")))
    }

    fn bad(self, why: &str) -> BadPayload {
        BadPayload { event: one_line(self.event), why: one_line(why) }
    }
}

/// Issues and pull requests: what can be edited and labelled.
#[derive(Deserialize)]
struct Titled {
    issue: Option<Issue>,
    pull_request: Option<Pull>,
    changes: Option<Changes>,
    label: Option<Label>,
}

impl Titled {
    fn into_issue(self) -> Option<Event> {
        let changes = self.changes.unwrap_or_default();
        self.issue.map(|issue| Event::Issues { issue, changes, label: self.label })
    }

    fn into_pull(self) -> Option<Event> {
        let changes = self.changes.unwrap_or_default();
        self.pull_request.map(|pull| Event::PullRequest { pull, changes, label: self.label })
    }
}

#[derive(Deserialize)]
struct CommentOn {
    comment: Comment,
    issue: Issue,
}

#[derive(Deserialize)]
struct ReviewOf {
    review: Review,
    pull_request: Pull,
}

#[derive(Deserialize)]
struct CheckRunOf {
    check_run: CheckRun,
    requested_action: Option<RequestedAction>,
}

#[derive(Deserialize)]
struct CheckSuiteOf {
    check_suite: CheckSuite,
}

#[derive(Deserialize)]
struct WorkflowRunOf {
    workflow_run: WorkflowRun,
}

#[derive(Deserialize)]
struct WorkflowJobOf {
    workflow_job: WorkflowJob,
}

#[derive(Deserialize)]
struct MergeGroupOf {
    merge_group: MergeGroup,
}

#[derive(Deserialize)]
struct Edited {
    changes: Option<Changes>,
}

#[derive(Deserialize)]
struct Moved {
    #[serde(rename = "ref")]
    reference: String,
    before: CommitSha,
    after: CommitSha,
    forced: Option<bool>,
}

impl Moved {
    fn into_event(self) -> Event {
        let Moved { reference, before, after, forced } = self;
        Event::Push { reference, before, after, forced: forced.unwrap_or_default() }
    }
}

#[derive(Deserialize)]
struct Installed {
    installation: Installation,
    repositories: Option<Vec<Repository>>,
    repositories_added: Option<Vec<Repository>>,
    repositories_removed: Option<Vec<Repository>>,
}

impl Installed {
    fn into_installation(self) -> Event {
        Event::Installation {
            installation: self.installation,
            repositories: self.repositories.unwrap_or_default(),
        }
    }

    fn into_repositories(self) -> Event {
        Event::InstallationRepositories {
            installation: self.installation,
            added: self.repositories_added.unwrap_or_default(),
            removed: self.repositories_removed.unwrap_or_default(),
        }
    }
}
