//! Commands that people write in comments: `/tfpilot …` at the start of a line.
//!
//! This concern owns the words and their arguments. Who may use a command, and what comes of it, is decided
//! by the engine. A command with arguments of its own has a file of its own.

mod apply;
mod arguments;
mod drift;
mod import;
mod lines;
mod overrule;
mod query;
mod resume;
mod unlock;
mod upgrade;
mod words;

use std::fmt;

use crate::config::suggest::nearest;

pub use self::apply::Apply;
use self::arguments::Arguments;
pub use self::drift::{Drift, DriftAnswer};
pub use self::import::Import;
pub(super) use self::lines::plain_lines;
pub use self::overrule::Override;
pub use self::query::{Query, Subject};
pub use self::resume::Resume;
pub use self::unlock::Unlock;
pub use self::upgrade::Upgrade;

/// More commands than this in one comment are not read.
pub const MAX_COMMANDS: usize = 20;

/// One command with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What can I do here?
    Help,
    /// Plan again.
    Plan(Target),
    /// Apply what was reviewed.
    Apply(Apply),
    /// Plan the destruction of what the change made.
    Destroy(Target),
    /// Give a lock back.
    Unlock(Unlock),
    /// Stop what runs.
    Cancel(Target),
    /// Start again what did not start.
    Retry(Target),
    /// Why is this so? Names a command or gate, or nothing.
    Why(Option<String>),
    /// Explain one resource.
    Explain(String),
    /// Go on after an unknown outcome.
    Resume(Resume),
    /// Show the costs.
    Cost(Target),
    /// Approve what is shown.
    Approve(Target),
    /// Override a finding.
    Override(Override),
    /// Ask for the same in the next environment, or in the one named.
    Promote(Option<String>),
    /// Go back to what was applied before.
    Rollback(Target),
    /// Look for drift, or answer one.
    Drift(Drift),
    /// Take an existing resource into the state.
    Import(Import),
    /// Where does it stand?
    Status(Target),
    /// Use the catalog's version of what a request made.
    Upgrade(Upgrade),
    /// Propose words that corrected requests teach.
    Learn,
    /// Make a request; `key=value` pairs or words.
    New(Request),
    /// Change the request.
    Set(Vec<(String, String)>),
}

/// What a request says in a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `key=value` pairs in their order.
    pub pairs: Vec<(String, String)>,
    /// What is no pair: free text.
    pub text: String,
}

/// Which stacks a command means; all of the change when nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// `--stack`, once or more.
    pub stacks: Vec<String>,
    /// `--env`.
    pub environment: Option<String>,
    /// A query such as `dir:live/prod/* and not tag:db`.
    pub query: Option<Query>,
}

/// A command line of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// Its line in the comment, from 1.
    pub line: usize,
    /// What it says, or why it says nothing.
    pub command: Result<Command, CommandError>,
}

/// Why a command line is not a command. The texts are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The word is no command.
    #[error("unknown command {word}")]
    Unknown {
        /// What was written.
        word: String,
        /// What may have been meant.
        suggestion: Option<&'static str>,
    },
    /// The arguments do not fit.
    #[error("{what}: write {usage}")]
    Usage {
        /// The command.
        command: &'static str,
        /// What does not fit.
        what: String,
        /// How it is written.
        usage: &'static str,
    },
    /// More than [`MAX_COMMANDS`].
    #[error("a comment has at most {MAX_COMMANDS} commands")]
    TooMany,
}

/// Every command and how it is written, in the order of the help.
pub const COMMANDS: [(&str, &str); 22] = [
    ("help", "/tfpilot help"),
    ("plan", "/tfpilot plan [--stack DIR] [--env NAME]"),
    ("apply", "/tfpilot apply [--stack DIR] [confirm=ADDRESS]"),
    ("destroy", "/tfpilot destroy [--stack DIR]"),
    ("unlock", "/tfpilot unlock [--stack DIR] [--force reason=\"…\"]"),
    ("cancel", "/tfpilot cancel [--stack DIR]"),
    ("retry", "/tfpilot retry [--stack DIR]"),
    ("why", "/tfpilot why [apply]"),
    ("explain", "/tfpilot explain ADDRESS"),
    ("resume", "/tfpilot resume [accept] reason=\"…\""),
    ("cost", "/tfpilot cost"),
    ("approve", "/tfpilot approve"),
    ("override", "/tfpilot override RULE reason=\"…\""),
    ("promote", "/tfpilot promote [ENVIRONMENT]"),
    ("rollback", "/tfpilot rollback"),
    ("drift", "/tfpilot drift [reconcile|accept|ignore]"),
    ("import", "/tfpilot import ADDRESS ID"),
    ("status", "/tfpilot status"),
    ("upgrade", "/tfpilot upgrade NAME [ENVIRONMENT]"),
    ("learn", "/tfpilot learn"),
    ("new", "/tfpilot new module=NAME name=NAME environment=NAME key=value"),
    ("set", "/tfpilot set key=value"),
];

