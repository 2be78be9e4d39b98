//! Stacks over trees read from GitHub: what a request renders, which stacks a head affects, and what they depend on.
//!
//! Pure but for loading blobs through the caller's client. Reading HCL is `tfpilot-hcl`'s, judging it the admission
//! crate's, running it the runner's.

mod admit;
mod code_owners;
mod digest;
pub(crate) mod explained;
mod judge;
mod judge_draft;
mod lazy;
mod objects;
mod own_rules;
mod owners;
mod read;
mod render;
mod skips;
mod target;

pub(crate) use admit::allow_list;
pub(crate) use judge::{judge, judged_under, today};
pub(crate) use judge_draft::{Asking, judge_request};
pub(crate) use objects::ObjectCache;
pub(crate) use read::{digest_with_lock_file, read_between, read_head};
pub(crate) use render::{edit_request, render_request};
