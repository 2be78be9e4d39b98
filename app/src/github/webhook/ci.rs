//! The fields we read of payloads about checks, workflows and merge queues, by the same rule as their siblings': what
//! names a thing must be there, the rest may be missing.

use serde::{Deserialize, Serialize};

use super::payload::{HasId, nullable};
use crate::github::{CheckRunId, CommitSha, WorkflowRunId};

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// Its id.
    pub id: CheckRunId,
    /// Its name.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// What its app wrote there to find it again.
    #[serde(default, deserialize_with = "nullable")]
    pub external_id: String,
    /// The commit it belongs to.
    pub head_sha: CommitSha,
    /// `queued`, `in_progress` or `completed`.
    #[serde(default, deserialize_with = "nullable")]
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Whose it is.
    pub app: Option<HasId>,
}

/// The button that somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedAction {
    /// Its identifier.
    pub identifier: String,
}

/// A check suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSuite {
    /// Its id.
    pub id: u64,
    /// The commit it belongs to.
    pub head_sha: CommitSha,
    /// The branch; absent for forks.
    pub head_branch: Option<String>,
    /// `completed` and others.
    pub status: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Whose it is.
    pub app: Option<HasId>,
}

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowRun {
    /// Its id.
    pub id: WorkflowRunId,
    /// Which try of it this is, from 1.
    #[serde(default, deserialize_with = "nullable")]
    pub run_attempt: u64,
    /// What started it, such as `workflow_dispatch`.
    #[serde(default, deserialize_with = "nullable")]
    pub event: String,
    /// The workflow's file.
    #[serde(default, deserialize_with = "nullable")]
    pub path: String,
    /// The commit.
    pub head_sha: CommitSha,
    /// The branch.
    pub head_branch: Option<String>,
    /// `queued`, `in_progress`, `completed` and others.
    #[serde(default, deserialize_with = "nullable")]
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
}

/// A job of a workflow run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowJob {
    /// Its id.
    pub id: u64,
    /// The run it belongs to.
    pub run_id: WorkflowRunId,
    /// Which try, from 1.
    #[serde(default, deserialize_with = "nullable")]
    pub run_attempt: u64,
    /// Its name.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// `queued`, `waiting`, `in_progress`, `completed` and others.
    #[serde(default, deserialize_with = "nullable")]
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
}

/// A merge queue's group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeGroup {
    /// The group's commit.
    pub head_sha: CommitSha,
    /// Its temporary branch, `refs/heads/gh-readonly-queue/…`.
    pub head_ref: String,
    /// The commit it stands on.
    pub base_sha: CommitSha,
    /// The branch it is for, `refs/heads/…`.
    pub base_ref: String,
}

impl MergeGroup {
    /// The pull request that its branch names: `gh-readonly-queue/<base>/pr-<number>-<base sha>`. Each entry of a queue
    /// has a group of its own, which stands on the group before it.
    pub fn pull(&self) -> Option<u64> {
        let (_, name) = self.head_ref.rsplit_once('/')?;
        name.strip_prefix("pr-")?.split('-').next()?.parse().ok()
    }

    /// Name of the branch it is for.
    pub fn base(&self) -> &str {
        self.base_ref.strip_prefix("refs/heads/").unwrap_or(&self.base_ref)
    }
}
