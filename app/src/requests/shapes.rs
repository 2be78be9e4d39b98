//! Values that are known by their shape: a subnet's id, an instance class, a version of an engine. What an input takes and
//! ordinary words do not is nobody else's value, so it needs no introduction.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::{Type, Variable};
use tfpilot_modules::catalog::Unit;
use tfpilot_modules::lists;

use super::grammar::{Grammar, NAME};
use super::inputs::{Inputs, PLACED, SIZED};
use super::phrases::{Claims, is_boundary};
use super::text::{self, Kind, Text};
use super::{language, sizes, value};

/// Words that an input takes which takes any word.
const ORDINARY: [&str; 3] = ["acme", "acme-x1", "a1b2"];

/// Adds values that only one input can take. `noun` are the tokens of the thing's noun.
pub(super) fn read(
    text: &Text,
    grammar: &Grammar<'_>,
    noun: &Range<usize>,
    claims: &mut Claims,
    inputs: &mut Inputs,
) {
    let shaped: Vec<&Variable> =
        grammar.module.variables.iter().filter(|variable| is_shaped(grammar, variable)).collect();
    sizes::read(text, grammar, claims, inputs);
    let mut at = 0;
    while at < text.tokens.len() {
        let end = shaped_at(text, grammar, &shaped, noun, at, claims, inputs)
            .or_else(|| like_example_at(text, grammar, at, claims, inputs))
            .or_else(|| quantity_at(text, grammar, at, claims, inputs));
        at = end.unwrap_or(at + 1);
    }
}

fn shaped_at(
    text: &Text,
    grammar: &Grammar<'_>,
    shaped: &[&Variable],
    noun: &Range<usize>,
    at: usize,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let token = text.get(at).filter(|_| claims.is_free(at))?;
    let word = token.text.as_str();
    let before = at.checked_sub(1);
    // "Postgres 16", "Valkey 8.1", "version 8": right behind what it is the version of.
    let is_version = at == noun.end && !noun.is_empty()
        || before.is_some_and(|before| {
            let claimed =
                !claims.is_free(before) && text.get(before).is_some_and(|token| token.kind == Kind::Word);
            let named = text.word(before).is_some_and(|word| {
                matches!(
                    word,
                    "version" | "v" | "ver" | "pg" | "postgres" | "postgresql" | "mysql" | "redis" | "valkey"
                )
            });
            claimed || named
        })
        || word.contains('.')
            && before.is_none_or(|before| is_boundary(text, before))
            && is_boundary(text, at + 1);
    let number = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // A plain word tells something where a list has it: a region, not a size.
    let telling = word.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'/' | b'@'));
    if !matches!(token.kind, Kind::Word | Kind::Quoted) || (number && !is_version) {
        return None;
    }
    let fitting: Vec<&&Variable> = shaped
        .iter()
        .filter(|variable| inputs.values.get(&variable.name).is_none_or(|known| known.confidence == SIZED))
        .filter(|variable| telling || is_listed(grammar, variable))
        .filter(|variable| (!number || is_listed(grammar, variable)) && fits(grammar, variable, word))
        .collect();
    let mut needed = fitting.iter().filter(|variable| variable.required());
    let variable = match (fitting.as_slice(), needed.next(), needed.next()) {
        ([only], ..) => *only,
        (_, Some(only), None) => *only,
        // Of groups that may connect and groups it is put into, the first is what people mean.
        ([first, ..], None, _) if text::is_id(word) || is_listed(grammar, first) => *first,
        _ => return None,
    };
    let list = matches!(variable.ty, Type::List(_) | Type::Set(_));
    let (value, end) =
        if list { all_from(text, grammar, variable, at, claims) } else { (word.into(), at + 1) };
    let source = Source::Text(text.quote(at..end));
    claims.take(at..end);
    // The value itself wins over a word for its size: "cache.t4g.medium instead of the micro".
    inputs.values.remove(&variable.name);
    inputs.add(&variable.name, value, source, PLACED + 5);
    Some(end)
}

/// "AmazonAthenaFullAccess": a word cut like the example of one input and of no other.
fn like_example_at(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let is_free = |at: usize| text.get(at).is_some_and(|token| claims.is_free(at) && is_camel(&token.text));
    if !is_free(at) {
        return None;
    }
    let cut_alike = |variable: &&Variable| {
        let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
        example.is_some_and(is_camel) && !inputs.values.contains_key(&variable.name)
    };
    let mut alike = grammar.module.variables.iter().filter(cut_alike);
    let (only, None) = (alike.next()?, alike.next()) else { return None };
    let (mut values, mut end) = (Vec::new(), at);
    while is_free(end) {
        values.push(Json::String(text.get(end)?.text.clone()));
        end += 1;
        let joined = text
            .get(end)
            .is_some_and(|token| token.kind == Kind::Mark(',') || language::is_join(&token.lower));
        if joined && is_free(end + 1) {
            end += 1;
        }
    }
    let value = match &only.ty {
        Type::List(_) | Type::Set(_) => Json::Array(values),
        _ => values.into_iter().next()?,
    };
    if !grammar.takes(&only.name, &value) {
        return None;
    }
    let source = Source::Text(text.quote(at..end));
    claims.take(at..end);
    inputs.add(&only.name, value, source, PLACED);
    Some(end)
}

