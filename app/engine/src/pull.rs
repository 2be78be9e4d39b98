//! A pull request as it was observed, and the stacks its head touches.

use serde::{Deserialize, Serialize};

use crate::{CommitSha, EnvironmentName, InputsDigest, Person, Roles, StackPath};

/// A pull request as GitHub showed it at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullSnapshot {
    /// Number.
    pub number: u64,
    /// Title.
    pub title: String,
    /// Tip of the head branch.
    pub head: CommitSha,
    /// Name of the head branch.
    pub head_ref: String,
    /// Name of the base branch.
    pub base_ref: String,
    /// Tip of the base branch.
    pub base: CommitSha,
    /// Open, closed or merged.
    pub state: PullState,
    /// Still a draft pull request.
    pub draft: bool,
    /// The head lives in another repository.
    pub fork: bool,
    /// Who opened it; ours are opened by the app.
    pub author: Person,
    /// Authors and committers of its commits and whoever pushed to it, without the app.
    pub committers: Vec<Person>,
    /// Reviews in the order they were given.
    pub reviews: Vec<Review>,
    /// What stands against merging it, our own checks left out.
    pub obstacles: Vec<Obstacle>,
    /// True when it goes into a branch that the configuration manages.
    #[serde(default = "managed")]
    pub managed: bool,
}

/// Snapshots of old logs were taken of managed pull requests only.
fn managed() -> bool {
    true
}

impl PullSnapshot {
    /// Open, of this repository, into a managed branch: something may be run for it.
    pub fn is_workable(&self) -> bool {
        self.state == PullState::Open && !self.fork && self.managed
    }
}

/// Where a pull request is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PullState {
    /// Open.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged.
    Merged,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// GitHub's id.
    pub id: u64,
    /// Reviewer.
    pub by: Person,
    /// The reviewer's roles when this was observed.
    pub roles: Roles,
    /// What it says.
    pub verdict: ReviewVerdict,
    /// The commit it was given on.
    pub commit: CommitSha,
    /// When.
    pub at: jiff::Timestamp,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewVerdict {
    /// Approved.
    Approved,
    /// Changes requested.
    ChangesRequested,
    /// Dismissed.
    Dismissed,
    /// A comment.
    Commented,
}

/// Something that stands against merging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "obstacle", rename_all = "kebab-case")]
pub enum Obstacle {
    /// Conflicts with the base.
    Conflict,
    /// GitHub has not computed it yet.
    Unknown,
    /// A required check of somebody else has not succeeded.
    Check {
        /// Its name.
        name: String,
    },
    /// A branch rule wants more approving reviews.
    Reviews {
        /// Wanted.
        wanted: u32,
        /// There.
        given: u32,
    },
}

/// A stack that the head touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackAtHead {
    /// Root module directory.
    pub path: StackPath,
    /// The environment it belongs to.
    pub environment: Option<EnvironmentName>,
    /// Hash of everything its plan depends on.
    pub inputs_digest: InputsDigest,
    /// True when something the plan depends on changed on the base since the head left it, to other than the head has.
    #[serde(default)]
    pub diverged: bool,
}

/// Why code is not admitted, once per place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionFinding {
    /// Such as `admission/shared-config-files`.
    pub rule: String,
    /// File.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What was found.
    pub what: String,
    /// Why it is refused.
    pub why: String,
    /// What to do.
    pub next: String,
}

/// What reading the head's tree gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeReading {
    /// The commit that was read.
    pub head: CommitSha,
    /// Affected stacks by path.
    pub stacks: Vec<StackAtHead>,
    /// What the static gate refuses; empty means admitted.
    pub findings: Vec<AdmissionFinding>,
    /// Whose the changed files are; none where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners: Option<Owners>,
}

/// Whose the changed files are, by the base's `CODEOWNERS`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Owners {
    /// Where the file is; none where there is none.
    pub file: Option<String>,
    /// Why it cannot be read at all, where it cannot.
    pub unreadable: Option<String>,
    /// Lines that GitHub does not understand and leaves out.
    pub problems: Vec<OwnersProblem>,
    /// Changed files by the line they fall under, in the order of the lines; those that belong to nobody are left out.
    pub owned: Vec<Owned>,
}

/// A line that GitHub leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnersProblem {
    /// From 1.
    pub line: u32,
    /// Why.
    pub what: String,
}

/// Changed files that fall under one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// The line's pattern.
    pub pattern: String,
    /// The line, from 1.
    pub line: u32,
    /// Whose they are: `@user`, `@organisation/team` or an e-mail address.
    pub owners: Vec<String>,
    /// The first of the files.
    pub file: String,
    /// How many files.
    pub files: u32,
}
