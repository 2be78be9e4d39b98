//! What is kept of a plan beside its event, by the job that made it: under which keys the blobs lie.

use serde::{Deserialize, Serialize};
use tfpilot_engine::JobId;

/// Where the rendered details of a plan job's plan are stored.
pub(crate) fn details_key(plan_job: JobId) -> String {
    format!("details/{plan_job}")
}

/// Where the redacted plan of a plan job is stored, to be judged again.
pub(crate) fn plan_key(plan_job: JobId) -> String {
    format!("plan/{plan_job}")
}

/// Where the rendered policy report of a plan job's plan is stored.
pub(crate) fn policy_key(plan_job: JobId) -> String {
    format!("policy/{plan_job}")
}

/// Where the rendered cost estimate of a plan job's plan is stored.
pub(crate) fn cost_key(plan_job: JobId) -> String {
    format!("cost/{plan_job}")
}

/// Where it is stored what a plan job's plan is of.
pub(crate) fn place_key(plan_job: impl std::fmt::Display) -> String {
    format!("place/{plan_job}")
}

/// What a plan is of, for whoever looks at stored plans without the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlanPlace {
    pub(crate) repository: String,
    pub(crate) stack: String,
    /// None for stacks outside every environment.
    pub(crate) environment: Option<String>,
    /// The region of its environment.
    pub(crate) region: Option<String>,
}

/// Where what infracost said of a plan job's plan is stored.
pub(crate) fn infracost_key(plan_job: JobId) -> String {
    format!("infracost/{plan_job}")
}

/// Where the language model's explanation of a plan job's plan is stored.
pub(crate) fn explained_key(plan_job: JobId) -> String {
    format!("explained/{plan_job}")
}
