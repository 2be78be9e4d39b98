//! `key=value` pairs, from commands, YAML, forms and answers, put into a draft.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Source};
use tfpilot_hcl::Type;
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::conclude::{Doubts, plain};
use super::grammar::{Grammar, NAME};
use super::inputs::WRITTEN;
use super::{environment, intent, template, value};

/// A value of a pair: text to be read, or already a value.
#[derive(Debug, Clone)]
pub(super) enum Given {
    Text(String),
    Value(Json),
}

impl Given {
    pub(super) fn text(&self) -> String {
        match self {
            Given::Text(text) => text.trim().to_owned(),
            Given::Value(value) => plain(value),
        }
    }

    /// Nothing, which takes a value back.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Given::Text(text) => text.trim().is_empty(),
            Given::Value(value) => value.is_null(),
        }
    }
}

/// Puts pairs into the draft; what cannot be understood is a doubt. `source` makes the source of a key.
pub(super) fn apply(
    draft: &mut Draft,
    doubts: &mut Doubts,
    pairs: &[(String, Given)],
    source: &dyn Fn(&str) -> Source,
    catalog: &Catalog,
    config: &RepositoryConfig,
) {
    let is_module = |key: &str| matches!(key.trim().to_lowercase().as_str(), "module" | "modul");
    let pairs = template::expanded(draft, doubts, pairs, config);
    // The module first, wherever it stands: it says what the other keys mean.
    for (_, given) in pairs.iter().filter(|(key, _)| is_module(key)) {
        set_module(draft, doubts, &given.text(), catalog, config);
    }
    let module = draft.module.as_deref().and_then(|id| catalog.find(id));
    let grammar = module.map(Grammar::new);
    for (key, given) in pairs.iter().filter(|(key, _)| !is_module(key)) {
        let input = grammar.as_ref().and_then(|grammar| grammar.input_of_key(key));
        match (input, &grammar) {
            (Some(NAME), _) => set_name(draft, given, source(key)),
            (Some(input), Some(grammar)) => {
                let value = match given {
                    Given::Text(text) => value::parse(grammar, input, text),
                    // YAML keeps `no` and quoted numbers as text.
                    Given::Value(Json::String(text)) if grammar.type_of(input) != Type::String => {
                        value::parse(grammar, input, text)
                    }
                    Given::Value(value) => value.clone(),
                };
                set_input(draft, input, given.is_empty(), value, source(key));
            }
            _ if environment::is_key(key) => {
                set_environment(draft, doubts, &given.text(), source(key), config)
            }
            _ if key.trim().eq_ignore_ascii_case(NAME) => set_name(draft, given, source(key)),
            // Kept as it was written: the question about it offers the key that was meant.
            _ => {
                let key: String = key.trim().chars().filter(|letter| !letter.is_control()).take(80).collect();
                let value = match given {
                    Given::Text(text) => Json::String(text.clone()),
                    Given::Value(value) => value.clone(),
                };
                set_input(draft, &key, given.is_empty(), value, source(&key));
            }
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
    let offered = intent::offered(catalog, config);
    let same = |known: &str| known.to_lowercase().replace('-', " ") == word.to_lowercase().replace('-', " ");
    let by_id = offered.iter().find(|module| same(&module.id.to_string()));
    let mut named = offered.iter().filter(|module| {
        same(module.id.name()) || same(&module.title) || module.words.iter().any(|known| same(known))
    });
    by_id.or_else(|| named.next().filter(|_| named.next().is_none())).copied()
}

fn set_module(
    draft: &mut Draft,
    doubts: &mut Doubts,
    word: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) {
    match module_of(word, catalog, config) {
        Some(module) => {
            let id = module.id.to_string();
            // Another module has other inputs; those of one name are kept.
            if draft.module.as_ref().is_some_and(|known| *known != id) {
                draft.inputs.retain(|input, _| module.variable(input).is_some());
            }
            draft.module = Some(id);
            draft.module_version = Some(module.version.clone());
        }
        None => {
            draft.module = None;
            draft.module_version = None;
            let word: String = word.chars().take(80).collect();
            let near: Vec<String> = catalog
                .nearest(&word)
                .into_iter()
                .map(|module| module.id.to_string())
                .filter(|id| !config.catalog.hide.contains(id))
                .collect();
            if !near.is_empty() {
                doubts.choices.insert("module".to_owned(), near);
            }
            doubts.problems.insert("module".to_owned(), format!("the catalog has no module {word}"));
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
    doubts.choices.insert("environment".to_owned(), environment::choices(config, Some(&word)));
    doubts.problems.insert("environment".to_owned(), format!("there is no environment {word}"));
}

fn set_name(draft: &mut Draft, given: &Given, source: Source) {
    let name = given.text().trim_matches('`').to_owned();
    draft.name = (!name.is_empty()).then_some(Filled { value: name, source, confidence: WRITTEN });
}

fn set_input(draft: &mut Draft, input: &str, empty: bool, value: Json, source: Source) {
    if empty {
        draft.inputs.remove(input);
    } else {
        draft.inputs.insert(input.to_owned(), Filled { value, source, confidence: WRITTEN });
    }
}