/// Every command line of a comment, in its order. Code blocks, quotes and hidden text hold no commands.
pub fn parse(comment: &str) -> Vec<CommandLine> {
    let mut found = Vec::new();
    for (line, rest) in lines::command_lines(comment) {
        if found.len() == MAX_COMMANDS {
            found.push(CommandLine { line, command: Err(CommandError::TooMany) });
            break;
        }
        found.push(CommandLine { line, command: parse_line(rest) });
    }
    found
}

/// What follows `/tfpilot` on a line.
fn parse_line(rest: &str) -> Result<Command, CommandError> {
    let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if word.is_empty() {
        return Ok(Command::Help);
    }
    let lower: String = word.chars().take(40).flat_map(char::to_lowercase).collect();
    let Some((name, usage)) = COMMANDS.iter().find(|(name, _)| *name == lower) else {
        return Err(CommandError::Unknown {
            word: word.chars().take(40).filter(|letter| !letter.is_control()).collect(),
            suggestion: nearest(&lower, COMMANDS.iter().map(|(name, _)| *name)).and_then(known),
        });
    };
    let arguments = Arguments::parse(rest);
    arguments.and_then(|arguments| dispatch(name, arguments, rest)).map_err(|what| CommandError::Usage {
        command: name,
        what,
        usage,
    })
}

fn known(word: &str) -> Option<&'static str> {
    COMMANDS.iter().map(|(name, _)| *name).find(|name| *name == word)
}

/// Each arm takes what its command knows; what is left over is refused by `end`.
fn dispatch(name: &str, mut given: Arguments, rest: &str) -> Result<Command, String> {
    let command = match name {
        "plan" => Command::Plan(given.target()?),
        "apply" => Command::Apply(Apply::parse(&mut given)?),
        "destroy" => Command::Destroy(given.target()?),
        "unlock" => Command::Unlock(Unlock::parse(&mut given)?),
        "cancel" => Command::Cancel(given.target()?),
        "retry" => Command::Retry(given.target()?),
        "why" => Command::Why(given.word()),
        "explain" => Command::Explain(given.word().ok_or("it needs the address of a resource")?),
        "resume" => Command::Resume(Resume::parse(&mut given)?),
        "cost" => Command::Cost(given.target()?),
        "approve" => Command::Approve(given.target()?),
        "override" => Command::Override(Override::parse(&mut given)?),
        "promote" => Command::Promote(given.word().or_else(|| given.option(&["env", "environment"]))),
        "rollback" => Command::Rollback(given.target()?),
        "drift" => Command::Drift(Drift::parse(&mut given)?),
        "import" => Command::Import(Import::parse(&mut given)?),
        "status" => Command::Status(given.target()?),
        "upgrade" => Command::Upgrade(Upgrade::parse(&mut given)?),
        "learn" => Command::Learn,
        "new" => Command::New(Request { text: given.free_text(rest), pairs: given.pairs() }),
        "set" => Command::Set(given.some_pairs()?),
        _ => {
            // People write `help apply`; the help says all of it anyway.
            given.word();
            Command::Help
        }
    };
    given.end()?;
    Ok(command)
}

impl Command {
    /// The word of the command.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Help => "help",
            Command::Plan(_) => "plan",
            Command::Apply(_) => "apply",
            Command::Destroy(_) => "destroy",
            Command::Unlock(_) => "unlock",
            Command::Cancel(_) => "cancel",
            Command::Retry(_) => "retry",
            Command::Why(_) => "why",
            Command::Explain(_) => "explain",
            Command::Resume(_) => "resume",
            Command::Cost(_) => "cost",
            Command::Approve(_) => "approve",
            Command::Override(_) => "override",
            Command::Promote(_) => "promote",
            Command::Rollback(_) => "rollback",
            Command::Drift(_) => "drift",
            Command::Import(_) => "import",
            Command::Status(_) => "status",
            Command::Upgrade(_) => "upgrade",
            Command::Learn => "learn",
            Command::New(_) => "new",
            Command::Set(_) => "set",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
