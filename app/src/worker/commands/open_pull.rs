//! Opens the pull request of a request's branch. One that a person closed stays closed and is observed as it is.

use tfpilot_engine::Signal;

use crate::github::pulls::NewPull;
use crate::surface;
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::observe;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(context: &Context<'_>, settles: Settles) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    if facts.is_request_closed() || facts.refused_draft().is_some() {
        return Ok(app.store.finish_command(settles.command.unwrap_or_default()).await?);
    }
    let title = observe::module_title(repository, &facts);
    let (Some(change), Some(body)) =
        (&facts.change, surface::pull_body(&facts, &title, repository.pull_template.as_deref()))
    else {
        return Err(CommandError::Impossible(
            "there is no decided change to open a pull request for".to_owned(),
        ));
    };
    let new = NewPull {
        title: change.title.clone(),
        body,
        head: change.branch.clone(),
        base: repository.default_branch.clone(),
        draft: false,
    };
    let pull = repository.client.ensure_pull(&new).await?;
    if let Some(request) = &facts.request {
        // The assignment is a courtesy: the pull request stands without it.
        if let Err(error) =
            repository.client.assign(pull.number, std::slice::from_ref(&request.by.login)).await
        {
            tracing::warn!(%stream, %error, "the requester was not assigned");
        }
    }
    let facts = observe::observe(app, repository, stream, pull.number, settles).await?;
    if facts.pull.is_none() {
        let why = format!("pull request #{} cannot be read", pull.number);
        let signal = Signal::StepFailed { step: "pull request".to_owned(), why };
        app.decide(stream, repository, &signal, Settles::default()).await?;
    }
    Ok(())
}
