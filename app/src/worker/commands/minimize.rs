//! Folds a call away that nothing has to be done about any more. It is found by its stored id, else by its marker; one that
//! was deleted, or never written, is settled as well.

use crate::github::issues::MinimizeReason;
use crate::github::{CommentId, Failure, GitHubError};
use crate::surface;
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;
use crate::worker::posted::{self, Place};

pub(crate) async fn run(
    context: &Context<'_>,
    number: u64,
    key: &str,
    opening: u32,
) -> Result<(), CommandError> {
    let slot = surface::call_slot(key, opening);
    let place = Place { number, slot: &slot, marker: &surface::call_marker(&slot) };
    let Some(id) = posted::written(context, &place).await? else { return Ok(()) };
    fold(context, id).await
}

async fn fold(context: &Context<'_>, id: CommentId) -> Result<(), CommandError> {
    let client = &context.repository.client;
    let Some(comment) = client.comment(id).await? else { return Ok(()) };
    match client.minimize_comment(&comment.node_id, MinimizeReason::Resolved).await {
        Ok(()) | Err(GitHubError { failure: Failure::Gone, .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
