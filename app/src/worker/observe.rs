//! Looks at a pull request: its state, reviews, commits, rules and tree, as one signal.

use std::sync::Arc;
use std::time::Duration;

use tfpilot_engine::{
    CommitSha, Facts, Obstacle, Person, PullSnapshot, PullState, Review, ReviewVerdict, Signal, TreeReading,
};

use crate::app::App;
use crate::github::pulls::{self, PullRequest, ReviewState};
use crate::github::{self, Failure, GitHubError};
use crate::stacks;
use crate::store::{StoreError, StreamId};
use crate::surface::CHECK_NAMES;
use crate::worker::judge_again::judge_again;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::{actors, timers};

/// Pauses between looks at a pull request whose mergeability is not computed.
const LOOKS: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(600)];

/// Observes the pull request and decides on what is seen. Returns the facts afterwards.
pub(crate) async fn observe(
    app: &Arc<App>,
    repository: &Repository,
    stream: &StreamId,
    number: u64,
    settles: Settles,
) -> Result<Facts, CommandError> {
    let seen = look(repository, number).await?;
    let facts = app.ledger.facts(stream, &repository.rules).await?;
    let facts = judge_again(app, repository, stream, facts).await?;
    let pull = snapshot(app, repository, &seen).await?;
    let tree = read_tree(app, repository, &facts, &pull).await?;
    let signal = Signal::PullSeen { pull, tree };
    Ok(app.decide(stream, repository, &signal, settles).await?)
}

/// Looks until GitHub has computed whether it can be merged, for a moment: mostly it has on the second look.
async fn look(repository: &Repository, number: u64) -> Result<PullRequest, CommandError> {
    let mut seen = repository.client.pull(number).await?;
    for pause in LOOKS {
        if seen.mergeable.is_some() || seen.state != pulls::PullState::Open {
            break;
        }
        tokio::time::sleep(pause).await;
        seen = repository.client.pull(number).await?;
    }
    Ok(seen)
}

/// The stream of a pull request: the request's that made it, else its own.
pub(crate) async fn stream_of_pull(
    app: &App,
    repository: &Repository,
    number: u64,
    head_ref: &str,
) -> Result<StreamId, StoreError> {
    if let Some(stream) = timers::subject(app, repository.id, number).await? {
        return Ok(stream);
    }
    // The delivery about our own pull request may come before its number is recorded.
    let issue =
        head_ref.strip_prefix("tfpilot/").and_then(|rest| rest.split('-').next()?.parse::<u64>().ok());
    if let Some(issue) = issue
        && let Some(stream) = timers::subject(app, repository.id, issue).await?
    {
        let facts = app.ledger.facts(&stream, &repository.rules).await?;
        let another = facts.pull.as_ref().is_some_and(|pull| pull.number != number);
        if !another && facts.change.as_ref().is_some_and(|change| change.branch == head_ref) {
            return Ok(stream);
        }
    }
    Ok(crate::worker::views::stream_of(repository.id, number))
}

async fn snapshot(
    app: &App,
    repository: &Repository,
    seen: &PullRequest,
) -> Result<PullSnapshot, CommandError> {
    let open = seen.state == pulls::PullState::Open;
    let base = base_tip(repository, seen, open).await?;
    let obstacles = if open { obstacles(app, repository, seen).await? } else { Vec::new() };
    Ok(PullSnapshot {
        number: seen.number,
        title: seen.title.clone(),
        head: CommitSha::new(seen.head.sha.as_str()),
        head_ref: seen.head.name.clone(),
        base_ref: seen.base.name.clone(),
        base,
        state: match (seen.is_merged(), open) {
            (true, _) => PullState::Merged,
            (false, true) => PullState::Open,
            (false, false) => PullState::Closed,
        },
        draft: seen.draft,
        fork: seen.is_fork(),
        author: seen.user.as_ref().map_or_else(nobody, actors::person),
        committers: committers(repository, seen.number).await?,
        reviews: reviews(app, repository, seen.number).await?,
        obstacles,
        managed: repository.manages(&seen.base.name),
    })
}

/// The tip of the base branch now. What the pull request itself names is the tip when its head last moved.
async fn base_tip(
    repository: &Repository,
    seen: &PullRequest,
    open: bool,
) -> Result<CommitSha, CommandError> {
    let tip = if open { repository.client.branch_head(&seen.base.name).await? } else { None };
    Ok(CommitSha::new(tip.as_ref().unwrap_or(&seen.base.sha).as_str()))
}

/// Stands for an account that is gone.
fn nobody() -> Person {
    Person { id: 0, login: "ghost".to_owned() }
}

async fn committers(repository: &Repository, number: u64) -> Result<Vec<Person>, CommandError> {
    let commits = repository.client.pull_commits(number).await?;
    let mut people: Vec<Person> = commits
        .iter()
        .flat_map(|commit| [&commit.author, &commit.committer])
        .flatten()
        .filter(|account| account.is_person())
        .map(actors::person)
        .collect();
    people.sort();
    people.dedup();
    Ok(people)
}

