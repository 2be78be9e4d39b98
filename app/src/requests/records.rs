//! Entries of maps as sentences name them: "gw -> 10.0.0.1 and nas -> 10.0.0.2", "www should be a CNAME to x.example",
//! `LOG_LEVEL=info` without a word about variables.
//!
//! The value's shape tells the map: an address is no host, and ordinary words are neither.

use serde_json::{Map, Value as Json};
use tfpilot_engine::Source;
use tfpilot_hcl::{Type, Variable};

use super::grammar::Grammar;
use super::inputs::{INTRODUCED, Inputs};
use super::language;
use super::phrases::Claims;
use super::text::{Kind, Text};

/// Tokens between a key and the value that it points to.
const REACH: usize = 8;

/// Words between a key and the value that a sentence gives it.
const MOST_LINKS: usize = 4;

/// Entries of one map beyond which nobody reviews it.
const MOST: usize = 60;

/// How one entry is written: its key, its value, the tokens after it, and what stands between the two.
struct Entry {
    key: String,
    value: String,
    end: usize,
    between: Vec<String>,
}

/// Adds the entries of maps that stand in a text.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    let is_map = |variable: &&Variable| {
        matches!(variable.ty, Type::Map(_)) && !inputs.values.contains_key(&variable.name)
    };
    let maps: Vec<&Variable> = grammar.module.variables.iter().filter(is_map).collect();
    if maps.is_empty() {
        return;
    }
    let mut found: Vec<(&str, Map<String, Json>, String)> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let entry = joined(text, claims, at)
            .or_else(|| of_variable(text, claims, at))
            .or_else(|| pointed(text, claims, at));
        let fitting = entry.and_then(|entry| {
            let map = map_of(grammar, &maps, &entry)?;
            Some((map, entry))
        });
        let Some((map, entry)) = fitting else {
            at += 1;
            continue;
        };
        let quote = text.quote(at..entry.end);
        claims.take(at..entry.end);
        at = entry.end;
        let value = Json::String(entry.value);
        match found.iter_mut().find(|(known, ..)| *known == map.name) {
            Some((_, entries, said)) if entries.len() < MOST => {
                entries.insert(entry.key, value);
                said.push_str(", ");
                said.push_str(&quote);
            }
            Some(_) => {}
            None => found.push((&map.name, Map::from_iter([(entry.key, value)]), quote)),
        }
    }
    for (input, entries, said) in found {
        inputs.add(input, Json::Object(entries), Source::Text(said), INTRODUCED);
    }
}

/// `KEY=value`, "www -> 10.0.0.1", "www: 10.0.0.1".
fn joined(text: &Text, claims: &Claims, at: usize) -> Option<Entry> {
    let token = text.get(at).filter(|token| claims.is_free(at) && is_word(token.kind))?;
    if let Some((key, value)) =
        token.text.split_once('=').filter(|(key, value)| !key.is_empty() && !value.is_empty())
    {
        return Some(Entry {
            key: key.to_owned(),
            value: value.to_owned(),
            end: at + 1,
            between: vec!["=".to_owned()],
        });
    }
    let arrow = |at: usize| match text.get(at).map(|token| token.text.as_str())? {
        "->" | "→" | "-->" | "⇒" | "➜" => Some(at + 1),
        "=" if text.get(at + 1).is_some_and(|token| token.text == ">") => Some(at + 2),
        _ => None,
    };
    let (from, sign) = match arrow(at + 1) {
        Some(from) => (from, "->"),
        None if text.get(at + 1)?.kind == Kind::Mark(':') => (at + 2, ":"),
        None => return None,
    };
    let value = text.get(from).filter(|value| claims.is_free(from) && is_word(value.kind))?;
    Some(Entry {
        key: token.text.clone(),
        value: value.text.clone(),
        end: from + 1,
        between: vec![sign.to_owned()],
    })
}

/// "LOG_LEVEL is debug", "with STAGE set to blue": a variable by its capitals.
fn of_variable(text: &Text, claims: &Claims, at: usize) -> Option<Entry> {
    let key = text.get(at).filter(|token| claims.is_free(at) && token.kind == Kind::Word)?;
    let led = at.checked_sub(1).and_then(|before| text.word(before)).is_some_and(|word| {
        matches!(word, "set" | "with" | "mit" | "setze" | "variable" | "variables" | "env" | "var" | "vars")
    });
    let named = key.text.contains('_') || led;
    let (value, end) = stated(text, at).filter(|_| named && is_variable(&key.text))?;
    if !(at..end).all(|at| claims.is_free(at)) {
        return None;
    }
    Some(Entry { key: key.text.clone(), value, end, between: vec!["=".to_owned()] })
}

