//! `tfpilot audit`: the event log, which is the audit log. `verify` proves that it, or a copy of it, is whole; `export`
//! makes a copy that somebody else can check.

mod copy;
mod csv;
mod export;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the hash chain of the store, or of an exported file. Exits 0 when it holds, 1 when it does not. The server
    /// must be stopped, unless a file is checked.
    Verify(verify::Arguments),
    /// Write the log to stdout with everything that is needed to check it. The server must be stopped.
    Export(export::Arguments),
}

pub(super) fn run(settings: Option<&Path>, command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify(arguments) => verify::run(settings, arguments, json),
        Command::Export(arguments) => export::run(settings, arguments),
    }
}
