//! Where logs and complaints go: stderr.

use std::io::Write;

use tracing_subscriber::EnvFilter;

use crate::config::settings::{Log, LogFormat};

/// Starts structured logging.
///
/// # Errors
/// When the filter cannot be read.
pub(super) fn start(settings: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|error| anyhow::anyhow!("the log filter {:?} cannot be read: {error}", settings.filter))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => builder.with_ansi(false).init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}

/// Says what went wrong. A closed stderr is nobody who listens.
pub(super) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "tfpilot: {message}");
}

/// Prints a result.
pub(super) fn say(message: &str) {
    let _ = writeln!(std::io::stdout(), "{message}");
}
