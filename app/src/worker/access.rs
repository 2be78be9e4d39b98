//! Whether we may work in a repository. GitHub tells it in events about installations and in refusals; both only say what
//! to look at, the truth is read from GitHub. What was found out is kept with the repository, told once to the log and to
//! the audit log of each open change, and taken back when GitHub lets us in again: then what is open is read anew.

mod permission;

use std::collections::BTreeMap;
use std::sync::Arc;

use tfpilot_engine::{NoAccess, Signal, Status};
use tracing::{debug, info, warn};

use crate::app::App;
use crate::github::{Failure, GitHubError, Installation, InstallationId, RepoId};
use crate::store::{StoreError, StreamId, View};
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::{LoadError, Repository};
use crate::worker::sweep;
use crate::worker::views::{self, ChangeRow};

pub(crate) use permission::is_lack;

/// Changes of a repository that are told of it.
const TOLD: usize = 10_000;

/// What a refusal says of our access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Noted {
    /// Nothing.
    Nothing,
    /// We are shut out.
    Barred,
    /// The repository is elsewhere, where we may go on.
    Moved,
    /// A permission is missing.
    Lacking {
        /// Such as `checks: write`.
        permission: String,
        /// True where that was known before.
        known: bool,
    },
}

/// Where GitHub says that we stand with a repository.
enum Standing {
    /// The installation that we know covers it.
    Covered(Installation),
    /// It has another name or another installation, which are known from here on.
    Moved,
    /// Nothing can be done there.
    Barred(NoAccess),
}

/// Looks into a refusal that may be about our access, and keeps what is found out. `stream` is the change whose step it
/// was, where there is one.
pub(crate) async fn note(
    app: &Arc<App>,
    repository: &Repository,
    stream: Option<&StreamId>,
    error: &CommandError,
) -> Result<Noted, CommandError> {
    let (CommandError::GitHub(cause) | CommandError::Repository(LoadError::GitHub(cause))) = error else {
        return Ok(Noted::Nothing);
    };
    match &cause.failure {
        Failure::NotInstalled | Failure::Suspended | Failure::Gone => look_again(app, repository).await,
        Failure::Forbidden { permission: Some(permission), .. } if is_lack(cause) => {
            // What is known to lack is not asked about again; its return is found by itself.
            let named = permission::missing(permission, &Granted::new());
            if let Some(known) = named.filter(|named| repository.lacking.contains(named)) {
                return lacking(app, repository, stream, known).await;
            }
            match stand(app, repository).await? {
                Standing::Covered(installation) => {
                    match permission::missing(permission, &installation.permissions) {
                        Some(missing) => lacking(app, repository, stream, missing).await,
                        None => Ok(Noted::Nothing),
                    }
                }
                Standing::Moved => Ok(Noted::Moved),
                Standing::Barred(why) => lost(app, repository.id, why).await.map(|()| Noted::Barred),
            }
        }
        _ => Ok(Noted::Nothing),
    }
}

async fn look_again(app: &Arc<App>, repository: &Repository) -> Result<Noted, CommandError> {
    match stand(app, repository).await? {
        Standing::Covered(_) => Ok(Noted::Nothing),
        Standing::Moved => Ok(Noted::Moved),
        Standing::Barred(why @ (NoAccess::Uninstalled | NoAccess::Suspended)) => {
            lost_installation(app, repository.client.installation(), why).await?;
            Ok(Noted::Barred)
        }
        Standing::Barred(why) => lost(app, repository.id, why).await.map(|()| Noted::Barred),
    }
}

/// Asks GitHub where we stand with a repository.
async fn stand(app: &Arc<App>, repository: &Repository) -> Result<Standing, CommandError> {
    let known = repository.client.installation();
    let Some(installation) = app.github.installation_for(&repository.name).await? else {
        let why = match app.github.installation(known).await? {
            Some(_) => NoAccess::NotCovered,
            None => NoAccess::Uninstalled,
        };
        return Ok(Standing::Barred(why));
    };
    if installation.suspended_at.is_some() {
        return Ok(Standing::Barred(NoAccess::Suspended));
    }
    let Some(found) = app.github.repository_by_id(installation.id, RepoId(repository.id)).await? else {
        // The name that we know leads to another repository by now.
        return Ok(Standing::Barred(NoAccess::NotCovered));
    };
    if installation.id == known && found.full_name == repository.name {
        return Ok(Standing::Covered(installation));
    }
    app.repositories.relocate(&found, installation.id).await?;
    Ok(Standing::Moved)
}

/// Looks at a repository that a delivery tells of though we are shut out; the repository, where we are in again.
pub(crate) async fn confirm(
    app: &Arc<App>,
    repository: Repository,
) -> Result<Option<Repository>, CommandError> {
    match stand(app, &repository).await? {
        Standing::Barred(why) => {
            debug!(repository = %repository.name, why = why.as_str(), "still without access");
            Ok(None)
        }
        Standing::Covered(_) | Standing::Moved => regained(app, repository.id).await.map(Some),
    }
}

/// Looks at a repository that is said to have left its installation.
pub(crate) async fn check(app: &Arc<App>, repository: &Repository) -> Result<(), CommandError> {
    look_again(app, repository).await.map(drop)
}

