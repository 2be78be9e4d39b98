//! Lines such as `Name: acme-x` and pairs such as `name=acme-x`: what stands behind a label is its value.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use super::introduced::is_between;
use super::{Reader, WRITTEN, key_lines};
use crate::requests::grammar::{Meaning, NAME, OWNER};
use crate::requests::phrases::is_boundary;
use crate::requests::text::{self, Kind};
use crate::requests::{language, value};

/// Words from which on a text is a sentence, whose full stop belongs to it.
const WORDS_OF_A_SENTENCE: usize = 5;

impl Reader<'_, '_> {
    /// Lines such as `- Name: acme-x`, and lists of them on one line.
    pub(super) fn lines(&mut self) {
        for (tokens, key, value) in key_lines(self.text) {
            let known = self.grammar.input_of_key(&key).map(str::to_owned);
            let Some(input) = known.or_else(|| self.input_of_long_key(&tokens, &value)) else { continue };
            if !self.claims.are_free(tokens.clone()) || value.is_empty() {
                continue;
            }
            let written = self.line_value(&tokens, &input, &value);
            // "Size: 60 GB" names no class of machines.
            if self.grammar.type_of(&input) != Type::Number && self.is_size(&tokens) {
                continue;
            }
            // "code: s3://x/y.zip, Java 21": what stands behind one word is said of something else.
            if let Some((first, end)) = self.first_of_line(&tokens, &input) {
                self.add(&input, first, tokens.start..end, WRITTEN);
                continue;
            }
            if self.grammar.takes(&input, &written) {
                let key = self.key_of_line(&tokens);
                let (written, tokens) = self.longer_list(&tokens, &input).unwrap_or((written, tokens));
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
            // "subscribers: arn:…:sqs:… plus https://…": each is another input's.
            let of_others = |values: &Vec<Json>| {
                !values.is_empty() && values.iter().all(|value| self.fits_another(value, &input))
            };
            if written.as_array().is_some_and(of_others) {
                continue;
            }
            // "Disk: 20 GB, must not grow": what the input does not take says something else.
            match self.beginning_of(&tokens, &input) {
                Some((written, end)) => self.add(&input, written, tokens.start..end, WRITTEN),
                None => self.add(&input, written, tokens, WRITTEN),
            }
        }
    }

    /// "Sender shown in the mail: Acme", "retention of the log: 30 days": a key that begins with what it means, and a value
    /// that fits.
    fn input_of_long_key(&self, line: &Range<usize>, value: &str) -> Option<String> {
        let key = self.key_of_line(line);
        let found = self.grammar.phrase_at(self.text, key.start)?;
        let input = &found.entry.input;
        let begins = !matches!(found.entry.meaning, Meaning::Is(_)) && found.tokens.end < key.end;
        let others = (found.tokens.end..key.end)
            .filter_map(|at| self.grammar.phrase_at(self.text, at))
            .any(|other| other.entry.input != *input);
        let fits = || self.grammar.takes(input, &self.line_value(line, input, value));
        (begins && !others && !matches!(input.as_str(), NAME | OWNER) && fits()).then(|| input.clone())
    }

    /// "owner: a, policies: X, Y": a comma between two keys may stand inside of a list.
    fn longer_list(&self, line: &Range<usize>, input: &str) -> Option<(Json, Range<usize>)> {
        let goes_on = self.text.get(line.end).is_some_and(|token| token.kind == Kind::Mark(','));
        let is_list = matches!(self.grammar.type_of(input), Type::List(_) | Type::Set(_));
        let (value, end) =
            (goes_on && is_list).then(|| self.value_at(self.key_of_line(line).end + 1, input, true))??;
        (end > line.end && self.grammar.takes(input, &value)).then_some((value, line.start..end))
    }

    /// Whether a line's value begins with so many bytes.
    fn is_size(&self, line: &Range<usize>) -> bool {
        let at = self.key_of_line(line).end + 1;
        self.text.word(at).and_then(language::number).is_some()
            && self.text.word(at + 1).and_then(language::bytes_of).is_some()
    }

    /// A line's value: what stands in quotes or backticks is taken as it is, a whole sentence with its full stop.
    pub(super) fn line_value(&self, line: &Range<usize>, input: &str, value: &str) -> Json {
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
    pub(super) fn first_of_line(&self, line: &Range<usize>, input: &str) -> Option<(Json, usize)> {
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
    pub(super) fn said_in_line(&self, line: &Range<usize>, input: &str) -> Option<(Json, usize)> {
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
        // "every 90 days through arn:…": what follows says something else.
        let has_more = (end..line.end).any(|at| {
            is_boundary(self.text, at) || self.text.get(at).is_some_and(|token| text::is_id(&token.lower))
        });
        numbers.next().is_none().then_some((Json::Number(number), if has_more { end } else { line.end }))
    }

    /// The words before a line's colon.
    pub(super) fn key_of_line(&self, line: &Range<usize>) -> Range<usize> {
        let is_mark =
            |at: &usize| self.text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
        line.start..line.clone().find(is_mark).unwrap_or(line.start)
    }

    /// "Access logs: to acme-logs", "Rechte: nur ReadOnlyAccess": the value behind words that say nothing.
    pub(super) fn after_small_words(&self, input: &str, value: &str) -> Option<Json> {
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
    pub(super) fn beginning_of(&self, line: &Range<usize>, input: &str) -> Option<(Json, usize)> {
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
    pub(super) fn pair(&mut self, index: usize) -> Option<usize> {
        let token =
            self.text.get(index).filter(|token| token.kind == Kind::Word && self.claims.is_free(index))?;
        let (key, value) = token.text.split_once('=')?;
        let input = self.grammar.input_of_key(key)?.to_owned();
        let value = value::parse(self.grammar, &input, value);
        self.add(&input, value, index..index + 1, WRITTEN);
        Some(index + 1)
    }
}
