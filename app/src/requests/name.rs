//! The name of the thing where nothing introduces it: beside its noun, or in quotes; and two names for one request.

mod address;
mod called;
mod described;
mod unfold;

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;

pub(super) use self::unfold::unfold;

use self::called::to_be_called;
use self::described::is_described;
use self::unfold::{base, ends_path, has_path};
use super::grammar::{Grammar, NAME};
use super::inputs::{Inputs, PLACED};
use super::language;
use super::phrases::{Claims, is_boundary};
use super::slots;
use super::text::{Kind, Text, Token};

/// A guess that is worth a question, not a name.
const GUESSED: u8 = 55;

/// More guesses than this are no help.
const MAX_GUESSES: usize = 4;

/// Adds names that stand beside the noun at `noun`, or beside `others` that mean the same thing, and doubts where several
/// things are named.
pub(super) fn read(
    text: &Text,
    grammar: &Grammar<'_>,
    noun: &Range<usize>,
    others: &[Range<usize>],
    claims: &mut Claims,
    inputs: &mut Inputs,
) {
    let introduced = inputs.values.get(NAME).is_some_and(|name| name.confidence > PLACED);
    if !introduced {
        match find(text, grammar, noun, others, claims, inputs) {
            Some((at, confidence)) => add(text, at, confidence, claims, inputs),
            None if ends_path(grammar, inputs) => {}
            None if addressed(text, grammar, claims, inputs) => {}
            None => guess(text, grammar, noun, claims, inputs),
        }
    }
    several(text, grammar, noun, claims, inputs);
    unfold(grammar, inputs);
}

/// A name that is told by where the thing will be.
fn addressed(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) -> bool {
    let Some((at, name)) = address::read(text, grammar, claims) else { return false };
    // An ARN may be of another one that this has to do with.
    let confidence =
        if text.get(at).is_some_and(|token| token.text.starts_with("arn:")) { GUESSED } else { PLACED };
    inputs.add(NAME, Json::String(name), Source::Text(text.quote(at..at + 1)), confidence);
    claims.take(at..at + 1);
    true
}

/// The token that is the name, and how sure it is: the surest places first.
fn find(
    text: &Text,
    grammar: &Grammar<'_>,
    noun: &Range<usize>,
    others: &[Range<usize>],
    claims: &Claims,
    inputs: &Inputs,
) -> Option<(usize, u8)> {
    let again = || {
        let mut found = others.iter().filter_map(|other| beside(text, grammar, other, claims));
        found.find(|(_, confidence)| *confidence > PLACED)
    };
    let before = || {
        let at = noun.start.checked_sub(1).filter(|at| is_before(text, grammar, *at, claims))?;
        let sure = text.get(at).is_some_and(|token| !is_described(&token.lower));
        Some((at, if sure { PLACED - 5 } else { GUESSED }))
    };
    let all = || std::iter::once(noun).chain(others);
    let written = || {
        let mut lines = all().filter(|noun| is_key(text, noun));
        lines.find_map(|noun| beside(text, grammar, noun, claims))
    };
    let behind = || Some((all().find_map(|noun| behind_colon(text, grammar, noun, claims))?, PLACED));
    // "ECR: repo pricing"
    let headed = || {
        let colon = text.get(noun.end).is_some_and(|token| token.kind == Kind::Mark(':'));
        let head = others.iter().find(|other| colon && other.start == noun.end + 1)?;
        beside(text, grammar, head, claims)
    };
    written()
        .or_else(|| beside(text, grammar, noun, claims))
        .or_else(headed)
        .or_else(again)
        .or_else(|| Some((to_be_called(text, grammar, claims)?, 90)))
        .or_else(behind)
        .or_else(|| {
            let alone = only_quoted(text, claims).or_else(|| slots::name(text, grammar, claims, inputs));
            Some((alone.or_else(|| asked_for(text, grammar, claims))?, PLACED - 3))
        })
        .or_else(before)
}

/// `Role: ci-deploy` on a line of its own.
fn is_key(text: &Text, noun: &Range<usize>) -> bool {
    let begins = |at: usize| {
        text.get(at).is_none_or(|token| matches!(token.kind, Kind::End | Kind::Mark('-' | '*' | '•')))
    };
    noun.start.checked_sub(1).is_none_or(begins)
        && text.get(noun.end).is_some_and(|token| token.kind == Kind::Mark(':'))
}

/// "S3 bucket acme-invoices", "S3 bucket: acme-invoices (dev)"
fn beside(text: &Text, grammar: &Grammar<'_>, noun: &Range<usize>, claims: &Claims) -> Option<(usize, u8)> {
    let marked =
        text.get(noun.end).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | ',' | '(' | '[')));
    let behind = noun.end + usize::from(marked);
    let confidence = after(text, grammar, behind, claims).filter(|found| !marked || *found > PLACED)?;
    Some((behind, confidence))
}

