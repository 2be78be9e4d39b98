//! Values of other inputs that the text says more of: "sort key placed_at (a number)", "und fassung ist eine Zahl". The
//! input that lists such values names them.

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::Type;

use super::{PLACED, Reader};
use crate::requests::grammar::{NAME, OWNER};
use crate::requests::language;
use crate::requests::text::Kind;

/// Tokens between a value and what is said of it.
const NEAR: usize = 6;

/// Values that are looked at.
const MOST: usize = 20;

impl Reader<'_, '_> {
    /// Fills the lists of values that are marked by a word.
    pub(super) fn marked(&mut self) {
        let grammar = self.grammar;
        for variable in &grammar.module.variables {
            let Some(hints) = grammar.hints(&variable.name).filter(|hints| !hints.marks.is_empty()) else {
                continue;
            };
            let is_list = matches!(variable.ty, Type::List(_) | Type::Set(_));
            if !is_list || self.inputs.values.contains_key(&variable.name) {
                continue;
            }
            let marks: Vec<String> = hints.marks.iter().map(|word| word.to_lowercase()).collect();
            let mut values: Vec<String> = Vec::new();
            for value in self.values_of_others() {
                let mark = (0..self.text.tokens.len())
                    .filter(|at| self.text.get(*at).is_some_and(|token| token.text == value))
                    .find_map(|at| self.mark_behind(at, &marks));
                if let Some(mark) = mark {
                    self.claims.take(mark..mark + 1);
                    values.push(value);
                }
            }
            let list = Json::from(values.clone());
            if !values.is_empty() && grammar.takes(&variable.name, &list) {
                self.inputs.add(&variable.name, list, Source::Text(values.join(", ")), PLACED);
            }
        }
    }

    /// Words that other inputs were given.
    fn values_of_others(&self) -> Vec<String> {
        let others = self.inputs.values.iter().filter(|(input, _)| !matches!(input.as_str(), NAME | OWNER));
        let words = others.flat_map(|(_, filled)| match &filled.value {
            Json::String(word) => vec![word.clone()],
            Json::Array(values) => values.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        });
        let mut words: Vec<String> =
            words.filter(|word| !word.contains(char::is_whitespace)).take(MOST).collect();
        words.sort();
        words.dedup();
        words
    }

    /// The mark behind a value, with small words and a parenthesis between.
    fn mark_behind(&self, at: usize, marks: &[String]) -> Option<usize> {
        let between = |at: &usize| {
            self.text.get(*at).is_some_and(|token| match token.kind {
                Kind::Word => {
                    language::is_small_word(&token.lower)
                        && !language::is_join(&token.lower)
                        && !marks.contains(&token.lower)
                }
                Kind::Mark(mark) => matches!(mark, '(' | ',' | ':'),
                _ => false,
            })
        };
        let behind = (at + 1..=at + NEAR).take_while(between).last().map_or(at + 1, |last| last + 1);
        let denied = (at + 1..behind).filter_map(|at| self.text.word(at)).any(language::is_negation);
        let mark = self.text.word(behind).filter(|_| !denied)?;
        marks.iter().any(|known| known == mark).then_some(behind)
    }
}
