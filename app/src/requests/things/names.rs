//! The names that a noun introduces: right behind it, as many as are counted, or announced later in its sentence.

use std::ops::Range;

use super::MOST;
use crate::requests::mentions::Mention;
use crate::requests::phrases::{Claims, is_boundary};
use crate::requests::text::{self, Kind, Text};
use crate::requests::{language, name};

/// Words between a noun and the name that it introduces.
const MOST_BETWEEN: usize = 4;

/// Words that are put into parentheses behind a name.
const MOST_WITHIN: usize = 16;

/// How many, right before a noun or before the one word that describes it; more than one.
pub(super) fn number_before(text: &Text, noun: &Range<usize>) -> Option<usize> {
    let number =
        (1..=2).filter_map(|back| text.word(noun.start.checked_sub(back)?)).find_map(language::number)?;
    (2..=MOST).find(|count| u32::try_from(*count).is_ok_and(|count| number == f64::from(count)))
}

/// "queues", "Tabellen"
pub(super) fn is_plural(text: &Text, noun: &Range<usize>) -> bool {
    text.word(noun.end.saturating_sub(1)).is_some_and(|word| word.ends_with('s') || word.ends_with('n'))
}

/// The names that a noun introduces: one right behind it, or as many as are counted.
pub(super) fn names(
    text: &Text,
    mention: &Mention<'_>,
    until: usize,
    is_noun: &dyn Fn(usize) -> bool,
    claims: &Claims,
) -> Vec<usize> {
    let noun = &mention.tokens;
    let is_name = |at: usize| {
        text.get(at).is_some_and(|token| {
            claims.is_free(at)
                && !is_noun(at)
                && match token.kind {
                    Kind::Quoted => is_slug(&token.text),
                    Kind::Word => {
                        name::is_identifier(&token.text)
                            && token.text.contains(['-', '_'])
                            && !text::is_id(&token.lower)
                            && !language::is_department(&token.lower)
                            && !matches!(
                                text.word(at.wrapping_sub(1)),
                                Some("team" | "owner" | "by" | "squad")
                            )
                    }
                    _ => false,
                }
        })
    };
    if let Some(count) = number_before(text, noun) {
        let sentence = text.get(noun.start).map(|token| token.sentence);
        let rest = noun.end..text.tokens.len();
        let inside = rest.filter(|at| text.get(*at).map(|token| token.sentence) == sentence);
        let found: Vec<usize> = inside.filter(|at| is_name(*at)).collect();
        if found.len() >= count {
            return found.into_iter().take(count).collect();
        }
        let listed: Vec<usize> = items(text, noun.end).filter(|at| is_name(*at)).collect();
        if listed.len() == count {
            return listed;
        }
    }
    let first = first_name(text, noun, is_noun, claims);
    let Some(first) = first.or_else(|| called(text, noun, until, claims)) else { return Vec::new() };
    let mut names = vec![first];
    // "queues a-in and b-in"
    if is_plural(text, noun) {
        let joined = |at: usize| {
            text.get(at).is_some_and(|token| {
                token.kind == Kind::Mark(',') || matches!(token.lower.as_str(), "and" | "und" | "&" | "+")
            })
        };
        let mut at = past_parentheses(text, first + 1);
        // "a, b, and c"
        while let Some(next) = (1..=2).map(|joins| at + joins).find(|next| is_name(*next)) {
            if !(at..next).all(joined) {
                break;
            }
            names.push(next);
            at = past_parentheses(text, next + 1);
        }
    }
    names
}

/// The first words of the items of the list below.
fn items(text: &Text, from: usize) -> impl Iterator<Item = usize> {
    let is_bullet = |at: usize| {
        text.get(at).is_some_and(|token| matches!(token.kind, Kind::Mark('-' | '*' | '•')))
            && at.checked_sub(1).and_then(|at| text.get(at)).is_some_and(|token| token.kind == Kind::End)
    };
    (from..text.tokens.len()).filter(move |at| is_bullet(*at)).map(|at| at + 1)
}

/// What follows what is put into parentheses here: "queues a-in (7 days) and b-in (14 days)".
fn past_parentheses(text: &Text, at: usize) -> usize {
    let is = |at: usize, mark: char| text.get(at).is_some_and(|token| token.kind == Kind::Mark(mark));
    if !is(at, '(') {
        return at;
    }
    (at + 1..at + MOST_WITHIN).find(|end| is(*end, ')')).map_or(at, |end| end + 1)
}

