//! Writes a comment of its own: one per reason, edited when the same is said again.

use tfpilot_engine::Call;

use crate::surface;
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;
use crate::worker::posted::{self, Place};

pub(crate) async fn run(context: &Context<'_>, call: &Call) -> Result<(), CommandError> {
    let body = surface::render_call(&context.facts().await?, call, context.app.clock.now());
    let place = Place { number: call.number, slot: &call.key, marker: &surface::call_marker(&call.key) };
    posted::write(context, &place, &body).await
}