/// "need crane-commands in prod asap": what is asked for by its name alone.
fn asked_for(text: &Text, grammar: &Grammar<'_>, claims: &Claims) -> Option<usize> {
    (1..text.tokens.len()).find(|at| {
        text.word(at - 1).is_some_and(language::asks_for)
            && is_before(text, grammar, *at, claims)
            && text.get(*at).is_some_and(|token| !is_described(&token.lower))
    })
}

/// "a secret please: apns-signing-key, stage": what stands alone behind the colon of the noun's sentence.
fn behind_colon(text: &Text, grammar: &Grammar<'_>, noun: &Range<usize>, claims: &Claims) -> Option<usize> {
    let sentence = text.get(noun.end.checked_sub(1)?)?.sentence;
    let colon = (noun.end..text.tokens.len())
        .take_while(|at| text.get(*at).is_some_and(|token| token.sentence == sentence))
        .find(|at| text.get(*at).is_some_and(|token| token.kind == Kind::Mark(':')))?;
    let at = colon + 1;
    let token = text.get(at).filter(|token| token.kind == Kind::Word && claims.is_free(at))?;
    let plain = has_path(grammar, &token.text)
        || base(grammar, &token.text)
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    let ends = is_boundary(text, at + 1)
        || !claims.is_free(at + 1)
        || !is_plain_word(&token.text) && text.word(at + 1).is_some_and(language::is_preposition);
    let free = is_free_word(&token.lower)
        && grammar.phrase_at(text, at).is_none()
        && !language::is_department(&token.lower)
        && !super::text::is_id(&token.lower);
    (plain && ends && free && token.text.len() >= 3).then_some(at)
}

fn is_plain_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The one thing in quotes that could be a name.
fn only_quoted(text: &Text, claims: &Claims) -> Option<usize> {
    let is_name = |at: &usize| {
        claims.is_free(*at)
            && text.get(*at).is_some_and(|token| {
                token.kind == Kind::Quoted
                    && token
                        .text
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            })
    };
    let mut quoted = (0..text.tokens.len()).filter(is_name);
    quoted.next().filter(|_| quoted.next().is_none())
}

fn add(text: &Text, at: usize, confidence: u8, claims: &mut Claims, inputs: &mut Inputs) {
    let Some(token) = text.get(at) else { return };
    inputs.add(NAME, Json::String(token.text.clone()), Source::Text(text.quote(at..at + 1)), confidence);
    claims.take(at..at + 1);
}

/// "bucket acme-invoices", "queue `events`", "queue events in dev".
fn after(text: &Text, grammar: &Grammar<'_>, at: usize, claims: &Claims) -> Option<u8> {
    let token = text.get(at).filter(|_| claims.is_free(at))?;
    match token.kind {
        Kind::Quoted if token.text.split_whitespace().count() <= 3 => Some(90),
        Kind::Word if grammar.phrase_at(text, at).is_none() && is_free_word(&token.lower) => {
            let word = base(grammar, &token.text);
            let joined = word.contains(['-', '_']) || word.len() < token.text.len();
            if is_identifier(word) && (token.text == token.lower || joined) || has_path(grammar, word) {
                return Some(85);
            }
            let plain =
                token.lower.chars().count() >= 2 && token.text.bytes().all(|byte| byte.is_ascii_lowercase());
            let ends = is_boundary(text, at + 1)
                || !claims.is_free(at + 1)
                || text.word(at + 1).is_some_and(language::is_preposition)
                || grammar.phrase_at(text, at + 1).is_some();
            // "an object store bucket. acme-dumps": what kind of thing it is names none.
            let of_kind = language::is_infrastructure(&token.lower)
                || matches!(token.lower.as_str(), "next" | "serverless" | "managed" | "standalone");
            (plain && ends && !of_kind && !is_verb(text, at)).then_some(PLACED)
        }
        _ => None,
    }
}

/// "wir möchten sie in einem Cache zwischenspeichern.": the verb at the end of a German sentence.
fn is_verb(text: &Text, at: usize) -> bool {
    let sentence = text.get(at).map(|token| token.sentence);
    let ends = text
        .get(at + 1)
        .is_none_or(|token| matches!(token.kind, Kind::End | Kind::Mark('.' | '!' | '?' | ',')));
    let infinitive = text.word(at).is_some_and(|word| {
        word.len() >= 5 && (word.ends_with("en") || word.ends_with("ern") || word.ends_with("eln"))
    });
    let modal = |word: &str| {
        matches!(
            word,
            "möchten"
                | "möchte"
                | "wollen"
                | "will"
                | "würden"
                | "würde"
                | "könnt"
                | "kannst"
                | "könntest"
                | "könntet"
                | "können"
                | "könnten"
                | "sollen"
                | "soll"
                | "sollte"
                | "sollten"
                | "müssen"
                | "muss"
                | "dürfen"
                | "lassen"
        )
    };
    let before = (0..at).rev().take_while(|at| text.get(*at).map(|token| token.sentence) == sentence);
    infinitive && ends && before.into_iter().any(|at| text.word(at).is_some_and(modal))
}

