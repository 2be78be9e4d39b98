//! What of a model's answer counts. It is nobody's word: each value is looked at as a stranger's would be, and what does
//! not fit in any way is left out.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, Suggestion};
use tfpilot_hcl::{Type, Variable};
use tfpilot_modules::{Catalog, Module};

use super::module_of;
use super::schema::{askable, key};

/// Suggestions of one answer.
const MOST: usize = 40;

/// Characters of the words that are named for a value.
const MOST_WORDS: usize = 200;

/// Characters of a value as JSON.
const MOST_VALUE: usize = 1_000;

/// The values of an answer that count: of inputs that were asked for, in the types that were asked for, with words that
/// the text really has, and as the module takes them. Text that nobody wrote is none of them.
pub(crate) fn accepted(draft: &Draft, text: &str, answer: &Json, catalog: &Catalog) -> Vec<Suggestion> {
    let said = Said { exact: spaced(text), plain: plain(text) };
    let mut found = Vec::new();
    for (at, thing) in draft.resources.iter().enumerate() {
        let Some(module) = module_of(thing, catalog) else { continue };
        let Some(given) = answer.get(key(at)).and_then(Json::as_object) else { continue };
        for variable in askable(thing, module) {
            let Some((value, words)) =
                given.get(&variable.name).and_then(|it| judged(module, variable, it, &said))
            else {
                continue;
            };
            let (module, input) = (module.id.to_string(), variable.name.clone());
            found.push(Suggestion { resource: at, module, input, value, words });
        }
    }
    found.truncate(MOST);
    found
}

/// A text as its words are compared, and as texts in values are.
struct Said {
    exact: String,
    plain: String,
}

/// One value with its words, converted as the module takes it.
fn judged(module: &Module, variable: &Variable, given: &Json, said: &Said) -> Option<(Json, String)> {
    let (value, words) = (given.get("value")?, given.get("words")?.as_str()?);
    let is_said = words.chars().count() <= MOST_WORDS && holds(&said.plain, &plain(words));
    let is_short = value.to_string().len() <= MOST_VALUE;
    if !is_said || !is_short || !has_type(&variable.ty, value) {
        return None;
    }
    let is_closed = module.choices(&variable.name).is_some()
        || module.hints(&variable.name).is_some_and(|hints| hints.one_of.is_some());
    if !is_closed && !texts(value).into_iter().all(|it| holds(&said.exact, &spaced(it))) {
        return None;
    }
    let value = module.convert_input(&variable.name, value).ok()?;
    Some((value, spaced(words)))
}

/// Exactly the type that was asked for: nothing is made of a text that looks like a number.
fn has_type(ty: &Type, value: &Json) -> bool {
    match ty {
        Type::String => value.is_string(),
        Type::Number => value.is_number(),
        Type::Bool => value.is_boolean(),
        Type::List(item) | Type::Set(item) => value
            .as_array()
            .is_some_and(|items| !items.is_empty() && items.iter().all(|value| has_type(item, value))),
        _ => false,
    }
}

/// The texts in a value.
fn texts(value: &Json) -> Vec<&str> {
    match value {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A text with single spaces.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as words are compared: also in lower case.
pub(super) fn plain(text: &str) -> String {
    spaced(&text.to_lowercase())
}

/// Whether two quotes of one text, as they are compared, have words in common: one holds the other, or the end of one,
/// two words at least, is the beginning of the other.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    let meet = |first: &str, second: &str| {
        let (first, second): (Vec<&str>, Vec<&str>) =
            (first.split(' ').collect(), second.split(' ').collect());
        (2..first.len().min(second.len())).any(|length| {
            first.get(first.len() - length..).is_some_and(|end| second.get(..length) == Some(end))
        })
    };
    holds(one, other) || holds(other, one) || meet(one, other) || meet(other, one)
}

/// Whether whole words stand in a text.
pub(super) fn holds(text: &str, words: &str) -> bool {
    if words.is_empty() {
        return false;
    }
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|tail| tail.chars().next());
        let begins = !(is_part(before) && is_part(words.chars().next()));
        begins && !(is_part(after) && is_part(words.chars().next_back()))
    })
}
