//! Attacks on the running app, each a story that fails when its defence is taken out.
//!
//! The forgeries of a token that need no server are a table of their own (`app/src/github/oidc/tests.rs`), what may not
//! run at all is one (`policies/admission/tests/attacks`), and what an apply refuses to start on is one
//! (`runner/tests/it/bundle_lines.rs`). Here the same is tried over HTTP, with whatever an attacker may hold.

mod canaries;
mod claims;
mod games;
mod hand;
mod injection;
mod reports;
mod scope;
mod secrets;
mod tokens;
