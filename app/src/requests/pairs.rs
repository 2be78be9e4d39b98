//! `key=value` pairs, from commands, YAML, forms and answers, put into a draft.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Resource, Source};
use tfpilot_hcl::Type;
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::conclude::{Doubts, plain};
use super::grammar::{Grammar, NAME};
use super::inputs::WRITTEN;
use super::{environment, mentions, value};

/// A value of a pair: text to be read, or already a value.
#[derive(Debug, Clone)]
pub(super) enum Given {
    Text(String),
    Value(Json),
}

impl Given {
    fn text(&self) -> String {
        match self {
            Given::Text(text) => text.trim().to_owned(),
            Given::Value(value) => plain(value),
        }
    }

    /// Nothing, which takes a value back.
    fn is_empty(&self) -> bool {
        match self {
            Given::Text(text) => text.trim().is_empty(),
            Given::Value(value) => value.is_null(),
        }
    }
}

/// Puts pairs into the draft; what cannot be understood is a doubt. `source` makes the source of a key. A key may name its
/// thing (`orders.fifo`); else its module and name are those of the thing at `at`, and its inputs those of every thing
/// that has them.
pub(super) fn apply(
    draft: &mut Draft,
    doubts: &mut Doubts,
    at: usize,
    pairs: &[(String, Given)],
    source: &dyn Fn(&str) -> Source,
    catalog: &Catalog,
    config: &RepositoryConfig,
) {
    let at = at.min(draft.resources.len());
    if at == draft.resources.len() {
        draft.resources.push(Resource::default());
    }
    let is_module = |key: &str| matches!(key.trim().to_lowercase().as_str(), "module" | "modul");
    // The module first, wherever it stands: it says what the other keys mean.
    for (_, given) in pairs.iter().filter(|(key, _)| is_module(key)) {
        if let Some(thing) = draft.resources.get_mut(at) {
            set_module(thing, at, doubts, &given.text(), catalog, config);
        }
    }
    let modules: Vec<Option<&Module>> =
        draft.resources.iter().map(|thing| thing.module.as_deref().and_then(|id| catalog.find(id))).collect();
    let grammars: Vec<Option<Grammar<'_>>> =
        modules.into_iter().map(|module| module.map(Grammar::new)).collect();
    for (key, given) in pairs.iter().filter(|(key, _)| !is_module(key)) {
        let whole = source(key);
        let (named, key) = thing_of(draft, key);
        let knows = |grammar: &Option<Grammar<'_>>| {
            grammar.as_ref().is_some_and(|grammar| grammar.input_of_key(key).is_some())
        };
        if environment::is_key(key) && !grammars.get(at).is_some_and(knows) {
            set_environment(draft, doubts, &given.text(), whole, config);
            continue;
        }
        let is_name = key.trim().eq_ignore_ascii_case(NAME);
        let every: Vec<usize> =
            (0..grammars.len()).filter(|at| grammars.get(*at).is_some_and(knows)).collect();
        let things = match named {
            Some(thing) => vec![thing],
            None if is_name || every.is_empty() => vec![at],
            None => every,
        };
        for at in things {
            let (Some(thing), Some(grammar)) = (draft.resources.get_mut(at), grammars.get(at)) else {
                continue;
            };
            set(thing, grammar.as_ref(), key, given, whole.clone());
        }
    }
}

/// The thing that a key such as `orders.fifo` names, and the rest of the key.
fn thing_of<'k>(draft: &Draft, key: &'k str) -> (Option<usize>, &'k str) {
    let Some((name, rest)) = key.rsplit_once('.') else { return (None, key) };
    let is_named = |thing: &Resource| thing.name.as_ref().is_some_and(|known| known.value == name.trim());
    match draft.resources.iter().position(is_named) {
        Some(at) => (Some(at), rest),
        None => (None, key),
    }
}