async fn reviews(app: &App, repository: &Repository, number: u64) -> Result<Vec<Review>, CommandError> {
    let mut found = Vec::new();
    for review in repository.client.reviews(number).await? {
        let (Some(user), Some(commit), Some(at)) = (&review.user, &review.commit_id, review.submitted_at)
        else {
            continue;
        };
        let Some(verdict) = verdict(review.state).filter(|_| user.is_person()) else { continue };
        let actor = actors::actor(app, repository, user).await?;
        found.push(Review {
            id: review.id,
            by: actor.person,
            roles: actor.roles,
            verdict,
            commit: CommitSha::new(commit.as_str()),
            at,
        });
    }
    Ok(found)
}

fn verdict(state: ReviewState) -> Option<ReviewVerdict> {
    match state {
        ReviewState::Approved => Some(ReviewVerdict::Approved),
        ReviewState::ChangesRequested => Some(ReviewVerdict::ChangesRequested),
        ReviewState::Commented => Some(ReviewVerdict::Commented),
        ReviewState::Dismissed => Some(ReviewVerdict::Dismissed),
        ReviewState::Pending => None,
    }
}

/// What stands against merging: conflicts, other required checks, reviews. Our own checks never count.
async fn obstacles(
    app: &App,
    repository: &Repository,
    seen: &PullRequest,
) -> Result<Vec<Obstacle>, CommandError> {
    let client = &repository.client;
    let mut found = Vec::new();
    match seen.mergeable {
        Some(true) => {}
        Some(false) => found.push(Obstacle::Conflict),
        None => found.push(Obstacle::Unknown),
    }
    let rules = client.branch_rules(&seen.base.name).await?;
    let others = || rules.required_checks.iter().filter(|check| !is_ours(app, check));
    if others().next().is_some() {
        let checks = client.checks(&seen.head.sha).await?;
        // Statuses of older tools need a permission of their own; without it they count as missing, never as passed.
        let statuses = match client.statuses(&seen.head.sha).await {
            Err(GitHubError { failure: Failure::Forbidden { .. }, .. }) => Vec::new(),
            read => read?,
        };
        for required in others() {
            let passed = checks.iter().any(|check| {
                check.name == required.context
                    && required.app_id.is_none_or(|id| check.app.as_ref().is_some_and(|app| app.id == id))
                    && matches!(
                        check.conclusion,
                        Some(
                            github::checks::Conclusion::Success
                                | github::checks::Conclusion::Neutral
                                | github::checks::Conclusion::Skipped
                        )
                    )
            }) || statuses
                .iter()
                .any(|status| status.context == required.context && status.state == "success");
            if !passed {
                found.push(Obstacle::Check { name: required.context.clone() });
            }
        }
    }
    if rules.approvals > 0 {
        let given = current_approvals(&client.reviews(seen.number).await?);
        if given < rules.approvals {
            found.push(Obstacle::Reviews {
                wanted: u32::try_from(rules.approvals).unwrap_or(u32::MAX),
                given: u32::try_from(given).unwrap_or(u32::MAX),
            });
        }
    }
    Ok(found)
}

fn is_ours(app: &App, check: &github::rules::RequiredCheck) -> bool {
    CHECK_NAMES.contains(&check.context.as_str()) && check.app_id.is_none_or(|id| id == app.app_id)
}

/// Reviewers whose last word is an approval.
fn current_approvals(reviews: &[pulls::Review]) -> u64 {
    let mut last: std::collections::BTreeMap<github::UserId, ReviewState> = std::collections::BTreeMap::new();
    for review in reviews {
        if let Some(user) = review.user.as_ref().filter(|_| review.state != ReviewState::Commented) {
            last.insert(user.id, review.state);
        }
    }
    last.values().filter(|state| **state == ReviewState::Approved).count() as u64
}

/// Reads the head's tree where it was not read before, or where the base moved. A closed pull request is not read, so
/// one that is open again is.
async fn read_tree(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    pull: &PullSnapshot,
) -> Result<Option<TreeReading>, CommandError> {
    let same = |known: &PullSnapshot| {
        known.head == pull.head && known.base == pull.base && known.state == PullState::Open
    };
    let known = facts.pull.as_ref().is_some_and(same);
    if pull.state != PullState::Open || (known && facts.head_is_read()) {
        return Ok(None);
    }
    stacks::read_head(app, repository, pull).await.map(Some)
}

/// The title of the request's module, such as `S3 bucket`.
pub(crate) fn module_title(app: &App, facts: &Facts) -> String {
    let module = facts.request.as_ref().and_then(|request| request.draft.module.as_deref());
    match module.map(|id| (id, app.catalog.find(id))) {
        Some((_, Some(module))) => module.title.clone(),
        Some((id, None)) => id.to_owned(),
        None => "Request".to_owned(),
    }
}
