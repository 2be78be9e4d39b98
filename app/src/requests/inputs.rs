//! Reads inputs out of free text, with a module's grammar.
//!
//! Every value keeps the words it came from. What contradicts itself is a doubt, not a choice made in silence.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Number, Value as Json};
use tfpilot_engine::{Filled, Source};
use tfpilot_hcl::Type;

use super::grammar::{Found, Grammar, Meaning, NAME};
use super::language;
use super::phrases::{Claims, is_boundary};
use super::text::{Kind, Text};
use super::value;

/// Sure: the key and the value are written.
pub(super) const WRITTEN: u8 = 98;
/// Sure: a phrase of the catalog introduces it.
pub(super) const INTRODUCED: u8 = 92;
/// Rather sure: its place in the sentence says so.
pub(super) const PLACED: u8 = 75;
/// Below this somebody is asked.
pub(super) const SURE: u8 = 60;
/// Said in two ways.
pub(super) const CONTRADICTED: u8 = 30;

/// Words between an introduction and its value.
const MAX_FILLERS: usize = 4;

/// Words of one unquoted value.
const MAX_WORDS: usize = 60;

/// Values that were read, each with all that was said about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    pub(super) values: BTreeMap<String, Filled<Json>>,
    /// Values that contradict the one kept, by input.
    pub(super) others: BTreeMap<String, Vec<Json>>,
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
    let mut reader = Reader { text, grammar, claims, inputs: Inputs::default() };
    reader.lines();
    let mut index = 0;
    while index < text.tokens.len() {
        index = reader
            .pair(index)
            .or_else(|| reader.turned(index))
            .or_else(|| reader.phrase(index))
            .unwrap_or(index + 1);
    }
    reader.inputs
}

/// Quantities in the noun's sentence that no input took, such as "retain for 1 year": somebody meant something by
/// them. Each stays in the draft under its own words, which no module has as an input, and is asked about.
pub(super) fn leftovers(text: &Text, noun: &Range<usize>, claims: &Claims, inputs: &mut Inputs) {
    let Some(sentence) = text.get(noun.start).filter(|_| !noun.is_empty()).map(|token| token.sentence) else {
        return;
    };
    let tokens = text
        .tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| token.sentence == sentence && claims.is_free(*at));
    for (at, token) in tokens {
        let unit = text.word(at + 1).filter(|_| claims.is_free(at + 1));
        let is_unit = |word: &str| language::seconds_of(word).or_else(|| language::bytes_of(word)).is_some();
        let is_number = token.lower.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && token.kind == Kind::Word && unit.is_some_and(is_unit) {
            let quantity = text.quote(at..at + 2);
            inputs.add(&quantity, Json::String(quantity.clone()), Source::Text(quantity.clone()), SURE);
        }
    }
}

struct Reader<'a, 'm> {
    text: &'a Text,
    grammar: &'a Grammar<'m>,
    claims: &'a mut Claims,
    inputs: Inputs,
}

impl Reader<'_, '_> {
    fn add(&mut self, input: &str, value: Json, tokens: Range<usize>, confidence: u8) {
        let source = Source::Text(self.text.quote(tokens.clone()));
        self.claims.take(tokens);
        self.inputs.add(input, value, source, confidence);
    }

    /// Lines such as `- Name: acme-x`, and lists of them on one line.
    fn lines(&mut self) {
        for (tokens, key, value) in key_lines(self.text) {
            let Some(input) = self.grammar.input_of_key(&key).map(str::to_owned) else { continue };
            let written = value::parse(self.grammar, &input, &value);
            // "Key: see below" is no value when the input takes none like it and the key is a common word.
            if self.claims.are_free(tokens.clone()) && !value.is_empty() {
                self.add(&input, written, tokens, WRITTEN);
            }
        }
    }

    /// `name=acme-x` in a sentence.
    fn pair(&mut self, index: usize) -> Option<usize> {
        let token =
            self.text.get(index).filter(|token| token.kind == Kind::Word && self.claims.is_free(index))?;
        let (key, value) = token.text.split_once('=')?;
        let input = self.grammar.input_of_key(key)?.to_owned();
        let value = value::parse(self.grammar, &input, value);
        self.add(&input, value, index..index + 1, WRITTEN);
        Some(index + 1)
    }