/// Looks at an installation that was suspended, removed or given other permissions, or that was so when it was last
/// looked at. One call to GitHub for all of its repositories.
pub(crate) async fn check_installation(app: &Arc<App>, id: InstallationId) -> Result<(), CommandError> {
    let found = app.github.installation(id).await?;
    let barred = match &found {
        None => Some(NoAccess::Uninstalled),
        Some(installation) => installation.suspended_at.map(|_| NoAccess::Suspended),
    };
    if let Some(why) = barred {
        return lost_installation(app, id, why).await;
    }
    let granted = found.map(|installation| installation.permissions).unwrap_or_default();
    for repository in app.repositories.of_installation(id).await? {
        let was_out = matches!(repository.barred, Some(NoAccess::Uninstalled | NoAccess::Suspended));
        let has_all = repository.lacking.iter().all(|one| permission::is_granted(one, &granted));
        if was_out || (repository.barred.is_none() && !repository.lacking.is_empty() && has_all) {
            regained(app, repository.id).await?;
        }
    }
    Ok(())
}

/// Looks at installations that are suspended or lack a permission: should GitHub's word that they are well again be lost,
/// they are found well here. One call each.
pub(crate) async fn recheck(app: &Arc<App>) -> Result<(), CommandError> {
    for id in app.repositories.unwell_installations().await? {
        check_installation(app, id).await?;
    }
    Ok(())
}

async fn lost_installation(app: &Arc<App>, id: InstallationId, why: NoAccess) -> Result<(), CommandError> {
    for repository in app.repositories.of_installation(id).await? {
        lost(app, repository.id, why).await?;
    }
    Ok(())
}

/// We are shut out of a repository: its open changes are told, then it is kept, so that a kill in between repeats both.
async fn lost(app: &Arc<App>, id: u64, why: NoAccess) -> Result<(), CommandError> {
    let _turn = app.access_turn.lock().await;
    let repository = app.repositories.of_id(id).await?;
    if repository.barred == Some(why) {
        return Ok(());
    }
    let changes = tell(app, &repository, &Signal::AccessLost { why }).await?;
    app.repositories.set_access(id, Some(why), repository.lacking.clone()).await?;
    app.metrics.access_lost();
    let (name, installation) = (&repository.name, repository.client.installation());
    warn!(repository = %name, %installation, changes, why = why.as_str(), "GitHub shuts us out of a repository");
    Ok(())
}

/// A permission is missing: kept with the repository, told to the change whose step it was.
async fn lacking(
    app: &Arc<App>,
    repository: &Repository,
    stream: Option<&StreamId>,
    missing: String,
) -> Result<Noted, CommandError> {
    let known = {
        let _turn = app.access_turn.lock().await;
        let now = app.repositories.of_id(repository.id).await?;
        let known = now.lacking.contains(&missing);
        if !known {
            let mut all = now.lacking.clone();
            all.insert(missing.clone());
            app.repositories.set_access(now.id, now.barred, all).await?;
            app.metrics.permission_lacking();
            let (name, installation) = (&now.name, now.client.installation());
            warn!(repository = %name, %installation, permission = missing, "the app's installation lacks a permission");
        }
        known
    };
    if let Some(stream) = stream {
        let signal = Signal::PermissionLacking { permission: missing.clone() };
        app.decide(stream, repository, &signal, Settles::default()).await?;
    }
    Ok(Noted::Lacking { permission: missing, known })
}

/// We are in again: what was dropped is ordered again, and what is open is read, as nobody told us of it.
async fn regained(app: &Arc<App>, id: u64) -> Result<Repository, CommandError> {
    let repository = {
        let _turn = app.access_turn.lock().await;
        let before = app.repositories.of_id(id).await?;
        // A token of before has the permissions of before.
        app.github.forget_token(before.client.installation());
        app.repositories.set_access(id, None, Default::default()).await?;
        let repository = app.repositories.of_id(id).await?;
        let changes = tell(app, &repository, &Signal::AccessRegained).await?;
        info!(repository = %repository.name, installation = %repository.client.installation(), changes, "GitHub lets us work in a repository again");
        repository
    };
    // Everything that a sweep does: apart, so that it takes no room in the work of every command and delivery.
    Box::pin(sweep::read_again(app, &repository)).await?;
    Ok(app.repositories.of_id(id).await?)
}

/// Tells all changes of a repository that are not over; how many.
pub(crate) async fn tell(
    app: &Arc<App>,
    repository: &Repository,
    signal: &Signal,
) -> Result<usize, StoreError> {
    let mut told = 0;
    for (key, bytes) in app.store.scan(View::Changes, &format!("{}/", repository.id), TOLD).await? {
        let row: ChangeRow = views::read(View::Changes, &key, &bytes)?;
        if !matches!(row.status, Status::Applied | Status::Closed | Status::Abandoned) {
            app.decide(&StreamId(key), repository, signal, Settles::default()).await?;
            told += 1;
        }
    }
    Ok(told)
}

/// Permissions by name, as GitHub gives them.
pub(crate) type Granted = BTreeMap<String, String>;

/// True for failures after which nothing of the repository can be asked.
pub(crate) fn is_barred(error: &GitHubError) -> bool {
    matches!(error.failure, Failure::NotInstalled | Failure::Suspended)
}
