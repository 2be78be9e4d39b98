//! What people say they have not settled.

use tfpilot_hcl::Type;

use super::{CONTRADICTED, Reader};
use crate::requests::text::{Kind, Text};

impl Reader<'_, '_> {
    /// What people say they have not settled is asked about: the value that was named last before they say so.
    pub(super) fn undecided(&mut self) {
        for at in 0..self.text.tokens.len() {
            if !is_undecided(self.text, at) {
                continue;
            }
            let line =
                (0..at).rev().find(|at| self.text.get(*at).is_some_and(|token| token.kind == Kind::End));
            let from = line.map_or(0, |at| at + 1);
            let last = self.read.iter().filter(|(end, input)| {
                (from + 1..=at).contains(end) && self.grammar.type_of(input) != Type::String
            });
            let Some((_, input)) = last.max_by_key(|(end, _)| *end) else { continue };
            if let Some(filled) = self.inputs.values.get_mut(input) {
                filled.confidence = CONTRADICTED;
            }
        }
    }
}

/// "we have not agreed yet", "das klären wir noch".
pub(super) fn is_undecided(text: &Text, at: usize) -> bool {
    let word = |ahead: usize| text.word(at + ahead).unwrap_or_default();
    let near = |words: &[&str]| (1..=4).any(|ahead| words.contains(&word(ahead)));
    match word(0) {
        "disagree" | "undecided" | "tbd" | "unentschieden" | "uneinig" | "offen" => true,
        "not" | "haven't" | "hasn't" | "isn't" => {
            near(&["agreed", "decided", "settled", "sure", "clear", "agree"])
        }
        "check" | "confirm" => word(1) == "with" && matches!(word(2), "me" | "us"),
        "noch" => {
            near(&["offen", "geklärt", "unklar", "entschieden"])
                || near(&["nicht"]) && near(&["sicher", "klar", "einig"])
        }
        "nicht" => near(&["sicher", "einig", "entschieden"]),
        _ => false,
    }
}