/// "hosted zone for b2b.example (name b2b-zone)", "a certificate for x.example, let's call it x-tls": the name that is
/// introduced in the noun's sentence, before the next thing.
fn called(text: &Text, noun: &Range<usize>, until: usize, claims: &Claims) -> Option<usize> {
    let sentence = text.get(noun.start)?.sentence;
    let inside = |at: usize| text.get(at).is_some_and(|token| token.sentence == sentence && at < until);
    let introduces = (noun.end..text.tokens.len()).take_while(|at| inside(*at)).find(|at| {
        text.word(*at).is_some_and(|word| {
            matches!(word, "called" | "named" | "namens" | "genannt" | "name" | "call" | "heißt" | "nennt")
        })
    })?;
    let is_small = |at: &usize| {
        text.get(*at).is_some_and(|token| {
            matches!(token.kind, Kind::Mark(':' | '='))
                || token.kind == Kind::Word
                    && matches!(
                        token.lower.as_str(),
                        "it" | "is" | "ist" | "ihn" | "sie" | "es" | "that" | "this"
                    )
        })
    };
    let at = (introduces + 1..introduces + 4).find(|at| !is_small(at)).filter(|at| inside(*at))?;
    let token = text.get(at).filter(|_| claims.is_free(at))?;
    let fits = match token.kind {
        Kind::Quoted => is_slug(&token.text),
        Kind::Word => name::is_identifier(&token.text) && name::is_free_word(&token.lower),
        _ => false,
    };
    fits.then_some(at)
}

/// The name right behind a noun: "queue orders-in", "a role called `ci`", "Postgres database `returns-db`".
fn first_name(
    text: &Text,
    noun: &Range<usize>,
    is_noun: &dyn Fn(usize) -> bool,
    claims: &Claims,
) -> Option<usize> {
    let mut at = noun.end;
    let mut introduced = false;
    for _ in 0..MOST_BETWEEN {
        let token = text.get(at)?;
        let says_name =
            matches!(token.lower.as_str(), "called" | "named" | "namens" | "genannt" | "name" | "heißt");
        introduced |= says_name;
        // "Postgres 17 quiz-db"
        let is_version =
            token.lower.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit())
                && text.get(at + 1).is_some_and(|next| {
                    next.text.contains('-') && name::is_identifier(&next.text)
                        || next.kind == Kind::Quoted
                        || matches!(next.lower.as_str(), "database" | "cluster" | "cache" | "db")
                });
        let passes = says_name
            || is_version
            || matches!(token.kind, Kind::Mark(':' | '|'))
            || is_noun(at)
            || matches!(
                token.lower.as_str(),
                "with" | "the" | "mit" | "dem" | "namen" | "account" | "cluster" | "database" | "version"
            ) && token.kind == Kind::Word;
        if !passes {
            break;
        }
        at += 1;
    }
    let token = text.get(at).filter(|_| claims.is_free(at))?;
    let fits = match token.kind {
        Kind::Quoted => is_slug(&token.text),
        Kind::Word => {
            let plain = token.text.len() >= 2 && token.text.bytes().all(|byte| byte.is_ascii_lowercase());
            let ends = is_boundary(text, at + 1)
                || text.get(at + 1).is_some_and(|next| next.kind == Kind::Mark('('))
                || !claims.is_free(at + 1)
                || text.word(at + 1).is_some_and(|next| {
                    language::is_preposition(next)
                        || language::is_join(next)
                        || matches!(
                            next,
                            "with"
                                | "mit"
                                | "anlegen"
                                | "which"
                                | "that"
                                | "where"
                                | "die"
                                | "der"
                                | "das"
                                | "den"
                                | "wo"
                        )
                });
            let identifier = name::is_identifier(&token.text) && !text::is_id(&token.lower);
            // "notify this topic immediately": of what is known already nothing is said by the next word.
            let is_known =
                noun.start.checked_sub(1).and_then(|before| text.word(before)).is_some_and(|word| {
                    matches!(
                        word,
                        "this"
                            | "that"
                            | "these"
                            | "the"
                            | "our"
                            | "its"
                            | "their"
                            | "dieses"
                            | "dieser"
                            | "diese"
                            | "diesem"
                            | "diesen"
                    )
                });
            name::is_free_word(&token.lower) && (identifier || introduced || (plain && ends && !is_known))
        }
        _ => false,
    };
    (fits && !is_noun(at)).then_some(at)
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
