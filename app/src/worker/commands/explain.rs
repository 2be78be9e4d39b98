//! Asks the language model to explain a plan in words. What it said is stored beside the plan and asked for once; a plan that it
//! says nothing of is shown as ever.

use tfpilot_engine::{JobId, Signal};
use tfpilot_plan::RedactedPlan;
use tracing::{info, warn};

use crate::model::{About, Model, ModelError, Prompt};
use crate::stacks::explained;
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::plan_blobs::{explained_key, plan_key};

/// Attempts at an answer that may come in a moment.
const ATTEMPTS: u32 = 2;

/// Between two attempts, and between two looks whether it is free.
const AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

/// `attempts`: how often it was tried before.
pub(crate) async fn run(
    context: &Context<'_>,
    job: JobId,
    attempts: u32,
    settles: Settles,
) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let done = async || Ok(app.store.finish_command(settles.command.unwrap_or_default()).await?);
    // Replaced or switched off since.
    let is_there = context.facts().await?.plans.values().any(|plan| plan.job == job);
    let Some(model) = app.model.as_ref().filter(|_| is_there && repository.rules.explains) else {
        return done().await;
    };
    if app.blobs.get(&explained_key(job)).await?.is_none() {
        let Some(bytes) = app.blobs.get(&plan_key(job)).await? else { return done().await };
        let Ok(plan) = RedactedPlan::parse(&bytes) else { return done().await };
        drop(bytes);
        let Some(_turn) = model.turn() else {
            let at = app.clock.now() + AGAIN;
            return Err(CommandError::NotYet { why: "the model answers others", at });
        };
        match ask(context, model, &plan).await {
            Ok(text) => app.blobs.put(&explained_key(job), text.into_bytes()).await?,
            Err(error) if error.is_worth_retrying() && attempts + 1 < ATTEMPTS => {
                let at = app.clock.now() + AGAIN;
                return Err(CommandError::NotYet { why: "the model failed, and is asked once more", at });
            }
            Err(error) => {
                app.metrics.model_failed(error.word());
                warn!(%stream, %error, "the language model is of no use now; the plan is shown without its words");
                return done().await;
            }
        }
    }
    app.decide(stream, repository, &Signal::Explained, settles).await?;
    Ok(())
}

async fn ask(context: &Context<'_>, model: &Model, plan: &RedactedPlan) -> Result<String, ModelError> {
    let app = context.app;
    let summary = plan.summary();
    let text = explained::told(&summary, model.text_bytes());
    let began = app.clock.now();
    let answer = model.ask(&Prompt { about: About::Plan, text, schema: explained::schema() }).await?;
    let points = explained::accepted(answer, &summary);
    app.metrics.model_answered(!points.is_empty());
    info!(
        stream = %context.stream,
        points = points.len(),
        milliseconds = app.clock.now().duration_since(began).as_millis(),
        "the language model explained a plan"
    );
    Ok(explained::markdown(&points, model.name()))
}
