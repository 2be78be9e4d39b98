//! The runner against an app-side double that speaks the protocol, real Git over HTTP and the real Terraform.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking"
)]

mod apply;
mod aws;
mod bundle_lines;
mod double;
mod git_http;
mod plan;
mod refused;
mod sidecar;
mod world;
