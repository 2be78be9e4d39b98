//! What is open on GitHub, read as if it had just come: for the time after an outage longer than GitHub remembers.

use std::sync::Arc;

use tfpilot_engine::Status;
use tracing::{info, warn};

use super::{Mark, Swept, save};
use crate::app::App;
use crate::github::{InstallationId, RepoInfo, issues, webhook};
use crate::store::{StreamId, View};
use crate::worker::inbox;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::{LoadError, Repository};
use crate::worker::views::{self, ChangeRow};
use crate::worker::{access, observe, timers};

/// Known changes of a repository looked at.
const LOOKED_AT: usize = 10_000;

/// Every repository of every installation. One that cannot be read is left out, the others are read.
pub(super) async fn read(app: &Arc<App>, mark: &mut Mark, swept: &mut Swept) -> Result<(), CommandError> {
    for installation in app.github.installations().await? {
        if installation.suspended_at.is_some() {
            continue;
        }
        for info in app.github.installed_repositories(installation.id).await? {
            if info.archived || mark.read.contains(&info.id.0) {
                continue;
            }
            match read_repository(app, installation.id, &info, swept).await {
                Err(error) if is_for_later(&error) => return Err(error),
                Err(error) => warn!(repository = %info.full_name, %error, "what is open there is not read"),
                Ok(()) => info!(repository = %info.full_name, "what is open there is read"),
            }
            mark.read.insert(info.id.0);
            save(app, mark).await?;
        }
    }
    Ok(())
}

fn is_for_later(error: &CommandError) -> bool {
    match error {
        CommandError::GitHub(cause) | CommandError::Repository(LoadError::GitHub(cause)) => {
            cause.failure.is_worth_retrying()
        }
        CommandError::Store(_) | CommandError::Repository(LoadError::Store(_)) => true,
        _ => false,
    }
}

/// The configuration of today, issues nobody told us of, open pull requests, and those that were open when we last
/// looked, in this order.
async fn read_repository(
    app: &Arc<App>,
    installation: InstallationId,
    info: &RepoInfo,
    swept: &mut Swept,
) -> Result<(), CommandError> {
    let said = webhook::Repository {
        id: info.id,
        full_name: info.full_name.clone(),
        default_branch: Some(info.default_branch.clone()),
        private: info.private,
    };
    let learned = app.repositories.learn(&said, Some(installation)).await?;
    if learned.barred.is_some() {
        // Being let in again reads what is open.
        return Box::pin(access::confirm(app, learned)).await.map(drop);
    }
    read_what_is_open(app, &learned, swept).await
}

/// The same for a repository that we know and may work in.
pub(super) async fn read_what_is_open(
    app: &Arc<App>,
    known: &Repository,
    swept: &mut Swept,
) -> Result<(), CommandError> {
    let repository = app.repositories.refresh_config(known).await?;
    for issue in repository.client.open_issues().await?.into_iter().rev() {
        swept.issues += usize::from(read_issue(app, &repository, issue).await?);
    }
    let mut looked_at = Vec::new();
    for pull in repository.client.open_pulls().await?.into_iter().rev() {
        if repository.manages(&pull.base.name) {
            let stream = observe::stream_of_pull(app, &repository, pull.number, pull.own_branch()).await?;
            observe::observe(app, &repository, &stream, pull.number, Settles::default()).await?;
            looked_at.push(pull.number);
        }
    }
    swept.pulls += looked_at.len();
    swept.pulls += look_at_known(app, &repository, &looked_at).await?;
    Ok(())
}

/// Reads an unknown issue as if its author had opened it now; false when it is known, or not for us.
async fn read_issue(
    app: &Arc<App>,
    repository: &Repository,
    issue: issues::Issue,
) -> Result<bool, CommandError> {
    let known = timers::subject(app, repository.id, issue.number).await?.is_some();
    let Some(author) = issue.user.clone().filter(|author| author.is_person() && !known) else {
        return Ok(false);
    };
    let issue = webhook::Issue {
        number: issue.number,
        title: issue.title,
        body: issue.body.unwrap_or_default(),
        state: issue.state,
        user: issue.user,
        labels: issue.labels.into_iter().map(|name| webhook::Label { name }).collect(),
        pull_request: issue.pull_request.is_some(),
    };
    inbox::issues::read(app, repository, &author, &issue, Settles::default()).await
}

/// Pull requests that were closed or merged meanwhile are not among the open ones.
async fn look_at_known(
    app: &Arc<App>,
    repository: &Repository,
    looked_at: &[u64],
) -> Result<usize, CommandError> {
    let mut count = 0;
    let prefix = format!("{}/", repository.id);
    for (key, bytes) in app.store.scan(View::Changes, &prefix, LOOKED_AT).await? {
        let row: ChangeRow = views::read(View::Changes, &key, &bytes)?;
        let over = matches!(row.status, Status::Applied | Status::Closed | Status::Abandoned);
        if let Some(number) = row.pull.filter(|number| !over && !looked_at.contains(number)) {
            observe::observe(app, repository, &StreamId(key), number, Settles::default()).await?;
            count += 1;
        }
    }
    Ok(count)
}
