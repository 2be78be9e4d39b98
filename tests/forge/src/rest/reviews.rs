//! Owns: reviews and requests for them over the API.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::{Review, World};

use super::{Answer, Call, Done, Reject};

fn ids(world: &World, call: &Call) -> Result<(u64, u64), Reject> {
    let (id, number) = (call.repo(world)?, call.number("pull_number")?);
    world.pull(id, number)?;
    Ok((id, number))
}

/// The reviews that the caller sees, oldest first: a pending one only its author.
fn seen<'a>(world: &'a World, call: &Call, id: u64, number: u64) -> Result<Vec<&'a Review>, Reject> {
    let (pull, caller) = (world.pull(id, number)?, call.caller.account(world));
    let own = pull.pending.iter().filter(|review| Some(review.author) == caller);
    Ok(pull.reviews.iter().chain(own).collect())
}

fn find<'a>(
    world: &'a World,
    call: &Call,
    (id, number, review): (u64, u64, u64),
) -> Result<&'a Review, Reject> {
    seen(world, call, id, number)?.into_iter().find(|known| known.id == review).ok_or_else(Reject::not_found)
}

/// `GET …/reviews`, oldest first.
pub(crate) fn list(world: &mut World, call: &Call) -> Done {
    let (id, number) = ids(world, call)?;
    let reviews = seen(world, call, id, number)?.into_iter();
    let all = reviews.map(|review| world.review_json(id, number, review)).collect();
    call.list(world, all)
}

/// `GET …/reviews/{review_id}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let (id, number) = ids(world, call)?;
    let review = find(world, call, (id, number, call.number("review_id")?))?;
    Answer::ok(world.review_json(id, number, review))
}

#[derive(Deserialize)]
struct Create {
    event: Option<String>,
    #[serde(default)]
    body: String,
    commit_id: Option<String>,
}

/// `POST …/reviews`; without an event it is pending.
pub(crate) fn create(world: &mut World, call: &Call) -> Done {
    let ((id, number), actor) = (ids(world, call)?, call.actor(world)?);
    let ask: Create = call.json()?;
    let commit = ask.commit_id.as_deref();
    let made = match &ask.event {
        Some(event) => world.review(id, number, actor, event, &ask.body, commit)?,
        None => world.begin_review(id, number, actor, &ask.body, commit)?,
    };
    let review = find(world, call, (id, number, made))?;
    Answer::ok(world.review_json(id, number, review))
}

/// `PUT …/reviews/{review_id}/dismissals`.
pub(crate) fn dismiss(world: &mut World, call: &Call) -> Done {
    let ((id, number), actor) = (ids(world, call)?, call.actor(world)?);
    let review = call.number("review_id")?;
    world.dismiss(id, number, review, actor)?;
    let review = find(world, call, (id, number, review))?;
    Answer::ok(world.review_json(id, number, review))
}

/// `GET …/requested_reviewers`.
pub(crate) fn requested(world: &mut World, call: &Call) -> Done {
    let (id, number) = ids(world, call)?;
    let pull = world.pull(id, number)?;
    let teams: Vec<Value> = pull.requested_teams.iter().map(|team| world.team_json(*team)).collect();
    Answer::ok(json!({"users": world.users_json(pull.requested_reviewers.iter()), "teams": teams}))
}

#[derive(Deserialize)]
struct Who {
    #[serde(default)]
    reviewers: Vec<String>,
    #[serde(default)]
    team_reviewers: Vec<String>,
}

fn read(world: &World, call: &Call, id: u64) -> Result<(Vec<u64>, Vec<u64>), Reject> {
    let ask: Who = call.json()?;
    let message = "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator";
    let unknown = |_| Reject::unprocessable(&[message]);
    let people: Result<Vec<u64>, Reject> = ask
        .reviewers
        .iter()
        .map(|login| world.login(login).map(|account| account.id).map_err(unknown))
        .collect();
    let org = world.login_of(world.repo(id)?.owner);
    let teams: Result<Vec<u64>, Reject> = ask
        .team_reviewers
        .iter()
        .map(|slug| {
            world.team(&org, slug).map(|team| team.id).ok_or_else(|| Reject::unprocessable(&[message]))
        })
        .collect();
    Ok((people?, teams?))
}

/// `POST …/requested_reviewers`.
pub(crate) fn request(world: &mut World, call: &Call) -> Done {
    let ((id, number), actor) = (ids(world, call)?, call.actor(world)?);
    let (people, teams) = read(world, call, id)?;
    world.request_review(id, number, actor, &people, &teams)?;
    Answer::created(world.pull_simple_json(id, number))
}

/// `DELETE …/requested_reviewers`.
pub(crate) fn unrequest(world: &mut World, call: &Call) -> Done {
    let ((id, number), actor) = (ids(world, call)?, call.actor(world)?);
    let (people, teams) = read(world, call, id)?;
    world.unrequest_review(id, number, actor, &people, &teams)?;
    Answer::ok(world.pull_simple_json(id, number))
}
