//! What a phrase says besides the value that it introduces: "keep flow logs for 90 days" wants flow logs, "move to Glacier
//! after 90 days" names a class.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::Type;

use super::{Reader, SIZED};
use crate::requests::grammar::{Entry, Found, Meaning};
use crate::requests::phrases::is_light;

/// Letters that names of inputs of one subject have in common.
const COMMON_STEM: usize = 4;

/// Letters of a closed value that is told from an ordinary word.
const SHORTEST_CHOICE: usize = 5;

impl Reader<'_, '_> {
    /// "keep old versions for 30 days" switches on what it counts; "move to Glacier after" names a class too. Only inputs
    /// of one subject, as their names tell, say something of each other.
    pub(super) fn implied(&mut self, tokens: Range<usize>, input: &str) {
        let grammar = self.grammar;
        let (mut keeps, mut kept) = (true, false);
        for at in tokens.clone() {
            let inside = grammar.entries_at(self.text, at).filter(|(range, entry)| {
                let fits = match &entry.meaning {
                    Meaning::Is(_) => grammar.type_of(&entry.input) != Type::Number,
                    Meaning::On => {
                        let words = || entry.phrase.words();
                        keeps && (kept || words().any(keeps_something) || words().any(is_kept))
                    }
                    _ => false,
                };
                fits && range.end <= tokens.end && are_of_one_subject(&entry.input, input)
            });
            let longest = inside.max_by_key(|(range, _)| range.len());
            let said = longest.map(|(range, entry)| match &entry.meaning {
                Meaning::Is(value) => (entry.input.clone(), value.clone(), range),
                _ => (entry.input.clone(), Json::Bool(true), range),
            });
            let said = said.or_else(|| {
                let (other, value) = self.choice_of_subject(at, input)?;
                Some((other, value, at..at + 1))
            });
            if let Some((other, value, range)) = said
                && !self.inputs.values.contains_key(&other)
            {
                let source = Source::Text(self.text.quote(range));
                self.inputs.add(&other, value, source, SIZED);
            }
            keeps &= self.text.word(at).is_some_and(|word| keeps_something(word) || is_light(word));
            kept |= self.text.word(at).is_some_and(keeps_something);
        }
    }

    /// "the admin group pg-admins": a word that is a closed value of an input of the same subject.
    pub(super) fn choice_of_subject(&self, at: usize, input: &str) -> Option<(String, Json)> {
        let word = self.text.word(at)?;
        let variables = self.grammar.module.variables.iter();
        let mut others =
            variables.filter(|other| are_of_one_subject(&other.name, input) && other.ty == Type::String);
        others.find_map(|other| {
            let choices = self.grammar.module.choices(&other.name)?;
            let choice = choices.into_iter().find(|choice| {
                choice
                    .as_str()
                    .is_some_and(|choice| choice.len() >= SHORTEST_CHOICE && choice.to_lowercase() == word)
            })?;
            Some((other.name.clone(), choice))
        })
    }

    /// "alte Versionen 1 Woche behalten": the rest of a switch's words behind the value.
    pub(super) fn switched_around(&mut self, found: &Found<'_>, after: usize) {
        let grammar = self.grammar;
        let begun: Vec<&str> = found.entry.phrase.words().collect();
        let switch = grammar.entries().iter().find(|entry| {
            let words: Vec<&str> = entry.phrase.words().collect();
            let rest = words.strip_prefix(begun.as_slice()).filter(|rest| !rest.is_empty());
            entry.meaning == Meaning::On
                && are_of_one_subject(&entry.input, &found.entry.input)
                && rest.is_some_and(|rest| {
                    let said = |at: usize, word: &&str| self.text.word(at).is_some_and(|said| said == *word);
                    rest.iter().enumerate().all(|(ahead, word)| said(after + ahead, word))
                })
        });
        if let Some(switch) = switch.filter(|switch| !self.inputs.values.contains_key(&switch.input)) {
            let source = Source::Text(self.text.quote(found.tokens.start..after + 1));
            self.inputs.add(&switch.input, Json::Bool(true), source, SIZED);
        }
    }

    /// "rotate it every day": what introduces nothing may be a value as it stands.
    pub(super) fn value_instead(&self, found: &Found<'_>) -> Option<(Json, Range<usize>)> {
        let own = |entry: &&Entry| entry.input == found.entry.input;
        let values = self.grammar.entries().iter().filter(own).filter_map(|entry| match &entry.meaning {
            Meaning::Is(value) => Some((value, entry.phrase.loose_at(self.text, found.tokens.start)?)),
            _ => None,
        });
        let (value, tokens) = values.max_by_key(|(_, tokens)| tokens.len())?;
        (tokens.len() >= found.tokens.len() && self.claims.are_free(tokens.clone()))
            .then(|| (value.clone(), tokens))
    }
}

/// Whether two inputs are about the same, as their names tell: `flow_logs` and `flow_log_days`.
pub(super) fn are_of_one_subject(one: &str, other: &str) -> bool {
    let alike = |left: &str, right: &str| {
        let same = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
        same >= COMMON_STEM.min(left.len().max(right.len()))
    };
    one != other
        && one
            .split('_')
            .any(|left| other.split('_').any(|right| left.len() >= COMMON_STEM && alike(left, right)))
}

/// "keep flow logs": what is kept is wanted.
pub(super) fn keeps_something(word: &str) -> bool {
    matches!(word, "keep" | "keeps" | "retain" | "retains" | "store" | "hold" | "behalte" | "bewahre")
}

/// "old versions kept", "alte Versionen aufheben".
pub(super) fn is_kept(word: &str) -> bool {
    matches!(
        word,
        "kept" | "retained" | "stay" | "behalten" | "aufheben" | "aufbewahren" | "aufbewahrt" | "bleiben"
    )
}
