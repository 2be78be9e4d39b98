//! Puts a reaction; GitHub keeps one of a kind, so repeating it changes nothing.

use tfpilot_engine::{Reaction, ReactionTarget};

use crate::github::{CommentId, issues};
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(
    context: &Context<'_>,
    on: ReactionTarget,
    reaction: Reaction,
) -> Result<(), CommandError> {
    let client = &context.repository.client;
    let reaction = match reaction {
        Reaction::Eyes => issues::Reaction::Eyes,
        Reaction::Rocket => issues::Reaction::Rocket,
        Reaction::ThumbsUp => issues::Reaction::ThumbsUp,
        Reaction::Confused => issues::Reaction::Confused,
    };
    match on {
        ReactionTarget::Issue { number } => client.react(number, reaction).await?,
        ReactionTarget::Comment { id } => client.react_to_comment(CommentId(id), reaction).await?,
    }
    Ok(())
}
