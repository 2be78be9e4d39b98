//! The fields we read of payloads about repositories, issues and pull requests, and nothing else.
//!
//! What names a thing (a number, an id, a head) must be there; everything that describes it may be missing,
//! `null` or new. What is not listed is ignored.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::github::{Account, CommentId, CommitSha, InstallationId, RepoId, RepoName};

/// `null` and absence are both the default.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    input: D,
) -> Result<T, D::Error> {
    Option::deserialize(input).map(Option::unwrap_or_default)
}

/// A repository as events carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Its id.
    pub id: RepoId,
    /// Its name.
    pub full_name: RepoName,
    /// Absent in the short form of installation events.
    pub default_branch: Option<String>,
    /// Not public.
    #[serde(default, deserialize_with = "nullable")]
    pub private: bool,
}

/// Something that carries only its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HasId {
    /// The id.
    pub id: u64,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
}

/// The value before an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// It.
    pub from: Option<String>,
}

/// The base before an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseChange {
    /// The branch's name.
    #[serde(rename = "ref")]
    pub reference: Option<Before>,
    /// The branch's tip.
    pub sha: Option<Before>,
}

/// What an edit changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// The title.
    pub title: Option<Before>,
    /// The text.
    pub body: Option<Before>,
    /// A pull request's base branch.
    pub base: Option<BaseChange>,
    /// The repository's default branch.
    pub default_branch: Option<Before>,
}

/// An issue, or a pull request where `pull_request` is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its title.
    #[serde(default, deserialize_with = "nullable")]
    pub title: String,
    /// Its text.
    #[serde(default, deserialize_with = "nullable")]
    pub body: String,
    /// `open` or `closed`.
    #[serde(default, deserialize_with = "nullable")]
    pub state: String,
    /// Who opened it.
    pub user: Option<Account>,
    /// Its labels.
    #[serde(default, deserialize_with = "nullable")]
    pub labels: Vec<Label>,
    /// There when it is a pull request.
    #[serde(default, deserialize_with = "presence")]
    pub pull_request: bool,
}

/// True when the field is there and not `null`, whatever it holds.
fn presence<'de, D: Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    Option::<serde::de::IgnoredAny>::deserialize(input).map(|found| found.is_some())
}

/// A comment on an issue or pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Its text.
    #[serde(default, deserialize_with = "nullable")]
    pub body: String,
    /// Who wrote it.
    pub user: Option<Account>,
    /// When.
    pub created_at: Option<Timestamp>,
    /// The app that wrote it, which may be us.
    pub performed_via_github_app: Option<HasId>,
}

/// One side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Its tip.
    pub sha: CommitSha,
    /// The branch.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Absent when the fork was deleted.
    pub repo: Option<Repository>,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its title.
    #[serde(default, deserialize_with = "nullable")]
    pub title: String,
    /// Its text.
    #[serde(default, deserialize_with = "nullable")]
    pub body: String,
    /// `open` or `closed`.
    #[serde(default, deserialize_with = "nullable")]
    pub state: String,
    /// Still a draft.
    #[serde(default, deserialize_with = "nullable")]
    pub draft: bool,
    /// Merged; reviews' events do not say.
    #[serde(default, deserialize_with = "nullable")]
    pub merged: bool,
    /// Who opened it.
    pub user: Option<Account>,
    /// What is to be merged.
    pub head: Side,
    /// Where to.
    pub base: Side,
    /// The commit which a merge made.
    pub merge_commit_sha: Option<CommitSha>,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: u64,
    /// `approved`, `changes_requested`, `commented` or `dismissed`.
    #[serde(default, deserialize_with = "nullable")]
    pub state: String,
    /// Its text.
    #[serde(default, deserialize_with = "nullable")]
    pub body: String,
    /// Who gave it.
    pub user: Option<Account>,
    /// The commit it was given on.
    pub commit_id: Option<CommitSha>,
    /// When.
    pub submitted_at: Option<Timestamp>,
}

/// An installation as events carry it; most events carry only its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// Its id.
    pub id: InstallationId,
    /// Where it is.
    pub account: Option<Account>,
}
