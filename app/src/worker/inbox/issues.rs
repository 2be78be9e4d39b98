//! An issue was opened or edited: it is read when it speaks to us, and counts by its sender's role. Closed, it stops
//! what it asked for.

use std::collections::BTreeMap;

use tfpilot_engine::{Ask, Limited, PullState, Reading, Role, Signal};

use crate::app::App;
use crate::config::RepositoryConfig;
use crate::config::repository::Listen;
use crate::github::Account;
use crate::github::webhook::Issue;
use crate::requests::{self, Address};
use crate::store::StreamId;
use crate::worker::existing::Versions;
use crate::worker::inbox::Delivery;
use crate::worker::ledger::Settles;
use crate::worker::open_texts::{self, Written};
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::{actors, existing, observe, timers, views};

/// The label that issue forms put on their issues.
pub(crate) const REQUEST_LABEL: &str = "tfpilot/request";

pub(super) async fn issue(delivery: &Delivery<'_>, issue: &Issue) -> Result<(), CommandError> {
    let action = delivery.webhook.action.as_deref();
    let read_on = matches!(action, Some("opened" | "edited" | "reopened"));
    let Some(sender) = delivery.webhook.sender.as_ref().filter(|sender| sender.is_person()) else {
        return delivery.ignore().await;
    };
    let repository = delivery.repository;
    let known = timers::subject(delivery.app, repository.id, issue.number).await?;
    if let (Some(stream), Some("closed" | "reopened"), false) = (&known, action, issue.pull_request) {
        let last = action == Some("closed");
        let settles = if last { delivery.settles() } else { Settles::default() };
        turned(delivery, stream, issue.number, sender, settles).await?;
        if last {
            return Ok(());
        }
    }
    if read_on && let Some(too_much) = too_much(delivery, sender, issue, known.is_some()) {
        let by = actors::actor(delivery.app, repository, sender).await?;
        // Who may ask for nothing is not told how often.
        if by.roles.anywhere < Role::Developer {
            return delivery.ignore().await;
        }
        let written_at = delivery.app.clock.now();
        let stream = known.unwrap_or_else(|| views::stream_of(repository.id, issue.number));
        let signal = Signal::Asked { number: issue.number, comment: None, by, ask: too_much, written_at };
        delivery.app.decide(&stream, repository, &signal, delivery.settles()).await?;
        return Ok(());
    }
    let read_here = read_on && read(delivery.app, repository, sender, issue, delivery.settles()).await?;
    if read_here { Ok(()) } else { delivery.ignore().await }
}

/// What is said of an issue for us that is one too many within the hour.
fn too_much(delivery: &Delivery<'_>, sender: &Account, issue: &Issue, known: bool) -> Option<Ask> {
    let config = &delivery.repository.config;
    address(issue, known, config, delivery.repository.private)?;
    let all = (Limited::AllRequests, config.limits.all_requests());
    let own = (Limited::Requests, config.limits.requests());
    [own, all].into_iter().find_map(|(what, most)| delivery.admit(sender, what, most).err())
}

/// Reads an open issue that speaks to us as `sender` wrote it; false when it is not for us.
pub(crate) async fn read(
    app: &App,
    repository: &Repository,
    sender: &Account,
    issue: &Issue,
    settles: Settles,
) -> Result<bool, CommandError> {
    let known = timers::subject(app, repository.id, issue.number).await?;
    let Some(address) = address(issue, known.is_some(), &repository.config, repository.private) else {
        return Ok(false);
    };
    let by = actors::actor(app, repository, sender).await?;
    let (catalog, config) = (&repository.catalog, &repository.config);
    let mut things = views::things_of(app.store.as_ref(), repository.id).await?;
    // What this issue itself made is no news to it.
    things.retain(|row| row.request != issue.number);
    let existing = existing::of(&things);
    let (reading, free) =
        requests::read_telling(&existing, address, &issue.title, &issue.body, catalog, config);
    let pinned = match existing::of_one(&reading, &things) {
        Some(row) => app.repositories.pinned(repository, &row.draft, &BTreeMap::new()).await?,
        None => catalog.clone(),
    };
    let reading = existing::edits(reading, &things, &Versions { pinned: &pinned, today: catalog }, config);
    // Talk among people is answered where it is meant for us.
    if address == Address::Open && matches!(reading, Reading::Other { .. }) {
        return Ok(false);
    }
    let stream = known.unwrap_or_else(|| views::stream_of(repository.id, issue.number));
    let written = Written { number: issue.number, comment: None, by };
    let signal = {
        let facts = app.ledger.facts(&stream, &repository.rules).await?;
        let catalog = if existing::upgrades(&reading) { catalog } else { &pinned };
        open_texts::signal(app, repository, catalog, &facts, written, (reading, free))
    };
    app.decide(&stream, repository, &signal, settles).await?;
    Ok(true)
}

/// Closed or opened again: the pull request follows. It is looked at first, as a merge closes issues too.
async fn turned(
    delivery: &Delivery<'_>,
    stream: &StreamId,
    number: u64,
    sender: &Account,
    settles: Settles,
) -> Result<(), CommandError> {
    let (app, repository) = (delivery.app, delivery.repository);
    let facts = app.ledger.facts(stream, &repository.rules).await?;
    if facts.request.as_ref().is_none_or(|request| request.issue != number) {
        return match settles.delivery {
            Some(_) => delivery.ignore().await,
            None => Ok(()),
        };
    }
    if let Some(pull) = facts.pull.filter(|pull| pull.state != PullState::Merged) {
        observe::observe(app, repository, stream, pull.number, Settles::default()).await?;
    }
    let by = actors::person(sender);
    let signal = match delivery.webhook.action.as_deref() {
        Some("closed") => Signal::IssueClosed { by },
        _ => Signal::IssueReopened { by },
    };
    app.decide(stream, repository, &signal, settles).await?;
    Ok(())
}

/// Whether an issue is read, and as what: an open one that is known already or speaks to us, and any other where the
/// repository has all of them read.
pub(crate) fn address(
    issue: &Issue,
    known: bool,
    config: &RepositoryConfig,
    private: bool,
) -> Option<Address> {
    if issue.pull_request || issue.state == "closed" {
        return None;
    }
    let to_us = known || is_addressed(issue);
    match config.listen(private) {
        _ if to_us => Some(Address::ToUs),
        Listen::All => Some(Address::Open),
        Listen::Addressed => None,
    }
}

/// Our form's label, a mention or a command.
fn is_addressed(issue: &Issue) -> bool {
    let labelled = issue.labels.iter().any(|label| label.name == REQUEST_LABEL);
    let text = issue.body.to_ascii_lowercase();
    labelled
        || text.contains("@tfpilot")
        || text.lines().any(|line| line.trim_start().starts_with("/tfpilot"))
}
