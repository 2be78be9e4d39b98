//! The messages between the app and a runner, version 1: plain data and its JSON form.
//!
//! A worker claims a job, reports while it works, and concludes. The app is the only server; a runner is
//! never called. What a message *means* is decided by the engine and the runner; `docs/runner-protocol.md`
//! tells the conversation, `testdata/v1/` keeps one of each message for ever.

mod bundle;
mod claim;
mod document;
mod ids;
mod job;
pub mod path;
mod report;
mod secret;

pub use bundle::{BUNDLE_SHA256_HEADER, BundleEntry, Manifest, StateMark};
pub use claim::{ClaimAnswer, ClaimRequest, SidecarScope};
pub use document::PlanDocument;
pub use ids::{ClaimId, JobId, RunId, TicketId};
pub use job::{ApplyOrder, Job, JobLimits, Operation, Repository, Source};
pub use report::{
    AppliedOutput, ApplyOutcome, Conclusion, Diagnostic, Heartbeat, Infracost, JournalAck, JournalBatch,
    JournalEntry, JournalStep, NotAdmitted, Orders, Phase, PlanReport, Problem, Severity, StartAnswer,
    StartRequest,
};
pub use secret::Secret;

/// The version this crate speaks. The app serves it and the one before it; an older runner is told so in a
/// [`Problem`] and ends with a conclusion instead of a hang.
pub const PROTOCOL_VERSION: u32 = 1;

/// The oldest version the app still serves.
pub const OLDEST_PROTOCOL_VERSION: u32 = 1;
