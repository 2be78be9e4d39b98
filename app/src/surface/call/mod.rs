//! Comments of their own: questions, refusals, failures, the awaited end. When one is said is the engine's decision.

mod apply;
mod draft;
mod help;
mod learned;
mod look;
mod question;
mod wish;

use jiff::Timestamp;
use tfpilot_engine::{Call, Facts, Person, Say};

use super::escape::prose;
use super::refusal;

pub(super) use apply::{failed_lines, journal_words};
pub(super) use draft::{advice, next_for_draft};

/// Longest key in a marker, in characters: keys are ours and short.
const KEY_LIMIT: usize = 200;

/// The comment's Markdown, with a hidden marker by which it is found again.
pub fn render_call(facts: &Facts, call: &Call, now: Timestamp) -> String {
    let to = mention(&call.to);
    let body = match &call.say {
        Say::Question { question, kept } => question::ask(facts.request.as_ref(), &to, question, kept),
        Say::NotInCatalog { word, nearest } => question::not_in_catalog(&facts.rules, &to, word, nearest),
        Say::Wished { wish, environment, known } => {
            wish::answer(&facts.rules, &to, *wish, environment.as_ref(), known)
        }
        Say::DraftRefused { findings } => draft::refused(facts, &to, findings),
        Say::Refused { refusal } => format!("{to} {}", refusal::sentence_of(facts, refusal)),
        Say::Help { role, .. } => help::list(facts, now, &call.to, *role),
        Say::Status { .. } => look::status(facts, now),
        Say::Why { .. } => look::why(facts, now),
        Say::Learned { outcome, .. } => learned::answer(&to, outcome),
        Say::NotStarted { stack, failure } => apply::not_started(&to, stack, failure),
        Say::ApplyFailed { stack, problem, journal } => {
            apply::failed(facts, &to, stack, problem.as_ref(), journal)
        }
        Say::OutcomeUnknown { stack, journal } => apply::unknown(facts, &to, stack, journal),
        Say::Applied { changed, by } => apply::done(facts, &call.to, *changed, by),
    };
    format!("{body}\n\n{}", call_marker(&call_slot(&call.key, facts.opening(&call.key))))
}

/// What `why` answers: state, next step, then every gate.
pub fn why_text(facts: &Facts, now: Timestamp) -> String {
    look::why(facts, now)
}

/// Names the comment of a call among ours: what is said again after it was settled is a comment of its own.
pub fn call_slot(key: &str, opening: u32) -> String {
    if opening == 0 { key.to_owned() } else { format!("{key}/{}", u64::from(opening) + 1) }
}

/// The hidden marker of a call.
pub fn call_marker(key: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "/_.".contains(c) { c } else { '-' };
    let key: String = key.chars().take(KEY_LIMIT).map(safe).collect();
    // Two hyphens in a row may end an HTML comment.
    format!(
        "<!-- tfpilot:call {} -->",
        key.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
    )
}

/// Only a login that GitHub could have given is written as a mention.
pub(in crate::surface) fn mention(person: &Person) -> String {
    if is_login(&person.login) { format!("@{}", person.login) } else { prose(&person.login) }
}

/// Letters, digits and hyphens, at most 39 of them.
pub(super) fn is_login(text: &str) -> bool {
    (1..=39).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
