//! A managed branch moved: open pull requests into it are looked at. With the default branch the configuration is read
//! again, which may concern all of them, and requests that were refused under the rules before. A repository that has
//! another name or another owner shows its changes anew, as what they lead to has another address.

use std::sync::Arc;

use tfpilot_engine::{Signal, Status};

use crate::app::App;
use crate::stacks;
use crate::store::{StreamId, View};
use crate::worker::inbox::Delivery;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::views::{self, ChangeRow};
use crate::worker::{access, observe, onboarding};

/// Open changes looked at after one push.
const LOOKED_AT: usize = 1_000;

/// Its name and installation were learnt with the delivery.
pub(super) async fn changed(delivery: &Delivery<'_>) -> Result<(), CommandError> {
    if matches!(delivery.webhook.action.as_deref(), Some("renamed" | "transferred")) {
        access::tell(delivery.app, delivery.repository, &Signal::Renamed).await?;
    }
    delivery.ignore().await
}

pub(super) async fn push(delivery: &Delivery<'_>, reference: &str) -> Result<(), CommandError> {
    let Some(branch) = reference.strip_prefix("refs/heads/") else { return delivery.ignore().await };
    let is_default = branch == delivery.repository.default_branch;
    if !is_default && !delivery.repository.manages(branch) {
        return delivery.ignore().await;
    }
    let repository = match is_default {
        true => delivery.app.repositories.refresh_config(delivery.repository).await?,
        false => delivery.repository.clone(),
    };
    if is_default && repository.configured && !delivery.repository.configured {
        onboarding::welcome(delivery.app, &repository).await?;
    }
    look_again(delivery.app, delivery.repository, &repository, (!is_default).then_some(branch)).await?;
    if is_default {
        for before in delivery.app.repositories.governed_by(delivery.repository).await? {
            let after = delivery.app.repositories.refresh_config(&before).await?;
            look_again(delivery.app, &before, &after, None).await?;
        }
    }
    delivery.ignore().await
}

/// Looks at what is open under the configuration as it is now: at all of it, or at pull requests into a branch.
async fn look_again(
    app: &Arc<App>,
    before: &Repository,
    repository: &Repository,
    branch: Option<&str>,
) -> Result<(), CommandError> {
    let prefix = format!("{}/", repository.id);
    for (key, bytes) in app.store.scan(View::Changes, &prefix, LOOKED_AT).await? {
        let row: ChangeRow = views::read(View::Changes, &key, &bytes)?;
        let over = matches!(row.status, Status::Applied | Status::Closed | Status::Abandoned);
        let concerned = branch.is_none_or(|branch| row.base.as_deref().is_none_or(|base| base == branch));
        let stream = StreamId(key);
        let under = |config| stacks::judged_under(config, stacks::today(app));
        let judged_otherwise = || under(&repository.config) != under(&before.config);
        if row.status == Status::Refused && judged_otherwise() {
            let signal = Signal::RulesChanged;
            app.decide(&stream, repository, &signal, Settles::default()).await?;
        }
        if let Some(number) = row.pull.filter(|_| !over && concerned) {
            observe::observe(app, repository, &stream, number, Settles::default()).await?;
            if repository.rules != before.rules {
                let signal = Signal::RulesChanged;
                app.decide(&stream, repository, &signal, Settles::default()).await?;
            }
        }
    }
    Ok(())
}