/// Puts one pair into a thing.
fn set(thing: &mut Resource, grammar: Option<&Grammar<'_>>, key: &str, given: &Given, source: Source) {
    let input = grammar.and_then(|grammar| grammar.input_of_key(key));
    match (input, grammar) {
        (Some(NAME), _) => set_name(thing, given, source),
        (Some(input), Some(grammar)) => {
            let value = match given {
                Given::Text(text) => value::parse(grammar, input, text),
                // YAML keeps `no` and quoted numbers as text.
                Given::Value(Json::String(text)) if grammar.type_of(input) != Type::String => {
                    value::parse(grammar, input, text)
                }
                Given::Value(value) => value.clone(),
            };
            set_input(thing, input, given.is_empty(), value, source);
        }
        _ if key.trim().eq_ignore_ascii_case(NAME) => set_name(thing, given, source),
        // Kept as it was written: the question about it offers the key that was meant.
        _ => {
            let key: String = key.trim().chars().filter(|letter| !letter.is_control()).take(80).collect();
            let value = match given {
                Given::Text(text) => Json::String(text.clone()),
                Given::Value(value) => value.clone(),
            };
            set_input(thing, &key, given.is_empty(), value, source);
        }
    }
}

/// The module of an id, a name, a title or one of its words.
pub(super) fn module_of<'m>(
    word: &str,
    catalog: &'m Catalog,
    config: &RepositoryConfig,
) -> Option<&'m Module> {
    let word = word.trim().trim_matches('`');
    let offered = mentions::offered(catalog, config);
    let same = |known: &str| known.to_lowercase().replace('-', " ") == word.to_lowercase().replace('-', " ");
    let by_id = offered.iter().find(|module| same(&module.id.to_string()));
    let mut named = offered.iter().filter(|module| {
        same(module.id.name()) || same(&module.title) || module.words.iter().any(|known| same(known))
    });
    by_id.or_else(|| named.next().filter(|_| named.next().is_none())).copied()
}

fn set_module(
    thing: &mut Resource,
    at: usize,
    doubts: &mut Doubts,
    word: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) {
    match module_of(word, catalog, config) {
        Some(module) => {
            let id = module.id.to_string();
            // Another module has other inputs; those of one name are kept.
            if thing.module.as_ref().is_some_and(|known| *known != id) {
                thing.inputs.retain(|input, _| module.variable(input).is_some());
            }
            thing.module = Some(id);
            thing.module_version = Some(module.version.clone());
        }
        None => {
            thing.module = None;
            thing.module_version = None;
            let word: String = word.chars().take(80).collect();
            let near: Vec<String> = catalog
                .nearest(&word)
                .into_iter()
                .map(|module| module.id.to_string())
                .filter(|id| !config.catalog.hide.contains(id))
                .collect();
            if !near.is_empty() {
                doubts.offer(at, "module", near);
            }
            doubts.object(at, "module", format!("the catalog has no module {word}"));
        }
    }
}

fn set_environment(
    draft: &mut Draft,
    doubts: &mut Doubts,
    word: &str,
    source: Source,
    config: &RepositoryConfig,
) {
    let named = config.environment(word);
    draft.environment =
        named.map(|(name, _)| Filled { value: EnvironmentName::new(name), source, confidence: WRITTEN });
    if named.is_none() && !word.is_empty() {
        unknown_environment(doubts, word, config);
    }
}

/// Notes that a word is no environment, and what may have been meant.
pub(super) fn unknown_environment(doubts: &mut Doubts, word: &str, config: &RepositoryConfig) {
    let word: String = word.chars().take(80).collect();
    doubts.offer(0, "environment", environment::choices(config, Some(&word)));
    doubts.object(0, "environment", format!("there is no environment {word}"));
}

fn set_name(thing: &mut Resource, given: &Given, source: Source) {
    let name = given.text().trim_matches('`').to_owned();
    thing.name = (!name.is_empty()).then_some(Filled { value: name, source, confidence: WRITTEN });
}

fn set_input(thing: &mut Resource, input: &str, empty: bool, value: Json, source: Source) {
    if empty {
        thing.inputs.remove(input);
    } else {
        thing.inputs.insert(input.to_owned(), Filled { value, source, confidence: WRITTEN });
    }
}
