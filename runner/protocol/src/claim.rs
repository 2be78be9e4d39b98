//! How a worker asks for work: `POST /runner/v1/claim`, with an OIDC token or a sidecar's token as bearer.

use serde::{Deserialize, Serialize};

use crate::{ClaimId, Job, Operation, RunId};

/// What a worker says of itself when it asks for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The protocol the worker speaks.
    pub protocol: u32,
    /// A name for logs and journals, such as `sidecar-1` or `run 318, worker 2`.
    pub worker: String,
    /// The run the worker was dispatched for; a sidecar has none and takes whatever is in its scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Names this wish for a job. The worker repeats it until it is answered, and is given the same job again when an
    /// answer was lost; it takes a new one for its next job. Without one, a lost answer costs a lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimId>,
    /// The Terraform version on the worker, as `terraform version -json` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform: Option<String>,
}

/// The app's answer to a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum ClaimAnswer {
    /// A job, now this worker's.
    Job(Box<Job>),
    /// Nothing to do now. A dispatched worker ends green; a sidecar asks again.
    Nothing {
        /// Seconds to wait before the next claim.
        retry_after_seconds: u64,
    },
}

/// What a sidecar may claim, fixed when its token is created. An empty list means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SidecarScope {
    /// Full names, such as `acme/infra`.
    #[serde(default)]
    pub repositories: Vec<String>,
    /// Environment names.
    #[serde(default)]
    pub environments: Vec<String>,
    /// Operations.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// True for a runner whose disk outlives its jobs: only there a local backend keeps its state.
    #[serde(default)]
    pub persistent: bool,
}
