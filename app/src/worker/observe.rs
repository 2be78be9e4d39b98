//! Looks at a pull request: its state, reviews, commits, rules and tree, as one signal.

use std::sync::Arc;

use tfpilot_engine::{
    Actor, CommitSha, Facts, Person, PullSnapshot, PullState, Review, ReviewVerdict, Signal, TreeReading,
    gate,
};
use tokio::time::{Duration, Instant};

use crate::app::App;
use crate::github::pulls::{self, PullRequest, ReviewState};
use crate::stacks;
use crate::store::{StoreError, StreamId};
use crate::worker::judge_again::judge_again;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::{actors, boxed, examples, obstacles, pushers, timers};

/// When a pull request is looked at again whose mergeability is not computed, counted from the look before. GitHub
/// computes it when it is asked for; mostly it is there on the second look.
const LOOKS: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(600)];

/// Observes the pull request and decides on what is seen. Returns the facts afterwards.
pub(crate) async fn observe(
    app: &Arc<App>,
    repository: &Repository,
    stream: &StreamId,
    number: u64,
    settles: Settles,
) -> Result<Facts, CommandError> {
    boxed(|| observe_in_turn(app, repository, stream, number, settles)).await
}

async fn observe_in_turn(
    app: &Arc<App>,
    repository: &Repository,
    stream: &StreamId,
    number: u64,
    settles: Settles,
) -> Result<Facts, CommandError> {
    let mut turn = app.looks.turn((repository.id, number), &repository.config).await;
    let facts = app.ledger.facts(stream, &repository.rules).await?;
    let facts = judge_again(app, repository, stream, facts).await?;
    let (pull, tree) = match turn.seen() {
        Some(pull) => {
            let tree = read_tree(app, repository, &facts, &pull).await?;
            (pull, tree)
        }
        None => {
            let (pull, tree) = look(app, repository, &facts, number).await?;
            turn.saw(&pull);
            (pull, tree)
        }
    };
    let mut settles = settles;
    if tree.is_some() {
        settles.views.extend(examples::of_head(app, repository, &facts, &pull).await?);
    }
    let signal = Signal::PullSeen { pull, tree };
    // Still in turn: who comes next finds the tree read.
    Ok(app.decide(stream, repository, &signal, settles).await?)
}

/// Looks at all there is. What does not depend on each other is asked together, while GitHub computes whether the pull
/// request can be merged.
async fn look(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    number: u64,
) -> Result<(PullSnapshot, Option<TreeReading>), CommandError> {
    let seen = repository.client.pull(number).await?;
    let since = Instant::now();
    let mut pull = snapshot(app, repository, &seen).await?;
    let mergeable = mergeable(repository, &seen, since, looks(facts));
    let (mergeable, tree) = tokio::try_join!(mergeable, read_tree(app, repository, facts, &pull))?;
    if pull.state == PullState::Open {
        pull.obstacles.splice(0..0, obstacles::of_merging(mergeable));
        name_teams(app, repository, facts, &mut pull, tree.as_ref()).await?;
    }
    Ok((pull, tree))
}

/// Asks of everybody who approved whether they are in the teams from which approvals are wanted.
async fn name_teams(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    pull: &mut PullSnapshot,
    tree: Option<&TreeReading>,
) -> Result<(), CommandError> {
    if pull.reviews.iter().all(|review| review.verdict != ReviewVerdict::Approved) {
        return Ok(());
    }
    let mut seen = facts.clone();
    if let Some(tree) = tree {
        seen.tree = Some(tree.clone());
        seen.pull = Some(pull.clone());
    }
    let teams = gate::wanted_teams(&seen);
    for review in pull.reviews.iter_mut().filter(|review| review.verdict == ReviewVerdict::Approved) {
        let actor = Actor { person: review.by.clone(), roles: review.roles.clone() };
        review.roles = actors::in_teams(app, repository, actor, &teams).await?.roles;
    }
    Ok(())
}

/// How patiently GitHub is waited for: while there is no plan, nothing depends on it.
fn looks(facts: &Facts) -> &'static [Duration] {
    if facts.plans.is_empty() { &LOOKS[..1] } else { &LOOKS }
}

/// Whether it can be merged; none when GitHub has not computed it in time, or the pull request moved meanwhile.
async fn mergeable(
    repository: &Repository,
    seen: &PullRequest,
    since: Instant,
    looks: &[Duration],
) -> Result<Option<bool>, CommandError> {
    if seen.mergeable.is_some() || seen.state != pulls::PullState::Open {
        return Ok(seen.mergeable);
    }
    let mut due = since;
    for pause in looks {
        due += *pause;
        tokio::time::sleep_until(due).await;
        let again = repository.client.pull(seen.number).await?;
        let same = again.head.sha == seen.head.sha && again.base.name == seen.base.name;
        if again.mergeable.is_some() || !same {
            return Ok(again.mergeable.filter(|_| same));
        }
    }
    Ok(None)
}

