//! Names that a verb gives: "call the whole thing x", "soll x heißen", "x would be a good name".

use super::{is_before, is_free_word};
use crate::requests::grammar::Grammar;
use crate::requests::language;
use crate::requests::phrases::Claims;
use crate::requests::text::{Kind, Text};

/// "soll tourenplan-deploy heißen", "Name of the job: basket-cleanup", "call the whole thing help-dns"
pub(super) fn to_be_called(text: &Text, grammar: &Grammar<'_>, claims: &Claims) -> Option<usize> {
    let is_name = |at: &usize| is_before(text, grammar, *at, claims);
    (0..text.tokens.len()).find_map(|at| match text.word(at)? {
        "heißen" | "nennen" => {
            // "soll warenkorb heißen": between them a plain word is a name too.
            let between = at.checked_sub(1).filter(|name| {
                name.checked_sub(1).and_then(|before| text.word(before)).is_some_and(is_shall)
                    && is_plain(text, grammar, *name, claims)
            });
            if between.is_some() {
                return between;
            }
            let turned = (at + 1..=at + 3).take_while(|at| text.word(*at).is_some_and(is_shall));
            // "Heißen soll sie kundenportal."
            let behind = turned
                .last()
                .map(|last| last + 1)
                .filter(|at| is_name(at) || is_plain(text, grammar, *at, claims));
            // "pistenwetter soll er heißen"
            let begins = (1..=3).map_while(|back| at.checked_sub(back));
            let first = begins.take_while(|at| text.word(*at).is_some_and(is_shall)).last();
            let before = first
                .and_then(|first| first.checked_sub(1))
                .filter(|at| is_name(at) || is_plain(text, grammar, *at, claims));
            behind.or(before).or_else(|| at.checked_sub(1).filter(is_name))
        }
        "zwar" | "namely" | "nämlich" => Some(at + 1).filter(is_name),
        // "orders-in would be a good name"
        "name" if named_late(text, at).as_ref().is_some_and(is_name) => named_late(text, at),
        "call" | "name" | "nennt" | "nenn" | "nenne" | "tauft" | "baptise" => {
            let of = matches!(text.word(at + 1), Some("of" | "der" | "des" | "für" | "for"));
            if of {
                // "name of the job: basket-cleanup", "name of the table is rider-positions"
                let leads = |at: &usize| {
                    text.get(*at).is_some_and(|token| {
                        token.kind == Kind::Mark(':')
                            || matches!(token.lower.as_str(), "is" | "be" | "ist" | "sei" | "lautet")
                    })
                };
                let lead = (at + 2..at + 7).find(leads)?;
                return Some(lead + 1).filter(is_name);
            }
            let between = (at + 1..=at + 4).take_while(|at| text.word(*at).is_some_and(is_thing));
            Some(between.last()? + 1).filter(is_name)
        }
        _ => None,
    })
}

/// A word in small letters that means nothing else.
fn is_plain(text: &Text, grammar: &Grammar<'_>, at: usize, claims: &Claims) -> bool {
    text.word(at).is_some_and(is_free_word)
        && text.get(at).is_some_and(|token| token.text.bytes().all(|byte| byte.is_ascii_lowercase()))
        && claims.is_free(at)
        && grammar.phrase_at(text, at).is_none()
}

/// The word before "as the name", "would be a good name", "als Name".
fn named_late(text: &Text, at: usize) -> Option<usize> {
    let between = |word: &str| {
        language::is_small_word(word)
            || matches!(
                word,
                "good" | "nice" | "fine" | "guter" | "schöner" | "passender" | "sounds" | "works"
            )
    };
    let before = (1..=6).map_while(|back| at.checked_sub(back));
    let first = before.into_iter().find(|at| !text.word(*at).is_some_and(between))?;
    (first + 1 < at).then_some(first)
}

/// "heißen soll sie abo-verwaltung"
fn is_shall(word: &str) -> bool {
    matches!(word, "soll" | "sollte" | "wird" | "muss" | "sie" | "er" | "es" | "das" | "der" | "die")
}

/// "the whole thing", "das Ganze", "it"
fn is_thing(word: &str) -> bool {
    language::is_definite(word)
        || matches!(
            word,
            "it" | "them"
                | "thing"
                | "whole"
                | "new"
                | "one"
                | "ganze"
                | "ding"
                | "ihn"
                | "sie"
                | "es"
                | "bitte"
                | "please"
        )
}
