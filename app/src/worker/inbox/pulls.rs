//! Something about a pull request changed: it is looked at again. Only those into managed branches are ours.

use crate::github::webhook::Pull;
use crate::worker::inbox::Delivery;
use crate::worker::observe;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

pub(super) async fn pull(delivery: &Delivery<'_>, pull: &Pull) -> Result<(), CommandError> {
    if !is_managed(delivery.repository, &pull.base.reference) {
        return delivery.ignore().await;
    }
    let stream =
        observe::stream_of_pull(delivery.app, delivery.repository, pull.number, &pull.head.reference).await?;
    observe::observe(delivery.app, delivery.repository, &stream, pull.number, delivery.settles()).await?;
    Ok(())
}

/// True for the branches of the configuration, by default the default branch.
pub(super) fn is_managed(repository: &Repository, base: &str) -> bool {
    let branches = &repository.config.branches;
    if branches.is_empty() {
        base == repository.default_branch
    } else {
        branches.iter().any(|name| name == base)
    }
}
