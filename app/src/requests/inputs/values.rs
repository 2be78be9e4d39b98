//! The value that goes with an introduction: after it, in the type of its input, or right before it.

use serde_json::{Map, Number, Value as Json};
use tfpilot_hcl::{Type, Variable};
use tfpilot_modules::catalog::Unit;

use super::{MAX_WORDS, Reader, is_port};
use crate::requests::grammar::{Entry, Meaning, NAME, OWNER};
use crate::requests::phrases::{is_boundary, is_light};
use crate::requests::text::{self, Kind};
use crate::requests::{countries, language, records, value};

impl Reader<'_, '_> {
    /// The value that begins at `at`, and the index after it.
    pub(super) fn value_at(&self, at: usize, input: &str, marked: bool) -> Option<(Json, usize)> {
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

    /// A number in the unit of its input; what is repeated in parentheses belongs to it.
    pub(super) fn number_at(&self, at: usize, input: &str) -> Option<(Number, usize)> {
        let (number, end) = self.quantity_at(at, input)?;
        let again = self.repeated_at(end, input);
        let again = again.and_then(|(again, end)| Some((value::repeated(number.clone(), again)?, end)));
        Some(again.unwrap_or((number, end)))
    }

    fn quantity_at(&self, at: usize, input: &str) -> Option<(Number, usize)> {
        let word = self.text.word(at).filter(|_| self.claims.is_free(at))?;
        let unit = self.grammar.unit(input);
        if let Some(found) = unit.and_then(|unit| self.one_of(at, word, unit)) {
            return Some(found);
        }
        // "every fortnight"
        let before = at.checked_sub(1).and_then(|before| self.text.word(before)).unwrap_or_default();
        let once = matches!(before, "every" | "each" | "jede" | "jeden" | "jedes");
        // "every day at 6" is a time of day.
        let long = || language::seconds_of(word).is_some_and(|seconds| seconds >= SECONDS_OF_A_WEEK);
        if let Some(unit) = unit.filter(|_| once && long()) {
            return Some((value::exact(value::factor(word, unit)?)?, at + 1));
        }
        // "from 3 to 5": the second is meant.
        if matches!(word, "from" | "von") {
            let to = (at + 2..=at + 3).find(|at| matches!(self.text.word(*at), Some("to" | "auf")));
            return to.and_then(|to| self.quantity_at(to + 1, input));
        }
        // The same where the "from" was passed over as a small word.
        let from =
            at.checked_sub(1).is_some_and(|before| matches!(self.text.word(before), Some("from" | "von")));
        let to = (at + 1..=at + 2).find(|at| matches!(self.text.word(*at), Some("to" | "auf")));
        if let Some(to) = to.filter(|_| from) {
            return self.quantity_at(to + 1, input);
        }
        let (number, end) = self.amount_at(at, word, unit)?;
        let Some((unit_at, written)) = self.unit_at(end, unit) else { return Some((number, end)) };
        // "at most 5 minutes" counts no replicas.
        let factor = value::factor(written, unit?)?;
        Some((value::exact(number.as_f64()? * factor)?, unit_at + 1))
    }

    /// A number of one word or of several: "two hundred and fifty", "one and a half".
    fn amount_at(&self, at: usize, word: &str, unit: Option<Unit>) -> Option<(Number, usize)> {
        let mut number = value::number(word, unit)?;
        let mut end = at + 1;
        let next = |at: usize| self.text.word(at).filter(|_| self.claims.is_free(at));
        if !word.starts_with(|first: char| first.is_ascii_digit()) {
            for (name, size) in [("hundred", 100.0), ("thousand", 1_000.0)] {
                if next(end) == Some(name) {
                    number = value::exact(number.as_f64()? * size)?;
                    end += 1;
                    let more = end + usize::from(next(end) == Some("and"));
                    let rest = next(more).and_then(language::number).filter(|rest| *rest < size);
                    if let Some(rest) = rest {
                        number = value::exact(number.as_f64()? + rest)?;
                        end = more + 1;
                    }
                }
            }
        }
        if next(end) == Some("and") && next(end + 1) == Some("a") && next(end + 2) == Some("half") {
            return Some((value::exact(number.as_f64()? + 0.5)?, end + 3));
        }
        // "75 %"
        let percent = self.text.get(end).is_some_and(|token| token.kind == Kind::Mark('%'))
            || matches!(next(end), Some("percent" | "prozent"));
        Some((number, end + usize::from(percent && unit.is_none())))
    }

    /// A unit of time or size right behind a number, with a word that says the same between: "14 full days".
    fn unit_at(&self, at: usize, wanted: Option<Unit>) -> Option<(usize, &str)> {
        let between = |word: &str| {
            matches!(
                word,
                "full"
                    | "whole"
                    | "calendar"
                    | "more"
                    | "further"
                    | "volle"
                    | "vollen"
                    | "ganze"
                    | "ganzen"
                    | "weitere"
                    | "weiteren"
            )
        };
        let at = at + usize::from(self.text.word(at).is_some_and(between));
        let word = self.text.word(at).filter(|_| self.claims.is_free(at))?;
        let rate = || language::per_second(word).filter(|_| wanted == Some(Unit::PerSecond));
        let known = language::seconds_of(word).or_else(|| language::bytes_of(word)).or_else(rate);
        // "max 12 min 0": what may begin the next limit is no unit.
        let limits = word == "min" && self.text.word(at + 1).and_then(language::number).is_some();
        (known.is_some() && !limits).then_some((at, word))
    }

    /// The same once more in parentheses: "2 years (730 days)", "2 TB (2048)".
    fn repeated_at(&self, at: usize, input: &str) -> Option<(Number, usize)> {
        let is =
            |at: usize, mark: char| self.text.get(at).is_some_and(|token| token.kind == Kind::Mark(mark));
        let is_small = |word: &str| {
            matches!(word, "=" | "i.e" | "ie" | "d.h" | "also" | "or" | "bzw" | "about" | "ca" | "rund")
        };
        let from = at + 1 + usize::from(self.text.word(at + 1).is_some_and(is_small));
        let from = from + usize::from(is(from, '='));
        if is(at, '(') {
            let (number, end) = self.quantity_at(from, input)?;
            return is(end, ')').then_some((number, end + 1));
        }
        // "ten years - 3650 days - ", "one week, i.e. 7 days"
        let dash = ['-', '–', '—', ','].into_iter().find(|mark| is(at, *mark))?;
        let (number, end) = self.quantity_at(from, input)?;
        let closes = is(end, dash) || is_boundary(self.text, end);
        let written = self.text.word(end - 1).is_some_and(|word| language::seconds_of(word).is_some());
        (closes && written && (dash != ',' || from > at + 1))
            .then_some((number, end + usize::from(is(end, dash) && dash != ',')))
    }

    /// "a week", "eine Stunde", "a quarter of an hour".
    fn one_of(&self, at: usize, word: &str, unit: Unit) -> Option<(Number, usize)> {
        if !matches!(
            word,
            "a" | "an"
                | "ein"
                | "eine"
                | "einen"
                | "einer"
                | "einem"
                | "half"
                | "halbe"
                | "halben"
                | "halbes"
                | "halber"
                | "halbem"
                | "quarter"
                | "three"
        ) {
            return None;
        }
        let next = self.text.word(at + 1)?;
        let third = self.text.word(at + 2);
        let (amount, unit_at) = match (word, next, third) {
            ("quarter", "of", Some("a" | "an")) => (0.25, at + 3),
            ("three", "quarters", Some("of")) => (0.75, at + 4),
            ("quarter" | "three", ..) => return None,
            (_, "quarter", Some("of")) => (0.25, at + 4),
            (_, "viertelstunde", _) => {
                return Some((value::exact(value::factor("minutes", unit)? * 15.0)?, at + 2));
            }
            ("half", "a" | "an", _) | (_, "half" | "halbe" | "halben" | "halbes", _) => (0.5, at + 2),
            ("half" | "halbe" | "halben" | "halbes" | "halber" | "halbem", ..) => (0.5, at + 1),
            _ => (1.0, at + 1),
        };
        let factor = value::factor(self.text.word(unit_at)?, unit)?;
        // "a minute and a half"
        let and_a_half = (1..=3).map(|ahead| self.text.word(unit_at + ahead).unwrap_or_default());
        if amount == 1.0 && and_a_half.eq(["and", "a", "half"]) {
            return Some((value::exact(1.5 * factor)?, unit_at + 4));
        }
        Some((value::exact(amount * factor)?, unit_at + 1))
    }

    fn string_at(&self, at: usize, input: &str, marked: bool) -> Option<(Json, usize)> {
        let token = self.text.get(at).filter(|_| self.claims.is_free(at))?;
        if token.kind == Kind::Quoted {
            // What quotes stand inside of quotes belongs to the value.
            let choice = self.grammar.module.choices(input).is_some() || input == OWNER;
            let value = if choice {
                value::parse(self.grammar, input, &token.text)
            } else {
                token.text.clone().into()
            };
            return Some((value, at + 1));
        }
        if self.grammar.module.choices(input).is_some() {
            return self.choice_at(at, input);
        }
        let several = self.grammar.takes_several_words(input);
        let small = match input {
            // "called automatically" introduces no name.
            NAME => language::is_function_word(&token.lower) || token.lower.ends_with("ally"),
            _ => language::is_small_word(&token.lower) || language::is_trouble(&token.lower),
        };
        // "the shop team lead"
        let of_team = input == OWNER
            && matches!(
                token.lower.as_str(),
                "lead" | "leads" | "leader" | "leiter" | "member" | "members" | "mates"
            )
            || input == OWNER && !marked && value::is_deed(&token.lower);
        if token.kind != Kind::Word || of_team || (small && !marked && !several) {
            return None;
        }
        let codes = several && self.takes_codes(input);
        if let Some(code) = self.code_behind(at).filter(|_| codes && !is_capital(&token.text)) {
            return self.string_at(code, input, true);
        }
        let mut end = at + 1;
        if several {
            // "counts FATAL and tells the topic": what is written like a code ends before "and".
            let code = is_capital(&token.text);
            let joined = |at: usize| {
                code && self
                    .text
                    .word(at)
                    .is_some_and(|word| matches!(word, "and" | "und" | "then" | "if" | "wenn"))
            };
            while end - at < MAX_WORDS
                && !is_boundary(self.text, end)
                && !self.next_wish_at(end, input)
                && (!codes
                    || !code
                    || joined(end)
                    || self.text.get(end).is_some_and(|token| is_capital(&token.text)))
                && self.claims.is_free(end)
                && (!joined(end) || self.text.get(end + 1).is_some_and(|token| is_capital(&token.text)))
            {
                end += 1;
            }
            // "soll Stadtwerke Acme heißen"
            let closes = |at: usize| {
                matches!(
                    self.text.word(at),
                    Some("heißen" | "lauten" | "stehen" | "sein" | "werden" | "please" | "bitte" | "haben")
                )
            };
            while end > at + 1 && closes(end - 1) {
                end -= 1;
            }
        } else if starts_upper(&token.text) && input != NAME {
            // "team Data Platform"
            while self.text.get(end).is_some_and(|next| next.kind == Kind::Word && starts_upper(&next.text))
                && self.may_be_value(end, input)
            {
                end += 1;
            }
        }
        if let Some((time, end)) = self.time_at(at, input) {
            return Some((Json::String(time), end));
        }
        let text = self.text.quote(at..end);
        let value = Json::String(if input == OWNER { value::team(&text) } else { text });
        // A word that the input would not take is no value of it, unless it is written as one or is a name, or it is
        // so clearly meant that what is wrong with it has to be said.
        let fits = marked || input == NAME || self.grammar.takes(input, &value) || self.is_meant(at, input);
        fits.then_some((value, end))
    }

    /// "Alarm chain for the payment switch": words of a sentence where the input's example is a code.
    pub(super) fn is_prose(&self, input: &str, value: &Json) -> bool {
        let plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        self.takes_codes(input) && value.as_str().is_some_and(|text| text.split_whitespace().any(plain))
    }

    /// Whether the example of an input is written in capitals: `?ERROR ?FATAL`.
    fn takes_codes(&self, input: &str) -> bool {
        let example = self.grammar.hints(input).and_then(|hints| hints.example.as_deref());
        example.is_some_and(|example| {
            example.split_whitespace().all(|word| is_capital(word.trim_start_matches('?')))
        })
    }

    /// The word in capitals or quotes behind words that only lead to it: "Einträge mit OVERPRESSURE".
    fn code_behind(&self, at: usize) -> Option<usize> {
        let mut commas = 0;
        for next in at..at + MOST_TO_CODE {
            let token = self.text.get(next).filter(|_| self.claims.is_free(next))?;
            match token.kind {
                Kind::Quoted => return Some(next),
                Kind::Word if is_capital(&token.text) => return Some(next),
                Kind::Word if language::number(&token.lower).is_none() => {}
                Kind::Mark(',') if commas == 0 => commas += 1,
                Kind::Mark(':') => {}
                _ => return None,
            }
        }
        None
    }

    /// "login of the job and no rotation": a join behind which another input is spoken of ends a text.
    fn next_wish_at(&self, at: usize, input: &str) -> bool {
        let joins =
            matches!(self.text.word(at), Some("and" | "und" | "but" | "aber" | "with" | "mit" | "plus"));
        if !joins {
            return false;
        }
        let denied = self.text.word(at + 1).is_some_and(language::is_negation);
        let begins = at + 1 + usize::from(denied);
        let Some(next) = self.grammar.phrase_at(self.text, begins) else { return false };
        let other = next.entry.input != input && !next.entry.is_noun;
        let end = next.tokens.end;
        other
            && match next.entry.meaning {
                Meaning::Introduces => {
                    let (behind, marked) = self.skip_fillers(end, &next.entry.input);
                    let value = self.value_at_of_other(behind, &next.entry.input, marked);
                    value.is_some_and(|value| self.grammar.takes(&next.entry.input, &value))
                }
                _ => denied || is_boundary(self.text, end),
            }
    }

    /// The value of an input that takes no texts, which could be anything.
    fn value_at_of_other(&self, at: usize, input: &str, marked: bool) -> Option<Json> {
        let plain =
            self.grammar.type_of(input) != Type::String || self.grammar.module.choices(input).is_some();
        plain.then(|| self.value_at(at, input, marked).map(|(value, _)| value))?
    }

    /// "7:30 pm", "7pm": a time of twelve hours, where the input takes one of twenty-four.
    fn time_at(&self, at: usize, input: &str) -> Option<(String, usize)> {
        let word = self.text.word(at)?;
        let next = self.text.word(at + 1).unwrap_or_default();
        let (time, end) = ["am", "pm", "a.m", "p.m"]
            .iter()
            .find_map(|half| Some((value::of_day(word.strip_suffix(half)?, half)?, at + 1)))
            .or_else(|| Some((value::of_day(word, next)?, at + 2)))?;
        self.grammar.takes(input, &Json::String(time.clone())).then_some((time, end))
    }

    /// A version that a list lacks behind "version", an address behind what it is the address of.
    fn is_meant(&self, at: usize, input: &str) -> bool {
        let Some(token) = self.text.get(at) else { return false };
        let numbered = token.text.starts_with(|first: char| first.is_ascii_digit())
            && token.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let listed = self.grammar.hints(input).is_some_and(|hints| hints.one_of.is_some());
        let named = (1..=2)
            .filter_map(|back| self.text.word(at.checked_sub(back)?))
            .any(|word| matches!(word, "version" | "v" | "release"));
        let own = |variable: &Variable| {
            let one = Json::String(token.text.clone());
            self.grammar.takes(&variable.name, &one)
                || self.grammar.takes(&variable.name, &Json::Array(vec![one]))
        };
        listed && numbered && named
            || text::is_id(&token.lower) && !self.grammar.module.variables.iter().any(own)
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
        let fits = |entry: &Entry| match &entry.meaning {
            Meaning::Is(value) if entry.input == input => {
                Some((value.clone(), entry.phrase.at(self.text, at)?.end))
            }
            _ => None,
        };
        let known = self.grammar.entries().iter().filter_map(fits).max_by_key(|(_, end)| *end);
        // A closed value that does not exist is said to be wrong later.
        let word = self
            .text
            .get(at)
            .filter(|token| token.kind == Kind::Word && !language::is_small_word(&token.lower))?;
        Some(known.unwrap_or_else(|| (Json::String(word.text.clone()), at + 1)))
    }

    fn list_at(&self, at: usize, input: &str) -> Option<(Json, usize)> {
        // "Let people in the office reach 3000": no word is a port.
        let example = self.grammar.hints(input).and_then(|hints| hints.example.as_deref());
        let is_number_list = example.is_some_and(is_port);
        let mut values: Vec<(Json, usize)> = Vec::new();
        let mut next = at;
        while let Some(token) = self.text.get(next).filter(|_| self.claims.is_free(next)) {
            let joins = matches!(token.kind, Kind::Mark(',')) || language::is_join(&token.lower);
            // "to a@x.example and to b@x.example"
            let again = token.kind == Kind::Word
                && !is_code(&token.text)
                && (language::is_preposition(&token.lower) || language::is_definite(&token.lower))
                && values.last().is_some_and(|(_, end)| next > *end);
            if (joins || again) && !values.is_empty() {
                next += 1;
                continue;
            }
            let small = language::is_small_word(&token.lower) && !is_code(&token.text)
                || is_number_list && !is_port(&token.lower);
            let written = matches!(token.kind, Kind::Word | Kind::Quoted) && !small;
            let starred = token.text == "*";
            // Two values stand together only with a comma or "and" between them, but for ids.
            let apart = text::is_id(&token.lower) || values.last().is_none_or(|(_, end)| next > *end);
            if !(written || starred) || !apart || self.grammar.phrase_at(self.text, next).is_some() {
                break;
            }
            next += 1;
            // "POST /quotes"
            let path = self.text.get(next).filter(|path| is_code(&token.text) && path.text.starts_with('/'));
            let paired = self.text.get(next).filter(|behind| {
                let pair = Json::Array(vec![Json::String(format!("{} {}", token.text, behind.text))]);
                let one = Json::Array(vec![Json::String(token.text.clone())]);
                is_number(&token.text) && self.grammar.takes(input, &pair) && !self.grammar.takes(input, &one)
            });
            let value = match path.or(paired) {
                Some(path) => {
                    next += 1;
                    format!("{} {}", token.text, path.text)
                }
                None => self.code_of_country(&token.lower, input).unwrap_or(&token.text).to_owned(),
            };
            values.push((Json::String(value), next));
        }
        self.as_many_as_fit(values, input)
    }

    /// The longest beginning that the input takes. What nobody could take is kept where it looks like a value, so that
    /// what is wrong with it is said.
    fn as_many_as_fit(&self, values: Vec<(Json, usize)>, input: &str) -> Option<(Json, usize)> {
        let first = |count: usize| -> Option<(Json, usize)> {
            let (_, end) = values.get(count.checked_sub(1)?)?;
            Some((values.iter().take(count).map(|(value, _)| value.clone()).collect(), *end))
        };
        let fitting =
            (1..=values.len()).rev().filter_map(first).find(|(list, _)| self.grammar.takes(input, list));
        let has_digit = |(value, _): &&(Json, usize)| {
            value.as_str().is_some_and(|text| {
                let digits = text.bytes().any(|byte| byte.is_ascii_digit());
                digits && !is_number(text)
            })
        };
        // "subscribers: arn:…:sqs:… plus https://…": what another input takes is its value and not a wrong one of this.
        let of_others = values.iter().take_while(has_digit).all(|(value, _)| self.fits_another(value, input));
        fitting.or_else(|| first(if of_others { 0 } else { values.iter().take_while(has_digit).count() }))
    }

    /// "Germany", where an input takes codes of countries.
    fn code_of_country(&self, name: &str, input: &str) -> Option<&'static str> {
        let one = |word: &str| Json::Array(vec![word.into()]);
        let code = countries::code(name)?;
        (self.grammar.takes(input, &one(code)) && !self.grammar.takes(input, &one(name))).then_some(code)
    }

