//! Reads inputs out of free text, with a module's grammar.
//!
//! Every value keeps the words it came from. What contradicts itself is a doubt, not a choice made in silence.

mod around;
mod lines;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::{Filled, Source};
use tfpilot_hcl::{Type, Variable};

use super::counts;
use super::grammar::{Entry, Found, Grammar, Meaning, NAME, OWNER};
use super::language;
use super::phrases::{Claims, is_boundary, is_light};
use super::text::{self, Kind, Text, Token};
use super::{permissions, records, value};

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

/// Words between an introduction and its value.
const MAX_FILLERS: usize = 4;

/// Letters that names of inputs of one subject have in common.
const COMMON_STEM: usize = 4;

/// Letters of a closed value that is told from an ordinary word.
const SHORTEST_CHOICE: usize = 5;

/// Inputs that are noted as spoken of.
const MOST_SPOKEN: usize = 20;

/// Words behind a switch in which a German sentence may deny it.
const LATE: usize = 10;

/// Words from which on a text is a sentence, whose full stop belongs to it.
const WORDS_OF_A_SENTENCE: usize = 5;

/// Tokens between an introduction and its value that were read before: names, environments, old values.
const MOST_PASSED: usize = 8;

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
    let mut reader =
        Reader { text, grammar, claims, inputs: Inputs::default(), last_off: None, read: Vec::new() };
    permissions::read(text, grammar, reader.claims, &mut reader.inputs);
    reader.lines();
    reader.ports_from();
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

    /// Lines such as `- Name: acme-x`, and lists of them on one line.
    fn lines(&mut self) {
        for (tokens, key, value) in key_lines(self.text) {
            let Some(input) = self.grammar.input_of_key(&key).map(str::to_owned) else { continue };
            if !self.claims.are_free(tokens.clone()) || value.is_empty() {
                continue;
            }
            let written = self.line_value(&tokens, &input, &value);
            // "code: s3://x/y.zip, Java 21": what stands behind one word is said of something else.
            if let Some((first, end)) = self.first_of_line(&tokens, &input) {
                self.add(&input, first, tokens.start..end, WRITTEN);
                continue;
            }
            if self.grammar.takes(&input, &written) {
                let key = self.key_of_line(&tokens);
                self.add(&input, written, tokens, WRITTEN);
                self.implied(key, &input);
                continue;
            }
            if let Some((said, end)) = self.said_in_line(&tokens, &input) {
                self.add(&input, said, tokens.start..end, WRITTEN);
                continue;
            }
            if let Some(said) = self.after_small_words(&input, &value) {
                self.add(&input, said, tokens, WRITTEN);
                continue;
            }
            // "Disk: 20 GB, must not grow": what the input does not take says something else.
            match self.beginning_of(&tokens, &input) {
                Some((written, end)) => self.add(&input, written, tokens.start..end, WRITTEN),
                None => self.add(&input, written, tokens, WRITTEN),
            }
        }
    }

    /// A line's value: what stands in quotes or backticks is taken as it is, a whole sentence with its full stop.
    fn line_value(&self, line: &Range<usize>, input: &str, value: &str) -> Json {
        let is_text =
            self.grammar.type_of(input) == Type::String && self.grammar.module.choices(input).is_none();
        let last = line.end.checked_sub(1).and_then(|at| Some((at, self.text.get(at)?)));
        let quoted = last
            .is_some_and(|(at, token)| token.kind == Kind::Quoted && token.text == value && at > line.start);
        if is_text && quoted && input != OWNER {
            return Json::String(value.to_owned());
        }
        let stop = self.text.get(line.end).is_some_and(|token| token.kind == Kind::Mark('.'));
        let several = self.grammar.takes_several_words(input)
            && value.split_whitespace().count() >= WORDS_OF_A_SENTENCE;
        if is_text && stop && several && input != OWNER {
            return Json::String(format!("{value}."));
        }
        value::parse(self.grammar, input, value)
    }

    /// The one word that is a line's value where more follows behind a comma or in parentheses.
    fn first_of_line(&self, line: &Range<usize>, input: &str) -> Option<(Json, usize)> {
        let is_mark =
            |at: &usize| self.text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
        let at = line.clone().find(is_mark)? + 1;
        let spaced = self.text.get(at)?.span.end < self.text.get(at + 1)?.span.start
            || self.text.get(at + 1)?.span.end < self.text.get(at + 2)?.span.start;
        let cut = self.text.get(at + 1).is_some_and(|token| matches!(token.kind, Kind::Mark(',' | '(')));
        let single = self.grammar.type_of(input) == Type::String
            && !self.grammar.takes_several_words(input)
            && self.grammar.module.choices(input).is_none();
        let value = Json::String(self.text.get(at)?.text.clone());
        let fits = input != OWNER
            && cut
            && spaced
            && single
            && at + 2 < line.end
            && self.grammar.takes(input, &value);
        fits.then_some((value, at + 1))
    }

    /// "HA: multi-AZ", "keep: newest 40 images": a line's value that holds a switch's own words, or one number.
    fn said_in_line(&self, line: &Range<usize>, input: &str) -> Option<(Json, usize)> {
        let is_mark =
            |at: &usize| self.text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
        let from = line.clone().find(is_mark)? + 1;
        if self.grammar.type_of(input) == Type::Bool {
            let found = (from..line.end).find_map(|at| self.grammar.phrase_at(self.text, at))?;
            let said = Json::Bool(found.entry.meaning != Meaning::Off);
            return (found.entry.input == input).then_some((said, line.end));
        }
        if self.grammar.type_of(input) != Type::Number {
            return None;
        }
        let mut numbers = (from..line.end).filter_map(|at| self.number_at(at, input));
        let (number, end) = numbers.next()?;
        let ends = |at: usize| is_boundary(self.text, at) || at >= line.end;
        numbers.next().is_none().then_some((Json::Number(number), if ends(end) { end } else { line.end }))
    }

    /// The words before a line's colon.
    fn key_of_line(&self, line: &Range<usize>) -> Range<usize> {
        let is_mark =
            |at: &usize| self.text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
        line.start..line.clone().find(is_mark).unwrap_or(line.start)
    }

    /// "Access logs: to acme-logs", "Rechte: nur ReadOnlyAccess": the value behind words that say nothing.
    fn after_small_words(&self, input: &str, value: &str) -> Option<Json> {
        let mut rest = value;
        while let Some((first, more)) = rest.split_once(' ') {
            let small = first.to_lowercase();
            if !language::is_small_word(&small) && !is_between(&small) {
                break;
            }
            rest = more.trim_start();
        }
        let said = value::parse(self.grammar, input, rest);
        (rest != value && self.grammar.takes(input, &said)).then_some(said)
    }

    /// The longest beginning of a line's value that the input takes, and the index after it.
    fn beginning_of(&self, line: &Range<usize>, input: &str) -> Option<(Json, usize)> {
        let is_mark =
            |at: &usize| self.text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
        let from = line.clone().find(is_mark)? + 1;
        (from + 1..line.end).rev().find_map(|end| {
            let value = value::parse(self.grammar, input, &self.text.quote(from..end));
            let fits = self.grammar.takes(input, &value) && self.grammar.type_of(input) != Type::String
                || value::is_closed(self.grammar, input, &value);
            fits.then_some((value, end))
        })
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
            Meaning::Introduces => {
                let known = self.inputs.values.contains_key(&found.entry.input);
                let next = self.introduced(&found);
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
                self.add(&found.entry.input, Json::Bool(false), found.tokens, INTRODUCED);
                Some(end)
            }
            // "Redis" names the module; that it is the engine too has to be said.
            Meaning::Is(_) if grammar.is_noun(found.entry) => None,
            Meaning::Is(value) => {
                self.add(&found.entry.input, value.clone(), found.tokens, SIZED);
                Some(end)
            }
        }
    }

    /// "keep old versions for 30 days" switches on what it counts; "move to Glacier after" names a class too. Only inputs
    /// of one subject, as their names tell, say something of each other.
    fn implied(&mut self, tokens: Range<usize>, input: &str) {
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
    fn choice_of_subject(&self, at: usize, input: &str) -> Option<(String, Json)> {
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
    fn switched_around(&mut self, found: &Found<'_>, after: usize) {
        let grammar = self.grammar;
        let begun: Vec<&str> = found.entry.phrase.words().collect();
        let switch = grammar.entries.iter().find(|entry| {
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
    fn value_instead(&self, found: &Found<'_>) -> Option<(Json, Range<usize>)> {
        let own = |entry: &&Entry| entry.input == found.entry.input;
        let values = self.grammar.entries.iter().filter(own).filter_map(|entry| match &entry.meaning {
            Meaning::Is(value) => Some((value, entry.phrase.loose_at(self.text, found.tokens.start)?)),
            _ => None,
        });
        let (value, tokens) = values.max_by_key(|(_, tokens)| tokens.len())?;
        (tokens.len() >= found.tokens.len() && self.claims.are_free(tokens.clone()))
            .then(|| (value.clone(), tokens))
    }

    /// "versioned", "not versioned", "versioning: off", "versioning is not needed".
    fn switched(&mut self, found: &Found<'_>, value: bool) -> usize {
        let Range { start, end } = found.tokens;
        // "deletion protection switched off & point in time recovery too"
        let sentence = self.text.get(start).map(|token| token.sentence);
        if self.last_off == sentence && sentence.is_some() && self.is_too(end) {
            self.add(&found.entry.input, Json::Bool(!value), start..end + 1, INTRODUCED);
            return end + 1;
        }
        if let Some(at) = self.negation_before(start) {
            self.add(&found.entry.input, Json::Bool(!value), at..end, INTRODUCED);
            return end;
        }
        if let Some(at) = self.denied_late(end) {
            self.add(&found.entry.input, Json::Bool(!value), start..at, INTRODUCED);
            return at;
        }
        let (said, end) = self.switch_after(end).unwrap_or((true, end));
        self.last_off = sentence.filter(|_| !said);
        self.add(&found.entry.input, Json::Bool(value == said), start..end, INTRODUCED);
        end
    }

    /// "too", "as well", "ebenfalls".
    fn is_too(&self, at: usize) -> bool {
        matches!(self.text.word(at), Some("too" | "also" | "likewise" | "auch" | "ebenfalls" | "ebenso"))
            || self.text.word(at) == Some("as") && self.text.word(at + 1) == Some("well")
    }

    /// "do not version it": the verb of a switch, and a no before it.
    fn negated_stem(&mut self, index: usize) -> Option<usize> {
        let word =
            self.text.word(index).filter(|word| self.claims.is_free(index) && word.chars().count() >= 5)?;
        let from = self.negation_before(index)?;
        let grammar = self.grammar;
        let entry = grammar
            .entries
            .iter()
            .find(|entry| entry.meaning == Meaning::On && entry.phrase.has_stem(word))?;
        self.add(&entry.input, Json::Bool(false), from..index + 1, INTRODUCED);
        Some(index + 1)
    }

    /// "FIFO-Queue", "Valkey-Cache": what the module is called, with a value or a switch before it.
    fn compound(&mut self, index: usize) -> Option<usize> {
        let entry = self.grammar.inside(self.text, index).filter(|_| self.claims.is_free(index))?;
        let value = match &entry.meaning {
            Meaning::Is(value) => value.clone(),
            _ => Json::Bool(true),
        };
        let input = entry.input.clone();
        self.add(&input, value, index..index + 1, SIZED);
        Some(index + 1)
    }

    /// "postgres and 8443 from sg-1": ports right before the words that introduce where calls come from.
    fn ports_from(&mut self) {
        let grammar = self.grammar;
        let is_port_list = |variable: &&Variable| {
            let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
            matches!(variable.ty, Type::List(_)) && example.is_some_and(is_port)
        };
        let Some(ports) = grammar.module.variables.iter().find(is_port_list) else { return };
        for at in 1..self.text.tokens.len() {
            if !matches!(self.text.word(at), Some("from" | "aus" | "von")) || !self.claims.is_free(at) {
                continue;
            }
            let behind = self.text.get(at + 1).is_some_and(|token| text::is_id(&token.lower));
            let (mut values, mut from, mut next) = (Vec::new(), at, at);
            while let Some(token) =
                next.checked_sub(1).and_then(|before| self.text.get(before)).filter(|_| behind)
            {
                let joins = token.kind == Kind::Mark(',') || language::is_join(&token.lower);
                let fits = token.kind == Kind::Word && self.claims.is_free(next - 1) && is_port(&token.lower);
                if fits {
                    values.insert(0, Json::String(token.lower.clone()));
                    from = next - 1;
                } else if !joins || from != next {
                    break;
                }
                next -= 1;
            }
            if !values.is_empty() && !self.inputs.values.contains_key(&ports.name) {
                self.add(&ports.name, Json::Array(values), from..at, INTRODUCED);
            }
        }
    }

    /// "POST /callback": two words that are cut like the example of a list.
    fn route(&mut self, index: usize) -> Option<usize> {
        const METHODS: [&str; 8] = ["get", "post", "put", "delete", "patch", "head", "options", "any"];
        let word =
            self.text.word(index).filter(|word| METHODS.contains(word) && self.claims.is_free(index))?;
        let path = self.text.get(index + 1).filter(|path| path.text.starts_with('/'))?;
        let route = Json::Array(vec![Json::String(format!("{} {}", word.to_uppercase(), path.text))]);
        let grammar = self.grammar;
        let mut alike = grammar.module.variables.iter().filter(|variable| {
            let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
            example.is_some_and(|example| example.contains(" /")) && grammar.takes(&variable.name, &route)
        });
        let (only, None) = (alike.next()?, alike.next()) else { return None };
        if self.inputs.values.contains_key(&only.name) {
            return None;
        }
        let (value, end) = self.value_at(index, &only.name, false)?;
        self.add(&only.name, value, index..end, INTRODUCED);
        Some(end)
    }

    /// A negation up to three words before, in the same clause; further where only "need for a" stands between.
    fn negation_before(&self, start: usize) -> Option<usize> {
        let says_nothing = |at: usize| {
            self.text.word(at).is_some_and(|word| is_light(word) || language::asks_for(word) || word == "for")
        };
        (1..=6)
            .map_while(|back| start.checked_sub(back))
            .take_while(|at| self.text.word(*at).is_some() && self.claims.is_free(*at))
            .take_while(|at| start - at <= 3 || (at + 1..start).all(says_nothing))
            .find(|at| self.text.word(*at).is_some_and(language::is_negation))
    }

    /// "PITR brauchen wir in dev nicht", "FIFO muss nicht sein", "auf PITR können wir verzichten": the index after the word
    /// that denies it.
    fn denied_late(&self, end: usize) -> Option<usize> {
        let mut clause = (end..end + LATE)
            .take_while(|at| self.text.word(*at).is_some() && !is_boundary(self.text, *at))
            .take_while(|at| self.grammar.phrase_at(self.text, *at).is_none());
        let ends = |at: &usize| is_boundary(self.text, at + 1) || self.text.word(at + 1).is_some_and(joins);
        if let Some(at) = clause.find(|at| self.text.word(*at).is_some_and(lets_go) && ends(at)) {
            return Some(at + 1);
        }
        let at = (end..end + LATE)
            .take_while(|at| self.text.word(*at).is_some() && !is_boundary(self.text, *at))
            .find(|at| matches!(self.text.word(*at), Some("nicht" | "not")))?;
        let follows = self.text.word(at + 1);
        let ends = is_boundary(self.text, at + 1)
            || matches!(follows, Some("sein" | "nötig" | "needed" | "required" | "necessary"));
        ends.then_some(at + 1 + usize::from(follows.is_some() && !is_boundary(self.text, at + 1)))
    }

    /// On or off behind a phrase, after a few small words.
    fn switch_after(&self, end: usize) -> Option<(bool, usize)> {
        let (at, marked) = self.skip_fillers(end, "");
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
        if matches!(
            word,
            "unnecessary"
                | "unneeded"
                | "superfluous"
                | "unnötig"
                | "überflüssig"
                | "unwanted"
                | "unerwünscht"
        ) {
            return Some((false, at + 1));
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
                        | "gebraucht"
                        | "benötigt"
                        | "verlangt"
                        | "important"
                        | "wichtig"
                )
            })
        };
        (matches!(word, "not" | "nicht" | "isn't" | "un") && needed(at + 1)).then_some((false, at + 2))
    }

    /// The index after up to [`MAX_FILLERS`] small words and a colon or equals sign, and whether there was one. What was read
    /// already may stand between: "the visibility timeout of pick-events in prod to ten minutes".
    fn skip_fillers(&self, mut at: usize, input: &str) -> (usize, bool) {
        // Names stand between a number and its words, and are no number.
        let counts = self.grammar.type_of(input) == Type::Number;
        let (mut marked, mut of, mut fillers, mut passed) = (false, false, 0, 0);
        while fillers < MAX_FILLERS {
            let Some(token) = self.text.get(at) else { break };
            match token.kind {
                Kind::Mark(':' | '=') if !marked => marked = true,
                // "retention on readings (prod) to 21 days"
                Kind::Mark('(') if self.is_taken_aside(at) => {
                    at += 3;
                    continue;
                }
                // A pattern or a payload stands on the lines below its name.
                Kind::End if marked && self.text.get(at + 1).is_some_and(is_object) => {}
                Kind::Word | Kind::Quoted
                    if (counts || of) && !self.claims.is_free(at) && passed < MOST_PASSED =>
                {
                    passed += 1;
                    at += 1;
                    continue;
                }
                Kind::Word if is_between(&token.lower) => of |= leads_to_thing(&token.lower),
                _ => break,
            }
            fillers += 1;
            at += 1;
        }
        (at, marked)
    }

    /// "6 nodes of m7i.large": the noun counts, whatever it introduces besides.
    fn counted_before(&mut self, input: &str, start: usize) {
        let grammar = self.grammar;
        let counted = grammar.entries_at(self.text, start).find_map(|(_, entry)| {
            let counts = entry.meaning == Meaning::Introduces
                && entry.input != input
                && grammar.type_of(&entry.input) == Type::Number
                && !self.inputs.values.contains_key(&entry.input);
            let (value, from) = counts.then(|| self.value_before(start, &entry.input))??;
            Some((entry.input.clone(), value, from))
        });
        if let Some((other, value, from)) = counted {
            self.add(&other, value, from..start, PLACED);
        }
    }

    fn closes(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|token| token.kind == Kind::Mark(')'))
    }

    /// "the security group sg-1 needs access": the words behind a list say whose it is.
    fn taken_by_next(&self, input: &str, value: &Json, after: usize) -> Option<(String, usize)> {
        value.as_array()?;
        let light = |at: usize| self.text.word(at).is_some_and(is_light);
        let at =
            (after..after + 3).find(|at| !light(*at) || self.grammar.phrase_at(self.text, *at).is_some())?;
        let next = self.grammar.phrase_at(self.text, at).filter(|next| next.entry.input != input)?;
        let other = &next.entry.input;
        let is_list = matches!(self.grammar.type_of(other), Type::List(_) | Type::Set(_));
        let introduces = next.entry.meaning == Meaning::Introduces && next.entry.phrase.len() > 1;
        let (behind, marked) = self.skip_fillers(next.tokens.end, other);
        let free =
            self.value_at(behind, other, marked).is_none_or(|(value, _)| !self.grammar.takes(other, &value));
        (is_list && introduces && free && self.grammar.takes(other, value))
            .then(|| (other.clone(), next.tokens.end))
    }

    /// One word in parentheses that was read already.
    fn is_taken_aside(&self, at: usize) -> bool {
        self.text.word(at + 1).is_some()
            && !self.claims.is_free(at + 1)
            && self.text.get(at + 2).is_some_and(|token| token.kind == Kind::Mark(')'))
    }

    /// What people say they have not settled is asked about: the value that was named last before they say so.
    fn undecided(&mut self) {
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

    /// A value after its introduction, else right before it.
    fn introduced(&mut self, found: &Found<'_>) -> Option<usize> {
        let Range { start, end } = found.tokens;
        let input = &found.entry.input;
        // "no replicas": none of them, where none is allowed.
        let denied = start.checked_sub(1).filter(|before| {
            self.claims.is_free(*before) && self.text.word(*before).is_some_and(language::denies)
        });
        let none = Json::from(0);
        let holds_none = || {
            let default = self.grammar.module.variable(input).and_then(|variable| variable.default.as_ref());
            default.is_some_and(|default| {
                default.is_null()
                    || default.as_array().is_some_and(Vec::is_empty)
                    || default.as_object().is_some_and(serde_json::Map::is_empty)
            })
        };
        // "without inbound rules", "no tags": it is so where nothing is said.
        if let Some(from) = denied
            && self.grammar.type_of(input) != Type::Number
            && input != OWNER
            && input != NAME
            && holds_none()
        {
            self.claims.take(from..end);
            return Some(end);
        }
        if let Some(from) = denied
            && self.grammar.type_of(input) == Type::Number
            && self.grammar.takes(input, &none)
        {
            self.add(input, none, from..end, INTRODUCED);
            return Some(end);
        }
        let (at, marked) = self.skip_fillers(end, input);
        if let Some((value, after)) = self.value_at(at, input, marked) {
            if let Some((other, end)) = self.taken_by_next(input, &value, after) {
                self.add(&other, value, start..end, INTRODUCED);
                return Some(end);
            }
            self.counted_before(input, start);
            self.add(input, value, start..after, INTRODUCED);
            return Some(after);
        }
        // "three consumers - a, b and c", "their account (1111)"
        let aside =
            self.text.get(at).is_some_and(|token| matches!(token.kind, Kind::Mark('-' | '–' | '—' | '(')));
        if aside
            && matches!(self.grammar.type_of(input), Type::List(_) | Type::Set(_))
            && let Some((value, after)) = self.value_at(at + 1, input, marked)
            && self.grammar.takes(input, &value)
            && (value.as_array().is_some_and(|values| values.len() > 1) || self.closes(after))
        {
            self.add(input, value, start..after, INTRODUCED);
            return Some(after);
        }
        if let Some((value, from)) = self.value_before(start, input) {
            self.add(input, value, from..end, PLACED);
        }
        Some(end)
    }
}

/// An object of JSON.
fn is_object(token: &Token) -> bool {
    token.kind == Kind::Quoted && token.text.starts_with('{')
}

/// Words at which a statement ends without a mark.
fn joins(word: &str) -> bool {
    matches!(word, "and" | "und" | "but" | "aber" | "because" | "since" | "as" | "weil")
}

/// Ends a clause about what is not wanted: "auf Snapshots verzichten", "PITR weglassen".
fn lets_go(word: &str) -> bool {
    matches!(
        word,
        "verzichten"
            | "verzichtet"
            | "weglassen"
            | "weggelassen"
            | "abschalten"
            | "abgeschaltet"
            | "ausschalten"
            | "ausgeschaltet"
            | "deaktivieren"
            | "deaktiviert"
            | "abstellen"
            | "entfallen"
            | "entfällt"
            | "wegfallen"
            | "sparen"
    )
}

/// Whether two inputs are about the same, as their names tell: `flow_logs` and `flow_log_days`.
fn are_of_one_subject(one: &str, other: &str) -> bool {
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
fn keeps_something(word: &str) -> bool {
    matches!(word, "keep" | "keeps" | "retain" | "retains" | "store" | "hold" | "behalte" | "bewahre")
}

/// "old versions kept", "alte Versionen aufheben".
fn is_kept(word: &str) -> bool {
    matches!(
        word,
        "kept" | "retained" | "stay" | "behalten" | "aufheben" | "aufbewahren" | "aufbewahrt" | "bleiben"
    )
}

/// Small words between an introduction and its value.
fn is_between(word: &str) -> bool {
    matches!(
        word,
        "is" | "of"
            | "to"
            | "be"
            | "as"
            | "set"
            | "should"
            | "for"
            | "the"
            | "ist"
            | "soll"
            | "sein"
            | "auf"
            | "von"
            | "um"
            | "with"
            | "value"
            | "at"
            | "about"
            | "are"
            | "wird"
            | "team"
            | "der"
            | "die"
            | "das"
            | "dem"
            | "den"
            | "would"
            | "will"
            | "shall"
            | "may"
            | "must"
            | "switched"
            | "turned"
            | "lautet"
            | "wäre"
            | "sollte"
            | "please"
            | "bitte"
            | "bei"
            | "on"
            | "can"
            | "could"
            | "stay"
            | "stays"
            | "remain"
            | "kann"
            | "darf"
            | "bleibt"
            | "bleiben"
            | "werden"
            | "has"
            | "have"
            | "haben"
            | "hat"
            | "muss"
            | "wir"
            | "exactly"
            | "genau"
            | "around"
            | "roughly"
            | "approximately"
            | "etwa"
            | "ca"
            | "circa"
            | "rund"
            | "only"
            | "nur"
            | "just"
            | "up"
            | "genügt"
            | "reicht"
            | "genügen"
            | "reichen"
            | "el"
            | "la"
            | "le"
            | "les"
            | "equipo"
            | "équipe"
    )
}

/// `443`, `8000-8100`, `udp/53`, or the name of a service that has one.
fn is_port(word: &str) -> bool {
    let number = word.trim_start_matches("tcp/").trim_start_matches("udp/");
    let plain = |part: &str| (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    plain(number)
        || number.split_once('-').is_some_and(|(first, last)| plain(first) && plain(last))
        || matches!(word, "http" | "https" | "ssh" | "rdp" | "postgres" | "mysql" | "redis" | "nfs")
}

/// "of pick-events", "bei pick-events"
fn leads_to_thing(word: &str) -> bool {
    matches!(word, "of" | "for" | "von" | "der" | "des" | "für" | "bei" | "on")
}

/// "we have not agreed yet", "das klären wir noch".
fn is_undecided(text: &Text, at: usize) -> bool {
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
