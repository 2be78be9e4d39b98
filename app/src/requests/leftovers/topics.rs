//! What a module's inputs are about, so that a clause can be known to speak of one.

use std::collections::HashMap;
use std::ops::Range;

use crate::requests::grammar::{Grammar, NAME, OWNER};
use crate::requests::inputs::Inputs;
use crate::requests::language;
use crate::requests::text::Text;

/// Letters of a word that says what a clause is about.
const SHORTEST_TOPIC: usize = 6;

/// The words in which a module's inputs are spoken of, and the inputs that each may mean.
pub(super) struct Topics<'g> {
    pub(super) inputs: HashMap<&'g str, Vec<&'g str>>,
}

impl<'g> Topics<'g> {
    pub(super) fn of(grammar: &'g Grammar<'_>) -> Self {
        let mut inputs: HashMap<&str, Vec<&str>> = HashMap::new();
        let entries = grammar
            .entries()
            .iter()
            .filter(|entry| entry.input != NAME && entry.input != OWNER && entry.input != "tags");
        for entry in entries {
            for word in entry.phrase.words() {
                if word.chars().count() >= SHORTEST_TOPIC && !language::is_known(word) {
                    let meant = inputs.entry(word).or_default();
                    if !meant.contains(&entry.input.as_str()) {
                        meant.push(&entry.input);
                    }
                }
            }
        }
        Self { inputs }
    }

    /// Whether one of the inputs that a word may mean was read: what is said once more is no new wish.
    pub(super) fn are_read(&self, word: &str, inputs: &Inputs) -> bool {
        let meant = self.inputs.get(word);
        meant.is_some_and(|meant| meant.iter().any(|input| inputs.values.contains_key(*input)))
    }

    /// Whether a clause speaks of an input that nothing was read of, or `wishes` what no input is about.
    pub(super) fn leave_open(
        &self,
        text: &Text,
        clause: Range<usize>,
        inputs: &Inputs,
        wishes: bool,
    ) -> bool {
        let words = clause.filter_map(|at| text.word(at)).filter(|word| self.inputs.contains_key(word));
        let (read, unread): (Vec<&str>, Vec<&str>) = words.partition(|word| self.are_read(word, inputs));
        !unread.is_empty() || wishes && read.is_empty()
    }
}
