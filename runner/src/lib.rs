//! The runner: claims jobs, lays code out, has it admitted, drives Terraform, keeps bundle and journal, and
//! reports. It is the only part of TfPilot that starts Terraform and holds cloud credentials; it decides
//! nothing: whether something may be applied is the app's.

pub mod account;
pub mod bundle;
pub mod cancel;
pub mod claims;
pub mod client;
pub mod handoff;
mod infracost;
pub mod job;
pub mod journal;
pub mod leftovers;
pub mod mask;
pub mod progress;
pub mod sidecar;
pub mod source;
pub mod terraform;
pub mod workdir;
