//! How an apply ended: half-way, unknown, done.

use tfpilot_engine::{Facts, Failure, JournalLine, Person, Problem, StackPath};

use crate::surface::escape::{block, code, prose};
use crate::surface::pull;
use crate::surface::tally::Left;
use crate::surface::words::{self, count};

use super::mention;

/// Most error lines shown unfolded.
const ERROR_LINES: usize = 12;

/// Most resources named of a journal.
const NAMED: usize = 5;

/// "apply of `…` was not started: …"
pub(super) fn not_started(to: &str, stack: &StackPath, failure: &Failure) -> String {
    format!(
        "{to} apply of {} was not started: {}. Nothing changed. Next: `/tfpilot plan`, or `/tfpilot apply` again.",
        code(stack.as_str()),
        prose(&words::failure(failure))
    )
}

/// "apply of `…` stopped half-way: 2 of 4 resources exist."
pub(super) fn failed(
    facts: &Facts,
    to: &str,
    stack: &StackPath,
    problem: Option<&Problem>,
    journal: &[JournalLine],
) -> String {
    let left = Left::of_stack(facts, stack, journal);
    format!(
        "{to} apply of {} stopped half-way: {}.\n{}\n\nThe lock stays. Next: {}",
        code(stack.as_str()),
        left.words(),
        failed_lines(&left, problem),
        pull::AFTER_HALF
    )
}

/// What failed, what exists, what was not started.
pub(in crate::surface) fn failed_lines(left: &Left<'_>, problem: Option<&Problem>) -> String {
    let mut lines = Vec::new();
    if let Some(problem) = problem {
        let address = problem.address.as_deref().map(|address| format!(" {}", code(address)));
        lines.push(format!("- **failed**{}: {}", address.unwrap_or_default(), prose(&problem.summary)));
        if !problem.detail.trim().is_empty() {
            lines.push(block(&problem.detail, ERROR_LINES));
        }
    }
    let mut parts = Vec::new();
    if let Some(first) = left.done.first() {
        let more = left.done.len() - 1;
        let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
        parts.push(format!("{} {}{tail}", past(&first.action), code(&first.address)));
    }
    let not_started = left.all - left.done.len() - left.open.len();
    if not_started > 0 {
        parts.push(format!("not started {not_started}"));
    }
    if !parts.is_empty() {
        lines.push(format!("- {}", parts.join("; ")));
    }
    if lines.is_empty() { "- nothing was told of it".to_owned() } else { lines.join("\n") }
}

/// "I do not know how the apply of `…` ended".
pub(super) fn unknown(facts: &Facts, to: &str, stack: &StackPath, journal: &[JournalLine]) -> String {
    format!(
        "{to} I do not know how the apply of {} ended: the runner fell silent.\nJournal: {}. Frozen, the lock stays.\nNext: {}",
        code(stack.as_str()),
        journal_words(&Left::of_stack(facts, stack, journal)),
        pull::after_unknown(facts)
    )
}

/// `created aws_s3_bucket.this (acme-invoices); started and not heard of again aws_s3_bucket_policy.this`.
pub(in crate::surface) fn journal_words(left: &Left<'_>) -> String {
    let named = |lines: &[&JournalLine]| {
        let names: Vec<String> = lines.iter().map(|line| with_id(line)).collect();
        words::some(&names, NAMED)
    };
    let done: Vec<String> =
        left.done.iter().map(|line| format!("{} {}", past(&line.action), with_id(line))).collect();
    let open = match left.open.len() {
        0 => String::new(),
        _ => format!("started and not heard of again {}", named(&left.open)),
    };
    let done = words::some(&done, NAMED);
    match (done.is_empty(), open.is_empty()) {
        (true, true) => "nothing was started as far as it tells".to_owned(),
        (false, true) => done,
        (true, false) => open,
        (false, false) => format!("{done}; {open}"),
    }
}

fn with_id(line: &JournalLine) -> String {
    match &line.resource_id {
        Some(id) => format!("{} ({})", code(&line.address), prose(id)),
        None => code(&line.address),
    }
}

/// The awaited end, to the requester and the applier in one comment.
pub(super) fn done(facts: &Facts, to: &Person, changed: u32, by: &Person) -> String {
    let what = facts.pull.as_ref().map_or_else(|| "This".to_owned(), |pull| format!("#{}", pull.number));
    let by_whom = if to.id == by.id { String::new() } else { format!(" by {}", mention(by)) };
    format!("{} {what} is applied and merged{by_whom}: {}.", mention(to), count(changed, "change"))
}

fn past(action: &str) -> String {
    match action {
        "create" => "created".to_owned(),
        "update" => "updated".to_owned(),
        "delete" => "destroyed".to_owned(),
        "replace" => "replaced".to_owned(),
        other => prose(other),
    }
}
