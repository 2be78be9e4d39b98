//! Reads inputs out of free text, with a module's grammar.
//!
//! Every value keeps the words it came from. What contradicts itself is a doubt, not a choice made in silence.

mod around;
mod cut;
mod implied;
mod introduced;
mod labelled;
mod lines;
mod marked;
mod switches;
mod undecided;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::{Filled, Source};

use super::counts;
use super::grammar::{Grammar, Meaning};
use super::mood::is_of_another;
use super::phrases::{Claims, clause_of};
use super::text::Text;
use super::{permissions, records, rules, schedules};

pub(super) use self::cut::is_port;
pub(super) use self::lines::key_lines;

/// Sure: the key and the value are written.
pub(super) const WRITTEN: u8 = 98;
/// Sure: a phrase of the catalog introduces it.
pub(super) const INTRODUCED: u8 = 92;
/// Rather sure: its place in the sentence says so.
pub(super) const PLACED: u8 = 75;
/// A word that stands for a value: "small".
pub(super) const SIZED: u8 = PLACED + 4;
/// Below this somebody is asked.
pub(super) const SURE: u8 = 60;
/// Said in two ways.
pub(super) const CONTRADICTED: u8 = 30;

/// Inputs that are noted as spoken of.
const MOST_SPOKEN: usize = 20;

/// Words of one unquoted value.
const MAX_WORDS: usize = 60;

/// Values that were read, each with all that was said about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    pub(super) values: BTreeMap<String, Filled<Json>>,
    /// Values that contradict the one kept, by input.
    pub(super) others: BTreeMap<String, Vec<Json>>,
    /// Inputs that were spoken of without a value.
    pub(super) spoken: Vec<String>,
}

impl Inputs {
    /// Keeps the surer value; two that are equally sure and differ are a doubt.
    pub(super) fn add(&mut self, input: &str, value: Json, source: Source, confidence: u8) {
        let new = Filled { value, source, confidence };
        match self.values.get_mut(input) {
            None => drop(self.values.insert(input.to_owned(), new)),
            Some(known) if known.value == new.value => {
                if new.confidence > known.confidence {
                    *known = new;
                }
            }
            // Of two values almost equally sure neither wins; a guess never beats what was introduced.
            Some(known)
                if known.confidence.abs_diff(new.confidence) < 5 || known.confidence == CONTRADICTED =>
            {
                if new.confidence >= PLACED {
                    known.confidence = CONTRADICTED;
                    self.others.entry(input.to_owned()).or_default().push(new.value);
                }
            }
            Some(known) if new.confidence > known.confidence => *known = new,
            Some(_) => {}
        }
    }
}

/// Reads all inputs of a text. `claims` holds what was read already: the thing's own noun, environments.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims) -> Inputs {
    let mut reader = Reader {
        text,
        grammar,
        claims,
        inputs: Inputs::default(),
        last_off: None,
        denied: None,
        unfilled: None,
        read: Vec::new(),
    };
    permissions::read(text, grammar, reader.claims, &mut reader.inputs);
    reader.lines();
    rules::read(text, grammar, reader.claims, &mut reader.inputs);
    reader.ports_from();
    schedules::read(text, grammar, reader.claims, &mut reader.inputs);
    counts::read(text, grammar, reader.claims, &mut reader.inputs);
    let mut index = 0;
    while index < text.tokens.len() {
        index = reader
            .pair(index)
            .or_else(|| reader.turned(index))
            .or_else(|| reader.phrase(index))
            .or_else(|| reader.negated_stem(index))
            .or_else(|| reader.route(index))
            .or_else(|| reader.compound(index))
            .unwrap_or(index + 1);
    }
    records::read(text, grammar, reader.claims, &mut reader.inputs);
    reader.around();
    reader.marked();
    reader.undecided();
    reader.inputs
}

struct Reader<'a, 'm> {
    text: &'a Text,
    grammar: &'a Grammar<'m>,
    claims: &'a mut Claims,
    inputs: Inputs,
    /// The sentence in which something was switched off last.
    last_off: Option<usize>,
    /// The index behind what "without" or "neither" denied last.
    denied: Option<usize>,
    /// The last phrase of several words that introduced nothing, and its input.
    unfilled: Option<(Range<usize>, String)>,
    /// The ends of what was read, with its input.
    read: Vec<(usize, String)>,
}

impl Reader<'_, '_> {
    fn add(&mut self, input: &str, value: Json, tokens: Range<usize>, confidence: u8) {
        let source = Source::Text(self.text.quote(tokens.clone()));
        self.read.push((tokens.end, input.to_owned()));
        self.claims.take(tokens);
        self.inputs.add(input, value, source, confidence);
    }

    /// A phrase of the catalog, and the value that goes with it.
    fn phrase(&mut self, index: usize) -> Option<usize> {
        let grammar = self.grammar;
        let found =
            grammar.phrase_at(self.text, index).filter(|found| self.claims.are_free(found.tokens.clone()))?;
        let end = found.tokens.end;
        let is_switch = matches!(found.entry.meaning, Meaning::On | Meaning::Off);
        // "the old one was public": what another thing is or was is no wish.
        if is_switch && is_of_another(self.text, clause_of(self.text, found.tokens.start)) {
            return Some(end);
        }
        match &found.entry.meaning {
            Meaning::Introduces => {
                let known = self.inputs.values.contains_key(&found.entry.input);
                let next = self.introduced(&found);
                let unfilled = !known && !self.inputs.values.contains_key(&found.entry.input);
                if unfilled && found.entry.phrase.len() > 1 {
                    self.unfilled = Some((found.tokens.clone(), found.entry.input.clone()));
                }
                if !known && self.inputs.values.contains_key(&found.entry.input) {
                    self.implied(found.tokens.clone(), &found.entry.input);
                    self.switched_around(&found, next.unwrap_or(end));
                } else if let Some((value, tokens)) = self.value_instead(&found) {
                    let next = tokens.end;
                    self.add(&found.entry.input, value, tokens, SIZED);
                    return Some(next);
                } else if let Some((other, value)) = self.choice_of_subject(end - 1, &found.entry.input)
                    && !self.inputs.values.contains_key(&other)
                {
                    self.add(&other, value, found.tokens.clone(), SIZED);
                } else if !known && self.inputs.spoken.len() < MOST_SPOKEN {
                    self.inputs.spoken.push(found.entry.input.clone());
                }
                next
            }
            Meaning::On => Some(self.switched(&found, true)),
            Meaning::Off => {
                self.denied = self.denies_on(found.tokens.start).then_some(end);
                self.add(&found.entry.input, Json::Bool(false), found.tokens, INTRODUCED);
                Some(end)
            }
            // "Redis" names the module; that it is the engine too has to be said.
            Meaning::Is(_) if found.entry.is_noun => None,
            Meaning::Is(value) => {
                self.add(&found.entry.input, value.clone(), found.tokens, SIZED);
                Some(end)
            }
        }
    }
}
