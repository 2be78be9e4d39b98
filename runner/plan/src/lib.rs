//! The plan as `terraform show -json` tells it: what may leave the runner, what was judged, what people read.
//!
//! [`redact`] turns the raw document into a [`RedactedPlan`], the only form that is stored, sent, logged or
//! judged. From it come the [`PlanDigest`] that approvals bind, the [`Summary`] that checks, comments and pages
//! show, and its Markdown. Everything here is a plain function of its input: no file, clock or process. Whether
//! a plan may be applied is decided elsewhere, from these values.

mod change;
mod checks;
mod configuration;
mod digest;
mod document;
mod error;
mod model;
mod read;
mod redact;
mod render;
mod summary;

pub use change::{Action, Change, ChangeHead, Operation, OutputChange, ResourceChange, Unread};
pub use checks::{CheckResult, CheckStatus};
pub use digest::{InvalidPlanDigest, PlanDigest};
pub use document::{Heads, Part, ResourceText};
pub use error::PlanError;
pub use model::{DeferredChange, Plan, RelevantAttribute};
pub use read::{MAX_DEPTH, MAX_PLAN_BYTES};
pub use redact::{
    ProviderSchemas, REDACTED_PREFIX, RedactedPlan, Redaction, Redactor, is_redacted, is_secret_name, redact,
};
pub use render::{MARKDOWN_BUDGET, code, plain};
pub use summary::{
    AttributeChange, CheckRow, Counts, DriftRow, OutputRow, Reason, Risk, Row, Shown, Summary,
};
