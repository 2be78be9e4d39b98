//! Writes a comment of its own: one per reason, edited when the same is said again. What was said last counts: a command
//! that waits stands for every later one of its key.

use tfpilot_engine::Call;

use crate::surface;
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;
use crate::worker::posted::{self, Place};

pub(crate) async fn run(context: &Context<'_>, call: &Call) -> Result<(), CommandError> {
    let facts = context.facts().await?;
    let call = facts.calls.get(&call.key).unwrap_or(call);
    let body = surface::render_call(&facts, call, context.app.clock.now());
    let place = Place { number: call.number, slot: &call.key, marker: &surface::call_marker(&call.key) };
    posted::write(context, &place, &body).await
}
