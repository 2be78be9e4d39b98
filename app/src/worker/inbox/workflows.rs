//! A workflow run of ours ended: what it leaves open is not waited for any longer. The end of a single job is not looked
//! at: the run's says the same of all its jobs, and a worker that falls silent alone is found by its lease.

use jiff::SignedDuration;
use tfpilot_engine::{JobState, Run, Signal};

use crate::github::webhook::WorkflowRun;
use crate::store::{View, ViewChange};
use crate::worker::inbox::Delivery;
use crate::worker::outbox::CommandError;
use crate::worker::views::{self, WorkflowRow};

/// A worker reports before its run ends, but a report may still be on its way through us when the end arrives.
const REPORTS_ARRIVE: SignedDuration = SignedDuration::from_secs(5);

/// The end of a run may arrive before the answer to its dispatch is written down.
const DISPATCH_IS_KNOWN: SignedDuration = SignedDuration::from_secs(2);

/// Looks at an unknown run; then it is one that somebody else started.
const LOOKS: u32 = 3;

pub(super) async fn workflow_run(delivery: &Delivery<'_>, ended: &WorkflowRun) -> Result<(), CommandError> {
    let (app, repository) = (delivery.app, delivery.repository);
    let ours = ended.path.split('@').next().unwrap_or_default().rsplit('/').next()
        == Some(repository.config.workflow())
        && ended.event == "workflow_dispatch";
    if delivery.webhook.action.as_deref() != Some("completed") || !ours {
        return delivery.ignore().await;
    }
    let key = views::workflow_key(repository.id, ended.id.0);
    let Some(bytes) = app.store.view(View::Workflows, &key).await? else {
        return unknown(delivery).await;
    };
    let row: WorkflowRow = views::read(View::Workflows, &key, &bytes)?;
    let facts = app.ledger.facts(&row.stream, &repository.rules).await?;
    if delivery.attempts == 0 && facts.run(row.run).is_some_and(is_claimed) {
        let at = app.clock.now() + REPORTS_ARRIVE;
        return Err(CommandError::NotYet { why: "the last reports of its jobs", at });
    }
    let signal = Signal::WorkflowEnded { run: row.run, workflow_run: ended.id.0 };
    let mut settles = delivery.settles();
    settles.views.push(ViewChange { view: View::Workflows, key, value: None });
    app.decide(&row.stream, repository, &signal, settles).await?;
    Ok(())
}

fn is_claimed(run: &Run) -> bool {
    run.jobs.values().any(|job| matches!(job.state, JobState::Claimed { .. }))
}

async fn unknown(delivery: &Delivery<'_>) -> Result<(), CommandError> {
    if delivery.attempts >= LOOKS {
        return delivery.ignore().await;
    }
    let at = delivery.app.clock.now() + DISPATCH_IS_KNOWN;
    Err(CommandError::NotYet { why: "the answer to the dispatch", at })
}
