//! The GitHub Action around the runner: a worker of one job of a workflow. It proves itself with an OIDC token,
//! claims the jobs of its run until none is left, and shows in the workflow's log what they say. Everything
//! else is [`tfpilot_runner`]'s.

mod commands;
mod console;
mod inputs;
mod oidc;
mod summary;

use std::sync::Arc;
use std::time::Duration;

use tfpilot_protocol::Secret;
use tfpilot_runner::cancel::{self, Level};
use tfpilot_runner::claims::{Claims, Tally};
use tfpilot_runner::client::{App, Patience};
use tfpilot_runner::handoff::Secrets;
use tfpilot_runner::job::OwnRepository;
use tfpilot_runner::sidecar::stop_on_signals;

pub use console::Console;
pub use inputs::Inputs;
pub use oidc::Oidc;

/// An app that does not answer a claim is asked for this long: a restart, not an outage.
const PATIENCE: Patience = Patience {
    total: Duration::from_secs(300),
    first: Duration::from_millis(500),
    longest: Duration::from_secs(20),
};

/// Claims until nothing is left.
pub async fn run(inputs: Inputs, taken: &Secrets) -> anyhow::Result<Tally> {
    let console = Arc::new(Console::stdout());
    taken.all().for_each(|secret| console.hide(secret));
    let oidc = Oidc::new(&inputs.app_url, taken)?;
    let app = App::new(&inputs.app_url)?;
    let secrets: Vec<Secret> = taken.all().cloned().collect();
    let mut worker = inputs.machine.worker(app, secrets, false, console.clone()).await?;
    let token = taken.get("INPUT_TOKEN").or_else(|| taken.get("GITHUB_TOKEN"));
    worker.own_repository =
        token.zip(inputs.repository).map(|(token, url)| OwnRepository { url, token: token.clone() });
    let (stopper, cancel) = cancel::channel();
    // GitHub kills what is left ten seconds after its first signal: an apply is interrupted at once.
    stop_on_signals(stopper, &[Level::Interrupt])?;
    let summary = summary::Summary::new(inputs.summary);
    let audience = console::Groups { console: &console, summary: &summary };
    let claims = Claims {
        worker: &worker,
        proof: &oidc,
        name: inputs.worker,
        run: Some(inputs.run),
        waits: false,
        once: false,
        patience: PATIENCE,
        audience: &audience,
    };
    let tally = claims.run(&cancel).await?;
    console.say(&match tally.concluded + tally.unheard {
        0 => "Nothing to claim: other workers have it all, or the run is over.".to_owned(),
        1 => "1 job done.".to_owned(),
        jobs => format!("{jobs} jobs done."),
    });
    Ok(tally)
}
