//! Merges the head that was applied, and no other.

use tfpilot_engine::{CommitSha, Signal};

use crate::github;
use crate::github::pulls::{MergeMethod, MergeOutcome};
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::{access, reconcile};

pub(crate) async fn run(
    context: &Context<'_>,
    head: &CommitSha,
    settles: Settles,
) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    let Some(pull) = &facts.pull else {
        return Err(CommandError::Impossible("there is no pull request to merge".to_owned()));
    };
    let sha = github::CommitSha::parse(head.as_str())
        .map_err(|error| CommandError::Impossible(error.to_string()))?;
    // Where our own checks are required, GitHub refuses a merge whose apply is not said to be over.
    match reconcile::show_checks_now(context).await {
        // Where they are not required, a merge does without them.
        Err(CommandError::GitHub(error)) if access::is_lack(&error) => {}
        shown => shown?,
    }
    let rules = repository.client.branch_rules(&pull.base_ref).await?;
    let method = rules
        .merge_methods
        .as_deref()
        .and_then(<[MergeMethod]>::first)
        .copied()
        .unwrap_or(MergeMethod::Merge);
    let outcome = repository.client.merge(pull.number, &sha, method, None).await?;
    let signal = match outcome {
        MergeOutcome::Merged { commit } => {
            let commit = commit.map_or_else(|| head.clone(), |commit| CommitSha::new(commit.as_str()));
            Signal::Merged { commit }
        }
        MergeOutcome::HeadMoved => Signal::MergeBlocked {
            why: "the head moved after the apply; only what was applied is merged".to_owned(),
        },
        MergeOutcome::Blocked { message } => Signal::MergeBlocked { why: message },
        MergeOutcome::QueueBranch => {
            let seen = repository.client.pull(pull.number).await?;
            repository.client.enqueue(&seen, &sha).await?;
            Signal::Queued
        }
    };
    app.decide(stream, repository, &signal, settles).await?;
    Ok(())
}
