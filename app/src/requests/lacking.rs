//! What is asked for and no module makes.

use super::language;
use super::mentions::{self, ENOUGH};
use super::phrases::Claims;
use super::text::Text;
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
        if !known && (addressed || mentions::score(text, &tokens, claims, 0) > ENOUGH) {
            return Some(text.quote(tokens).chars().take(80).collect());
        }
        index = tokens.end;
    }
    None
}
