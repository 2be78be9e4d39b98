//! Quantities whose words stand anywhere around them in the clause: "throw objects away after 3 weeks", "nach 30 Tagen sollen
//! die Objekte gelöscht werden", "its backups should be kept for thirty days".
//!
//! Read after all that is introduced in one piece: here the words of a phrase may stand apart, as long as the clause has
//! them all, in their order, and no other quantity between.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use super::{PLACED, Reader};
use crate::requests::grammar::Meaning;
use crate::requests::phrases::{Phrase, is_light};
use crate::requests::text::Kind;
use crate::requests::{language, numbers};

/// Tokens on either side of a quantity that may speak of it.
const REACH: usize = 14;

/// Letters of a word that tells what is meant.
const TELLING: usize = 4;

/// What a quantity is to its clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A moment: "after 30 days".
    After,
    /// A span: "for 30 days", and "30 days" alone.
    For,
    /// "every 30 days".
    Every,
    /// Whatever else: "to 30 days", "of 30 days".
    Other,
}

/// What is told of a quantity.
#[derive(Debug)]
pub(super) struct Told {
    /// Letters of the words that tell it.
    pub(super) score: usize,
    pub(super) input: String,
    value: Json,
    end: usize,
    tokens: Vec<usize>,
}

impl Told {
    /// From the first word that tells it to the last.
    pub(super) fn words(&self) -> Range<usize> {
        let first = self.tokens.iter().min().copied().unwrap_or_default();
        first..self.tokens.iter().max().map_or(first, |last| last + 1)
    }
}

/// Letters from which on a value that the input does not take is meant all the same.
const SURELY: usize = 6;

/// The role that a word before a quantity gives it.
fn role_of(word: &str) -> Option<Role> {
    Some(match word {
        "after" | "nach" | "past" | "ab" => Role::After,
        "for" | "für" | "over" | "über" => Role::For,
        "every" | "each" | "alle" | "jede" | "jeden" => Role::Every,
        "of" | "to" | "at" | "in" | "within" | "with" | "by" | "von" | "auf" | "mit" | "bei" | "um"
        | "zu" | "innerhalb" | "until" | "bis" | "from" | "aus" => Role::Other,
        _ => return None,
    })
}

impl Reader<'_, '_> {
    /// Reads the quantities that nothing introduced.
    pub(super) fn around(&mut self) {
        let mut at = 0;
        while at < self.text.tokens.len() {
            at = self.quantity_around(at).unwrap_or(at + 1);
        }
    }

    fn quantity_around(&mut self, at: usize) -> Option<usize> {
        let told = self.told_around(at)?;
        if !self.grammar.takes(&told.input, &told.value) && told.score < SURELY {
            return None;
        }
        Some(self.take_told(at, told))
    }

    /// Takes a quantity and the words that tell what it is.
    pub(super) fn take_told(&mut self, at: usize, told: Told) -> usize {
        self.add(&told.input, told.value, at..told.end, PLACED);
        for token in told.tokens {
            self.claims.take(token..token + 1);
        }
        told.end
    }

    /// What the words around a quantity tell of it, where one input is told best.
    pub(super) fn told_around(&self, at: usize) -> Option<Told> {
        self.told_besides(at, None)
    }

