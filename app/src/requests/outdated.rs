//! What a change names as the state of today: "from 400 GB to 650 GB", "statt 512", "rather than three". It is no value of
//! anything, so that nothing reads it.

use super::phrases::{Claims, is_boundary};
use super::text::{Kind, Text};
use super::{language, numbers};

/// Takes the tokens of old values.
pub(super) fn take(text: &Text, claims: &mut Claims) {
    for at in 0..text.tokens.len() {
        if !claims.is_free(at) {
            continue;
        }
        if let Some(end) = from_to(text, at).or_else(|| instead(text, at)).or_else(|| as_it_is(text, at)) {
            claims.take(at..end);
        }
    }
}

/// "from 1.33 up to", "von 90 auf": the index of the word that leads to the new value.
fn from_to(text: &Text, at: usize) -> Option<usize> {
    if !matches!(text.word(at), Some("from" | "von")) {
        return None;
    }
    let end = value(text, at + 1)?;
    let light = |at: &usize| {
        matches!(
            text.word(*at),
            Some("up" | "back" | "down" | "over" | "hoch" | "runter" | "zurück" | "wieder")
        )
    };
    let to = (end..end + 2).find(|at| !light(at))?;
    let new = matches!(text.word(to), Some("to" | "auf" | "into")) && value(text, to + 1).is_some();
    new.then_some(to)
}

/// "instead of 30 seconds", "statt 512", "not 90 days".
fn instead(text: &Text, at: usize) -> Option<usize> {
    let from = match (text.word(at)?, text.word(at + 1)) {
        ("instead" | "in", Some("of")) | ("rather", Some("than")) => at + 2,
        ("statt" | "anstatt" | "anstelle" | "not" | "nicht" | "bisher" | "currently" | "formerly", _) => {
            at + 1
        }
        _ => return None,
    };
    let from = from
        + usize::from(matches!(
            text.word(from),
            Some("the" | "von" | "der" | "den" | "only" | "nur" | "just")
        ));
    let end = value(text, from)?;
    (is_boundary(text, end)
        || text.word(end).is_some_and(|word| language::is_join(word) || language::is_preposition(word))
        || text.get(end).is_some_and(|token| token.kind == Kind::Mark('(')))
    .then_some(end)
}

/// "it's at 120 s right now", "die 200 GB sind fast voll": what a quantity is today.
fn as_it_is(text: &Text, at: usize) -> Option<usize> {
    let end = value(text, at).filter(|end| *end > at + 1)?;
    let before = |back: usize| at.checked_sub(back).and_then(|at| text.word(at));
    let stands = [before(1), before(2)]
        .iter()
        .flatten()
        .any(|word| matches!(*word, "is" | "it's" | "are" | "ist" | "sind" | "steht" | "at"));
    let now = match (text.word(end), text.word(end + 1)) {
        (Some("right"), Some("now")) => Some(end + 2),
        (
            Some("currently" | "today" | "now" | "derzeit" | "momentan" | "aktuell" | "zurzeit" | "heute"),
            _,
        ) => Some(end + 1),
        _ => None,
    };
    let of_today = now.filter(|end| stands && is_boundary(text, *end));
    let used_up = before(1).is_some_and(language::is_definite)
        && matches!(text.word(end), Some("are" | "is" | "sind" | "ist"))
        && (1..=3).any(|on| matches!(text.word(end + on), Some("full" | "voll" | "used" | "belegt")));
    of_today.or_else(|| used_up.then_some(end))
}

/// The index after a number with its unit, or after a word with digits such as a class or a version.
fn value(text: &Text, at: usize) -> Option<usize> {
    let token = text.get(at).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))?;
    let told = numbers::parse(&token.lower).is_some()
        || matches!(token.lower.as_str(), "a" | "an" | "one" | "ein" | "eine" | "einer" | "einem");
    if !told && !token.text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let is_unit = |word: &str| language::seconds_of(word).or_else(|| language::bytes_of(word)).is_some();
    Some(at + 1 + usize::from(text.word(at + 1).is_some_and(is_unit)))
}
