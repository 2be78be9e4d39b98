//! HTTP: webhooks, the runner's endpoints, health, the API. One file per endpoint; `router.rs` is the table of contents.

mod admin;
mod api;
mod health;
mod problem;
mod router;
mod runner;
mod token;
mod webhook;

pub use admin::admin_router;
pub(crate) use api::judged;
pub use router::router;
pub(crate) use runner::{ERRORED_STATES, errored_state_key};
pub use token::{TokenGrant, create_token, register_token};
