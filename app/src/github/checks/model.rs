//! What a check run says, as we write it and as GitHub shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::github::webhook::HasId;
use crate::github::{CheckRunId, CommitSha};

/// What a check run is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its fixed name.
    pub name: String,
    /// The commit.
    pub head_sha: CommitSha,
    /// By what we find it again.
    pub external_id: String,
    /// Where "Details" leads.
    pub details_url: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// When the work started.
    pub started_at: Option<Timestamp>,
    /// What people read.
    pub output: Output,
    /// Buttons, at most three.
    pub actions: Vec<Action>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It waits.
    Queued,
    /// It runs.
    InProgress,
    /// It ended.
    Completed(Conclusion),
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Good.
    Success,
    /// Bad.
    Failure,
    /// Neither; counts as good.
    Neutral,
    /// Stopped.
    Cancelled,
    /// Somebody must act.
    ActionRequired,
    /// Not needed; counts as good.
    Skipped,
    /// Took too long.
    TimedOut,
    /// Given up by GitHub, or a word this version does not know: never good.
    #[serde(other)]
    Stale,
}

/// What people read of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Output {
    /// One line.
    pub title: String,
    /// Markdown above.
    pub summary: String,
    /// Markdown below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Remarks at lines of files.
    pub annotations: Vec<Annotation>,
}

/// A remark at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// First line, from 1.
    pub start_line: u32,
    /// Last line.
    pub end_line: u32,
    /// How grave.
    pub annotation_level: AnnotationLevel,
    /// What.
    pub title: String,
    /// Why, and what to do.
    pub message: String,
}

/// How grave a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationLevel {
    /// To know.
    Notice,
    /// To consider.
    Warning,
    /// To repair.
    Failure,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// At most 20 characters.
    pub label: String,
    /// At most 40 characters.
    pub description: String,
    /// What its press is called, at most 20 characters.
    pub identifier: String,
}

/// A check run as GitHub shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenCheck {
    /// Its id.
    pub id: CheckRunId,
    /// Its name.
    pub name: String,
    /// What its app wrote there.
    pub external_id: Option<String>,
    /// The commit.
    pub head_sha: CommitSha,
    /// `queued`, `in_progress`, `completed` and others.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// Whose it is.
    pub app: Option<HasId>,
    /// What it says.
    #[serde(default)]
    pub output: SeenOutput,
}

/// What a check run says, as far as we compare it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenOutput {
    /// One line.
    pub title: Option<String>,
    /// Markdown above.
    pub summary: Option<String>,
    /// Markdown below.
    pub text: Option<String>,
    /// How many remarks it has.
    pub annotations_count: usize,
}

/// A commit status: what older tools post instead of checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// Its name.
    pub context: String,
    /// `success`, `pending`, `failure` or `error`.
    pub state: String,
}