    /// Whether a list of another input takes a value that has a shape of its own.
    pub(super) fn fits_another(&self, value: &Json, input: &str) -> bool {
        let one = Json::Array(vec![value.clone()]);
        let ordinary = Json::Array(vec!["acme".into()]);
        self.grammar.module.variables.iter().any(|other| {
            other.name != input
                && matches!(other.ty, Type::List(_) | Type::Set(_))
                && self.grammar.takes(&other.name, &one)
                && !self.grammar.takes(&other.name, &ordinary)
        })
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
        // "cost-center is 4711", "STAGE set to blue"
        let named = !language::is_small_word(&token.lower) && self.grammar.phrase_at(self.text, at).is_none();
        if let Some((value, end)) = records::stated(self.text, at).filter(|_| named) {
            return Some((token.text.clone(), value, end));
        }
        let marked = matches!(self.text.get(at + 1)?.kind, Kind::Mark('=' | ':'));
        let value = self
            .text
            .get(at + 2)
            .filter(|value| marked && matches!(value.kind, Kind::Word | Kind::Quoted))?;
        Some((token.text.clone(), value.text.clone(), at + 3))
    }

    /// "a single node", "ein Knoten".
    fn only_one(&self, start: usize, input: &str) -> Option<(Json, usize)> {
        let at = start.checked_sub(1).filter(|at| self.claims.is_free(*at))?;
        let is_one = self.text.word(at).is_some_and(|word| {
            matches!(
                word,
                "single"
                    | "ein"
                    | "eine"
                    | "einen"
                    | "einem"
                    | "einer"
                    | "einzelner"
                    | "einzelne"
                    | "einzelnen"
            )
        });
        let counts = self.grammar.unit(input) == Some(Unit::Count);
        // "we outgrew the single instance": that one is there.
        let is_known =
            at.checked_sub(1).and_then(|before| self.text.word(before)).is_some_and(language::is_definite);
        (is_one && counts && !is_known).then(|| (Json::from(1), at))
    }

