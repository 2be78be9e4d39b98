//! The steps outside, a file each. Each finds its own earlier effect before it acts.

pub(crate) mod cancel_run;
pub(crate) mod commit_branch;
pub(crate) mod commit_lock_file;
pub(crate) mod dispatch;
pub(crate) mod explain;
pub(crate) mod learn;
pub(crate) mod merge;
pub(crate) mod minimize;
pub(crate) mod open_pull;
pub(crate) mod react;
pub(crate) mod renew_branch;
pub(crate) mod request_review;
pub(crate) mod say;
pub(crate) mod set_pull_state;
pub(crate) mod suggest;
mod vendored;

use std::sync::Arc;

use tfpilot_engine::Facts;

use crate::app::App;
use crate::store::{StoreError, StreamId};
use crate::worker::repositories::Repository;

/// What every command works with.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) app: &'a Arc<App>,
    pub(crate) repository: &'a Repository,
    pub(crate) stream: &'a StreamId,
}

impl Context<'_> {
    pub(crate) async fn facts(&self) -> Result<Facts, StoreError> {
        self.app.ledger.facts(self.stream, &self.repository.rules).await
    }
}
