//! `tfpilot policy`: policies of one's own without a server: what is wrong in their files, what they say of a plan, what they
//! are, and what they would have said of the plans that were made.

mod check;
mod explain;
mod files;
mod list;
mod sarif;
mod test;
mod tried;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read policy files and say what is wrong in them. Exits 0 when all can be asked, 3 when not.
    Check(check::Arguments),
    /// Judge a plan. Exits 0 when nothing stands in the way of an apply, 1 when something does.
    Test(test::Arguments),
    /// Say what a rule or policy is for, what it asks, and what it means.
    Explain(explain::Arguments),
    /// List the shipped rules and policies, and one's own.
    List(list::Arguments),
    /// Judge the plans that the server stored, and say how many would have been stopped. The server may go on.
    Try(tried::Arguments),
}

pub(super) fn run(settings: Option<&Path>, command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(arguments) => check::run(arguments, json),
        Command::Test(arguments) => test::run(arguments, json),
        Command::Explain(arguments) => explain::run(arguments, json),
        Command::List(arguments) => list::run(arguments, json),
        Command::Try(arguments) => tried::run(settings, arguments, json),
    }
}
