//! Where each message goes: the paths below the app's URL, said once for both sides.
//!
//! The claim carries the worker's own proof (an OIDC token or a sidecar's token); everything below `jobs/`
//! carries the job's token.

use crate::JobId;

/// `POST`, [`ClaimRequest`](crate::ClaimRequest) → [`ClaimAnswer`](crate::ClaimAnswer).
pub const CLAIM: &str = "/runner/v1/claim";

/// `POST`, [`Heartbeat`](crate::Heartbeat) → [`Orders`](crate::Orders).
pub fn heartbeat(job: JobId) -> String {
    of(job, "heartbeat")
}

/// `PUT` the bytes of a bundle with their digest in [`BUNDLE_SHA256_HEADER`](crate::BUNDLE_SHA256_HEADER);
/// `GET` the one which the job's [`ApplyOrder`](crate::ApplyOrder) names.
pub fn bundle(job: JobId) -> String {
    of(job, "bundle")
}

/// `POST`, [`StartRequest`](crate::StartRequest) → [`StartAnswer`](crate::StartAnswer).
pub fn start(job: JobId) -> String {
    of(job, "start")
}

/// `POST`, [`JournalBatch`](crate::JournalBatch) → [`JournalAck`](crate::JournalAck).
pub fn journal(job: JobId) -> String {
    of(job, "journal")
}

/// `PUT` the bytes of `errored.tfstate`, which Terraform leaves when it cannot write the state it made; digest
/// as with a bundle.
pub fn errored_state(job: JobId) -> String {
    of(job, "errored-state")
}

/// `POST`, [`Conclusion`](crate::Conclusion) → empty.
pub fn conclude(job: JobId) -> String {
    of(job, "conclude")
}

fn of(job: JobId, what: &str) -> String {
    format!("/runner/v1/jobs/{job}/{what}")
}