    /// The same without one input.
    pub(super) fn told_besides(&self, at: usize, except: Option<&str>) -> Option<Told> {
        let word = self.text.word(at).filter(|_| self.claims.is_free(at))?;
        let begins = word.starts_with(|first: char| first.is_ascii_digit())
            || numbers::parse(word).is_some()
            || matches!(
                word,
                "a" | "an" | "ein" | "eine" | "einen" | "einer" | "einem" | "half" | "halbe" | "halben"
            );
        begins.then_some(())?;
        let grammar = self.grammar;
        let counted = grammar.module.variables.iter().filter(|variable| variable.ty == Type::Number);
        let mut best: Option<Told> = None;
        let mut rivals = false;
        let mut clauses: Option<Vec<Vec<usize>>> = None;
        for variable in counted {
            let input = variable.name.as_str();
            let is_out = except == Some(input) || self.inputs.values.contains_key(input);
            if is_out || grammar.unit(input).is_none() {
                continue;
            }
            let Some((number, end)) = self.number_at(at, input).filter(|(_, end)| self.has_unit(at..*end))
            else {
                continue;
            };
            let value = Json::Number(number);
            let clauses = clauses.get_or_insert_with(|| self.clauses_around(at..end));
            for entry in grammar.entries().iter().filter(|entry| entry.input == input) {
                if entry.meaning != Meaning::Introduces {
                    continue;
                }
                let found = clauses.iter().find_map(|clause| self.speaks(&entry.phrase, clause, at..end));
                let Some((score, tokens)) = found else { continue };
                match &best {
                    Some(top) if top.score == score && top.input != input => rivals = true,
                    Some(top) if top.score >= score => {}
                    _ => {
                        let input = input.to_owned();
                        (best, rivals) =
                            (Some(Told { score, input, value: value.clone(), end, tokens }), false);
                    }
                }
            }
        }
        best.filter(|_| !rivals)
    }

    /// Whether a unit is written: a bare number says too little to look for its words.
    fn has_unit(&self, tokens: Range<usize>) -> bool {
        tokens.clone().filter_map(|at| self.text.word(at)).any(|word| {
            let stem = word.trim_start_matches(|letter: char| {
                letter.is_ascii_digit() || matches!(letter, '.' | ',' | '-')
            });
            language::seconds_of(stem).or_else(|| language::bytes_of(stem)).is_some()
        })
    }

