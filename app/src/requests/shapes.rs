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
use super::mood::is_told;
use super::phrases::{Claims, clause_of, is_boundary};
use super::text::{self, Kind, Text};
use super::{language, sizes, value};

/// Words that an input takes which takes any word.
const ORDINARY: [&str; 4] = ["acme", "acme-x1", "a1b2", "NW-4711-SG"];

/// Last letters that a word and an example have in common when they are of one kind: "…Access".
const ENDS_ALIKE: usize = 5;

/// Digits of an AWS account's number, which nothing else has so many of.
const DIGITS_OF_AN_ACCOUNT: usize = 12;

/// Words from which on something in quotes is a text and no name.
const WORDS_OF_A_TEXT: usize = 3;

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
            .or_else(|| abbreviated_at(text, grammar, at, claims, inputs))
            .or_else(|| quoted_at(text, grammar, at, claims, inputs))
            .or_else(|| code_at(text, grammar, at, claims, inputs))
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
    // "v16"
    let plain =
        token.text.strip_prefix('v').filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let word = plain.unwrap_or(token.text.as_str());
    let before = at.checked_sub(1);
    // "Postgres 16", "Valkey 8.1", "version 8": right behind what it is the version of.
    let is_version = plain.is_some()
        || at == noun.end && !noun.is_empty()
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
    let shown = word.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'/' | b'@'));
    let by_place = !shown && word.contains('.') && stands_apart(text, noun, at);
    let telling = shown || by_place;
    let account = number && word.len() == DIGITS_OF_AN_ACCOUNT;
    if !matches!(token.kind, Kind::Word | Kind::Quoted) || (number && !is_version && !account) {
        return None;
    }
    let of_shape = |variable: &&&&Variable| {
        (telling || is_listed(grammar, variable))
            && (!number || account || is_listed(grammar, variable))
            && fits(grammar, variable, word)
    };
    let fitting: Vec<&&Variable> = shaped.iter().filter(|variable| of_shape(&variable)).collect();
    let open = |variable: &&&Variable| {
        inputs.values.get(&variable.name).is_none_or(|known| known.confidence == SIZED)
    };
    let more = matches!(fitting.as_slice(), [only] if inputs.values.get(&only.name).is_some_and(|known| known.value.is_array()));
    let fitting: Vec<&&Variable> = fitting.into_iter().filter(|variable| more || open(variable)).collect();
    let mut needed = fitting.iter().filter(|variable| variable.required());
    // "roles/pubsub.publisher" begins like the example of one of them.
    let head = |text: &str| {
        text.split_inclusive(['/', ':']).next().filter(|head| head.len() < text.len()).map(str::to_owned)
    };
    let mut alike = fitting.iter().filter(|variable| {
        let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
        example.and_then(head).is_some_and(|example| Some(example) == head(word))
    });
    let alike = alike.next().filter(|_| alike.next().is_none());
    let variable = match (fitting.as_slice(), needed.next(), needed.next()) {
        ([_, _, ..], ..) if alike.is_some() && !text::is_id(word) => *alike?,
        ([only], ..) => *only,
        (_, Some(only), None) => *only,
        // Of groups that may connect and groups it is put into, the first is what people mean.
        ([first, ..], None, _) if text::is_id(word) || is_listed(grammar, first) => *first,
        _ => return None,
    };
    // A host that stands by itself is what the thing needs, or nothing: a title names it once more.
    if by_place && !variable.required() && at != noun.end {
        return None;
    }
    let list = matches!(variable.ty, Type::List(_) | Type::Set(_));
    let (value, end) =
        if list { all_from(text, grammar, variable, at, claims) } else { (word.into(), at + 1) };
    let value = match inputs.values.get(&variable.name).map(|known| &known.value) {
        // More of a list that was read: "the editor at A and the one at B".
        Some(Json::Array(known)) => {
            let new = value.as_array().cloned().unwrap_or_default();
            // What is said once more in full replaces what it begins with.
            let longer = |known: &Json| new.iter().any(|new| begins_with(new, known));
            let kept = known.iter().filter(|known| !longer(known)).cloned();
            kept.chain(new.iter().filter(|new| !known.contains(new)).cloned()).collect()
        }
        _ => value,
    };
    if !grammar.takes(&variable.name, &value) && inputs.values.contains_key(&variable.name) {
        return None;
    }
    let source = Source::Text(text.quote(at..end));
    claims.take(at..end);
    // The value itself wins over a word for its size: "cache.t4g.medium instead of the micro".
    inputs.values.remove(&variable.name);
    inputs.add(&variable.name, value, source, PLACED + 5);
    Some(end)
}

