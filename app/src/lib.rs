//! TfPilot: the GitHub App and its command line.

pub mod store;
pub mod surface;