    /// The tokens that may speak of a quantity: those between the nearest joins, then the whole clause with the one before,
    /// where the quantity's own says nothing ("old versions should be kept, but only for 30 days").
    fn clauses_around(&self, quantity: Range<usize>) -> Vec<Vec<usize>> {
        let sides = |joins_end: bool| {
            let before = self.side(quantity.start, -1, joins_end);
            let after = self.side(quantity.end, 1, joins_end);
            before.into_iter().rev().chain(after).collect::<Vec<usize>>()
        };
        let (near, whole) = (sides(true), sides(false));
        let mut clauses = vec![near];
        let silent = whole
            .iter()
            .all(|at| self.text.word(*at).is_none_or(|word| is_light(word) || language::is_small_word(word)));
        let first = whole.first().copied().unwrap_or(quantity.start).min(quantity.start);
        let comma = first.checked_sub(1).filter(|at| {
            silent && self.text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(',')))
        });
        if let Some(comma) = comma {
            let mut longer: Vec<usize> = self.side(comma, -1, false).into_iter().rev().collect();
            longer.extend(whole);
            clauses.push(longer);
        }
        clauses
    }

    /// The tokens on one side of a quantity, the nearest first, up to where the clause ends or another quantity stands.
    /// What stands in parentheses is passed over.
    fn side(&self, from: usize, step: isize, joins_end: bool) -> Vec<usize> {
        let (opens, closes) = if step > 0 { ('(', ')') } else { (')', '(') };
        let mut found = Vec::new();
        let mut depth = 0_u32;
        let mut at = if step > 0 { Some(from) } else { from.checked_sub(1) };
        while let Some(index) = at.filter(|_| found.len() < REACH) {
            let Some(token) = self.text.get(index) else { break };
            match token.kind {
                Kind::Mark(mark) if mark == opens => depth += 1,
                Kind::Mark(mark) if mark == closes && depth > 0 => depth -= 1,
                _ if depth > 0 && token.kind != Kind::End => {}
                Kind::Mark(':' | '=') => {}
                Kind::Mark(_) | Kind::End => break,
                Kind::Word if joins_end && joins(&token.lower) => break,
                Kind::Word if self.is_quantity(index) => break,
                _ => found.push(index),
            }
            at = index.checked_add_signed(step);
        }
        found
    }

    fn is_quantity(&self, at: usize) -> bool {
        let word = self.text.word(at).unwrap_or_default();
        let digits = word.starts_with(|first: char| first.is_ascii_digit());
        (digits || numbers::parse(word).is_some())
            && (self.has_unit(at..at + 1) || self.has_unit(at + 1..at + 2))
    }

    /// Whether a clause has all words of a phrase in their order, and the role that it gives its value: how many letters
    /// tell it, and where they stand. A denial that is no part of the phrase says the opposite.
    fn speaks(
        &self,
        phrase: &Phrase,
        clause: &[usize],
        quantity: Range<usize>,
    ) -> Option<(usize, Vec<usize>)> {
        let words: Vec<&str> = phrase.words().collect();
        let (last, first) = words.split_last()?;
        let (content, role) = match role_of(last) {
            Some(role) if !first.is_empty() => (first, Some(role)),
            _ => (words.as_slice(), None),
        };
        if !self.plays(role, quantity) {
            return None;
        }
        let mut left = content.iter().peekable();
        let mut tokens = Vec::new();
        for at in clause {
            let Some(word) = self.text.word(*at) else { continue };
            if language::is_negation(word) && !content.contains(&word) {
                return None;
            }
            if left.next_if(|wanted| Phrase::is_form_of(word, wanted)).is_some() {
                tokens.push(*at);
            }
        }
        if left.peek().is_some() {
            return None;
        }
        let telling = |word: &&&str| !language::is_small_word(word) && !is_light(word);
        let letters: usize = content.iter().filter(telling).map(|word| word.chars().count()).sum();
        (letters >= TELLING).then_some((letters, tokens))
    }

    /// Whether the words before a quantity give it a role.
    fn plays(&self, role: Option<Role>, quantity: Range<usize>) -> bool {
        let about = |word: &&str| {
            !matches!(
                *word,
                "only"
                    | "nur"
                    | "about"
                    | "ca"
                    | "circa"
                    | "etwa"
                    | "rund"
                    | "just"
                    | "exactly"
                    | "genau"
                    | "around"
                    | "roughly"
                    | "already"
                    | "schon"
                    | "bereits"
                    | "the"
                    | "den"
                    | "last"
                    | "letzten"
                    | "at"
                    | "least"
                    | "most"
                    | "mindestens"
                    | "höchstens"
                    | "maximal"
                    | "spätestens"
                    | "full"
            )
        };
        let before = (1..=4)
            .map_while(|back| self.text.word(quantity.start.checked_sub(back)?))
            .find(about)
            .and_then(role_of);
        // "for up to twelve minutes"
        let word = |back: usize| quantity.start.checked_sub(back).and_then(|at| self.text.word(at));
        let up_to = matches!((word(2), word(1)), (Some("up"), Some("to")) | (Some("bis"), Some("zu")));
        let long = up_to && word(3).and_then(role_of) == Some(Role::For);
        // "once they are 45 days old"
        let aged = self.text.word(quantity.end).is_some_and(|word| matches!(word, "old" | "alt" | "ago"));
        let older = matches!(word(1), Some("than" | "als")) && matches!(word(2), Some("older" | "älter"));
        let before = if aged || older { Some(Role::After) } else { before };
        match role {
            Some(Role::For) => long || matches!(before, None | Some(Role::For)),
            Some(Role::Other) => before == Some(Role::Other),
            Some(role) => before == Some(role),
            None => before != Some(Role::After) && before != Some(Role::Every),
        }
    }
}

/// Words at which another statement begins.
fn joins(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "und"
            | "but"
            | "aber"
            | "then"
            | "dann"
            | "danach"
            | "afterwards"
            | "while"
            | "während"
            | "sowie"
    )
}
