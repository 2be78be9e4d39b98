//! What people take back in the same breath: "keep 4 days - make that 7", "Postgres 15 … scratch that, 17".
//!
//! The number behind the words that take something back replaces the last one that was read before them, where the input
//! takes it.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::Type;

use super::grammar::{Grammar, NAME, OWNER};
use super::inputs::{INTRODUCED, Inputs};
use super::phrases::{Claims, is_boundary};
use super::text::Text;
use super::{language, value};

/// Tokens between what is taken back and the words that do so, and from these to what is meant.
const NEAR: usize = 12;

/// Puts right what the text itself corrects.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    for at in 0..text.tokens.len() {
        if let Some(behind) = takes_back(text, at) {
            correct(text, grammar, at, behind, claims, inputs);
        }
    }
}

/// Where what is meant may stand, behind the words at `at` that take back what was said.
fn takes_back(text: &Text, at: usize) -> Option<Range<usize>> {
    let word = |at: usize| text.word(at).unwrap_or_default();
    let begins = at.checked_sub(1).is_none_or(|before| is_boundary(text, before));
    match (word(at), word(at + 1)) {
        ("scratch", "that" | "it") | ("make", "that" | "it") | ("no", "wait") | ("or", "rather") => {
            Some(at + 2..at + 2 + NEAR)
        }
        ("i", "mean" | "meant") | ("besser", "gesagt") | ("doch", "lieber" | "besser") => {
            Some(at + 2..at + 2 + NEAR)
        }
        (
            "sorry" | "correction" | "oops" | "korrektur" | "quatsch" | "pardon" | "verzeihung" | "moment",
            _,
        ) => Some(at + 1..at + 1 + NEAR),
        // "no, 7": what may begin any statement is followed by the number itself.
        ("no" | "nein" | "actually" | "nope" | "rather" | "wait", _) if begins => Some(at + 1..at + 3),
        _ => None,
    }
}

/// Replaces the last number before `at` by the first one `behind`.
fn correct(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    behind: Range<usize>,
    claims: &mut Claims,
    inputs: &mut Inputs,
) {
    // "the audit one" counts nothing.
    let is_number = |at: &usize| text.word(*at).is_some_and(|word| word != "one" && amount(word).is_some());
    let Some(new) = behind.clone().find(is_number) else { return };
    let Some(old) = (at.saturating_sub(NEAR)..at).rev().find(|at| is_number(at) && !claims.is_free(*at))
    else {
        return;
    };
    let Some(input) = input_of(text, grammar, inputs, old) else { return };
    // "sorry for the rush - 2 replicas" counts something else.
    let next = text.word(new + 1);
    let ends = next
        .is_none_or(|word| language::is_small_word(word) || matches!(word, "please" | "instead" | "then"));
    if !ends && unit_behind(text, new).is_none() {
        return;
    }
    let is_text = grammar.type_of(&input) == Type::String;
    if is_text && unit_behind(text, new).is_some() {
        return;
    }
    let value = if is_text {
        text.get(new).map(|token| Json::String(token.text.clone()))
    } else {
        let unit = unit_behind(text, new).or_else(|| unit_behind(text, old)).unwrap_or_default();
        let word = text.word(new).unwrap_or_default();
        value::number(format!("{word} {unit}").trim(), grammar.unit(&input)).map(Json::Number)
    };
    let Some(value) = value.filter(|value| grammar.takes(&input, value)) else { return };
    let is_rival = inputs.others.get(&input).is_some_and(|others| others.contains(&value));
    // What was read as something else is no correction of this.
    if !claims.is_free(new) && !is_rival {
        return;
    }
    let end = new + 1 + usize::from(unit_behind(text, new).is_some());
    let source = Source::Text(text.quote(new..end));
    claims.take(new..end);
    inputs.others.remove(&input);
    inputs.values.remove(&input);
    inputs.add(&input, value, source, INTRODUCED);
}

/// The input that the number at a token was read for.
fn input_of(text: &Text, grammar: &Grammar<'_>, inputs: &Inputs, at: usize) -> Option<String> {
    let token = text.get(at)?;
    let said = inputs.values.iter().filter(|(input, _)| !matches!(input.as_str(), NAME | OWNER));
    let mut said = said.filter(|(input, filled)| {
        let Source::Text(quote) = &filled.source else { return false };
        let quoted = quote
            .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';'))
            .any(|word| word.to_lowercase() == token.lower);
        let number = || {
            let unit = unit_behind(text, at).unwrap_or_default();
            value::number(format!("{} {unit}", token.lower).trim(), grammar.unit(input)).map(Json::Number)
        };
        quoted && (filled.value == Json::String(token.text.clone()) || number() == Some(filled.value.clone()))
    });
    said.next().map(|(input, _)| input.clone())
}

/// The number of a word, with or without a unit right behind its digits.
fn amount(word: &str) -> Option<f64> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let number = if plain && !digits.is_empty() { digits } else { word };
    language::number(number)
}

/// A unit of time or size behind a number.
fn unit_behind(text: &Text, at: usize) -> Option<&str> {
    let known = |word: &&str| language::seconds_of(word).or_else(|| language::bytes_of(word)).is_some();
    text.word(at + 1).filter(known)
}

#[cfg(test)]
mod tests {
    use tfpilot_modules::Catalog;

    use super::*;

    #[track_caller]
    fn check(words: &str, input: &str, old: Json, said: &str, expect: Json) {
        let catalog = Catalog::shipped();
        let grammar = Grammar::new(catalog.find("aws/sqs-queue").expect("is shipped"));
        let text = Text::new(words);
        let mut claims = Claims::new(&text);
        let mut inputs = Inputs::default();
        let at = (0..text.tokens.len()).find(|at| text.word(*at) == Some(said)).expect("is said");
        claims.take(at..at + 2);
        inputs.add(input, old, Source::Text(text.quote(at..at + 2)), INTRODUCED);
        read(&text, &grammar, &mut claims, &mut inputs);
        assert_eq!(inputs.values.get(input).map(|filled| filled.value.clone()), Some(expect), "{words}");
    }

    #[test]
    fn the_last_number_counts() {
        check("keep 4 days - make that 7", "retention_days", 4.into(), "4", 7.into());
        check(
            "hidden for 5 minutes, sorry, 10 minutes",
            "visibility_timeout_seconds",
            300.into(),
            "5",
            600.into(),
        );
        check("7 days - sorry, I misread our wiki, ten it is", "retention_days", 7.into(), "7", 10.into());
        check("keep 4 days, sorry for the rush", "retention_days", 4.into(), "4", 4.into());
        check("keep 4 days - make that 700", "retention_days", 4.into(), "4", 4.into());
    }
}
