//! What a decision asks the worker to do. Each command finds its own earlier effect before it acts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Call, CommitSha, JobId, OpenText, Person, Reviewers, RunId};

/// One step outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Render the draft and commit it on the branch recorded with the decision.
    CommitBranch,
    /// Commit the lock file that a plan job of our own branch returned.
    CommitLockFile {
        /// The stack.
        stack: crate::StackPath,
        /// The job that returned it.
        job: JobId,
    },
    /// Ask the language model for what a text leaves open.
    Suggest {
        /// The text.
        open: OpenText,
    },
    /// Ask the language model to explain a plan.
    Explain {
        /// The job that made it.
        job: JobId,
    },
    /// Bring our branch up to date with its base: a merge commit with the request rendered again.
    RenewBranch {
        /// The branch's tip.
        head: CommitSha,
        /// The base's tip.
        base: CommitSha,
    },
    /// Open the pull request of the branch.
    OpenPull,
    /// Close the pull request, or open it again.
    SetPullState {
        /// True to open it.
        open: bool,
    },
    /// Look at the pull request and its tree again.
    Observe {
        /// Its number.
        number: u64,
    },
    /// Start the workflow for a run.
    Dispatch {
        /// The run.
        run: RunId,
    },
    /// Cancel the workflow run of a plan run that nothing waits for any more. Never one of an apply.
    CancelRun {
        /// The run.
        run: RunId,
    },
    /// Merge, if the head is still this one.
    Merge {
        /// The head.
        head: CommitSha,
    },
    /// Ask for a review.
    RequestReview {
        /// The pull request.
        number: u64,
        /// Whom.
        of: Reviewers,
    },
    /// Look for words that people use in what they corrected, and propose them by a pull request of their own.
    Learn {
        /// Where it was asked for.
        number: u64,
        /// Who asked.
        to: Person,
        /// When.
        asked_at: Timestamp,
    },
    /// Put a reaction under an issue or comment.
    React {
        /// Where.
        on: ReactionTarget,
        /// Which.
        reaction: Reaction,
    },
    /// Write a comment of its own.
    Say {
        /// Where and what.
        call: Call,
    },
    /// Fold a comment of its own away: nothing is left to do about it.
    Minimize {
        /// Where.
        number: u64,
        /// The call's key.
        key: String,
        /// How often a call of this key was settled before.
        opening: u32,
    },
    /// Bring checks, sticky comments and labels up to the facts.
    Show,
    /// Look at a run or job again at a time.
    Wake {
        /// Not before.
        at: Timestamp,
        /// At what.
        what: Wake,
    },
}

/// What a timer looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wake", rename_all = "kebab-case")]
pub enum Wake {
    /// Has the run started?
    Start {
        /// The run.
        run: RunId,
    },
    /// Does the worker still report?
    Lease {
        /// The job.
        job: JobId,
    },
    /// Has a freeze window begun or ended?
    Freeze {
        /// The moment.
        turn: Timestamp,
    },
    /// Has GitHub computed whether the pull request can be merged?
    Mergeable {
        /// Its number.
        number: u64,
    },
}

/// What a reaction is put under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "kebab-case")]
pub enum ReactionTarget {
    /// An issue or pull request.
    Issue {
        /// Number.
        number: u64,
    },
    /// A comment.
    Comment {
        /// Id.
        id: u64,
    },
}

/// The reactions we use: read, started, recorded, refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Read.
    Eyes,
    /// Started.
    Rocket,
    /// Recorded.
    ThumbsUp,
    /// Refused.
    Confused,
}
