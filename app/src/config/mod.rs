//! Configuration: the server's settings, and what a repository says about itself in `.github/tfpilot.yml`.
//!
//! This concern owns the types, the reading of bytes into them and the diagnostics for what people wrote.
//! Fetching the file from the default branch and keeping the last good version in force belong to the caller.

pub mod diagnostic;
pub mod document;
pub(crate) mod edit;
pub mod guess;
pub mod repository;
pub mod settings;
pub(crate) mod shape;
pub(crate) mod suggest;

pub use diagnostic::{Diagnostic, Severity};
pub use repository::RepositoryConfig;
pub use settings::{ModelProvider, ModelSettings, Settings};
