//! Commits the lock file that a plan job of our own branch returned, and remembers it. The commit that is there already
//! is found again; on a head that moved meanwhile nothing is committed, as that head is planned anew.

use tfpilot_engine::{JobId, StackPath};

use crate::github::commit::{CommitContent, FileMode, NewFile};
use crate::github::{self, Failure, GitHubError};
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::{lock_files, observe};

pub(crate) async fn run(
    context: &Context<'_>,
    stack: &StackPath,
    job: JobId,
    settles: Settles,
) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    let (Some(change), Some(request), Some(pull)) = (&facts.change, &facts.request, &facts.pull) else {
        return Err(CommandError::Impossible("a lock file is committed on our own branches only".to_owned()));
    };
    let Some(bytes) = app.blobs.get(&lock_files::returned_key(job)).await? else {
        return Err(CommandError::Impossible("the returned lock file is not stored any more".to_owned()));
    };
    let planned_head = facts.plans.get(stack).filter(|plan| plan.job == job).map(|plan| &plan.head);
    if let Some(head) = planned_head.filter(|head| **head == pull.head) {
        let head = github::CommitSha::parse(head.as_str())
            .map_err(|error| CommandError::Impossible(error.to_string()))?;
        let file = NewFile {
            path: format!("{stack}/.terraform.lock.hcl"),
            mode: FileMode::Regular,
            bytes: bytes.clone(),
        };
        let message = format!("build: lock the providers of {stack}\n\nRequest: #{}\n", request.issue);
        let content = CommitContent { files: vec![file], deletions: Vec::new(), message };
        match repository.client.update_branch(&change.branch, &head, &content).await {
            Ok(_) | Err(GitHubError { failure: Failure::Conflict { .. }, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    lock_files::remember(app, repository, request, bytes).await?;
    observe::observe(app, repository, stream, pull.number, settles).await?;
    Ok(())
}
