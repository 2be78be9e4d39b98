//! Starts the workflow for a run. A second start finds nothing to claim and ends.

use std::collections::BTreeMap;

use tfpilot_engine::{RunId, Signal};

use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(context: &Context<'_>, id: RunId, settles: Settles) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    let Some(run) = facts.run(id) else {
        return Err(CommandError::Impossible(format!("run {id} is not known")));
    };
    let open = run.jobs.values().filter(|job| job.state.is_open()).count();
    if open == 0 {
        return Ok(app.store.finish_command(settles.command.unwrap_or_default()).await?);
    }
    let environment = run.environment.as_ref().map(ToString::to_string).unwrap_or_default();
    let settings = repository.config.environments.get(&environment);
    let wanted = settings.map_or(1, crate::config::repository::environment::Environment::workers);
    let workers: Vec<u32> = (1..=wanted.min(u32::try_from(open).unwrap_or(u32::MAX))).collect();
    let apply_environment = match run.operation {
        tfpilot_engine::Operation::Plan => String::new(),
        tfpilot_engine::Operation::Apply => settings
            .and_then(|settings| settings.apply_environment.clone())
            .unwrap_or_else(|| environment.clone()),
    };
    let inputs = BTreeMap::from([
        ("run".to_owned(), id.to_string()),
        ("environment".to_owned(), apply_environment),
        ("workers".to_owned(), serde_json::to_string(&workers).unwrap_or_else(|_| "[1]".to_owned())),
    ]);
    let workflow = repository.config.workflow();
    let started = repository.client.dispatch(workflow, &repository.default_branch, &inputs).await?;
    let signal = Signal::Dispatched { run: id, workflow_run: started.map(|id| id.0) };
    app.decide(stream, repository, &signal, settles).await?;
    Ok(())
}
