//! Owns: reactions to issues and comments over the API; each person has each reaction once.

use serde::Deserialize;
use serde_json::Value;

use crate::json::issue::REACTIONS;
use crate::state::{Reaction, World};

use super::{Answer, Call, Done, Reject};

#[derive(Deserialize)]
struct Ask {
    content: String,
}

fn list_mut<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Vec<Reaction>, Reject> {
    let id = call.repo(world)?;
    match call.number("comment_id") {
        Ok(comment) => Ok(&mut world.comment_mut(id, comment)?.1.reactions),
        Err(_) => Ok(&mut world.issue_mut(id, call.number("issue_number")?)?.reactions),
    }
}

fn list(world: &mut World, call: &Call) -> Done {
    let mut reactions = list_mut(world, call)?.clone();
    if let Some(content) = call.query("content") {
        reactions.retain(|reaction| reaction.content == content);
    }
    let all: Vec<Value> = reactions.iter().map(|reaction| world.reaction_json(reaction)).collect();
    call.list(world, all)
}

fn add(world: &mut World, call: &Call) -> Done {
    let actor = call.actor(world)?;
    let ask: Ask = call.json()?;
    if !REACTIONS.contains(&ask.content.as_str()) {
        return Err(Reject::field("Reaction", "content", "invalid"));
    }
    let (id, created) = (world.new_id(), world.now());
    let reactions = list_mut(world, call)?;
    let same = |reaction: &&Reaction| reaction.user == actor && reaction.content == ask.content;
    if let Some(known) = reactions.iter().find(same).cloned() {
        return Answer::ok(world.reaction_json(&known));
    }
    let reaction = Reaction { id, user: actor, content: ask.content, created };
    reactions.push(reaction.clone());
    Answer::created(world.reaction_json(&reaction))
}

fn remove(world: &mut World, call: &Call) -> Done {
    let id = call.number("reaction_id")?;
    let reactions = list_mut(world, call)?;
    let before = reactions.len();
    reactions.retain(|reaction| reaction.id != id);
    if reactions.len() == before { Err(Reject::not_found()) } else { Answer::none() }
}

/// `GET …/issues/comments/{id}/reactions`.
pub(crate) fn of_comment(world: &mut World, call: &Call) -> Done {
    list(world, call)
}

/// `POST …/issues/comments/{id}/reactions`.
pub(crate) fn add_to_comment(world: &mut World, call: &Call) -> Done {
    add(world, call)
}

/// `DELETE …/issues/comments/{id}/reactions/{reaction}`.
pub(crate) fn remove_from_comment(world: &mut World, call: &Call) -> Done {
    remove(world, call)
}

/// `GET …/issues/{number}/reactions`.
pub(crate) fn of_issue(world: &mut World, call: &Call) -> Done {
    list(world, call)
}

/// `POST …/issues/{number}/reactions`.
pub(crate) fn add_to_issue(world: &mut World, call: &Call) -> Done {
    add(world, call)
}

/// `DELETE …/issues/{number}/reactions/{reaction}`.
pub(crate) fn remove_from_issue(world: &mut World, call: &Call) -> Done {
    remove(world, call)
}
