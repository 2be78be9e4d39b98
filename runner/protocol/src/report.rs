//! What a worker tells while and after it works, and what it is told in return.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Manifest, PlanDocument, TicketId};

/// Where in a job the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Fetching and laying out the tree.
    Checkout,
    /// The static gate on the checkout.
    Admission,
    /// `terraform init`.
    Init,
    /// `terraform validate`; reported by older workers only, `plan` checks the configuration itself.
    Validate,
    /// `terraform plan`.
    Plan,
    /// `terraform show -json`, redaction, bundle.
    Show,
    /// Restoring and verifying a bundle.
    Verify,
    /// `terraform apply`.
    Apply,
}

/// `POST jobs/{id}/heartbeat`: still here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Where the worker is.
    pub phase: Phase,
    /// Resources done, in an apply.
    pub done: u32,
    /// Resources in all, in an apply.
    pub total: u32,
    /// The last line of masked output, for the run's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// The answer to a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// Stop: one interrupt for Terraform, a long grace, then the kill of its process group.
    pub cancel: bool,
    /// Seconds until the lease ends.
    pub lease_seconds: u64,
}

/// `POST jobs/{id}/start`: everything is verified, Terraform starts next. Spends the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartRequest {
    /// The ticket of the job's [`ApplyOrder`](crate::ApplyOrder).
    pub ticket: TicketId,
    /// Digest of the redacted plan as `show -json` gave it now.
    pub plan_digest: String,
}

/// The answer to `start`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum StartAnswer {
    /// The ticket is spent: start Terraform.
    Go,
    /// Do not start.
    Refused {
        /// Why, for the log and the conclusion.
        why: String,
    },
}

/// `POST jobs/{id}/journal`: what an apply did, in order. Durable at the app before the runner reads on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalBatch {
    /// Consecutive entries.
    pub entries: Vec<JournalEntry>,
}

/// One line of an apply's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Counts from 1 within the job; repeated entries are recognised by it.
    pub seq: u64,
    /// Resource address.
    pub address: String,
    /// Terraform's word: `create`, `update`, `delete`, …
    pub action: String,
    /// What happened.
    pub step: JournalStep,
    /// The resource's id, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// When, as Terraform printed it (RFC 3339).
    pub at: String,
}

/// Terraform's `apply_start`, `apply_complete`, `apply_errored`.
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

/// The answer to a journal batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalAck {
    /// The highest sequence number that is durable.
    pub through: u64,
}

/// `POST jobs/{id}/conclude`: how the job ended. The last message of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "conclusion", rename_all = "kebab-case")]
pub enum Conclusion {
    /// A plan was made; its bundle was uploaded before.
    Planned(Box<PlanReport>),
    /// An apply ran to its end.
    Applied(ApplyOutcome),
    /// A step failed. In an apply the journal says what exists.
    Failed {
        /// Where.
        phase: Phase,
        /// Why, masked.
        diagnostics: Vec<Diagnostic>,
        /// True when it was stopped by an order.
        #[serde(default)]
        cancelled: bool,
        /// True when Terraform itself refused the plan because the state moved.
        #[serde(default)]
        stale: bool,
    },
    /// The static gate refused the code; no Terraform process was started.
    NotAdmitted {
        /// At least one.
        findings: Vec<NotAdmitted>,
    },
}

/// A finding of the static gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAdmitted {
    /// Such as `admission/shared-config-files`.
    pub rule: String,
    /// File in the repository.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What was found, such as `shared_config_files`.
    pub what: String,
    /// Why it is refused.
    pub why: String,
    /// What to do.
    pub next: String,
}

/// A plan as it leaves the runner: redacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanReport {
    /// The bundle's manifest.
    pub manifest: Manifest,
    /// SHA-256 of the uploaded bundle (hex).
    pub bundle_sha256: String,
    /// `tfpilot_plan::RedactedPlan` in its JSON form.
    pub plan: PlanDocument,
    /// Warnings, masked.
    #[serde(default)]
    pub warnings: Vec<Diagnostic>,
    /// The lock file `init` left, where the checkout had none or a different one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock_file: Option<String>,
    /// What infracost says of the redacted plan, where the worker has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infracost: Option<Infracost>,
}

/// What infracost says of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Infracost {
    /// Its JSON, as it wrote it.
    Answered(String),
    /// Why there is none, masked.
    Failed(String),
}

/// How an apply ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApplyOutcome {
    /// Resources changed.
    pub changed: u32,
    /// Outputs; a sensitive one has no value.
    pub outputs: BTreeMap<String, AppliedOutput>,
    /// The state afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<crate::StateMark>,
}

/// One output after an apply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedOutput {
    /// Left out when sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// Terraform's mark.
    #[serde(default)]
    pub sensitive: bool,
}

/// One message of Terraform, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// Terraform's first line.
    pub summary: String,
    /// The rest.
    #[serde(default)]
    pub detail: String,
    /// File in the repository, where Terraform names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The resource concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The operation failed.
    Error,
    /// It did not.
    Warning,
}

/// The body of every answer that is not 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable word for programs, such as `protocol-too-old`, `not-your-job`, `lease-lost`.
    pub code: String,
    /// What, why and what to do, for people.
    pub message: String,
}
