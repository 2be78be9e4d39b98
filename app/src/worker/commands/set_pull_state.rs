//! Closes the pull request with its issue, or opens it again. What is so already is left alone, and so is what is not
//! wanted any more.

use crate::github::pulls::{PullEdit, PullState};
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::observe;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(context: &Context<'_>, open: bool, settles: Settles) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    let Some(pull) = &facts.pull else {
        return Err(CommandError::Impossible("there is no pull request to close or reopen".to_owned()));
    };
    let seen = repository.client.pull(pull.number).await?;
    let wanted = facts.is_request_closed() != open && !seen.is_merged();
    if wanted && (seen.state == PullState::Open) != open {
        let state = if open { PullState::Open } else { PullState::Closed };
        let edit = PullEdit { state: Some(state), ..PullEdit::default() };
        repository.client.edit_pull(pull.number, &edit).await?;
    }
    observe::observe(app, repository, stream, pull.number, settles).await?;
    Ok(())
}
