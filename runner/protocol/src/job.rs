//! What a worker gets to do.

use serde::{Deserialize, Serialize};

use crate::{JobId, RunId, Secret, TicketId};

/// What a run does with a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Make a plan and report it.
    Plan,
    /// Apply one reviewed plan.
    Apply,
}

/// One stack's share of a run, with everything a worker needs and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The protocol of this message.
    pub protocol: u32,
    /// This job.
    pub id: JobId,
    /// The run it belongs to.
    pub run: RunId,
    /// What to do.
    pub operation: Operation,
    /// Opens this job's endpoints and no other's, until the job is concluded.
    pub token: Secret,
    /// Seconds without a heartbeat after which the app takes the worker for lost.
    pub lease_seconds: u64,
    /// Where the code lives.
    pub repository: Repository,
    /// How to get it.
    pub source: Source,
    /// Root module directory inside the repository, such as `live/dev/acme-invoices`.
    pub stack: String,
    /// The target's name, such as `dev`.
    pub environment: String,
    /// Hash of everything the stack's plan depends on, as the app computed it (hex).
    pub inputs_digest: String,
    /// The Terraform version the repository asks for; none: what the worker has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform_version: Option<String>,
    /// The allow-list to admit by: `tfpilot_admission::AllowList` in its JSON form. Beside its keys `overridden`
    /// may list the rules that an admin overrode for this head, such as `admission/provisioner`.
    pub admission: serde_json::Value,
    /// The cloud account the environment names; another one is refused before the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Time limits.
    pub limits: JobLimits,
    /// For an apply: what exactly may be applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply: Option<ApplyOrder>,
}

/// The repository a job works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// GitHub's numeric id.
    pub id: u64,
    /// Such as `acme/infra`.
    pub full_name: String,
}

/// Where the bytes come from. The runner lays the tree out from Git's blobs itself: no checkout filter, no
/// LFS, no submodule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// HTTPS (or loopback HTTP) address to fetch from.
    pub clone_url: String,
    /// The commit, 40 hex digits. Never a branch name.
    pub head: String,
    /// A token for this repository, `contents: read` only, short-lived; none where the worker has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

/// How long each step may take, in seconds. An apply has no limit: it only warns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLimits {
    /// `terraform init`.
    pub init_seconds: u64,
    /// `terraform plan` and `show` together.
    pub plan_seconds: u64,
    /// After this long an apply is reported as slow.
    pub apply_warn_seconds: u64,
    /// Memory of Terraform and its children, in MiB.
    pub memory_mib: u64,
}

impl Default for JobLimits {
    fn default() -> Self {
        Self { init_seconds: 600, plan_seconds: 1800, apply_warn_seconds: 1800, memory_mib: 4096 }
    }
}

/// Names the one bundle an apply may use, and what it must prove before Terraform starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyOrder {
    /// Spent by `start`, never issued again.
    pub ticket: TicketId,
    /// SHA-256 of the bundle (hex), recorded when the plan was made.
    pub bundle_sha256: String,
    /// Digest of the redacted plan that was judged (hex).
    pub plan_digest: String,
}
