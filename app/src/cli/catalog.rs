//! `tfpilot catalog`: the modules that may be asked for, whether a catalog is right, and what is made from it: issue
//! forms and READMEs.

mod check;
mod forms;
mod list;
pub(super) mod source;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use self::source::Source;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the modules.
    List {
        #[command(flatten)]
        source: Source,
    },
    /// Show a module: its inputs, what a change of each does, and requests that ask for it.
    Show {
        /// Its id, such as `aws/s3-bucket`.
        module: String,
        #[command(flatten)]
        source: Source,
    },
    /// Say what is wrong with a catalog: files, hints, and examples that are not understood as they say.
    Check(check::Arguments),
    /// Write an issue form for each module, for `.github/ISSUE_TEMPLATE/`.
    IssueForms(forms::Arguments),
    /// Print a module's README, made from its files; or write that of every module.
    Docs(Docs),
}

/// `tfpilot catalog docs`.
#[derive(Debug, Args)]
pub(super) struct Docs {
    /// The module; without it, all.
    module: Option<String>,
    #[command(flatten)]
    source: Source,
    /// Write each README.md into the catalog's folder instead of printing it.
    #[arg(long, requires = "catalog")]
    write: bool,
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { source } => list::list(source, json),
        Command::Show { module, source } => list::show(module, source, json),
        Command::Check(arguments) => check::run(arguments, json),
        Command::IssueForms(arguments) => forms::run(arguments, json),
        Command::Docs(arguments) => list::docs(arguments, json),
    }
}

/// Writes a file, and the folders it needs.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
