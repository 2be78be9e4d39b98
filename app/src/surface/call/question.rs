//! What a person is asked about a request: a missing answer, a module that the catalog does not have.

use tfpilot_engine::{Draft, Question, Request, Rules};

use crate::surface::escape::{self, code, prose};
use crate::surface::{refusal, words};

/// Most choices shown.
const CHOICES: usize = 20;

/// Most names listed of what is kept.
const KEPT: usize = 12;

/// Most modules named as close.
const CLOSEST: usize = 3;

/// "one answer is missing: **which environment?**", numbered choices, and how to reply. Of several things, it names the one
/// it is about.
pub(super) fn ask(request: Option<&Request>, to: &str, question: &Question, kept: &[String]) -> String {
    let draft = request.map(|request| &request.draft);
    let text = escape::sentence(&question.text);
    let thing = draft.filter(|_| question.about != "environment").and_then(|draft| thing(draft, question));
    let (named, key) = thing.unwrap_or_else(|| (String::new(), question.about.clone()));
    let problem = question.problem.as_ref().map(|problem| escape::sentence(problem));
    let why = problem.unwrap_or_else(|| "one answer is missing".to_owned());
    let mut lines = vec![match named.as_str() {
        "" => format!("{to} {why}: **{text}**"),
        named => format!("{to} {}. {named}: **{text}**", why.trim_end_matches('.')),
    }];
    let numbered = question.choices.iter().take(CHOICES).enumerate();
    lines.extend(numbered.map(|(index, choice)| {
        let from = if is_suggested(request, question, choice) { " (suggested)" } else { "" };
        format!("{}. {}{from}", index + 1, code(choice))
    }));
    let reply = match question.choices.first() {
        Some(first) => format!("Reply \"1\", \"{}\" or", prose(first)),
        None => "Reply with it or".to_owned(),
    };
    let kept: Vec<String> = kept.iter().map(|name| prose(name)).collect();
    let kept = if kept.is_empty() { String::new() } else { format!(" Kept: {}.", words::some(&kept, KEPT)) };
    lines.push(String::new());
    lines.push(format!("{reply} {}.{kept}", code(&set(&key, &question.example))));
    lines.join("\n")
}

/// Whether a language model proposed a choice.
fn is_suggested(request: Option<&Request>, question: &Question, choice: &str) -> bool {
    let thing = request.and_then(|request| request.draft.resources.get(question.resource));
    let Some(module) = thing.and_then(|thing| thing.module.as_deref()) else { return false };
    let all = request.into_iter().flat_map(|request| request.suggestions.values().flatten());
    let mut about = all.filter(|it| it.is_for(question.resource, module, &question.about));
    about.any(|suggestion| suggestion.shown() == choice)
}

/// How the thing of a question is called, and the key that means its part; none where there is one thing alone.
fn thing(draft: &Draft, question: &Question) -> Option<(String, String)> {
    let handle = draft.handle(question.resource)?;
    let key = format!("{handle}.{}", question.about);
    if handle.parse::<usize>().is_err() {
        return Some((code(&handle), key));
    }
    // Neither a name nor a module tells it apart: its place does.
    let place = format!("thing {handle} of {}", draft.resources.len());
    let module = draft.resources.get(question.resource).and_then(|thing| thing.module.as_deref());
    let named = module.map_or_else(|| place.clone(), |module| format!("{} ({place})", code(module)));
    Some((named, key))
}

/// A `set` command as the command parser reads it back.
pub(super) fn set(key: &str, value: &str) -> String {
    let bare = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:+".contains(c));
    let value = if bare { value.to_owned() } else { format!("\"{}\"", value.replace(['"', '\\'], "")) };
    format!("/tfpilot set {key}={value}")
}

/// Names what comes closest. No numbers: no question is open that a number would answer.
pub(super) fn not_in_catalog(rules: &Rules, to: &str, word: &str, nearest: &[String]) -> String {
    let closest: Vec<String> = nearest.iter().take(CLOSEST).map(|id| code(id)).collect();
    let ask = refusal::ask_whom(reviewers(rules));
    let next = if closest.is_empty() {
        format!("Next: {ask}.")
    } else {
        format!("Closest: {}. Next: edit the issue to name one of them, or {ask}.", closest.join(", "))
    };
    format!("{to} the catalog has no module for {}. {next}", code(word))
}

fn reviewers(rules: &Rules) -> Option<&str> {
    rules.environments.values().find_map(|rules| rules.reviewers.as_deref())
}