    fn opens_parenthesis(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|token| token.kind == Kind::Mark('('))
    }

    /// "the billing team", "a 30 days retention": the value before the noun that names the input.
    pub(super) fn value_before(&self, start: usize, input: &str) -> Option<(Json, usize)> {
        match self.grammar.type_of(input) {
            // "half an hour visibility": the longest wording that ends here.
            Type::Number => (1..=4)
                .rev()
                .filter_map(|back| start.checked_sub(back))
                .find_map(|at| {
                    let (number, end) = self.number_at(at, input)?;
                    (end == start).then_some((Json::Number(number), at))
                })
                .or_else(|| self.only_one(start, input)),
            Type::String => {
                let mut at = start.checked_sub(1).filter(|at| self.claims.is_free(*at))?;
                // "booking_ref as partition key", "cart_id is the partition key"
                let mut turned = false;
                for _ in 0..MOST_TURNED {
                    let word = self.text.word(at).unwrap_or_default();
                    let links = matches!(word, "as" | "als" | "is" | "ist");
                    if !links && !language::is_definite(word) {
                        break;
                    }
                    turned |= links;
                    at = at.checked_sub(1).filter(|at| self.claims.is_free(*at))?;
                }
                let before = at.checked_sub(1);
                let token = self.text.get(at).filter(|token| match token.kind {
                    Kind::Word => !language::is_small_word(&token.lower),
                    // 'show "Acme News" as the sender'
                    Kind::Quoted => turned,
                    _ => false,
                })?;
                // "the billing team", "for billing team", ", billing team"
                // "and sku the sort key"
                let named = self.text.get(at).is_some_and(|token| token.text.contains('_')) && at + 1 < start;
                let led = turned
                    || named
                    || before.is_none_or(|before| match self.text.word(before) {
                        Some(word) => {
                            language::is_definite(word)
                                || language::is_preposition(word)
                                || language::is_indefinite(word)
                                || word == "any"
                        }
                        None => {
                            is_boundary(self.text, before) || input == OWNER && self.opens_parenthesis(before)
                        }
                    });
                let is_team = input == OWNER && language::is_department(&token.lower);
                let value =
                    Json::String(if input == OWNER { value::team(&token.text) } else { token.text.clone() });
                ((is_team || led && self.is_no_phrase(at)) && self.grammar.takes(input, &value))
                    .then_some((value, at))
            }
            Type::List(_) | Type::Set(_) => self.list_before(start, input),
            _ => None,
        }
    }

    /// "anna.k, ben.s and carla.m are members", "cloudwatch.amazonaws.com may publish": values before their verb.
    fn list_before(&self, start: usize, input: &str) -> Option<(Json, usize)> {
        let links = |at: &usize| {
            self.text.word(*at).is_some_and(|word| {
                is_light(word)
                    || matches!(word, "able" | "allowed" | "only" | "nur" | "both" | "beide" | "as" | "als")
            })
        };
        let last = (1..=MOST_LINKS).filter_map(|back| start.checked_sub(back)).find(|at| !links(at))?;
        let mut values: Vec<Json> = Vec::new();
        let (mut from, mut next) = (start, last);
        while let Some(token) = self.text.get(next).filter(|_| self.claims.is_free(next)) {
            let joins = token.kind == Kind::Mark(',') || language::is_join(&token.lower);
            let written = matches!(token.kind, Kind::Word | Kind::Quoted)
                && !language::is_small_word(&token.lower)
                && self.grammar.phrase_at(self.text, next).is_none();
            let apart = values.is_empty() || from > next + 1;
            if written && apart {
                values.insert(0, Json::String(token.text.clone()));
                from = next;
            } else if !joins || values.is_empty() || from > next + 2 {
                break;
            }
            let Some(before) = next.checked_sub(1) else { break };
            next = before;
        }
        // A plain word before a noun may be anything, unless a verb leads from one to the other.
        let mut words = (last + 1..=start).filter_map(|at| self.text.word(at));
        let led = values.len() > 1 || words.any(is_verb);
        let opens = from.checked_sub(1).is_none_or(|before| {
            is_boundary(self.text, before)
                || self.text.word(before).is_some_and(|word| language::is_small_word(word) || puts(word))
        });
        let list = Json::Array(values);
        let fits = led
            && opens
            && list.as_array().is_some_and(|values| !values.is_empty())
            && self.grammar.takes(input, &list);
        fits.then_some((list, from))
    }
}

