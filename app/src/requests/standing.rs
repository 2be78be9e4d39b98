//! What is wanted of things that exist: a change, a removal, a promotion, an answer; told apart from something new.

use std::collections::BTreeMap;
use std::ops::Range;

use tfpilot_engine::{Draft, EnvironmentName, Filled, Resource, Source, Wish};
use tfpilot_modules::Catalog;

use super::conclude::Doubts;
use super::existing::{self, Existing, Met};
use super::free::{Understood, set_inputs};
use super::inputs::{INTRODUCED, PLACED};
use super::mentions::{ENOUGH, Mention};
use super::phrases::Claims;
use super::text::Text;
use super::things::{self, Thing};
use super::{change, environment, language, wishes};

/// What is wanted of things that exist, or to be known; none where something new is asked for.
pub(super) fn read(
    text: &Text,
    existing: &[Existing],
    mentions: &[Mention<'_>],
    environments: &environment::Found,
    catalog: &Catalog,
    addressed: bool,
) -> Option<Understood> {
    let named: Vec<String> = environments.in_order();
    let met = existing::met(text, existing, mentions, environments);
    let found = |wish| {
        Understood::Other(wish, named.first().map(|name| EnvironmentName::new(name.as_str())), Vec::new())
    };
    if met.is_empty() {
        let nouns: Vec<usize> = (0..text.tokens.len())
            .filter(|at| {
                let known = mentions.iter().any(|mention| mention.tokens.contains(at));
                let is_one = |word: &str| {
                    language::is_infrastructure(word)
                        || word.strip_suffix('s').is_some_and(language::is_infrastructure)
                };
                known || text.word(*at).is_some_and(is_one)
            })
            .filter_map(|at| text.get(at).map(|token| token.sentence))
            .collect();
        let names_us =
            text.tokens.iter().any(|token| matches!(token.lower.as_str(), "bot" | "tfpilot" | "@tfpilot"));
        let to_us = addressed || names_us;
        if wishes::ends_something(text, &nouns) {
            return Some(if to_us { found(Wish::Remove) } else { Understood::Nothing });
        }
        return wishes::of_nothing(text, &nouns, to_us).map(found);
    }
    if let Some(same) = same_elsewhere(text, &met, environments) {
        return Some(same);
    }
    let claims = environments.claims(text);
    if asks_anew(text, mentions, &claims, |name| !is_met(&met, name)) {
        return None;
    }
    let wish = wishes::of_existing(text, &met, &named);
    // "a queue called orders in prod" is a new one, though there is one of the name, above all where it is elsewhere.
    let elsewhere = !named.is_empty() && met.iter().all(|met| !named.contains(&met.thing.environment));
    let wish = match wish {
        Wish::Change if becomes_promotion(text, &met, environments, catalog) => Wish::Promote,
        wish => wish,
    };
    if wish == Wish::Change && (elsewhere || asks_anew(text, mentions, &claims, |_| true)) {
        return None;
    }
    let met = wishes::meant(text, wish, met);
    let environment = match wish {
        Wish::Promote => wishes::target(&met, &named),
        Wish::Question => named.first().cloned(),
        _ => met.first().map(|met| met.thing.environment.clone()),
    };
    let places = existing::places(&met);
    let taken: Vec<Range<usize>> = met.iter().map(|met| met.tokens.clone()).collect();
    // "multi-AZ isn't needed any more" takes away a switch, not the thing.
    let switches = || {
        met.iter()
            .any(|met| !wished(text, Wish::Change, met, &taken, environments, catalog).inputs.is_empty())
    };
    let wish =
        if wish == Wish::Remove && !wishes::removes_surely(text) && switches() { Wish::Change } else { wish };
    let things: Vec<Resource> =
        met.iter().map(|met| wished(text, wish, met, &taken, environments, catalog)).collect();
    // A name in passing, or in a report of what fails, wishes nothing.
    let changes_nothing = wish == Wish::Change && things.iter().all(|thing| thing.inputs.is_empty());
    if changes_nothing && !addressed && !wishes::asks(text) {
        return Some(Understood::Nothing);
    }
    let acts = matches!(wish, Wish::Change | Wish::Remove | Wish::RollBack);
    if acts && places.len() > 1 {
        return Some(Understood::Somewhere(wish, places, things));
    }
    Some(Understood::Other(wish, environment.map(|name| EnvironmentName::new(name.as_str())), things))
}

/// "ledger in prod as well, please": what exists, wanted where it is not, with nothing of it to be otherwise.
fn becomes_promotion(
    text: &Text,
    met: &[Met<'_>],
    environments: &environment::Found,
    catalog: &Catalog,
) -> bool {
    let Some(target) = wishes::target(met, &environments.in_order()) else { return false };
    let taken: Vec<Range<usize>> = met.iter().map(|met| met.tokens.clone()).collect();
    wishes::wants_also(text)
        && met.iter().all(|met| {
            !met.places.contains(&target)
                && wished(text, Wish::Change, met, &taken, environments, catalog).inputs.is_empty()
        })
}

fn is_met(met: &[Met<'_>], name: &str) -> bool {
    met.iter().any(|met| met.thing.name.to_lowercase() == name)
}

/// "the same as acme-invoices, but in prod": what exists, asked for once more in another environment.
fn same_elsewhere(text: &Text, met: &[Met<'_>], environments: &environment::Found) -> Option<Understood> {
    let ([only], Some(target)) = (met, wishes::target(met, &environments.in_order())) else { return None };
    if !wishes::wants_the_same(text) {
        return None;
    }
    let source = Source::Text(text.quote(only.tokens.clone()));
    let filled = |value: &serde_json::Value| Filled {
        value: value.clone(),
        source: source.clone(),
        confidence: PLACED,
    };
    let name = Filled { value: only.thing.name.clone(), source: source.clone(), confidence: PLACED };
    let resource = Resource {
        module: Some(only.thing.module.clone()),
        module_version: None,
        name: Some(name),
        inputs: only.thing.inputs.iter().map(|(input, value)| (input.clone(), filled(value))).collect(),
    };
    let environment =
        Filled { value: EnvironmentName::new(target), source: source.clone(), confidence: PLACED };
    Some(Understood::Request(Box::new(Draft::of(Some(environment), resource)), Doubts::default()))
}

/// "a queue orders-v2 beside orders": something of a name that counts is asked for as a new one.
fn asks_anew(text: &Text, mentions: &[Mention<'_>], claims: &Claims, counts: impl Fn(&str) -> bool) -> bool {
    let asked = |thing: &Thing<'_>| {
        let mention = mentions.iter().find(|mention| mention.tokens == thing.noun);
        mention.is_some_and(|mention| mention.score > ENOUGH)
            && (1..=3)
                .filter_map(|back| text.word(thing.noun.start.checked_sub(back)?))
                .any(language::is_indefinite)
    };
    let named = |thing: &Thing<'_>| {
        thing.name.and_then(|name| text.get(name)).is_some_and(|token| counts(&token.lower))
    };
    things::read(text, mentions, claims).iter().any(|thing| named(thing) && asked(thing))
}

/// One thing of a wish, with the inputs that shall be otherwise.
fn wished(
    text: &Text,
    wish: Wish,
    met: &Met<'_>,
    taken: &[Range<usize>],
    environments: &environment::Found,
    catalog: &Catalog,
) -> Resource {
    let thing = met.thing;
    let name = Filled {
        value: thing.name.clone(),
        source: Source::Text(text.quote(met.tokens.clone())),
        confidence: INTRODUCED,
    };
    let mut resource = Resource {
        module: Some(thing.module.clone()),
        module_version: None,
        name: Some(name),
        inputs: BTreeMap::new(),
    };
    let changes = matches!(wish, Wish::Change | Wish::Promote | Wish::Import);
    let Some(module) = catalog.find(&thing.module).filter(|_| changes) else { return resource };
    let mut claims = environments.claims(text);
    taken.iter().for_each(|tokens| claims.take(tokens.clone()));
    let found = change::read(text, module, thing, &met.tokens, wish == Wish::Import, &mut claims);
    set_inputs(&mut resource, 0, &mut Doubts::default(), found);
    // What it has already is no change.
    resource.inputs.retain(|input, filled| thing.inputs.get(input) != Some(&filled.value));
    resource
}