/// `ReadOnlyAccess`, `AmazonECS_FullAccess`
fn is_camel(word: &str) -> bool {
    let inner = word.chars().skip(1).filter(char::is_ascii_uppercase).count();
    let small = word.chars().filter(char::is_ascii_lowercase).count();
    inner >= 1
        && small >= 6
        && word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !language::is_infrastructure(&word.to_lowercase())
}

/// A list's values from here on, as long as each is joined to the last and has the shape.
fn all_from(
    text: &Text,
    grammar: &Grammar<'_>,
    variable: &Variable,
    at: usize,
    claims: &Claims,
) -> (Json, usize) {
    let (mut values, mut end, mut next) = (Vec::new(), at, at);
    while let Some(token) = text.get(next).filter(|_| claims.is_free(next)) {
        let joins = matches!(token.kind, Kind::Mark(',' | '-' | '&')) || language::is_join(&token.lower);
        if joins || (token.kind == Kind::End && !values.is_empty()) {
            next += 1;
            continue;
        }
        if !matches!(token.kind, Kind::Word | Kind::Quoted) || !fits(grammar, variable, &token.text) {
            break;
        }
        values.push(Json::String(token.text.clone()));
        next += 1;
        end = next;
    }
    (Json::Array(values), end)
}

/// "100 GB": the first input that counts gibibytes; "14 days": the only one that counts days.
fn quantity_at(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let word = text.word(at).filter(|_| claims.is_free(at))?;
    let next = text.word(at + 1).filter(|_| claims.is_free(at + 1)).unwrap_or_default();
    let alone = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (written, end) = if alone { (format!("{word} {next}"), at + 2) } else { (word.to_owned(), at + 1) };
    let unit_word =
        written.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').trim().to_owned();
    if unit_word.is_empty() || unit_word.len() == written.len() {
        return None;
    }
    let unit = unit_of(&unit_word)?;
    let counts = |variable: &&Variable| {
        variable.ty == Type::Number
            && grammar.unit(&variable.name) == Some(unit)
            && !inputs.values.contains_key(&variable.name)
    };
    let mut counting = grammar.module.variables.iter().filter(counts);
    let first = counting.next()?;
    if unit != Unit::Gib && counting.next().is_some() {
        return None;
    }
    let number = Json::Number(value::number(&written, Some(unit))?);
    if !grammar.takes(&first.name, &number) {
        return None;
    }
    let source = Source::Text(text.quote(at..end));
    claims.take(at..end);
    inputs.add(&first.name, number, source, PLACED - 5);
    Some(end)
}

/// The unit that a word is of, as inputs count in.
fn unit_of(word: &str) -> Option<Unit> {
    if let Some(bytes) = language::bytes_of(word) {
        return Some(if bytes < 1_073_741_824.0 { Unit::Mib } else { Unit::Gib });
    }
    let seconds = language::seconds_of(word)?;
    Some(match () {
        () if seconds < 60.0 => Unit::Seconds,
        () if seconds < 3_600.0 => Unit::Minutes,
        () if seconds < 86_400.0 => Unit::Hours,
        () => Unit::Days,
    })
}

fn is_listed(grammar: &Grammar<'_>, variable: &Variable) -> bool {
    grammar.hints(&variable.name).is_some_and(|hints| hints.one_of.is_some())
}

/// Whether an input says which words are none of its values.
fn is_shaped(grammar: &Grammar<'_>, variable: &Variable) -> bool {
    variable.name != NAME && !ORDINARY.iter().any(|word| fits(grammar, variable, word))
}

fn fits(grammar: &Grammar<'_>, variable: &Variable, word: &str) -> bool {
    let name = variable.name.as_str();
    if let Some(list) = grammar.hints(name).and_then(|hints| lists::find(hints.one_of.as_deref()?)) {
        return list.has(word);
    }
    let one = Json::String(word.to_owned());
    match &variable.ty {
        Type::String => grammar.takes(name, &one),
        // Some lists want two at least.
        Type::List(item) | Type::Set(item) if **item == Type::String => {
            grammar.takes(name, &Json::Array(vec![one.clone()]))
                || grammar.takes(name, &Json::Array(vec![one.clone(), one]))
        }
        _ => false,
    }
}
