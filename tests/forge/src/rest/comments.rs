//! Owns: comments on issues and pull requests over the API.

use serde::Deserialize;
use serde_json::Value;

use crate::state::{Permission, World};

use super::{Answer, Call, Caller, Done, Reject};

/// `GET …/issues/{number}/comments`, oldest first.
pub(crate) fn list(world: &mut World, call: &Call) -> Done {
    let (id, number) = (call.repo(world)?, call.number("issue_number")?);
    let since = call.query("since").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let comments = world.issue(id, number)?.comments.iter();
    let fresh = comments.filter(|comment| since.is_none_or(|since| comment.updated >= since));
    let all = fresh.map(|comment| world.comment_json(id, number, comment)).collect();
    call.list(world, all)
}

/// `GET …/issues/comments`.
pub(crate) fn of_repo(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let mut all: Vec<(u64, Value)> = Vec::new();
    for issue in world.repo(id)?.issues.values() {
        for comment in &issue.comments {
            all.push((comment.id, world.comment_json(id, issue.number, comment)));
        }
    }
    all.sort_by_key(|(id, _)| *id);
    if call.query("direction") == Some("desc") {
        all.reverse();
    }
    call.list(world, all.into_iter().map(|(_, json)| json).collect())
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

/// `POST …/issues/{number}/comments`.
pub(crate) fn create(world: &mut World, call: &Call) -> Done {
    let (id, number, actor) = (call.repo(world)?, call.number("issue_number")?, call.actor(world)?);
    let ask: Body = call.json()?;
    let made = world.comment(id, number, actor, &ask.body)?;
    let (_, comment) = world.comment_by_id(id, made)?;
    Answer::created(world.comment_json(id, number, comment))
}

/// `GET …/issues/comments/{id}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let (number, comment) = world.comment_by_id(id, call.number("comment_id")?)?;
    Answer::ok(world.comment_json(id, number, comment))
}

/// Its author may change a comment, and whoever may write.
fn may_change(world: &World, call: &Call, repo: u64, comment: u64) -> Result<(), Reject> {
    let (_, comment) = world.comment_by_id(repo, comment)?;
    match &call.caller {
        Caller::User(person) => {
            let writes = world.permission(world.repo(repo)?, *person) >= Permission::Write;
            let refused = || Reject::new(403, "Must have admin rights to Repository.");
            (writes || comment.author == *person).then_some(()).ok_or_else(refused)
        }
        _ => Ok(()),
    }
}

/// `PATCH …/issues/comments/{id}`.
pub(crate) fn update(world: &mut World, call: &Call) -> Done {
    let (id, comment, actor) = (call.repo(world)?, call.number("comment_id")?, call.actor(world)?);
    may_change(world, call, id, comment)?;
    let ask: Body = call.json()?;
    world.edit_comment(id, comment, actor, &ask.body)?;
    get(world, call)
}

/// `DELETE …/issues/comments/{id}`.
pub(crate) fn delete(world: &mut World, call: &Call) -> Done {
    let (id, comment, actor) = (call.repo(world)?, call.number("comment_id")?, call.actor(world)?);
    may_change(world, call, id, comment)?;
    world.delete_comment(id, comment, actor)?;
    Answer::none()
}
