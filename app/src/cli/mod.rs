//! The command line, a file per subcommand. Results go to stdout, the rest to stderr; with `--json` both results and
//! errors are JSON on stdout.
//!
//! Exit codes: 0 yes, 1 no (a finding), 2 usage, 3 invalid input, 4 unreachable, 5 not allowed, 70 our bug.

mod admit;
mod audit;
mod backup;
mod catalog;
mod config;
mod cost;
mod doctor;
mod errored_state;
mod failure;
mod log;
mod plan;
mod planned;
mod policy;
mod prices;
mod requests;
mod serve;
mod sim;
mod stopped;
mod token;
mod why;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::rego::child;

/// Ask for, review and run Terraform from GitHub.
#[derive(Debug, Parser)]
#[command(name = "tfpilot", version, about, propagate_version = true)]
struct Arguments {
    /// Settings file; environment variables win over it.
    #[arg(long, global = true, env = "TFPILOT_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Print the result as JSON, errors too.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Say what is not set up right, and what to do.
    Doctor(doctor::Arguments),
    /// Say which Terraform code would not be admitted. Nothing is executed.
    Admit(admit::Arguments),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Write the whole store into one file. The server must be stopped.
    Backup(backup::Backup),
    /// Make the store from a backup. The server must be stopped.
    Restore(backup::Restore),
    /// Look at the catalog of modules, and make issue forms and READMEs from it.
    #[command(subcommand)]
    Catalog(catalog::Command),
    /// Check a repository's configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Say what a plan costs a month, from the embedded price book.
    Cost(cost::Arguments),
    /// Look at a plan.
    #[command(subcommand)]
    Plan(plan::Command),
    /// Check, try and explain policies.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Look after prices of your own.
    #[command(subcommand)]
    Prices(prices::Command),
    /// Say how requests are understood.
    #[command(subcommand)]
    Requests(requests::Command),
    /// Replay recorded webhook deliveries against a configuration and say what would be done. Nothing is done.
    Sim(sim::Arguments),
    /// Take out a state that Terraform could not write to its backend, or name those that are kept.
    ErroredState(errored_state::Arguments),
    /// Look after bearer tokens for runners and the API.
    #[command(subcommand)]
    Token(token::Command),
    /// Answer one question about a Rego policy, with limits.
    #[command(name = child::COMMAND, hide = true)]
    AskRego(child::Arguments),
    /// Say why a change is where it is: every gate, who may what, whose approvals count. The server must be stopped.
    Why(why::Arguments),
}

/// Exit code for a finding.
pub(crate) const NO: u8 = 1;

/// Exit code for input that cannot be read.
pub(crate) const INVALID_INPUT: u8 = 3;

/// Exit code for a server that does not answer.
pub(crate) const UNREACHABLE: u8 = 4;

/// Exit code for something the caller may not do.
pub(crate) const NOT_ALLOWED: u8 = 5;

/// Exit code for our own mistakes.
pub(crate) const OUR_BUG: u8 = 70;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::usage(&error),
    };
    let json = arguments.json;
    if let Command::AskRego(arguments) = &arguments.command {
        // Its parent tells from how it ends.
        return child::run(arguments);
    }
    if matches!(arguments.command, Command::Serve) {
        // A server answers for its tasks itself: one that panics does not end the others.
        return run(arguments).unwrap_or_else(|error| failure::report(&error, json));
    }
    match catch_unwind(AssertUnwindSafe(|| run(arguments))) {
        Ok(result) => result.unwrap_or_else(|error| failure::report(&error, json)),
        Err(_) => failure::bug(json),
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { settings, json, command } = arguments;
    let settings = settings.as_deref();
    match command {
        Command::Serve => serve::run(settings),
        Command::Doctor(arguments) => doctor::run(settings, &arguments, json),
        Command::Admit(arguments) => admit::run(&arguments, json),
        Command::Audit(command) => audit::run(settings, &command, json),
        Command::Backup(arguments) => backup::run(settings, &arguments, json),
        Command::Restore(arguments) => backup::run_restore(settings, &arguments, json),
        Command::Catalog(command) => catalog::run(&command, json),
        Command::Config(command) => config::run(&command, json),
        Command::Cost(arguments) => cost::run(&arguments, json),
        Command::Plan(command) => plan::run(&command, json),
        Command::Policy(command) => policy::run(settings, &command, json),
        Command::Prices(command) => prices::run(&command, json),
        Command::ErroredState(arguments) => errored_state::run(settings, &arguments, json),
        Command::Requests(command) => requests::run(settings, &command, json),
        Command::Sim(arguments) => sim::run(&arguments, json),
        Command::Token(command) => token::run(settings, &command, json),
        Command::AskRego(arguments) => Ok(child::run(&arguments)),
        Command::Why(arguments) => why::run(settings, &arguments, json),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_can_be_parsed() {
        super::Arguments::command().debug_assert();
    }
}
