//! Comments of their own: questions, refusals, failures, the awaited end.

use tfpilot_engine::{Call, JournalLine, JournalStep, Person, Problem, Question, Role, Say, StackPath};

use super::escape::{block, code, prose};
use super::{refusal, words};

/// Most error lines shown unfolded.
const ERROR_LINES: usize = 12;

/// The comment's Markdown, with a hidden marker by which it is found again.
pub fn render_call(call: &Call) -> String {
    let to = mention(&call.to);
    let body = match &call.say {
        Say::Question { question, kept } => question_text(&to, question, kept),
        Say::NotInCatalog { word, nearest } => not_in_catalog(&to, word, nearest),
        Say::Refused { refusal } => format!("{to} {}", refusal::sentence(refusal)),
        Say::Help { role } => help(*role),
        Say::NotStarted { stack, failure } => format!(
            "{to} apply of {} was not started: {}. Nothing changed. Next: `/tfpilot plan`, or `/tfpilot apply` again.",
            code(stack.as_str()),
            prose(&words::failure(failure))
        ),
        Say::ApplyFailed { stack, problem, journal } => apply_failed(&to, stack, problem.as_ref(), journal),
        Say::OutcomeUnknown { stack, journal } => outcome_unknown(&to, stack, journal),
        Say::Applied { changed, by } => {
            format!("{to} applied and merged by {}: {}.", prose(&by.login), words::count(*changed, "change"))
        }
    };
    format!("{body}\n\n{}", call_marker(&call.key))
}

/// The hidden marker of a call.
pub fn call_marker(key: &str) -> String {
    let safe: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() || "/-_.".contains(c) { c } else { '-' }).collect();
    format!("<!-- tfpilot:call {safe} -->")
}

/// Only a login that GitHub could have given is written as a mention.
fn mention(person: &Person) -> String {
    let plain = person.login.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain { format!("@{}", person.login) } else { prose(&person.login) }
}

fn question_text(to: &str, question: &Question, kept: &[String]) -> String {
    let mut lines = Vec::new();
    match &question.problem {
        Some(problem) => lines.push(format!("{to} {}: **{}**", prose(problem), prose(&question.text))),
        None => lines.push(format!("{to} one answer is missing: **{}**", prose(&question.text))),
    }
    for (index, choice) in question.choices.iter().enumerate() {
        lines.push(format!("{}. {}", index + 1, code(choice)));
    }
    let reply = match question.choices.first() {
        Some(first) => format!("Reply \"1\", \"{}\" or", prose(first)),
        None => "Reply with it or".to_owned(),
    };
    let set = format!("{}={}", question.about, question.example);
    let kept_names: Vec<String> = kept.iter().map(|name| prose(name)).collect();
    let kept = if kept.is_empty() { String::new() } else { format!(" Kept: {}.", kept_names.join(", ")) };
    lines.push(String::new());
    lines.push(format!("{reply} {}.{kept}", code(&format!("/tfpilot set {set}"))));
    lines.join("\n")
}

fn not_in_catalog(to: &str, word: &str, nearest: &[String]) -> String {
    let closest: Vec<String> =
        nearest.iter().enumerate().map(|(index, id)| format!("{}. {}", index + 1, code(id))).collect();
    let tail = if closest.is_empty() { String::new() } else { format!(" Closest: {}.", closest.join(" ")) };
    format!("{to} the catalog has no module for {}.{tail}", code(word))
}

fn help(role: Role) -> String {
    let mut lines = Vec::new();
    if role >= Role::Developer {
        lines.push("`/tfpilot apply` applies the plan that was reviewed");
        lines.push("`/tfpilot plan` plans again");
    }
    if role >= Role::Approver {
        lines.push("`/tfpilot approve` approves the plan shown");
    }
    lines.push("`/tfpilot help` shows this");
    format!("What you may do here: {}.", lines.join(" · "))
}

fn apply_failed(to: &str, stack: &StackPath, problem: Option<&Problem>, journal: &[JournalLine]) -> String {
    let (completed, touched) = standing(journal);
    let place = code(stack.as_str());
    let mut lines = vec![format!(
        "{to} apply of {place} stopped half-way: {} of {} started resources are done.",
        completed.len(),
        touched
    )];
    if let Some(problem) = problem {
        let address =
            problem.address.as_deref().map(|address| format!(" {}", code(address))).unwrap_or_default();
        lines.push(format!("- **failed**{address}: {}", prose(&problem.summary)));
        if !problem.detail.is_empty() {
            lines.push(block(&problem.detail, ERROR_LINES));
        }
    }
    if let Some(first) = completed.first() {
        let more = completed.len().saturating_sub(1);
        let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
        lines.push(format!("- {} {}{tail}", past(&first.action), code(&first.address)));
    }
    lines.push(String::new());
    lines.push(
        "The lock stays. Next: push a fix (to be approved again), or `/tfpilot plan` to see what is left."
            .to_owned(),
    );
    lines.join("\n")
}

fn outcome_unknown(to: &str, stack: &StackPath, journal: &[JournalLine]) -> String {
    let (completed, touched) = standing(journal);
    let known: Vec<String> = completed
        .iter()
        .map(|line| match &line.resource_id {
            Some(id) => format!("{} {} ({})", past(&line.action), code(&line.address), prose(id)),
            None => format!("{} {}", past(&line.action), code(&line.address)),
        })
        .collect();
    let journal_words =
        if known.is_empty() { format!("{touched} started, none completed") } else { known.join(", ") };
    format!(
        "{to} I do not know how the apply of {} ended: the runner fell silent.\nJournal: {journal_words}. Frozen, the lock stays.\nNext: an approver compares what exists with the journal before anything is applied here again.",
        code(stack.as_str())
    )
}

/// Completed lines, and how many resources were started.
fn standing(journal: &[JournalLine]) -> (Vec<&JournalLine>, usize) {
    let completed = journal.iter().filter(|line| line.step == JournalStep::Completed).collect();
    (completed, journal.iter().filter(|line| line.step == JournalStep::Started).count())
}

fn past(action: &str) -> &str {
    match action {
        "create" => "created",
        "update" => "updated",
        "delete" => "destroyed",
        "replace" => "replaced",
        other => other,
    }
}
