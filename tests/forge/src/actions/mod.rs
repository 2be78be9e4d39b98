//! Owns: playing GitHub Actions: reading workflows, deciding what a dispatch or push starts, running its jobs as child
//! processes. What the forge does not play fails the run loudly: a workflow that passes here must not depend on luck.

pub(crate) mod expr;
pub(crate) mod job;
pub(crate) mod log;
pub(crate) mod play;
mod prepare;
pub(crate) mod step;
pub(crate) mod token;
pub(crate) mod uses;
pub(crate) mod workflow;

/// Why a workflow cannot be played, in words for its log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Trouble(pub(crate) String);

impl Trouble {
    /// Trouble with words.
    pub(crate) fn new(words: impl Into<String>) -> Trouble {
        Trouble(words.into())
    }
}
