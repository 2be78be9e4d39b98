//! Our comments on GitHub: found by stored id, else by author and hidden marker; written only when the bytes differ.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::github::{CommentId, Failure, GitHubError};
use crate::store::{StoreError, View, ViewChange};
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;
use crate::worker::views;

/// A place for one comment.
pub(crate) struct Place<'a> {
    /// Issue or pull request.
    pub(crate) number: u64,
    /// Names the comment among ours there.
    pub(crate) slot: &'a str,
    /// Stands in its body.
    pub(crate) marker: &'a str,
}

/// What was last written to a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    comment: u64,
    sha256: String,
}

/// Brings the comment up to date, writing it when it is not there.
pub(crate) async fn write(context: &Context<'_>, place: &Place<'_>, body: &str) -> Result<(), CommandError> {
    let client = &context.repository.client;
    let sha256 = hex::encode(Sha256::digest(body));
    if let Some(known) = load(context, place).await? {
        if known.sha256 == sha256 {
            return Ok(());
        }
        match client.edit_comment(CommentId(known.comment), body).await {
            Ok(_) => return remember(context, place, known.comment, sha256).await,
            Err(GitHubError { failure: Failure::Gone, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if let Some(found) = find(context, place).await? {
        client.edit_comment(found, body).await?;
        return remember(context, place, found.0, sha256).await;
    }
    let created = client.create_comment(place.number, body).await?;
    remember(context, place, created.id.0, sha256).await
}

/// The comment of the place, as far as there is one.
pub(crate) async fn written(
    context: &Context<'_>,
    place: &Place<'_>,
) -> Result<Option<CommentId>, CommandError> {
    match load(context, place).await? {
        Some(known) => Ok(Some(CommentId(known.comment))),
        None => Ok(find(context, place).await?),
    }
}

/// True when a comment was written to the place before.
pub(crate) async fn is_written(context: &Context<'_>, place: &Place<'_>) -> Result<bool, StoreError> {
    Ok(load(context, place).await?.is_some())
}

/// Our comment with the marker, where its id was lost. Somebody else's with the same marker is not ours.
async fn find(context: &Context<'_>, place: &Place<'_>) -> Result<Option<CommentId>, GitHubError> {
    let comments = context.repository.client.comments(place.number).await?;
    let ours = comments.into_iter().find(|comment| {
        comment.performed_via_github_app.as_ref().is_some_and(|app| app.id == context.app.app_id)
            && comment.body.as_deref().is_some_and(|body| body.contains(place.marker))
    });
    Ok(ours.map(|comment| comment.id))
}

fn key(context: &Context<'_>, place: &Place<'_>) -> String {
    format!("comment/{}/{}/{}", context.repository.id, place.number, place.slot)
}

async fn load(context: &Context<'_>, place: &Place<'_>) -> Result<Option<Written>, StoreError> {
    let key = key(context, place);
    let row = context.app.store.view(View::Checks, &key).await?;
    row.map(|bytes| views::read(View::Checks, &key, &bytes)).transpose()
}

async fn remember(
    context: &Context<'_>,
    place: &Place<'_>,
    comment: u64,
    sha256: String,
) -> Result<(), CommandError> {
    let value = Some(views::write(&Written { comment, sha256 })?);
    let change = ViewChange { view: View::Checks, key: key(context, place), value };
    Ok(context.app.store.put_views(vec![change], Vec::new()).await?)
}
