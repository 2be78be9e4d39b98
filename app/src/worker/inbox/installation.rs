//! The app joins an account, leaves it, is suspended, gets other permissions; repositories join an installation or leave it.
//! Each only says what to look at: such events come late and in any order.

use std::sync::Arc;

use crate::app::App;
use crate::github::InstallationId;
use crate::github::webhook::{Event, Repository as Said, Webhook};
use crate::worker::outbox::CommandError;
use crate::worker::repositories::LoadError;
use crate::worker::{access, onboarding};

pub(super) async fn installation(app: &Arc<App>, webhook: &Webhook) -> Result<(), CommandError> {
    match &webhook.event {
        Event::Installation { installation, repositories } => match webhook.action.as_deref() {
            Some("created") => joined(app, installation.id, repositories).await,
            _ => access::check_installation(app, installation.id).await,
        },
        Event::InstallationRepositories { installation, added, removed } => {
            joined(app, installation.id, added).await?;
            left(app, removed).await
        }
        _ => Ok(()),
    }
}

/// The configuration of a repository that joins is read at once, so that there is a good one when a later one is broken;
/// one that has none is helped to it. One that was here before is let in again.
async fn joined(app: &Arc<App>, id: InstallationId, repositories: &[Said]) -> Result<(), CommandError> {
    for said in repositories {
        match app.repositories.learn(said, Some(id)).await {
            Ok(repository) if repository.barred.is_some() => {
                access::confirm(app, repository).await?;
            }
            Ok(repository) => onboarding::welcome(app, &repository).await?,
            Err(LoadError::Unknown(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn left(app: &Arc<App>, repositories: &[Said]) -> Result<(), CommandError> {
    for said in repositories {
        match app.repositories.of_id(said.id.0).await {
            Ok(repository) => access::check(app, &repository).await?,
            Err(LoadError::Unknown(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
