//! Commands for a repository from which GitHub shuts us out: they are dropped, not tried again. Whether a failure means
//! that is asked here too.

use std::sync::Arc;

use tfpilot_engine::{Command, Wake};
use tracing::debug;

use super::{CommandError, is_worth_retrying};
use crate::app::App;
use crate::store::{OutboxItem, StoreError};
use crate::worker::access::{self, Noted};
use crate::worker::repositories::LoadError;

/// True for a command that asks GitHub about a repository from which it shuts us out. Timers that look at the store alone
/// go on: how an apply ended is found out all the same. So does what asks the language model: a text waits for it.
pub(super) async fn is_shut_out(app: &App, item: &OutboxItem, command: &Command) -> Result<bool, StoreError> {
    if matches!(
        command,
        Command::Suggest { .. }
            | Command::Explain { .. }
            | Command::Wake { what: Wake::Start { .. } | Wake::Lease { .. } | Wake::Freeze { .. }, .. }
    ) {
        return Ok(false);
    }
    match app.repositories.of_stream(&item.stream).await {
        Ok(repository) => Ok(repository.barred.is_some()),
        Err(LoadError::Store(error)) => Err(error),
        // Told where it is executed.
        Err(_) => Ok(false),
    }
}

/// Why was told when it was found out; what is dropped is ordered again when GitHub lets us in.
pub(super) async fn drop_command(app: &App, item: &OutboxItem) -> Result<(), StoreError> {
    debug!(stream = %item.stream, key = item.key, "dropped: GitHub shuts us out of the repository");
    app.metrics.command_dropped();
    app.store.finish_command(item.id).await
}

/// What a failure says of our access to the repository; within, why that cannot be found out now.
pub(super) async fn look_into(
    app: &Arc<App>,
    item: &OutboxItem,
    error: &CommandError,
) -> Result<Result<Noted, CommandError>, StoreError> {
    let Ok(repository) = app.repositories.of_stream(&item.stream).await else {
        return Ok(Ok(Noted::Nothing));
    };
    match Box::pin(access::note(app, &repository, Some(&item.stream), error)).await {
        Err(CommandError::Store(error)) => Err(error),
        Err(unclear) if is_worth_retrying(&unclear) => Ok(Err(unclear)),
        Err(_) => Ok(Ok(Noted::Nothing)),
        noted => Ok(noted),
    }
}
