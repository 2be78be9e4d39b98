//! `tfpilot why`: the decision trace of one change, from the store alone.
//!
//! Nothing is judged here: gates, approvals and answers are the engine's own functions, asked about the facts that the
//! log gives. What only GitHub knows is as it was last seen.

mod asked;
mod found;
mod person;
mod told;
mod trace;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::log;
use super::stopped::Place;
use crate::clock::Clock;

/// `tfpilot why`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The change: the number of its pull request or of its issue.
    #[arg(long, value_name = "N")]
    change: u64,
    /// The repository, such as acme/infra, or its id. Needed where several have a change of that number.
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// Say also what `/tfpilot plan`, `approve` and `apply` by this login would be answered now.
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    #[command(flatten)]
    standing: person::Given,
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(settings: Option<&Path>, arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let now = Clock::default().now();
    let trace = runtime.block_on(async {
        let store = Arc::new(arguments.place.open(settings)?);
        let found = found::find(store, arguments.change, arguments.repository.as_deref()).await?;
        let who = arguments.user.as_deref().map(|login| person::person(&found, login, &arguments.standing));
        anyhow::Ok(trace::trace(&found, who, now))
    })?;
    if json {
        log::say(&serde_json::to_string_pretty(&trace)?);
    } else {
        log::say(told::text(&trace).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
