//! What is asked for and no module makes.

use super::language;
use super::mentions::{self, ENOUGH};
use super::phrases::Claims;
use super::text::{Kind, Text};
use super::vocabulary::Vocabulary;

/// Infrastructure that is asked for and that no module makes.
pub(super) fn read(text: &Text, vocabulary: &Vocabulary, claims: &Claims, addressed: bool) -> Option<String> {
    let thing_at = |index: usize| {
        vocabulary.related_at(text, index).or_else(|| {
            let word = text.word(index)?;
            let stem = word.strip_suffix('s').unwrap_or(word);
            (language::is_infrastructure(word) || language::is_infrastructure(stem))
                .then_some(index..index + 1)
        })
    };
    let mut index = 0;
    while index < text.tokens.len() {
        let Some(mut tokens) = thing_at(index).filter(|tokens| claims.are_free(tokens.clone())) else {
            index += 1;
            continue;
        };
        // "Kafka cluster" is one thing.
        while let Some(more) = thing_at(tokens.end).filter(|more| claims.are_free(more.clone())) {
            tokens.end = more.end;
        }
        // Modules' own nouns were judged before: not asked for.
        let known = vocabulary.is_noun(text, tokens.start);
        if !known
            && (addressed
                || mentions::score(text, &tokens, claims, 0)
                    > ENOUGH - i32::from(follows_ask(text, tokens.start)))
        {
            return Some(text.quote(tokens).chars().take(80).collect());
        }
        index = tokens.end;
    }
    product(text, vocabulary, claims, addressed)
}

/// "need storage"
fn follows_ask(text: &Text, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.word(before));
    before.is_some_and(language::asks_for)
}

/// "eine InfluxDB in dev": something with a name like a product's, asked for, with a place.
fn product(text: &Text, vocabulary: &Vocabulary, claims: &Claims, addressed: bool) -> Option<String> {
    let inside =
        |sentence: usize| text.tokens.iter().enumerate().filter(move |(_, token)| token.sentence == sentence);
    (1..text.tokens.len()).find_map(|at| {
        let token = text.get(at).filter(|token| token.kind == Kind::Word && claims.is_free(at))?;
        let led = text
            .word(at - 1)
            .is_some_and(|word| language::is_indefinite(word) || language::asks_for(word) || word == "d'un")
            || at >= 2 && text.word(at - 2).is_some_and(language::is_indefinite);
        let capitals = token.text.chars().skip(1).filter(|letter| letter.is_ascii_uppercase()).count();
        let is_product =
            capitals > 0 && token.text.chars().any(char::is_lowercase) || language::is_product(&token.lower);
        // The sentence is looked through for the few that could be one.
        if !led || !is_product {
            return None;
        }
        let asked = inside(token.sentence).any(|(_, token)| language::asks_for(&token.lower));
        let placed = inside(token.sentence).any(|(at, token)| token.kind != Kind::End && !claims.is_free(at));
        let trouble = inside(token.sentence).any(|(_, token)| language::is_trouble(&token.lower));
        ((asked && placed || addressed) && !trouble && !vocabulary.is_noun(text, at))
            .then(|| token.text.clone())
    })
}