/// "hosted zone shop.example.com", "Cert please. *.example.com, …": right behind the noun, or alone between marks.
fn stands_apart(text: &Text, noun: &Range<usize>, at: usize) -> bool {
    let alone = at.checked_sub(1).is_none_or(|before| is_boundary(text, before)) && is_boundary(text, at + 1);
    at == noun.end && !noun.is_empty() || alone
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
    // What ends like the example and is refused is meant all the same, and asked about.
    let example = grammar.hints(&only.name).and_then(|hints| hints.example.as_deref()).unwrap_or_default();
    let word = text.get(at).map(|token| token.text.as_str()).unwrap_or_default();
    let alike = word.chars().rev().zip(example.chars().rev()).take_while(|(one, other)| one == other).count();
    if !grammar.takes(&only.name, &value) && alike < ENDS_ALIKE {
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

/// "rg-shop": a word with the short prefix that an input's example has, where that input needs a value.
fn abbreviated_at(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let token = text.get(at).filter(|token| claims.is_free(at) && token.kind == Kind::Word)?;
    let head = |word: &str| {
        word.split_once('-')
            .filter(|(head, _)| (2..=3).contains(&head.len()))
            .map(|(head, _)| head.to_owned())
    };
    let own = head(&token.lower)?;
    let alike = |variable: &Variable| {
        let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
        variable.name != NAME && variable.required() && example.and_then(head).is_some_and(|head| head == own)
    };
    taken_by_only(text, grammar, at, &alike, claims, inputs)
}

/// A sentence in quotes, where one input takes texts of several words and nothing else was said of it.
fn quoted_at(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let token = text.get(at).filter(|token| claims.is_free(at) && token.kind == Kind::Quoted)?;
    if token.text.split_whitespace().count() < WORDS_OF_A_TEXT {
        return None;
    }
    let takes_texts =
        |variable: &Variable| variable.ty == Type::String && grammar.takes_several_words(&variable.name);
    taken_by_only(text, grammar, at, &takes_texts, claims, inputs)
}

/// "Traceback" in quotes, `LINK_DOWN`: what a log is searched for, where one input's example is such a word.
fn code_at(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let token = text.get(at).filter(|_| claims.is_free(at))?;
    let word = at.checked_sub(1).and_then(|before| text.word(before)).unwrap_or_default();
    let named =
        matches!(word, "word" | "wort" | "string" | "text" | "phrase" | "message" | "keyword" | "stichwort");
    let capital = |word: &str| {
        let letters = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        word.len() >= 3
            && word.starts_with(|first: char| first.is_ascii_uppercase())
            && word.bytes().all(letters)
    };
    let written = match token.kind {
        Kind::Quoted => !token.text.contains('-') && token.text.contains(char::is_uppercase),
        Kind::Word => capital(&token.text) && (named || token.text.contains('_')),
        _ => false,
    };
    let of_codes = |variable: &Variable| {
        let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
        variable.ty == Type::String
            && example.is_some_and(|example| {
                example.split_whitespace().all(|word| capital(word.trim_start_matches('?')))
            })
    };
    if !written {
        return None;
    }
    taken_by_only(text, grammar, at, &of_codes, claims, inputs)
}

/// The token is the value of the one input of a kind that has none yet and takes it.
fn taken_by_only(
    text: &Text,
    grammar: &Grammar<'_>,
    at: usize,
    kind: &dyn Fn(&Variable) -> bool,
    claims: &mut Claims,
    inputs: &mut Inputs,
) -> Option<usize> {
    let value = Json::String(text.get(at)?.text.clone());
    let takes = |variable: &&Variable| {
        kind(variable) && !inputs.values.contains_key(&variable.name) && grammar.takes(&variable.name, &value)
    };
    let mut taking = grammar.module.variables.iter().filter(takes);
    let (only, None) = (taking.next()?, taking.next()) else { return None };
    let source = Source::Text(text.quote(at..at + 1));
    claims.take(at..at + 1);
    inputs.add(&only.name, value, source, PLACED);
    Some(at + 1)
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
    let is_digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let alone = word.chars().all(is_digit)
        || language::number(word).is_some()
        || matches!(word, "a" | "an" | "einer" | "eine");
    let (written, end) = if alone { (format!("{word} {next}"), at + 2) } else { (word.to_owned(), at + 1) };
    let unit_word = if alone { next } else { word.trim_start_matches(is_digit).trim_start_matches('-') };
    // "every 5 minutes" is no time that something takes.
    let before = at.checked_sub(1).and_then(|before| text.word(before)).unwrap_or_default();
    if unit_word.is_empty()
        || unit_word.len() == written.len()
        || matches!(before, "every" | "each" | "alle" | "jede")
    {
        return None;
    }
    // "for a month" tells how long something went on; "up to a minute" is a limit.
    let limits = matches!(
        before,
        "to" | "of"
            | "most"
            | "within"
            | "zu"
            | "maximal"
            | "höchstens"
            | "max"
            | "with"
            | "mit"
            | "um"
            | "auf"
            | "von"
    );
    let article = matches!(word, "a" | "an" | "einer" | "eine");
    let in_words = alone && !word.starts_with(|first: char| first.is_ascii_digit());
    if in_words && !limits && (article || tells_when(text, claims, at..end)) {
        return None;
    }
    let amount = if article { format!("1 {next}") } else { written };
    let variable = fitting(grammar, &amount).map_or_else(
        || counting(grammar, inputs, unit_word),
        |only| Some(only).filter(|only| is_open(inputs, only)),
    )?;
    let number = Json::Number(value::number(&amount, grammar.unit(&variable.name))?);
    if !grammar.takes(&variable.name, &number) {
        return None;
    }
    let source = Source::Text(text.quote(at..end));
    claims.take(at..end);
    inputs.add(&variable.name, number, source, PLACED - 5);
    Some(end)
}

/// "in two weeks", "six weeks ago", "we had four hours": how long something went on, or when it comes.
fn tells_when(text: &Text, claims: &Claims, quantity: Range<usize>) -> bool {
    let before = quantity.start.checked_sub(1).and_then(|before| text.word(before)).unwrap_or_default();
    let after = text.word(quantity.end).unwrap_or_default();
    let often = || {
        clause_of(text, quantity.start).any(|at| {
            matches!(text.word(at), Some("times" | "mal" | "oft" | "often" | "least" | "more" | "mindestens"))
        })
    };
    before == "in" && !often()
        || matches!(before, "last" | "next" | "past" | "letzten" | "nächsten" | "since" | "seit" | "vor")
        || matches!(
            after,
            "ago" | "later" | "from" | "of" | "before" | "früher" | "später" | "without" | "ohne"
        )
        || clause_of(text, quantity.start)
            .any(|at| matches!(text.word(at), Some("been" | "running" | "läuft")))
        || is_told(text, claims, clause_of(text, quantity.start))
}

fn is_open(inputs: &Inputs, variable: &Variable) -> bool {
    !inputs.values.contains_key(&variable.name)
}

/// The one input that a quantity with its unit may be the value of: ten days are no rotation where that is 90 at least.
fn fitting<'m>(grammar: &Grammar<'m>, amount: &str) -> Option<&'m Variable> {
    let takes = |variable: &&Variable| {
        let unit = grammar.unit(&variable.name).filter(|unit| *unit != Unit::Count);
        let number = unit.and_then(|unit| value::number(amount, Some(unit))).filter(|number| number.is_i64());
        variable.ty == Type::Number
            && number.is_some_and(|number| grammar.takes(&variable.name, &Json::Number(number)))
    };
    let mut taking = grammar.module.variables.iter().filter(takes);
    taking.next().filter(|_| taking.next().is_none())
}

