//! Cancels the workflow run of a plan that nothing waits for any more. One that ended already says so; one that applies
//! is never touched.

use tfpilot_engine::{Operation, Run, RunId};

use crate::github::{Failure, GitHubError, WorkflowRunId};
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(context: &Context<'_>, id: RunId) -> Result<(), CommandError> {
    let facts = context.facts().await?;
    let pointless = |run: &&Run| run.operation == Operation::Plan && !run.is_open();
    let Some(workflow_run) = facts.run(id).filter(pointless).and_then(|run| run.workflow_run) else {
        return Ok(());
    };
    match context.repository.client.cancel_run(WorkflowRunId(workflow_run)).await {
        // False where it has ended; gone where somebody deleted it.
        Ok(_) | Err(GitHubError { failure: Failure::Gone, .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
