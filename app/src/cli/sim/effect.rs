//! Commands of the engine in words: what a worker would do on GitHub.

use jiff::Timestamp;
use serde::Serialize;
use tfpilot_engine::{Command, Facts, ReactionTarget, Reviewers, RunId, Wake};

use crate::surface::render_call;
use crate::web::judged::word;

/// One thing that would be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Effect {
    /// The command's kind.
    pub(super) command: String,
    pub(super) text: String,
}

impl Effect {
    pub(super) fn new(command: &str, text: String) -> Self {
        Self { command: command.to_owned(), text }
    }
}

/// What a command would do; none for what is told otherwise.
pub(super) fn effect(facts: &Facts, command: &Command, now: Timestamp) -> Option<Effect> {
    let text = match command {
        // Told with the files that would be committed.
        Command::CommitBranch => return None,
        Command::CommitLockFile { stack, .. } => format!("commit the lock file of {stack}"),
        Command::Suggest { .. } => "ask the language model for what the text leaves open".to_owned(),
        Command::Explain { .. } => "ask the language model to explain the plan".to_owned(),
        Command::RenewBranch { base, .. } => format!("bring the branch up to date with {}", base.short()),
        Command::OpenPull => {
            let title = facts.change.as_ref().map(|change| change.title.as_str()).unwrap_or_default();
            format!("open a pull request: {title}")
        }
        Command::SetPullState { open: true } => "reopen the pull request".to_owned(),
        Command::SetPullState { open: false } => "close the pull request".to_owned(),
        Command::Observe { number } => format!("look at #{number}"),
        Command::Dispatch { run } => format!("start the workflow: {}", run_words(facts, *run)),
        Command::CancelRun { run } => format!("cancel the workflow run: {}", run_words(facts, *run)),
        Command::Merge { head } => {
            let number = facts.pull.as_ref().map(|pull| pull.number).unwrap_or_default();
            format!("merge #{number} at {}", head.short())
        }
        Command::RequestReview { number, of } => format!("ask {} for a review of #{number}", names(of)),
        Command::Learn { .. } => "look for words that corrected requests teach, and propose them".to_owned(),
        Command::React { on, reaction } => {
            format!("react with {} {}", word(reaction, "reaction"), place(*on))
        }
        Command::Say { call } => {
            let text = render_call(facts, call, now);
            let text = text.lines().filter(|line| !line.is_empty() && !line.starts_with("<!--"));
            format!("say on #{}: {}", call.number, text.collect::<Vec<_>>().join(" / "))
        }
        Command::Minimize { number, key, .. } => format!("fold the comment {key:?} on #{number} away"),
        Command::Show => "bring checks, sticky comments and labels up to date".to_owned(),
        Command::Wake { what: Wake::Mergeable { number }, at } => format!("look at #{number} again at {at}"),
        Command::Wake { .. } => return None,
    };
    Some(Effect { command: word(command, "command"), text })
}

/// "plan of live/dev/x in dev".
fn run_words(facts: &Facts, run: RunId) -> String {
    let Some(run) = facts.run(run) else { return "a run".to_owned() };
    let stacks: Vec<&str> = run.jobs.values().map(|job| job.stack.as_str()).collect();
    let place = run.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    format!("{} of {}{place}", word(&run.operation, "operation"), stacks.join(", "))
}

fn names(of: &Reviewers) -> String {
    let names: Vec<&str> = of.teams.iter().chain(&of.users).map(String::as_str).collect();
    names.join(", ")
}

fn place(on: ReactionTarget) -> String {
    match on {
        ReactionTarget::Issue { number } => format!("to #{number}"),
        ReactionTarget::Comment { id } => format!("to comment {id}"),
    }
}
