//! Buttons on our checks, and "re-run": the same commands as in comments, found by the check's external id. Checks of
//! others can be what an apply or a merge waits for.

use jiff::Timestamp;
use tfpilot_engine::{Ask, Facts, Obstacle, PullSnapshot, Signal, gate};

use crate::github::webhook::{CheckRun, RequestedAction};
use crate::store::StreamId;
use crate::worker::inbox::{Delivery, overrule};
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::{actors, observe, views};

pub(super) async fn check_run(
    delivery: &Delivery<'_>,
    check: &CheckRun,
    pressed: Option<&RequestedAction>,
    received_at: Timestamp,
) -> Result<(), CommandError> {
    let ours = check.app.as_ref().is_some_and(|app| app.id == delivery.app.app_id);
    let action = delivery.webhook.action.as_deref();
    if action == Some("completed") && !ours {
        return others_check(delivery, check).await;
    }
    let Some(ask) = asked(action, pressed) else { return delivery.ignore().await };
    let Some(sender) = delivery.webhook.sender.as_ref().filter(|sender| ours && sender.is_person()) else {
        return delivery.ignore().await;
    };
    let Some((stream, seen)) = parse_external_id(&check.external_id, delivery.repository.id) else {
        return delivery.ignore().await;
    };
    let facts = delivery.app.ledger.facts(&stream, &delivery.repository.rules).await?;
    let Some(pull) = &facts.pull else { return delivery.ignore().await };
    let by = actors::actor(delivery.app, delivery.repository, sender).await?;
    let facts =
        observe::observe(delivery.app, delivery.repository, &stream, pull.number, Settles::default()).await?;
    // A button means the plan of its check: one of an earlier plan counts as written before the present one.
    let current = facts.round().map(|round| round.reviewed.short().to_owned()).unwrap_or_default();
    let written_at = if seen == current { received_at } else { Timestamp::UNIX_EPOCH };
    let number = facts.pull.as_ref().map_or(0, |pull| pull.number);
    let (app, repository) = (delivery.app, delivery.repository);
    let (by, ask) = match ask {
        Ask::Approve => (actors::in_teams(app, repository, by, &gate::wanted_teams(&facts)).await?, ask),
        Ask::Override { .. } => {
            let rule = gate::first_to_override(&facts, app.clock.now());
            let ask = overrule::pressed_for(app, repository, &facts, &by.person, rule).await?;
            (by, ask)
        }
        _ => (by, ask),
    };
    let signal = Signal::Asked { number, comment: None, by, ask, written_at };
    delivery.app.decide(&stream, delivery.repository, &signal, delivery.settles()).await?;
    Ok(())
}

/// What a button asks for, or GitHub's own "re-run".
pub(crate) fn asked(action: Option<&str>, pressed: Option<&RequestedAction>) -> Option<Ask> {
    Some(match (action, pressed.map(|action| action.identifier.as_str())) {
        (Some("requested_action"), Some("apply")) => Ask::Apply,
        (Some("requested_action"), Some("approve")) => Ask::Approve,
        (Some("requested_action"), Some("cancel")) => Ask::Cancel { stacks: Vec::new(), environment: None },
        (Some("requested_action"), Some("override")) => overrule::pressed(),
        (Some("requested_action"), Some("plan")) | (Some("rerequested"), _) => Ask::Plan,
        _ => return None,
    })
}

/// A check of somebody else ended: pull requests that wait for it, or for their merge, are looked at.
async fn others_check(delivery: &Delivery<'_>, check: &CheckRun) -> Result<(), CommandError> {
    let (app, repository) = (delivery.app, delivery.repository);
    for stream in views::streams_at(app.store.as_ref(), repository.id, check.head_sha.as_str()).await? {
        let facts = app.ledger.facts(&stream, &repository.rules).await?;
        let Some(pull) = facts.pull.as_ref().filter(|pull| waits_for(&facts, pull, &check.name)) else {
            continue;
        };
        observe::observe(app, repository, &stream, pull.number, Settles::default()).await?;
    }
    delivery.ignore().await
}

fn waits_for(facts: &Facts, pull: &PullSnapshot, check: &str) -> bool {
    let missing = |obstacle: &Obstacle| matches!(obstacle, Obstacle::Check { name } if name == check);
    pull.obstacles.iter().any(missing) || facts.merge_wait.is_some()
}

/// `repository/number:gate:plan`, of this repository.
pub(crate) fn parse_external_id(text: &str, repository: u64) -> Option<(StreamId, &str)> {
    let mut parts = text.splitn(3, ':');
    let stream = StreamId(parts.next()?.to_owned());
    let (owner, _) = views::parse_stream(&stream)?;
    let plan = parts.nth(1)?;
    (owner == repository).then_some((stream, plan))
}
