//! Asks the language model for what a text leaves open. Its answer is recorded with the decision that it leads to, so what
//! is recorded is never asked for again; a process that dies in between asks once more, and the first answer is nobody's.

use std::collections::BTreeMap;

use tfpilot_engine::{Awaited, OpenText, Reading, Signal, Suggestion, SuggestionsOutcome};
use tfpilot_modules::Catalog;
use tracing::{info, warn};

use crate::model::{About, Model, ModelError, Prompt};
use crate::requests::suggest;
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;

/// Attempts at an answer that may come in a moment. People wait for it.
const ATTEMPTS: u32 = 2;

/// Between two attempts.
const AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

/// `attempts`: how often it was tried before.
pub(crate) async fn run(
    context: &Context<'_>,
    open: &OpenText,
    attempts: u32,
    settles: Settles,
) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let awaited = context.facts().await?.request.and_then(|request| request.awaits);
    let Some(awaited) = awaited.filter(|awaited| awaited.of == open.of) else {
        return Ok(app.store.finish_command(settles.command.unwrap_or_default()).await?);
    };
    let catalog = match &awaited.reading {
        Reading::Complete { draft } | Reading::Asks { draft, .. } => {
            app.repositories.pinned(repository, draft, &BTreeMap::new()).await?
        }
        _ => repository.catalog.clone(),
    };
    let (outcome, suggestions) = match app.model.as_ref().filter(|_| repository.rules.model) {
        // Switched off since.
        None => (SuggestionsOutcome::Failed, Vec::new()),
        Some(model) => {
            let Some(_turn) = model.turn() else {
                let at = app.clock.now() + AGAIN;
                return Err(CommandError::NotYet { why: "the model answers others", at });
            };
            match ask(context, model, open, &awaited, &catalog).await {
                Ok(suggestions) => (SuggestionsOutcome::Answered, suggestions),
                Err(error) if error.is_worth_retrying() && attempts + 1 < ATTEMPTS => {
                    let at = app.clock.now() + AGAIN;
                    return Err(CommandError::NotYet { why: "the model failed, and is asked once more", at });
                }
                Err(error) => {
                    app.metrics.model_failed(error.word());
                    warn!(%stream, %error, "the language model is of no use now; the request goes on without it");
                    (SuggestionsOutcome::Failed, Vec::new())
                }
            }
        }
    };
    let config = &repository.config;
    let reading = suggest::merged(awaited.reading, &suggestions, &catalog, config);
    let reading = Some(suggest::offered(reading, &suggestions, &catalog, config));
    let signal = Signal::SuggestionsGiven { of: open.of.clone(), outcome, suggestions, reading };
    app.decide(stream, repository, &signal, settles).await?;
    Ok(())
}

async fn ask(
    context: &Context<'_>,
    model: &Model,
    open: &OpenText,
    awaited: &Awaited,
    catalog: &Catalog,
) -> Result<Vec<Suggestion>, ModelError> {
    let app = context.app;
    // Nothing to ask for any more: the catalog is another one since.
    let Some((draft, schema)) = suggest::asked(&awaited.reading, catalog) else { return Ok(Vec::new()) };
    let began = app.clock.now();
    let answer = model.ask(&Prompt { about: About::Request, text: open.text.clone(), schema }).await?;
    let suggestions = suggest::accepted(draft, &open.text, &answer, catalog);
    app.metrics.model_answered(!suggestions.is_empty());
    info!(
        stream = %context.stream,
        suggestions = suggestions.len(),
        milliseconds = app.clock.now().duration_since(began).as_millis(),
        "the language model answered"
    );
    Ok(suggestions)
}
