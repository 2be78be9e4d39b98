//! Webhook bytes to plain values: is it GitHub's, which event is it, what does it name.
//!
//! What an event means is the engine's; that a delivery has one effect is the inbox's. Unknown events and
//! fields are accepted and ignored.

mod ci;
mod parse;
mod payload;
mod verify;

#[cfg(test)]
mod tests;

use serde::Serialize;

pub use ci::{CheckRun, CheckSuite, MergeGroup, RequestedAction, WorkflowJob, WorkflowRun};
pub use parse::parse;
pub use payload::{
    BaseChange, Before, Changes, Comment, HasId, Installation, Issue, Label, Pull, Repository, Review, Side,
};
pub use verify::{BadSignature, verify};

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
        /// Of a group that is gone: `merged`, `invalidated` (another is made) or `dequeued`.
        reason: Option<String>,
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