    /// "nach 30 Tagen löschen": the preposition, the number, the rest of the phrase.
    fn turned(&mut self, index: usize) -> Option<usize> {
        let word = self.text.word(index).filter(|_| self.claims.is_free(index))?;
        let grammar = self.grammar;
        for entry in grammar.entries.iter().filter(|entry| entry.meaning == Meaning::Introduces) {
            let Some((preposition, rest)) = entry.phrase.turned() else { continue };
            if preposition != word || grammar.type_of(&entry.input) != Type::Number {
                continue;
            }
            let Some((number, end)) = self.number_at(index + 1, &entry.input) else { continue };
            let Some(tail) = (end..=end + 1).find_map(|at| rest.at(self.text, at)) else { continue };
            self.add(&entry.input, Json::Number(number), index..tail.end, INTRODUCED);
            return Some(tail.end);
        }
        None
    }

    /// A phrase of the catalog, and the value that goes with it.
    fn phrase(&mut self, index: usize) -> Option<usize> {
        let grammar = self.grammar;
        let found =
            grammar.phrase_at(self.text, index).filter(|found| self.claims.are_free(found.tokens.clone()))?;
        let end = found.tokens.end;
        match &found.entry.meaning {
            Meaning::Introduces => self.introduced(&found),
            Meaning::On => Some(self.switched(&found, true)),
            Meaning::Off => {
                self.add(&found.entry.input, Json::Bool(false), found.tokens, INTRODUCED);
                Some(end)
            }
            Meaning::Is(value) => {
                self.add(&found.entry.input, value.clone(), found.tokens, PLACED + 5);
                Some(end)
            }
        }
    }

    /// "versioned", "not versioned", "versioning: off", "versioning is not needed".
    fn switched(&mut self, found: &Found<'_>, value: bool) -> usize {
        let Range { start, end } = found.tokens;
        if let Some(at) = self.negation_before(start) {
            self.add(&found.entry.input, Json::Bool(!value), at..end, INTRODUCED);
            return end;
        }
        let (said, end) = self.switch_after(end).unwrap_or((true, end));
        self.add(&found.entry.input, Json::Bool(value == said), start..end, INTRODUCED);
        end
    }

    /// A negation up to three words before, in the same clause.
    fn negation_before(&self, start: usize) -> Option<usize> {
        (1..=3)
            .map_while(|back| start.checked_sub(back))
            .take_while(|at| self.text.word(*at).is_some() && self.claims.is_free(*at))
            .find(|at| self.text.word(*at).is_some_and(language::is_negation))
    }

    /// On or off behind a phrase, after a few small words.
    fn switch_after(&self, end: usize) -> Option<(bool, usize)> {
        let (at, marked) = self.skip_fillers(end);
        let word = self.text.word(at)?;
        // Without a mark before it, "no" may begin the next wish and "an" is an article.
        let clear = marked
            || !matches!(
                word,
                "no" | "yes" | "y" | "n" | "an" | "1" | "0" | "x" | "none" | "ja" | "nein" | "on"
            );
        if let Some(said) = language::yes_or_no(word).filter(|_| clear) {
            return Some((said, at + 1));
        }
        let needed = |at| {
            self.text.word(at).is_some_and(|word| {
                matches!(
                    word,
                    "needed"
                        | "required"
                        | "necessary"
                        | "wanted"
                        | "nötig"
                        | "erforderlich"
                        | "gewünscht"
                        | "notwendig"
                )
            })
        };
        (matches!(word, "not" | "nicht" | "isn't" | "un") && needed(at + 1)).then_some((false, at + 2))
    }

    /// The index after up to [`MAX_FILLERS`] small words and a colon or equals sign, and whether there was one.
    fn skip_fillers(&self, mut at: usize) -> (usize, bool) {
        let mut marked = false;
        for _ in 0..MAX_FILLERS {
            match self.text.get(at).map(|token| (token.kind, token.lower.as_str())) {
                Some((Kind::Mark(':' | '='), _)) if !marked => marked = true,
                Some((
                    Kind::Word,
                    "is" | "of" | "to" | "be" | "as" | "set" | "should" | "for" | "the" | "ist" | "soll"
                    | "sein" | "auf" | "von" | "um" | "with" | "value" | "at" | "about" | "are" | "wird"
                    | "team" | "der" | "die" | "das" | "dem" | "den",
                )) => {}
                _ => break,
            }
            at += 1;
        }
        (at, marked)
    }

    /// A value after its introduction, else right before it.
    fn introduced(&mut self, found: &Found<'_>) -> Option<usize> {
        let Range { start, end } = found.tokens;
        let input = &found.entry.input;
        let (at, marked) = self.skip_fillers(end);
        if let Some((value, after)) = self.value_at(at, input, marked) {
            self.add(input, value, start..after, INTRODUCED);
            return Some(after);
        }
        if let Some((value, from)) = self.value_before(start, input) {
            self.add(input, value, from..end, PLACED);
        }
        Some(end)
    }

