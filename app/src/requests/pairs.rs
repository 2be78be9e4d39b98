//! `key=value` pairs, from commands, YAML, forms and answers, put into a draft.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Resource, Source};
use tfpilot_hcl::Type;
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::conclude::{Doubts, plain};
use super::grammar::{Grammar, NAME};
use super::inputs::{self, WRITTEN};
use super::phrases::Claims;
use super::text::Text;
use super::{environment, mentions, template, value, wiring};

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

/// Which things pairs are about whose keys name none (`orders.fifo` names one). Modules and names are always those of the
/// thing at the position, which is added where it is the next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// Inputs are those of every thing that has them.
    Every(usize),
    /// Inputs are those of the one thing.
    Only(usize),
    /// An answer about the one thing: it counts for others too that still need the same.
    Asked(usize),
}

impl Target {
    fn at(self) -> usize {
        match self {
            Target::Every(at) | Target::Only(at) | Target::Asked(at) => at,
        }
    }

    /// The things that a key is about.
    fn things(self, draft: &Draft, grammars: &[Option<Grammar<'_>>], key: &str) -> Vec<usize> {
        let at = self.at();
        let input = |at: usize| grammars.get(at)?.as_ref()?.input_of_key(key);
        let knowing = || (0..grammars.len()).filter(|thing| input(*thing).is_some());
        let lacks = |thing: &usize| {
            let input = input(*thing).unwrap_or_default();
            let variable = grammars.get(*thing).and_then(|grammar| grammar.as_ref()?.module.variable(input));
            let has = draft.resources.get(*thing).is_some_and(|thing| thing.inputs.contains_key(input));
            variable.is_some_and(|variable| variable.required()) && !has
        };
        let things: Vec<usize> = match self {
            _ if key.trim().eq_ignore_ascii_case(NAME) => Vec::new(),
            Target::Every(_) => knowing().collect(),
            Target::Asked(_) if input(at).is_none() => knowing().collect(),
            Target::Asked(_) => knowing().filter(|thing| *thing == at || lacks(thing)).collect(),
            Target::Only(_) => Vec::new(),
        };
        if things.is_empty() { vec![at] } else { things }
    }
}

/// Puts pairs into the draft; what cannot be understood is a doubt. `source` makes the source of a key.
pub(super) fn apply(
    draft: &mut Draft,
    doubts: &mut Doubts,
    target: Target,
    pairs: &[(String, Given)],
    source: &dyn Fn(&str) -> Source,
    catalog: &Catalog,
    config: &RepositoryConfig,
) {
    let at = target.at().min(draft.resources.len());
    if at == draft.resources.len() {
        draft.resources.push(Resource::default());
    }
    let is_kind = |key: &str| is_module(key) || template::is_key(key, config);
    let kinds = pairs.iter().map(|(key, given)| (things_of(draft, key), given));
    let kinds: Vec<(Vec<usize>, &str, &Given)> = kinds
        .filter(|((_, key), _)| is_kind(key))
        .map(|((named, key), given)| (named.unwrap_or_else(|| vec![at]), key, given))
        .collect();
    // The module first, wherever it stands: it says what the other keys mean.
    for at in 0..draft.resources.len() {
        let own = kinds.iter().filter(|(things, ..)| things.contains(&at));
        let own: Vec<(&str, &Given)> = own.map(|(_, key, given)| (*key, *given)).collect();
        let word = template::module_of(draft, at, doubts, &own, config);
        if let (Some(word), Some(thing)) = (word, draft.resources.get_mut(at)) {
            set_module(thing, at, doubts, &word, catalog, config);
        }
    }
    let modules = wiring::modules(draft, catalog);
    let grammars: Vec<Option<Grammar<'_>>> = modules.iter().map(|module| module.map(Grammar::new)).collect();
    for (key, given) in pairs {
        let whole = source(key);
        let (named, key) = things_of(draft, key);
        if is_kind(key) {
            continue;
        }
        let knows = |at: usize| {
            grammars
                .get(at)
                .and_then(Option::as_ref)
                .is_some_and(|grammar| grammar.input_of_key(key).is_some())
        };
        if environment::is_key(key) && !knows(at) {
            set_environment(draft, doubts, &given.text(), whole, config);
            continue;
        }
        for at in named.unwrap_or_else(|| target.things(draft, &grammars, key)) {
            let grammar = grammars.get(at).and_then(Option::as_ref);
            let wired = wired(draft, &modules, at, grammar, key, given);
            let given = wired.map_or_else(|| given.clone(), Given::Value);
            let Some(thing) = draft.resources.get_mut(at) else { continue };
            let before = thing.name.as_ref().map(|name| name.value.clone());
            set(thing, grammar, key, &given, whole.clone());
            let after = thing.name.as_ref().map(|name| name.value.clone());
            if let (Some(before), Some(after)) = (before, after) {
                wiring::renamed(draft, &before, &after);
            }
        }
    }
}

/// Whether a key means the module.
pub(super) fn is_module(key: &str) -> bool {
    matches!(key.trim().to_lowercase().as_str(), "module" | "modul")
}

/// The things that a key such as `orders.fifo` names, and the rest of the key.
fn things_of<'k>(draft: &Draft, key: &'k str) -> (Option<Vec<usize>>, &'k str) {
    let Some((word, rest)) = key.rsplit_once('.') else { return (None, key) };
    let things = draft.called(word.trim());
    if things.is_empty() { (None, key) } else { (Some(things), rest) }
}

/// The value of words that name outputs of other things.
fn wired(
    draft: &Draft,
    modules: &[Option<&Module>],
    at: usize,
    grammar: Option<&Grammar<'_>>,
    key: &str,
    given: &Given,
) -> Option<Json> {
    let Given::Text(text) = given else { return None };
    wiring::read(draft, modules, at, grammar?.input_of_key(key)?, text)
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
                    let plain = value::parse(grammar, input, text);
                    let said = || said(grammar, input, key, text);
                    if grammar.takes(input, &plain) { plain } else { said().unwrap_or(plain) }
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

/// A value in words, as the line it would be in a text: "dedup: by content", "keep: last 10 images".
fn said(grammar: &Grammar<'_>, input: &str, key: &str, words: &str) -> Option<Json> {
    [format!("{key}: {words}"), format!("{key} {words}")].into_iter().find_map(|line| {
        let text = Text::new(&line);
        let read = inputs::read(&text, grammar, &mut Claims::new(&text));
        let value = read.values.get(input)?.value.clone();
        grammar.takes(input, &value).then_some(value)
    })
}

/// The module of an id, a name, a title or one of its words.
pub(super) fn module_of<'m>(
    word: &str,
    catalog: &'m Catalog,
    config: &RepositoryConfig,
) -> Option<&'m Module> {
    let word = word.trim().trim_matches('`');
    let offered = mentions::offered(catalog, config);
    let plain = |letter: char| if letter == '-' { ' ' } else { letter };
    let wanted: Vec<char> = word.chars().flat_map(char::to_lowercase).map(plain).collect();
    let same = |known: &str| known.chars().flat_map(char::to_lowercase).map(plain).eq(wanted.iter().copied());
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
