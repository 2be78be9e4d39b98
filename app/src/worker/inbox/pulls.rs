//! Something about a pull request changed: it is looked at again. Only those into managed branches are ours, and those
//! that once were.

use crate::github::webhook::Pull;
use crate::worker::inbox::Delivery;
use crate::worker::outbox::CommandError;
use crate::worker::{observe, pushers, timers};

pub(super) async fn pull(delivery: &Delivery<'_>, pull: &Pull) -> Result<(), CommandError> {
    let (app, repository) = (delivery.app, delivery.repository);
    // Who is asked for a review decides nothing, and mostly it was us who asked.
    if matches!(delivery.webhook.action.as_deref(), Some("review_requested" | "review_request_removed")) {
        return delivery.ignore().await;
    }
    let known = timers::subject(app, repository.id, pull.number).await?.is_some();
    if !known && !repository.manages(&pull.base.reference) {
        return delivery.ignore().await;
    }
    pushers::remember(app, repository.id, pull.number, delivery.webhook).await?;
    let own = pull.head.repo.as_ref().is_some_and(|home| home.id.0 == repository.id);
    let branch = own.then_some(pull.head.reference.as_str());
    let stream = observe::stream_of_pull(app, repository, pull.number, branch).await?;
    observe::observe(app, repository, &stream, pull.number, delivery.settles()).await?;
    Ok(())
}
