//! The crate as its users see it: rendered stacks and their edits, the real Terraform on them, forms, and catalogs.
//! One binary, so that the shipped modules are linked once.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
#![expect(unreachable_pub, reason = "the modules of a test have no other users")]

mod catalog;
mod edit;
mod forms;
mod inputs;
mod render;
mod roundtrip;
mod several;
mod support;
mod terraform;
