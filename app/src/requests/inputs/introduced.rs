//! A phrase that introduces a value, and the words that stand between the two.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use super::around::Told;
use super::{INTRODUCED, PLACED, Reader};
use crate::requests::grammar::{Entry, Found, Meaning, NAME, OWNER};
use crate::requests::phrases::{Phrase, clause_of, is_boundary, is_light};
use crate::requests::text::{self, Kind, Token};
use crate::requests::{language, name};

/// Tokens between a noun and the verb that is about it.
const NOUN_TO_VERB: usize = 3;

/// Tokens between an introduction and its value that were read before: names, environments, old values.
const MOST_PASSED: usize = 8;

/// Words between an introduction and its value.
const MAX_FILLERS: usize = 4;

impl Reader<'_, '_> {
    /// A value after its introduction, else right before it.
    pub(super) fn introduced(&mut self, found: &Found<'_>) -> Option<usize> {
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
        // "Snapshots brauchen wir gar keine"
        if let Some(after) = self.denied_behind(end)
            && self.grammar.type_of(input) == Type::Number
            && self.grammar.takes(input, &none)
        {
            self.add(input, none, start..after, INTRODUCED);
            return Some(after);
        }
        let (at, marked) = self.skip_fillers(end, input);
        if let Some(after) = self.called_before(start, at, input) {
            return Some(after);
        }
        // "Name of the job: basket-cleanup" names it behind the colon, "name of the table is x" behind the verb.
        let of_thing =
            input == NAME && matches!(self.text.word(end), Some("of" | "der" | "des" | "für" | "for"));
        let is_colon = |at: usize| self.text.get(at).is_some_and(|token| token.kind == Kind::Mark(':'));
        let is_verb = |at: usize| matches!(self.text.word(at), Some("is" | "be" | "ist" | "sei" | "lautet"));
        if of_thing && !marked && (end + 1..end + 6).any(|at| is_colon(at) || is_verb(at)) {
            return Some(end);
        }
        // "web owns both: …": who owns comes first.
        let is_colon = |at: usize| self.text.get(at).is_some_and(|token| token.kind == Kind::Mark(':'));
        let described = |at: usize| {
            matches!(
                self.text.word(at),
                Some(
                    "owning"
                        | "responsible"
                        | "owner"
                        | "the"
                        | "our"
                        | "verantwortliches"
                        | "zuständiges"
                        | "das"
                )
            )
        };
        // "storefront team: max-basket-items": the colon leads to what it asks for.
        let speaks = self.text.word(start) == Some("team")
            && is_colon(end)
            && start.checked_sub(1).is_some_and(|before| !described(before));
        let owns = input == OWNER && (speaks || matches!(self.text.word(start), Some("owns" | "own")));
        if let Some((value, from)) = self.value_before(start, input).filter(|_| owns) {
            self.add(input, value, from..end, INTRODUCED);
            return Some(end);
        }
        if let Some((value, after)) = self.value_at(at, input, marked) {
            // "everything older than 90 days into Glacier": what comes of it is said behind.
            if let Some(told) = self.told_of_age(found, at) {
                let (other, words) = (told.input.clone(), told.words());
                let end = self.take_told(at, told);
                self.implied(words, &other);
                return Some(end);
            }
            // "old versions cleaned up after ninety days": the noun without a number is what the verb is about.
            if let Some((noun, from)) = self.noun_before(start, input) {
                self.add(&noun, value, from..after, INTRODUCED);
                return Some(after);
            }
            if let Some((other, end)) = self.taken_by_next(input, &value, after) {
                self.add(&other, value, start..end, INTRODUCED);
                return Some(end);
            }
            self.counted_before(input, start);
            let sure = if !marked && self.is_prose(input, &value) { PLACED } else { INTRODUCED };
            self.add(input, value, start..after, sure);
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
        // "the release branches (release/*)", "release branches, i.e. release/*"
        if let Some((value, after)) = self.explained(end, input) {
            self.add(input, value, start..after, INTRODUCED);
            return Some(after);
        }
        // "so that they stop fighting over one machine": why it is wanted counts nothing.
        let first = clause_of(self.text, start).find_map(|at| self.text.word(at));
        let reason = matches!(first, Some("so" | "because" | "weil" | "damit"));
        let told = |value: &Json| reason && *value == 1;
        if let Some((value, from)) = self.value_before(start, input).filter(|(value, _)| !told(value)) {
            self.add(input, value, from..end, PLACED);
        }
        Some(end)
    }

    /// One word in parentheses or behind "i.e.", which is written like a value.
    fn explained(&self, end: usize, input: &str) -> Option<(Json, usize)> {
        let is =
            |at: usize, mark: char| self.text.get(at).is_some_and(|token| token.kind == Kind::Mark(mark));
        let namely =
            |at: usize| matches!(self.text.word(at), Some("i.e" | "ie" | "d.h" | "namely" | "nämlich"));
        let opens = is(end, '(');
        let comma = usize::from(is(end, ','));
        let at = end + 1 + if opens { usize::from(namely(end + 1)) } else { comma };
        let at = at + usize::from(is(at, '.') && namely(at - 1));
        let token = self.text.get(at).filter(|_| opens || namely(end + comma))?;
        let closes = if opens { is(at + 1, ')') } else { is_boundary(self.text, at + 1) };
        let written = token.text.contains(['/', '*', '_']) || token.kind == Kind::Quoted;
        let text =
            self.grammar.type_of(input) == Type::String && self.grammar.module.choices(input).is_none();
        let value = Json::String(token.text.clone());
        (closes && written && text && self.claims.is_free(at) && self.grammar.takes(input, &value))
            .then_some((value, at + 1 + usize::from(opens)))
    }

    /// What the words around an age tell, where the phrase itself tells no more than the age.
    fn told_of_age(&self, found: &Found<'_>, at: usize) -> Option<Told> {
        let of_age = found.entry.phrase.words().any(|word| matches!(word, "older" | "älter"));
        of_age.then(|| self.told_besides(at, Some(&found.entry.input)))?
    }

    /// The index behind the "none" that ends a clause, where nothing else is said between.
    fn denied_behind(&self, end: usize) -> Option<usize> {
        let says_nothing =
            |word: &str| is_light(word) || language::asks_for(word) || matches!(word, "gar" | "at" | "all");
        let at = (end..end + 6).find(|at| !self.text.word(*at).is_some_and(says_nothing))?;
        let none =
            self.text.word(at).is_some_and(|word| matches!(word, "keine" | "keinen" | "kein" | "none"));
        (none && at > end && is_boundary(self.text, at + 1)).then_some(at + 1)
    }

    /// "two consumers called a and b", "schema called x": what is called so is not the thing. `at` is where the name begins.
    fn called_before(&mut self, start: usize, at: usize, input: &str) -> Option<usize> {
        let verb = self.text.word(start);
        if input != NAME || !matches!(verb, Some("called" | "named" | "namens" | "genannt")) {
            return None;
        }
        let grammar = self.grammar;
        let own = |entry: &Entry| {
            entry.meaning == Meaning::Introduces && !matches!(entry.input.as_str(), NAME | OWNER)
        };
        let (from, other) =
            (1..=MAX_FILLERS).filter_map(|back| start.checked_sub(back)).find_map(|from| {
                let mut known = grammar.entries_at(self.text, from);
                // "the attribute is called purge_at"
                let before = start.checked_sub(1).and_then(|at| self.text.word(at));
                let linked = matches!(before, Some("is" | "are" | "be" | "ist"));
                let end = start - usize::from(linked);
                known
                    .find(|(tokens, entry)| tokens.end == end && own(entry))
                    .map(|(_, entry)| (from, &entry.input))
            })?;
        let is_thing =
            grammar.module.words.iter().any(|words| Phrase::new(words).at(self.text, from).is_some());
        if is_thing || self.inputs.values.contains_key(other) {
            return None;
        }
        let (value, after) =
            self.value_at(at, other, false).filter(|(value, _)| grammar.takes(other, value))?;
        self.add(other, value, from..after, INTRODUCED);
        Some(after)
    }

    /// The index after up to [`MAX_FILLERS`] small words and a colon or equals sign, and whether there was one. What was read
    /// already may stand between: "the visibility timeout of pick-events in prod to ten minutes".
    pub(super) fn skip_fillers(&self, mut at: usize, input: &str) -> (usize, bool) {
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
                // "logs go to the bucket acme-logs"
                Kind::Word
                    if !counts
                        && language::is_infrastructure(&token.lower)
                        && self.is_value_behind(at, input) => {}
                Kind::Word if is_between(&token.lower) => of |= leads_to_thing(&token.lower),
                // "owner of all three: mobile"
                Kind::Word if input == OWNER && language::number(&token.lower).is_some() => {}
                _ => break,
            }
            fillers += 1;
            at += 1;
        }
        (at, marked)
    }

    /// Whether a name or an id that the input takes stands behind a noun.
    fn is_value_behind(&self, at: usize, input: &str) -> bool {
        let takes = |token: &Token| {
            let value = Json::String(token.text.clone());
            self.grammar.takes(input, &value) || self.grammar.takes(input, &Json::Array(vec![value]))
        };
        self.text.get(at + 1).filter(|token| takes(token)).is_some_and(|token| match token.kind {
            Kind::Quoted => true,
            Kind::Word => {
                text::is_id(&token.lower) || name::is_identifier(&token.text) && token.text.contains('-')
            }
            _ => false,
        })
    }

    /// "6 nodes of m7i.large": the noun counts, whatever it introduces besides.
    pub(super) fn counted_before(&mut self, input: &str, start: usize) {
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

    /// An input of the same kind that was spoken of right before and has no value yet.
    pub(super) fn noun_before(&self, start: usize, input: &str) -> Option<(String, usize)> {
        let unit = self.grammar.unit(input)?;
        let (tokens, noun) = self.unfilled.as_ref()?;
        let near = start.checked_sub(tokens.end).is_some_and(|between| between <= NOUN_TO_VERB);
        let joined =
            (tokens.end..start).all(|at| self.text.word(at).is_some_and(|word| !language::is_join(word)));
        let fits = near && joined && noun != input && self.grammar.unit(noun) == Some(unit);
        (fits && !self.inputs.values.contains_key(noun)).then(|| (noun.clone(), tokens.start))
    }

    pub(super) fn closes(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|token| token.kind == Kind::Mark(')'))
    }

    /// "the security group sg-1 needs access": the words behind a list say whose it is.
    pub(super) fn taken_by_next(&self, input: &str, value: &Json, after: usize) -> Option<(String, usize)> {
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
    pub(super) fn is_taken_aside(&self, at: usize) -> bool {
        self.text.word(at + 1).is_some()
            && !self.claims.is_free(at + 1)
            && self.text.get(at + 2).is_some_and(|token| token.kind == Kind::Mark(')'))
    }

    /// "nach 30 Tagen löschen": the preposition, the number, the rest of the phrase.
    pub(super) fn turned(&mut self, index: usize) -> Option<usize> {
        let word = self.text.word(index).filter(|_| self.claims.is_free(index))?;
        let grammar = self.grammar;
        for entry in grammar.entries().iter().filter(|entry| entry.meaning == Meaning::Introduces) {
            let Some(rest) = entry.phrase.turned_by(word) else { continue };
            if grammar.type_of(&entry.input) != Type::Number {
                continue;
            }
            let Some((number, end)) = self.number_at(index + 1, &entry.input) else { continue };
            let Some(tail) = (end..=end + 1).find_map(|at| rest.at(self.text, at)) else { continue };
            // "alte Versionen nach 30 Tagen löschen": the words before tell more than the verb behind.
            let letters: usize = rest.words().map(|word| word.chars().count()).sum();
            let told =
                self.told_around(index + 1).filter(|told| told.input != entry.input && told.score > letters);
            if let Some(told) = told {
                return Some(self.take_told(index + 1, told));
            }
            self.add(&entry.input, Json::Number(number), index..tail.end, INTRODUCED);
            return Some(tail.end);
        }
        None
    }
}

/// Small words between an introduction and its value.
pub(super) fn is_between(word: &str) -> bool {
    matches!(
        word,
        "is" | "of"
            | "simply"
            | "einfach"
            | "schlicht"
            | "both"
            | "all"
            | "these"
            | "everything"
            | "beide"
            | "beider"
            | "beiden"
            | "alle"
            | "aller"
            | "alles"
            | "needs"
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
            | "say"
            | "says"
            | "read"
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

/// "of pick-events", "bei pick-events"
pub(super) fn leads_to_thing(word: &str) -> bool {
    matches!(word, "of" | "for" | "von" | "der" | "des" | "für" | "bei" | "on")
}

/// An object of JSON.
pub(super) fn is_object(token: &Token) -> bool {
    token.kind == Kind::Quoted && token.text.starts_with('{')
}