/// The input that counts what a unit counts: one of exactly this unit that nothing was said of yet, else the only one of
/// its kind.
fn counting<'m>(grammar: &Grammar<'m>, inputs: &Inputs, unit_word: &str) -> Option<&'m Variable> {
    let numbers = || grammar.module.variables.iter().filter(|variable| variable.ty == Type::Number);
    let unread = |variable: &&Variable| !inputs.values.contains_key(&variable.name);
    if language::per_second(unit_word).is_some() {
        let mut rates = numbers().filter(|variable| grammar.unit(&variable.name) == Some(Unit::PerSecond));
        return rates.next().filter(|_| rates.next().is_none()).filter(unread);
    }
    let unit = unit_of(unit_word)?;
    let mut exact = numbers().filter(|variable| grammar.unit(&variable.name) == Some(unit)).filter(unread);
    if let Some(first) = exact.next() {
        return (unit == Unit::Gib || exact.next().is_none()).then_some(first);
    }
    let kind = |unit: Unit| match unit {
        Unit::Gib | Unit::Mib => 0,
        Unit::Seconds | Unit::Minutes | Unit::Hours => 1,
        Unit::Days => 2,
        Unit::PerSecond => 3,
        Unit::Count => 4,
    };
    let same =
        |variable: &&Variable| grammar.unit(&variable.name).is_some_and(|other| kind(other) == kind(unit));
    let mut alike = numbers().filter(same);
    alike.next().filter(|_| alike.next().is_none()).filter(unread)
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

/// "acme/jobs:environment:prod" begins with "acme/jobs".
fn begins_with(longer: &Json, shorter: &Json) -> bool {
    let (Some(longer), Some(shorter)) = (longer.as_str(), shorter.as_str()) else { return false };
    longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with([':', '@']))
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