/// A helping verb between a list and what it does.
fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "may"
            | "can"
            | "should"
            | "shall"
            | "must"
            | "will"
            | "would"
            | "could"
            | "ist"
            | "sind"
            | "darf"
            | "dürfen"
            | "kann"
            | "können"
            | "soll"
            | "sollen"
            | "muss"
            | "müssen"
            | "werden"
            | "wird"
    )
}

/// Begins an order to put somebody somewhere.
fn puts(word: &str) -> bool {
    matches!(
        word,
        "put" | "add" | "let" | "give" | "place" | "nimm" | "setze" | "setzt" | "füge" | "users" | "people"
    )
}

/// Words between a list and the verb that tells what it is: "are the only".
const MOST_LINKS: usize = 5;

/// Seconds of a week.
const SECONDS_OF_A_WEEK: f64 = 604_800.0;

/// Tokens between an introduction and a word in capitals.
const MOST_TO_CODE: usize = 8;

/// Words between a value and the noun behind it: "is the".
const MOST_TURNED: usize = 3;

fn starts_upper(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_uppercase)
}

/// `LINK_DOWN`
fn is_capital(text: &str) -> bool {
    text.len() >= 3
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// "7", "1.34": a number or a version alone is no member of a list that does not take it.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// "AT" is a country where "at" is a word.
fn is_code(text: &str) -> bool {
    text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