/// A name in capitals: `LOG_LEVEL`.
fn is_variable(key: &str) -> bool {
    key.len() >= 2
        && key.starts_with(|first: char| first.is_ascii_uppercase())
        && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The value that a sentence gives the key at `at`, and the index behind it: "… is debug", "… set to blue", "… auf eu".
pub(super) fn stated(text: &Text, at: usize) -> Option<(String, usize)> {
    let is_link = |at: &usize| {
        text.word(*at).is_some_and(|word| {
            matches!(
                word,
                "is" | "set"
                    | "to"
                    | "should"
                    | "be"
                    | "being"
                    | "ist"
                    | "soll"
                    | "sein"
                    | "auf"
                    | "must"
                    | "steht"
                    | "gesetzt"
                    | "env"
                    | "var"
                    | "variable"
            )
        })
    };
    let from = (at + 1..=at + 1 + MOST_LINKS).find(|at| !is_link(at))?;
    let links = (at + 1..from).filter_map(|at| text.word(at));
    let tells =
        links.clone().any(|word| matches!(word, "is" | "to" | "be" | "ist" | "sein" | "auf" | "being"));
    let value = text.get(from).filter(|token| tells && is_word(token.kind))?;
    let plain = value.kind == Kind::Quoted
        || !language::is_small_word(&value.lower) && !language::is_negation(&value.lower);
    // "is the name of that table" names no value, and "is a secret" neither.
    let of_another = matches!(text.word(from + 1), Some("of" | "from" | "der" | "des" | "von" | "aus"));
    (plain && !of_another).then(|| (value.text.clone(), from + 1))
}

/// "www should be a CNAME to x.example", "www soll auf x.example zeigen".
fn pointed(text: &Text, claims: &Claims, at: usize) -> Option<Entry> {
    let key = text.get(at).filter(|token| claims.is_free(at) && is_word(token.kind))?;
    let mut between: Vec<String> = Vec::new();
    for next in at + 1..at + 1 + REACH {
        let token = text.get(next).filter(|token| is_word(token.kind))?;
        let leads = between.last().is_some_and(|word| {
            matches!(
                word.as_str(),
                "to" | "at" | "auf" | "for" | "für" | "on" | "zu" | "address" | "adresse" | "ip"
            )
        });
        if leads && token.text.contains('.') {
            let behind = text.word(next + 1).filter(|word| points(word));
            between.extend(behind.map(str::to_owned));
            let points = between.iter().any(|word| points(word));
            let end = next + 1 + usize::from(behind.is_some());
            return points.then(|| Entry { key: key.text.clone(), value: token.text.clone(), end, between });
        }
        between.push(token.lower.clone());
    }
    None
}

/// Says that a name stands for something.
fn points(word: &str) -> bool {
    matches!(
        word,
        "point"
            | "points"
            | "pointing"
            | "resolve"
            | "resolves"
            | "resolving"
            | "cname"
            | "alias"
            | "address"
            | "adresse"
            | "ip"
            | "zeigt"
            | "zeigen"
            | "zeige"
            | "verweist"
            | "verweisen"
            | "aufgelöst"
            | "goes"
            | "leads"
            | "führt"
    )
}

fn is_word(kind: Kind) -> bool {
    matches!(kind, Kind::Word | Kind::Quoted)
}

/// The one map that an entry fits: by the shape of its value, or, where any value would do, as its example is cut.
fn map_of<'v>(grammar: &Grammar<'_>, maps: &[&'v Variable], entry: &Entry) -> Option<&'v Variable> {
    let takes = |variable: &Variable, key: &str, value: &str| {
        let one = Map::from_iter([(key.to_owned(), Json::String(value.to_owned()))]);
        grammar.takes(&variable.name, &Json::Object(one))
    };
    let is_shaped = |variable: &Variable| !takes(variable, "acme", "acme") && !takes(variable, "ACME", "1");
    let signed = entry.between.first().map(String::as_str);
    let address = entry.value.parse::<std::net::IpAddr>().is_ok();
    let told = |variable: &Variable| {
        let own = variable.name.split('_').next().unwrap_or_default();
        entry.between.iter().any(|word| word == own)
    };
    // "Domain: shop.example.com" is a line of its own, not a record.
    let may_point = signed != Some("=") && (signed != Some(":") || address);
    let fits = |variable: &&&Variable| takes(variable, &entry.key, &entry.value) && is_shaped(variable);
    let fitting: Vec<&&Variable> = maps.iter().filter(|variable| may_point && fits(variable)).collect();
    if let Some(one) = fitting.iter().find(|variable| told(variable)).or_else(|| fitting.first()) {
        return Some(**one);
    }
    let cut_alike = |variable: &&&Variable| {
        let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
        let key = example.and_then(|example| example.split('=').next());
        key.is_some_and(is_variable) && is_variable(&entry.key) && takes(variable, &entry.key, &entry.value)
    };
    (signed == Some("=")).then(|| maps.iter().find(cut_alike).copied()).flatten()
}
