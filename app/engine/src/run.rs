//! Runs, jobs, plans and tickets: what was asked of the runners and what they said.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    CommitSha, EnvironmentName, Executor, InputsDigest, JobId, Person, PlanDigest, RunId, StackPath, TicketId,
};

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Make plans.
    Plan,
    /// Apply reviewed plans.
    Apply,
}

/// One operation on a change in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// What it does.
    pub operation: Operation,
    /// Where; none for stacks outside every environment.
    pub environment: Option<EnvironmentName>,
    /// Where its jobs run.
    pub executor: Executor,
    /// The commit.
    pub head: CommitSha,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// Who asked, where a person did.
    pub requested_by: Option<Person>,
    /// Its jobs.
    pub jobs: BTreeMap<JobId, Job>,
    /// The workflow run on GitHub, once known.
    #[serde(default)]
    pub workflow_run: Option<u64>,
    /// How often it was dispatched again because nothing started.
    #[serde(default)]
    pub redispatched: u32,
    /// Since when its queued jobs wait for a worker; none while a dispatch is still to be made.
    #[serde(default)]
    pub waiting_since: Option<Timestamp>,
    /// True when its workflow run is to be cancelled.
    #[serde(default)]
    pub cancelled: bool,
}

impl Run {
    /// True while something may still come of one of its jobs.
    pub fn is_open(&self) -> bool {
        self.jobs.values().any(|job| job.state.is_open())
    }
}

/// A workflow run on GitHub, as a worker's token names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowRun {
    /// GitHub's id.
    pub id: u64,
    /// Which try, from 1.
    pub attempt: u64,
}

/// One stack's share of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// Root module directory.
    pub stack: StackPath,
    /// Hash of everything its plan depends on.
    pub inputs_digest: InputsDigest,
    /// For an apply: the ticket.
    pub ticket: Option<TicketId>,
    /// Where it is.
    pub state: JobState,
    /// How often a worker was lost.
    #[serde(default)]
    pub lost: u32,
}

/// Where a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum JobState {
    /// Waiting for a worker.
    Queued,
    /// A worker has it.
    Claimed {
        /// Who.
        worker: String,
        /// Since.
        at: Timestamp,
    },
    /// Ended well.
    Done,
    /// Ended otherwise.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// A newer head made it pointless.
    Superseded,
}

impl JobState {
    /// True while something may still come of it.
    pub fn is_open(&self) -> bool {
        matches!(self, JobState::Queued | JobState::Claimed { .. })
    }
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "kebab-case")]
pub enum Failure {
    /// Terraform or a step around it failed.
    Step {
        /// Such as `init`, `plan`, `apply`.
        phase: String,
        /// Errors, masked; the first is the one to show.
        problems: Vec<Problem>,
    },
    /// The runner's own reading of the code refused it.
    NotAdmitted {
        /// At least one.
        findings: Vec<crate::AdmissionFinding>,
    },
    /// Terraform refused the plan because the state moved.
    Stale,
    /// Somebody cancelled it.
    Cancelled,
    /// The worker fell silent, twice.
    Lost,
    /// No worker came, twice.
    NotStarted,
    /// GitHub refused the dispatch.
    NotDispatched {
        /// GitHub's words.
        why: String,
    },
    /// An apply's worker fell silent after the ticket was spent.
    Unknown,
    /// The world was not the one of the plan: nothing was started.
    Refused {
        /// What differs.
        why: String,
    },
}

/// One error of Terraform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// First line.
    pub summary: String,
    /// The rest.
    pub detail: String,
    /// File.
    pub path: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Resource.
    pub address: Option<String>,
}

/// A plan that a runner reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Root module directory.
    pub stack: StackPath,
    /// The commit it was made from.
    pub head: CommitSha,
    /// Hash of everything it depends on.
    pub inputs_digest: InputsDigest,
    /// Digest of what was judged.
    pub digest: PlanDigest,
    /// SHA-256 of the bundle (hex).
    pub bundle_sha256: String,
    /// The job that made it; its bundle is stored under this name.
    pub job: JobId,
    /// When.
    pub at: Timestamp,
    /// What it does, counted: `create` → 4.
    pub counts: BTreeMap<String, u32>,
    /// What it does, in words: `4 create`; `No changes`.
    pub headline: String,
    /// True when nothing would change.
    pub no_changes: bool,
    /// True when `init` left a lock file that the head lacks and that is to be committed: then the plan counts from
    /// the head that has it.
    #[serde(default)]
    pub lock_file: bool,
    /// How the policies judged it; none before they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<crate::Judgement>,
    /// How its cost was judged; none before it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<crate::Judgement>,
    /// What it costs; none where that was not kept yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<crate::Price>,
    /// Names the policies, limits and places of the configuration it was judged under, as a digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_under: Option<String>,
    /// What forbids passing it as complete, such as `the plan is incomplete`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfit: Option<String>,
    /// The gravest that can be said of it, where that is grave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grave: Option<Grave>,
}

/// What is grave about a plan, gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grave {
    /// What keeps data is destroyed, or nobody knows what happens.
    DataLoss,
    /// Something becomes reachable from everywhere, or may.
    Exposed,
    /// Rights change.
    Iam,
}

/// A plan's judgements under another configuration than the one it was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanJudged {
    /// The job that made the plan.
    pub job: JobId,
    /// Root module directory.
    pub stack: StackPath,
    /// How the policies judge it.
    pub policy: crate::Judgement,
    /// How its cost is judged.
    pub cost: crate::Judgement,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<crate::Price>,
}

/// The permission to apply one bundle, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its name.
    pub id: TicketId,
    /// The stack.
    pub stack: StackPath,
    /// The apply job that may spend it.
    pub job: JobId,
    /// The job that made the plan.
    pub plan_job: JobId,
    /// Digest of what was judged.
    pub plan_digest: PlanDigest,
    /// SHA-256 of the bundle (hex).
    pub bundle_sha256: String,
    /// Hash of everything the plan depends on.
    pub inputs_digest: InputsDigest,
    /// The commit.
    pub head: CommitSha,
    /// Who asked for the apply.
    pub actor: Person,
    /// Whose approvals counted.
    pub approvals: Vec<Person>,
    /// Where it is.
    pub state: TicketState,
}

/// Where a ticket is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum TicketState {
    /// Issued, not used.
    Issued,
    /// Terraform was started with it.
    Spent {
        /// When.
        at: Timestamp,
    },
    /// Will never be used.
    Void {
        /// Why.
        why: String,
    },
}

/// One line of an apply's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// Counts from 1 within the job.
    pub seq: u64,
    /// Resource address.
    pub address: String,
    /// Terraform's word, such as `create`.
    pub action: String,
    /// `started`, `completed` or `failed`.
    pub step: JournalStep,
    /// The resource's id, once known.
    pub resource_id: Option<String>,
}

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JournalStep {
    /// Terraform began.
    Started,
    /// It ended well.
    Completed,
    /// It failed.
    Failed,
}

/// What an apply left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// Root module directory.
    pub stack: StackPath,
    /// Resources changed.
    pub changed: u32,
    /// Outputs; a sensitive one has no value.
    pub outputs: BTreeMap<String, Option<serde_json::Value>>,
    /// When.
    pub at: Timestamp,
}