/// "the acme-invoices bucket": perhaps a name, perhaps "multi-region".
fn is_before(text: &Text, grammar: &Grammar<'_>, at: usize, claims: &Claims) -> bool {
    text.get(at).is_some_and(|token| match token.kind {
        Kind::Quoted => !token.text.contains(char::is_whitespace),
        // "SFTP-Server" is spoken of; names are written small.
        Kind::Word => {
            let word = base(grammar, &token.text);
            is_identifier(word) && token.text == token.lower && is_free_word(&token.lower)
                || word.len() < token.text.len()
        }
        _ => false,
    }) && claims.is_free(at)
        && grammar.phrase_at(text, at).is_none()
}

/// Quoted words, else identifiers, anywhere in the noun's sentence: each a choice of the question.
fn guess(text: &Text, grammar: &Grammar<'_>, noun: &Range<usize>, claims: &mut Claims, inputs: &mut Inputs) {
    let Some(sentence) = text.get(noun.start).map(|token| token.sentence) else { return };
    let of_kind = |kind: Kind| -> Vec<usize> {
        let tokens = text
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.sentence == sentence && token.kind == kind);
        tokens
            .map(|(at, _)| at)
            .filter(|at| !noun.contains(at) && is_before(text, grammar, *at, claims))
            .take(MAX_GUESSES)
            .collect()
    };
    let mut guesses = of_kind(Kind::Quoted);
    if guesses.is_empty() {
        guesses = of_kind(Kind::Word);
    }
    for at in guesses {
        if inputs.values.contains_key(NAME) {
            let other = text.get(at).map(|token| Json::String(token.text.clone()));
            inputs.others.entry(NAME.to_owned()).or_default().extend(other);
        } else {
            add(text, at, GUESSED, claims, inputs);
        }
    }
}

/// "two buckets called acme and invoices": one request makes one thing.
fn several(text: &Text, grammar: &Grammar<'_>, noun: &Range<usize>, claims: &Claims, inputs: &mut Inputs) {
    let Some(name) = inputs.values.get(NAME).and_then(|name| name.value.as_str()).map(str::to_owned) else {
        return;
    };
    // Where it was read: "for the affiliate plugin, call it affiliate".
    let is_read = |(at, token): (usize, &Token)| token.text == name && !claims.is_free(at);
    let Some(at) = text.tokens.iter().enumerate().position(is_read) else { return };
    let counted = noun.start.checked_sub(1).and_then(|before| text.word(before)).and_then(language::number);
    let several = counted.is_some_and(|count| count > 1.0);
    if let Some(longer) = longer(text, grammar, at) {
        inputs.add(NAME, Json::String(longer), Source::Text(text.quote(at..at + 2)), confidence_of(inputs));
        return;
    }
    let joined = text.word(at + 1).is_some_and(|word| matches!(word, "and" | "und" | "&" | "+"));
    let Some(other) = text.get(at + 2).filter(|_| joined) else { return };
    let names = match other.kind {
        Kind::Quoted => !other.text.contains(char::is_whitespace),
        Kind::Word => {
            is_free_word(&other.lower)
                && (several || is_identifier(&other.text))
                && grammar.phrase_at(text, at + 2).is_none()
        }
        _ => false,
    };
    if names && other.text != name {
        inputs.add(
            NAME,
            Json::String(other.text.clone()),
            Source::Text(text.quote(at..at + 3)),
            confidence_of(inputs),
        );
    }
}

/// "named acme invoices": one name of two words, or a name and a word too many.
fn longer(text: &Text, grammar: &Grammar<'_>, at: usize) -> Option<String> {
    let (first, second) = (text.get(at)?, text.get(at + 1)?);
    let plain = |token: &Token| token.kind == Kind::Word && token.text.chars().all(char::is_alphabetic);
    let ends = is_boundary(text, at + 2) || text.word(at + 2).is_some_and(language::is_small_word);
    let free = is_free_word(&second.lower) && grammar.phrase_at(text, at + 1).is_none();
    (plain(first) && plain(second) && free && ends).then(|| format!("{}-{}", first.lower, second.lower))
}

fn confidence_of(inputs: &Inputs) -> u8 {
    inputs.values.get(NAME).map_or(0, |name| name.confidence)
}

pub(super) fn is_free_word(word: &str) -> bool {
    !(language::is_small_word(word)
        || language::is_part(word)
        || language::is_trouble(word)
        || language::is_change(word)
        // "automatically", but not "auditors-readonly".
        || word.ends_with("ly") && !word.contains(['-', '_']))
}

/// Letters, digits and at least one joint: nobody's ordinary word.
pub(super) fn is_identifier(text: &str) -> bool {
    let joint = |byte: u8| matches!(byte, b'-' | b'_' | b'0'..=b'9');
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || joint(byte))
        && text.bytes().any(joint)
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}
