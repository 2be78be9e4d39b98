//! A merge queue's commit: its checks say whether what was planned and applied holds for it. Nothing runs there.

use tfpilot_engine::{Facts, PullState, Signal, StackPath};
use tracing::info;

use crate::github::webhook::MergeGroup;
use crate::stacks;
use crate::store::StreamId;
use crate::surface::{self, Alone};
use crate::worker::commands::Context;
use crate::worker::inbox::Delivery;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::{observe, reconcile};

/// A group wants its checks, or is gone.
pub(super) async fn seen(
    delivery: &Delivery<'_>,
    group: &MergeGroup,
    reason: Option<&str>,
) -> Result<(), CommandError> {
    if !delivery.repository.manages(group.base()) {
        return delivery.ignore().await;
    }
    match (delivery.webhook.action.as_deref(), reason) {
        (Some("checks_requested"), _) => judge(delivery, group).await?,
        (Some("destroyed"), Some("dequeued")) => dropped(delivery, group).await?,
        _ => {}
    }
    delivery.ignore().await
}

/// Every check of the group's commit concludes: else the queue would wait until it gives up.
async fn judge(delivery: &Delivery<'_>, group: &MergeGroup) -> Result<(), CommandError> {
    let (app, repository) = (delivery.app, delivery.repository);
    let stacks = stacks::read_between(app, repository, (&group.base_sha, &group.head_sha)).await?;
    let head = tfpilot_engine::CommitSha::new(group.head_sha.as_str());
    let Some(number) = group.pull() else {
        let strange: Vec<StackPath> = stacks.into_iter().map(|stack| stack.path).collect();
        return post(delivery, surface::group_checks(&head, None, &strange)).await;
    };
    let (stream, facts) = looked_at(delivery, number).await?;
    let strange = facts.strange_stacks(&stacks);
    let context = Context { app, repository, stream: &stream };
    let checks = reconcile::render(&context, &facts).await?.checks;
    let alone = Alone { number, base: group.base().to_owned(), checks };
    info!(pull = number, commit = %group.head_sha, strange = strange.len(), "a merge queue's commit was judged");
    post(delivery, surface::group_checks(&head, Some(&alone), &strange)).await?;
    if let Some(first) = strange.first() {
        let why = format!("in the merge queue {first} is not what was planned");
        tell(delivery, &stream, &Signal::MergeBlocked { why }).await?;
    }
    Ok(())
}

async fn looked_at(delivery: &Delivery<'_>, number: u64) -> Result<(StreamId, Facts), CommandError> {
    let (app, repository) = (delivery.app, delivery.repository);
    let stream = observe::stream_of_pull(app, repository, number, None).await?;
    let facts = observe::observe(app, repository, &stream, number, Settles::default()).await?;
    Ok((stream, facts))
}

/// It left the queue without a merge. Why is told where it was known before.
async fn dropped(delivery: &Delivery<'_>, group: &MergeGroup) -> Result<(), CommandError> {
    let Some(number) = group.pull() else { return Ok(()) };
    let (stream, facts) = looked_at(delivery, number).await?;
    if facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open) {
        tell(delivery, &stream, &Signal::LeftQueue).await?;
    }
    Ok(())
}

async fn tell(delivery: &Delivery<'_>, stream: &StreamId, signal: &Signal) -> Result<(), CommandError> {
    delivery.app.decide(stream, delivery.repository, signal, Settles::default()).await?;
    Ok(())
}

async fn post(delivery: &Delivery<'_>, checks: Vec<surface::CheckView>) -> Result<(), CommandError> {
    for check in &checks {
        reconcile::post_check(delivery.app, delivery.repository, check).await?;
    }
    Ok(())
}
