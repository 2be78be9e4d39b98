//! TfPilot: the GitHub App and its command line.

pub mod github;
pub mod store;
pub mod surface;