    /// The value that begins at `at`, and the index after it.
    fn value_at(&self, at: usize, input: &str, marked: bool) -> Option<(Json, usize)> {
        match self.grammar.type_of(input) {
            Type::Number => self.number_at(at, input).map(|(number, end)| (Json::Number(number), end)),
            Type::Bool => {
                self.text.word(at).and_then(language::yes_or_no).map(|value| (Json::Bool(value), at + 1))
            }
            Type::List(_) | Type::Set(_) => self.list_at(at, input),
            Type::Map(_) => self.map_at(at),
            Type::String => self.string_at(at, input, marked),
            // Structures are written as YAML or in the form.
            Type::Any | Type::Object(_) | Type::Tuple(_) => None,
        }
    }

    fn number_at(&self, at: usize, input: &str) -> Option<(Number, usize)> {
        let word = self.text.word(at).filter(|_| self.claims.is_free(at))?;
        let unit = self.grammar.unit(input);
        if let Some(number) = value::number(word, unit) {
            let factor = unit.zip(self.text.word(at + 1)).and_then(|(unit, word)| value::factor(word, unit));
            return match factor {
                Some(factor) => Some((value::exact(number.as_f64()? * factor)?, at + 2)),
                None => Some((number, at + 1)),
            };
        }
        None
    }

    fn string_at(&self, at: usize, input: &str, marked: bool) -> Option<(Json, usize)> {
        let token = self.text.get(at).filter(|_| self.claims.is_free(at))?;
        if token.kind == Kind::Quoted {
            return Some((value::parse(self.grammar, input, &token.text), at + 1));
        }
        if self.grammar.module.choices(input).is_some() {
            return self.choice_at(at, input);
        }
        let several = self.grammar.takes_several_words(input);
        let small = match input {
            NAME => language::is_function_word(&token.lower),
            _ => language::is_small_word(&token.lower) || language::is_trouble(&token.lower),
        };
        if token.kind != Kind::Word || (small && !marked && !several) {
            return None;
        }
        let mut end = at + 1;
        if several {
            while end - at < MAX_WORDS && !is_boundary(self.text, end) && self.claims.is_free(end) {
                end += 1;
            }
        } else if starts_upper(&token.text) && input != NAME {
            // "team Data Platform"
            while self.text.get(end).is_some_and(|next| next.kind == Kind::Word && starts_upper(&next.text))
                && self.may_be_value(end, input)
            {
                end += 1;
            }
        }
        let text = self.text.quote(at..end);
        let value = Json::String(text);
        // A word that the input would not take is no value of it, unless it is written as one or is a name.
        let fits = marked || input == NAME || self.grammar.takes(input, &value);
        fits.then_some((value, end))
    }

    fn is_no_phrase(&self, index: usize) -> bool {
        self.claims.is_free(index) && self.grammar.phrase_at(self.text, index).is_none()
    }

    /// Whether a word can still belong to the value of an input: "Platform Team" is an owner.
    fn may_be_value(&self, index: usize, input: &str) -> bool {
        let phrase = self.grammar.phrase_at(self.text, index);
        self.claims.is_free(index) && phrase.is_none_or(|found| found.entry.input == input)
    }

    fn choice_at(&self, at: usize, input: &str) -> Option<(Json, usize)> {
        let fits = |entry: &super::grammar::Entry| match &entry.meaning {
            Meaning::Is(value) if entry.input == input => {
                Some((value.clone(), entry.phrase.at(self.text, at)?.end))
            }
            _ => None,
        };
        let known = self.grammar.entries.iter().filter_map(fits).max_by_key(|(_, end)| *end);
        // A closed value that does not exist is said to be wrong later.
        let word = self
            .text
            .get(at)
            .filter(|token| token.kind == Kind::Word && !language::is_small_word(&token.lower))?;
        Some(known.unwrap_or_else(|| (Json::String(word.text.clone()), at + 1)))
    }

    fn list_at(&self, at: usize, input: &str) -> Option<(Json, usize)> {
        let mut values: Vec<Json> = Vec::new();
        let mut end = at;
        let mut next = at;
        while let Some(token) = self.text.get(next).filter(|_| self.claims.is_free(next)) {
            let joins = matches!(token.kind, Kind::Mark(',')) || language::is_join(&token.lower);
            if joins && !values.is_empty() {
                next += 1;
                continue;
            }
            let value = Json::String(token.text.clone());
            let written =
                matches!(token.kind, Kind::Word | Kind::Quoted) && !language::is_small_word(&token.lower);
            // Two values stand together only with a comma or "and" between them.
            let apart = values.is_empty() || next > end;
            if !written
                || !apart
                || !self.grammar.takes(input, &Json::Array(vec![value.clone()]))
                || self.grammar.phrase_at(self.text, next).is_some()
            {
                break;
            }
            values.push(value);
            next += 1;
            end = next;
        }
        (!values.is_empty()).then_some((Json::Array(values), end))
    }

