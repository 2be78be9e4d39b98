//! The default branch moved: its configuration is read again, and open pull requests are looked at.

use tfpilot_engine::Status;

use crate::store::{StreamId, View};
use crate::worker::inbox::Delivery;
use crate::worker::ledger::Settles;
use crate::worker::observe;
use crate::worker::outbox::CommandError;
use crate::worker::views::{self, ChangeRow};

/// Open changes looked at after one push.
const LOOKED_AT: usize = 1_000;

pub(super) async fn push(delivery: &Delivery<'_>, reference: &str) -> Result<(), CommandError> {
    let default = format!("refs/heads/{}", delivery.repository.default_branch);
    if reference != default {
        return delivery.ignore().await;
    }
    let repository = delivery.app.repositories.refresh_config(delivery.repository).await?;
    let prefix = format!("{}/", repository.id);
    for (key, bytes) in delivery.app.store.scan(View::Changes, &prefix, LOOKED_AT).await? {
        let row: ChangeRow = views::read(View::Changes, &key, &bytes)?;
        let over = matches!(row.status, Status::Applied | Status::Closed | Status::Abandoned);
        if let Some(number) = row.pull.filter(|_| !over) {
            let stream = StreamId(key);
            observe::observe(delivery.app, &repository, &stream, number, Settles::default()).await?;
        }
    }
    delivery.ignore().await
}
