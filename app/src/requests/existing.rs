//! Things that exist already and are named in a text: what a change, a removal or a question is about.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfpilot_engine::{EnvironmentName, Filled, Reading, Resource, Source, Wish};

use super::command::Upgrade;

use super::mentions::Mention;
use super::text::{Kind, Text};
use super::{environment, language};

/// Things beyond this many are not looked for.
const MOST: usize = 20_000;

/// One thing that exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Existing {
    /// Id of its module.
    pub module: String,
    /// Its name.
    pub name: String,
    /// Its environment.
    pub environment: String,
    /// What it was asked for with.
    #[serde(default)]
    pub inputs: BTreeMap<String, Json>,
}

/// An existing thing in a text.
#[derive(Debug, Clone)]
pub(super) struct Met<'e> {
    pub(super) thing: &'e Existing,
    /// Where it is named first.
    pub(super) tokens: Range<usize>,
    /// The sentences that name it.
    pub(super) sentences: Vec<usize>,
    /// The environments that have one of its name and module, where the text leaves it open which of them is meant.
    pub(super) places: Vec<String>,
}

/// The environments in which all of what a text is about can be; one where it is clear.
pub(super) fn places(met: &[Met<'_>]) -> Vec<String> {
    let mut met = met.iter();
    let mut places = met.next().map(|first| first.places.clone()).unwrap_or_default();
    for other in met {
        let shared: Vec<String> =
            places.iter().filter(|place| other.places.contains(place)).cloned().collect();
        if !shared.is_empty() {
            places = shared;
        }
    }
    places
}

/// The things that a text names, in its order. Of those of one name the environment and the nouns beside it decide.
pub(super) fn met<'e>(
    text: &Text,
    existing: &'e [Existing],
    mentions: &[Mention<'_>],
    environments: &environment::Found,
) -> Vec<Met<'e>> {
    let mut named: Vec<(Range<usize>, Vec<&Existing>)> = Vec::new();
    for (at, token) in text.tokens.iter().enumerate() {
        if !matches!(token.kind, Kind::Word | Kind::Quoted) || is_denied(text, at) {
            continue;
        }
        let things: Vec<&Existing> =
            existing.iter().take(MOST).filter(|thing| is_name(&token.lower, &thing.name)).collect();
        let known = named.iter().any(|(_, known)| {
            known.first().map(|thing| &thing.name) == things.first().map(|thing| &thing.name)
        });
        if !things.is_empty() && !known {
            named.push((at..at + 1, things));
        }
    }
    let sentences = |name: &str| -> Vec<usize> {
        let named = text.tokens.iter().filter(|token| is_name(&token.lower, name));
        named.map(|token| token.sentence).collect()
    };
    let mut met = Vec::new();
    for (tokens, mut things) in named {
        // "delete it in dev. Keep the stage one!"
        let named_in: Vec<usize> = things.first().map(|thing| sentences(&thing.name)).unwrap_or_default();
        let beside = environments.in_sentences(text, &named_in);
        keep(&mut things, |thing| beside.contains(&thing.environment));
        let anywhere = environments.in_order();
        keep(&mut things, |thing| anywhere.contains(&thing.environment));
        let near = |mention: &&Mention<'_>| mention.tokens.start.abs_diff(tokens.start) <= NEAR;
        let nouns: Vec<String> =
            mentions.iter().filter(near).map(|mention| mention.module.id.to_string()).collect();
        keep(&mut things, |thing| nouns.contains(&thing.module));
        met.extend(things.first().map(|thing| Met {
            thing,
            tokens: tokens.clone(),
            sentences: sentences(&thing.name),
            places: {
                let same = things.iter().filter(|other| other.module == thing.module);
                same.map(|other| other.environment.clone()).collect()
            },
        }));
    }
    met
}

/// Tokens between a name and the noun that belongs to it.
const NEAR: usize = 8;

/// Narrows down where something is left.
fn keep(things: &mut Vec<&Existing>, fits: impl Fn(&Existing) -> bool) {
    if things.iter().any(|thing| fits(thing)) {
        things.retain(|thing| fits(thing));
    }
}

/// `/tfpilot upgrade acme-invoices dev`: the thing of the name; none where there is none, or one in several places.
pub(super) fn upgrade(order: &Upgrade, existing: &[Existing]) -> Reading {
    let is_there = |thing: &&Existing| {
        let place = order.environment.as_ref();
        thing.name.eq_ignore_ascii_case(&order.name)
            && place.is_none_or(|place| thing.environment.eq_ignore_ascii_case(place))
    };
    let found: Vec<&Existing> = existing.iter().filter(is_there).collect();
    let environment = match found.as_slice() {
        [first, others @ ..] if others.iter().all(|other| other.environment == first.environment) => {
            Some(&first.environment)
        }
        _ => order.environment.as_ref(),
    };
    let named = |thing: &&Existing| {
        let source = Source::Command(format!("upgrade {}", order.name));
        let name = Filled { value: thing.name.clone(), source, confidence: 100 };
        Resource { module: Some(thing.module.clone()), name: Some(name), ..Resource::default() }
    };
    Reading::Other {
        wish: Wish::Upgrade,
        environment: environment.map(|place| EnvironmentName::new(place.as_str())),
        things: found.iter().map(named).collect(),
        question: None,
        known: Vec::new(),
    }
}

fn is_name(word: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    word == name || word.strip_suffix("'s").is_some_and(|word| word == name)
}

/// "not the coupons-archive one"
fn is_denied(text: &Text, at: usize) -> bool {
    (1..=2)
        .filter_map(|back| text.word(at.checked_sub(back)?))
        .take_while(|word| language::is_definite(word) || language::is_negation(word))
        .any(|word| matches!(word, "not" | "nicht"))
}
