//! What people ask for: commands in comments, and requests that become a draft.

pub mod command;