    fn map_at(&self, at: usize) -> Option<(Json, usize)> {
        let mut entries = Map::new();
        let mut end = at;
        let mut next = at;
        while let Some(token) = self.text.get(next).filter(|_| self.claims.is_free(next)) {
            if !entries.is_empty() && (token.kind == Kind::Mark(',') || language::is_join(&token.lower)) {
                next += 1;
                continue;
            }
            let Some((key, value, after)) = self.entry_at(next) else { break };
            entries.insert(key, Json::String(value));
            next = after;
            end = after;
        }
        (!entries.is_empty()).then_some((Json::Object(entries), end))
    }

    /// `Key=value`, `Key: value` or `Key="value"`.
    fn entry_at(&self, at: usize) -> Option<(String, String, usize)> {
        let token = self.text.get(at).filter(|token| token.kind == Kind::Word)?;
        if let Some((key, value)) =
            token.text.split_once('=').filter(|(key, value)| !key.is_empty() && !value.is_empty())
        {
            return Some((key.to_owned(), value.to_owned(), at + 1));
        }
        let marked = matches!(self.text.get(at + 1)?.kind, Kind::Mark('=' | ':'));
        let value = self
            .text
            .get(at + 2)
            .filter(|value| marked && matches!(value.kind, Kind::Word | Kind::Quoted))?;
        Some((token.text.clone(), value.text.clone(), at + 3))
    }

    /// "the billing team", "a 30 days retention": the value before the noun that names the input.
    fn value_before(&self, start: usize, input: &str) -> Option<(Json, usize)> {
        match self.grammar.type_of(input) {
            Type::Number => (1..=2).filter_map(|back| start.checked_sub(back)).find_map(|at| {
                let (number, end) = self.number_at(at, input)?;
                (end == start).then_some((Json::Number(number), at))
            }),
            Type::String => {
                let at = start.checked_sub(1).filter(|at| self.claims.is_free(*at))?;
                let before = self.text.word(at.checked_sub(1)?)?;
                let token = self
                    .text
                    .get(at)
                    .filter(|token| token.kind == Kind::Word && !language::is_small_word(&token.lower))?;
                let led = language::is_definite(before)
                    || language::is_preposition(before)
                    || language::is_indefinite(before);
                let value = Json::String(token.text.clone());
                (led && self.is_no_phrase(at) && self.grammar.takes(input, &value)).then_some((value, at))
            }
            _ => None,
        }
    }
}

fn starts_upper(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_uppercase)
}

/// Lines and parts of lines of the form `key: value`: their tokens, the key, the value as it was written.
pub(super) fn key_lines(text: &Text) -> Vec<(Range<usize>, String, String)> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.tokens.len() {
        let end = text.end_of_line(start);
        let first = start
            + usize::from(
                text.get(start).is_some_and(|token| matches!(token.kind, Kind::Mark('-' | '•' | '+' | '–'))),
            );
        let mut parts = Vec::new();
        let mut from = first;
        for at in first..=end {
            let cut =
                at == end || text.get(at).is_some_and(|token| matches!(token.kind, Kind::Mark(',' | ';')));
            if cut {
                parts.push(from..at);
                from = at + 1;
            }
        }
        // A comma inside of one value does not cut it.
        if !parts.iter().all(|part| key_of(text, part.clone()).is_some()) {
            parts = std::iter::once(first..end).collect();
        }
        for part in parts {
            let Some((key, from)) = key_of(text, part.clone()) else { continue };
            found.push((part.clone(), key, raw(text, from..part.end)));
        }
        start = end + 1;
    }
    found
}

/// The key before a colon or equals sign, of at most five words, and the index of the value.
fn key_of(text: &Text, part: Range<usize>) -> Option<(String, usize)> {
    let words =
        part.clone().take(6).take_while(|at| text.word(*at).is_some_and(|word| !word.contains('='))).count();
    let mark = part.start + words;
    let marked =
        mark < part.end && text.get(mark).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
    (words > 0 && marked).then(|| (text.quote(part.start..mark), mark + 1))
}

/// A value as written, without the emphasis around it.
fn raw(text: &Text, tokens: Range<usize>) -> String {
    if let (Some(only), 1) = (text.get(tokens.start), tokens.len()) {
        return only.text.clone();
    }
    text.quote(tokens).trim_matches(['*', '_', ' ']).to_owned()
}
