//! TfPilot: the GitHub App and its command line.

mod app;
pub mod cli;
mod clock;
pub mod config;
pub mod github;
mod metrics;
pub mod model;
pub mod rego;
pub mod requests;
mod stacks;
pub mod store;
pub mod surface;
pub mod web;
pub mod worker;

pub use app::{App, Parts};
pub use clock::Clock;
pub use metrics::{Counts, Metrics};
