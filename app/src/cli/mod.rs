//! The command line, a file per subcommand. Results go to stdout, the rest to stderr.
//!
//! Exit codes: 0 yes, 1 no (a finding), 2 usage, 3 invalid input, 4 unreachable, 70 our bug.

mod config;
mod log;
mod serve;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Ask for, review and run Terraform from GitHub.
#[derive(Debug, Parser)]
#[command(name = "tfpilot", version, about, propagate_version = true)]
struct Arguments {
    /// Settings file; environment variables win over it.
    #[arg(long, global = true, env = "TFPILOT_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Check a repository's configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Make bearer tokens for runners and the API.
    #[command(subcommand)]
    Token(token::Command),
}

/// Exit code for input that cannot be read.
pub(crate) const INVALID_INPUT: u8 = 3;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Serve => serve::run(arguments.settings.as_deref()),
        Command::Config(command) => config::run(&command),
        Command::Token(command) => token::run(arguments.settings.as_deref(), &command),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            log::complain(&format!("{error:#}"));
            ExitCode::from(INVALID_INPUT)
        }
    }
}
