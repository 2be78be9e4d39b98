//! Why a document is not a plan we can judge.

/// A plan (or provider schema) that cannot be read. The runner fails the job with it; nothing is judged.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Larger than [`MAX_PLAN_BYTES`](crate::MAX_PLAN_BYTES).
    #[error("the {what} has {bytes} bytes, more than {limit}: split the stack")]
    TooLarge {
        /// `plan` or `provider schema`.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("the {what} is nested deeper than {limit} levels")]
    TooDeep {
        /// `plan` or `provider schema`.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Not JSON.
    #[error("the {what} is not JSON, line {line}, column {column}: {reason}")]
    Syntax {
        /// `plan` or `provider schema`.
        what: &'static str,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The parser's words. They never quote a value.
        reason: String,
    },
    /// JSON, but a part has another type than a plan's. The message names the place and the kinds, no value.
    #[error("the plan cannot be read at {at}: {reason}")]
    Shape {
        /// Path in the document, such as `resource_changes[3].change.actions`.
        at: String,
        /// What was expected and found.
        reason: String,
    },
    /// Another major version of the format.
    #[error("the plan has format version {found:?}; this TfPilot reads 1.x: update it or pin Terraform")]
    FormatVersion {
        /// As written.
        found: String,
    },
}