/// The stream of a pull request: the request's that made it, else its own. `branch` is its head, where that lies in the
/// repository itself: in a fork anybody gives any name.
pub(crate) async fn stream_of_pull(
    app: &App,
    repository: &Repository,
    number: u64,
    branch: Option<&str>,
) -> Result<StreamId, StoreError> {
    if let Some(stream) = timers::subject(app, repository.id, number).await? {
        return Ok(stream);
    }
    // The delivery about our own pull request may come before its number is recorded.
    let of_request = branch.and_then(|branch| {
        let issue = branch.strip_prefix("tfpilot/")?.split('-').next()?;
        Some((issue.parse::<u64>().ok()?, branch))
    });
    if let Some((issue, branch)) = of_request
        && let Some(stream) = timers::subject(app, repository.id, issue).await?
    {
        let facts = app.ledger.facts(&stream, &repository.rules).await?;
        let another = facts.pull.as_ref().is_some_and(|pull| pull.number != number);
        if !another && facts.change.as_ref().is_some_and(|change| change.branch == branch) {
            return Ok(stream);
        }
    }
    Ok(crate::worker::views::stream_of(repository.id, number))
}

/// All but whether it can be merged without conflict.
async fn snapshot(
    app: &App,
    repository: &Repository,
    seen: &PullRequest,
) -> Result<PullSnapshot, CommandError> {
    let client = &repository.client;
    let open = seen.state == pulls::PullState::Open;
    let rules = async { if open { client.branch_rules(&seen.base.name).await.map(Some) } else { Ok(None) } };
    let (rules, commits, given) =
        tokio::try_join!(rules, client.pull_commits(seen.number), client.reviews(seen.number))?;
    // What the pull request itself names is the base's tip when its head last moved.
    let base = rules.as_ref().and_then(|rules| rules.tip.as_ref()).unwrap_or(&seen.base.sha);
    let obstacles = match &rules {
        Some(rules) => obstacles::of_rules(app, repository, seen, rules, &given).await?,
        None => Vec::new(),
    };
    Ok(PullSnapshot {
        number: seen.number,
        title: seen.title.clone(),
        head: CommitSha::new(seen.head.sha.as_str()),
        head_ref: seen.head.name.clone(),
        base_ref: seen.base.name.clone(),
        base: CommitSha::new(base.as_str()),
        state: match (seen.is_merged(), open) {
            (true, _) => PullState::Merged,
            (false, true) => PullState::Open,
            (false, false) => PullState::Closed,
        },
        draft: seen.draft,
        fork: seen.is_fork(),
        author: seen.user.as_ref().map_or_else(nobody, actors::person),
        committers: committers(&commits, pushers::of(app, repository.id, seen.number).await?),
        reviews: reviews(app, repository, &given).await?,
        obstacles,
        managed: repository.manages(&seen.base.name),
    })
}

/// Stands for an account that is gone.
fn nobody() -> Person {
    Person { id: 0, login: "ghost".to_owned() }
}

/// Whoever a commit names, and whoever pushed it.
fn committers(commits: &[pulls::PullCommit], pushers: Vec<Person>) -> Vec<Person> {
    let mut people: Vec<Person> = commits
        .iter()
        .flat_map(|commit| [&commit.author, &commit.committer])
        .flatten()
        .filter(|account| account.is_person())
        .map(actors::person)
        .chain(pushers)
        .collect();
    people.sort();
    people.dedup();
    people
}

async fn reviews(
    app: &App,
    repository: &Repository,
    given: &[pulls::Review],
) -> Result<Vec<Review>, CommandError> {
    let mut found = Vec::new();
    for review in given {
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
    // A reading of before owners were looked at is read again.
    let read = facts.head_is_read() && facts.tree.as_ref().is_some_and(|tree| tree.owners.is_some());
    if pull.state != PullState::Open || (known && read) {
        return Ok(None);
    }
    stacks::read_head(app, repository, pull).await.map(Some)
}

/// The title of the request's module, such as `S3 bucket`.
pub(crate) fn module_title(repository: &Repository, facts: &Facts) -> String {
    let subject = facts.request.as_ref().and_then(|request| request.draft.subject());
    let module = subject.and_then(|thing| thing.module.as_deref());
    match module.map(|id| (id, repository.catalog.find(id))) {
        Some((_, Some(module))) => module.title.clone(),
        Some((id, None)) => id.to_owned(),
        None => "Request".to_owned(),
    }
}
