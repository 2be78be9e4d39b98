//! A repository joins: without a configuration it gets a pull request that proposes one, if it has Terraform; with one, its
//! default branch gets one success of each check, since GitHub lets only checks be required that it has seen.
//!
//! Everything here is looked for before it is made, so a delivery that comes twice, or a kill between two steps, makes
//! nothing twice.

use tracing::{info, warn};

use crate::app::App;
use crate::config::{guess, repository::FILE};
use crate::github::checks::{CheckRun, Conclusion, Output, Progress};
use crate::github::commit::{CommitContent, FileMode, NewFile};
use crate::github::content::EntryKind;
use crate::github::pulls::NewPull;
use crate::github::{CommitSha, Failure};
use crate::surface::{CHECK_NAMES, onboarding};
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// Brings a repository to where its people can go on alone. What GitHub refuses here for good, such as by a rule on the names
/// of branches, is logged: other repositories of the same installation go on.
pub(crate) async fn welcome(app: &App, repository: &Repository) -> Result<(), CommandError> {
    match bring(app, repository).await {
        Err(CommandError::GitHub(error)) if !error.failure.is_worth_retrying() => {
            warn!(repository = %repository.name, %error, "the repository cannot be brought in");
            Ok(())
        }
        other => other,
    }
}

async fn bring(app: &App, repository: &Repository) -> Result<(), CommandError> {
    let client = &repository.client;
    let Some(head) = client.branch_head(&repository.default_branch).await? else { return Ok(()) };
    match repository.configured {
        true => show_checks(app, repository, &head).await,
        false => propose(app, repository, &head).await,
    }
}

/// One success of each check that the commit does not have.
async fn show_checks(app: &App, repository: &Repository, head: &CommitSha) -> Result<(), CommandError> {
    let seen = repository.client.checks(head).await?;
    let ours = |name: &str| {
        seen.iter()
            .any(|check| check.name == name && check.app.as_ref().is_some_and(|by| by.id == app.app_id))
    };
    for name in CHECK_NAMES.into_iter().filter(|name| !ours(name)) {
        let check = CheckRun {
            name: name.to_owned(),
            head_sha: head.clone(),
            external_id: onboarding::EXTERNAL_ID.to_owned(),
            details_url: None,
            progress: Progress::Completed(Conclusion::Success),
            started_at: None,
            output: Output {
                title: onboarding::CHECK_TITLE.to_owned(),
                summary: onboarding::check_summary(&repository.default_branch),
                ..Output::default()
            },
            actions: Vec::new(),
        };
        repository.client.create_check(&check).await?;
    }
    Ok(())
}

/// Opens the pull request with a first configuration, unless there ever was one.
async fn propose(app: &App, repository: &Repository, head: &CommitSha) -> Result<(), CommandError> {
    let client = &repository.client;
    if !client.pulls_from(onboarding::BRANCH).await?.is_empty() {
        return Ok(());
    }
    let tree = client.tree(head).await?;
    let files = tree.iter().filter(|entry| entry.kind == EntryKind::Blob);
    let Some(found) = guess::guess(files.map(|entry| entry.path.as_str())) else { return Ok(()) };
    let file =
        NewFile { path: FILE.to_owned(), mode: FileMode::Regular, bytes: found.text.clone().into_bytes() };
    let content = CommitContent {
        files: vec![file],
        deletions: Vec::new(),
        message: format!("{}\n", onboarding::TITLE),
    };
    match client.commit_branch(head, onboarding::BRANCH, &content).await {
        // Ours of an earlier try, on an older head.
        Err(error) if matches!(error.failure, Failure::Conflict { .. }) => {}
        other => drop(other?),
    }
    let page = format!("{}/{}", app.web_url, repository.name);
    let new = NewPull {
        title: onboarding::TITLE.to_owned(),
        body: onboarding::body(&found, &page, &app.url, repository.config.workflow()),
        head: onboarding::BRANCH.to_owned(),
        base: repository.default_branch.clone(),
        draft: false,
    };
    let pull = client.ensure_pull(&new).await?;
    info!(repository = %repository.name, pull = pull.number, stacks = found.stacks, "proposed a configuration");
    Ok(())
}
