//! The action's program: `action.yml` executes it in the place of its shell.

use std::io::Write;
use std::process::ExitCode;

use tfpilot_action::{Inputs, run};
use tfpilot_runner::handoff;

fn main() -> ExitCode {
    match work() {
        Ok(code) => code,
        Err(error) => {
            // One command, escaped: the reason is shown on the workflow's page, because no check shows it.
            let text = format!("{error:#}").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
            let _ = writeln!(std::io::stdout(), "::error title=TfPilot::{text}");
            ExitCode::FAILURE
        }
    }
}

/// Green when every job's end is known to the app, whatever it is: the checks show it.
fn work() -> anyhow::Result<ExitCode> {
    let taken = handoff::take_secrets()?;
    let filter = tracing_subscriber::EnvFilter::new("warn");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let inputs = Inputs::read(|name| std::env::var(name).ok())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let tally = runtime.block_on(run(inputs, &taken))?;
    Ok(if tally.unheard == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
