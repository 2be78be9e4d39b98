//! Bare values between commas: "stream page-views in dev, growth, 2 shards". Who writes so tells name and team by their
//! place alone, so a word is taken only where it stands for itself and nothing else could be it.

use serde_json::Value as Json;
use tfpilot_engine::Source;

use super::grammar::{Grammar, OWNER};
use super::inputs::{Inputs, SURE};
use super::phrases::Claims;
use super::text::{Kind, Text};
use super::{language, name};

/// Words of a sentence that are looked at.
const MOST_WORDS: usize = 200;

/// The name that stands alone: an identifier or something in quotes, and no other beside it.
pub(super) fn name(text: &Text, grammar: &Grammar<'_>, claims: &Claims) -> Option<usize> {
    only(alone(text, grammar, claims).into_iter().filter(|at| {
        text.get(*at).is_some_and(|token| match token.kind {
            Kind::Quoted => !token.text.contains(char::is_whitespace),
            _ => name::is_identifier(&token.text) && token.text.contains('-'),
        })
    }))
}

/// Adds the team that stands alone, where none was read.
pub(super) fn team(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    if grammar.module.variable(OWNER).is_none() || inputs.values.contains_key(OWNER) {
        return;
    }
    // What the sentence says besides shows that it is about the thing.
    let speaks = |sentence: usize| {
        let tokens = text.tokens.iter().enumerate().filter(|(_, token)| token.sentence == sentence);
        tokens.take(MOST_WORDS).any(|(at, token)| token.kind != Kind::End && !claims.is_free(at))
    };
    let found = only(alone(text, grammar, claims).into_iter().filter(|at| {
        text.get(*at).is_some_and(|token| {
            let plain = token.text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            token.kind == Kind::Word && plain && token.text.len() >= 2 && speaks(token.sentence)
        })
    }));
    let Some((at, token)) = found.and_then(|at| Some((at, text.get(at)?))) else { return };
    let value = Json::String(token.text.clone());
    inputs.add(OWNER, value, Source::Text(text.quote(at..at + 1)), SURE + 6);
    claims.take(at..at + 1);
}

/// Tokens that are a whole part between marks, and no word of the language or of the module.
fn alone(text: &Text, grammar: &Grammar<'_>, claims: &Claims) -> Vec<usize> {
    let is_edge = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_none_or(|token| {
            token.kind == Kind::End
                || matches!(token.kind, Kind::Mark(',' | ';' | ':' | '.' | '(' | ')' | '-' | '–' | '•'))
        })
    };
    let free = |at: &usize| {
        text.get(*at).is_some_and(|token| {
            matches!(token.kind, Kind::Word | Kind::Quoted)
                && claims.is_free(*at)
                && is_edge(at.checked_sub(1))
                && is_edge(Some(*at + 1))
                && (token.kind == Kind::Quoted || name::is_free_word(&token.lower))
                && !language::is_courtesy(&token.lower)
                && grammar.phrase_at(text, *at).is_none()
        })
    };
    (0..text.tokens.len()).filter(free).collect()
}

/// Of several nobody knows which is meant.
fn only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    found.next().filter(|_| found.next().is_none())
}
