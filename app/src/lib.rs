//! TfPilot: the GitHub App and its command line.

pub mod config;
pub mod github;
pub mod requests;
pub mod store;
pub mod surface;
