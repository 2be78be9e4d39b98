//! Links between the things of one request: "a queue orders-in that the topic delivers to". An input that a module may
//! take from another one is filled with the other's output where the text ties the two together.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tfpilot_engine::{Filled, Resource, Source};
use tfpilot_hcl::Type;

use super::grammar::Grammar;
use super::inputs::{PLACED, SURE};
use super::language;
use super::text::Text;
use super::things::{self, Of, Thing};

/// Words between a thing and the variable that holds it.
const NEAR: usize = 6;

/// What points back at something.
const POINTS: &[&str] = &[
    "it",
    "that",
    "this",
    "these",
    "its",
    "them",
    "they",
    "same",
    "first",
    "latter",
    "former",
    "which",
    "whose",
    "darin",
    "dort",
    "dafür",
    "damit",
    "dazu",
    "diese",
    "dieser",
    "diesen",
    "diesem",
    "dieses",
    "derselben",
    "denselben",
    "selben",
    "deren",
    "dessen",
    "->",
    "→",
];

/// Fills inputs of things with outputs of others.
pub(super) fn link(text: &Text, things: &[Thing<'_>], of: &[Of], resources: &mut [Resource]) {
    let nouns: Vec<BTreeSet<String>> = things.iter().map(|thing| things::nouns_of(text, thing)).collect();
    let ties = Ties { text, things, of, nouns };
    let names: Vec<Option<String>> =
        resources.iter().map(|resource| resource.name.as_ref().map(|name| name.value.clone())).collect();
    // What is said with others first: a role that has actions takes the queue, and the queue then not the role.
    for (first, at) in
        [true, false].into_iter().flat_map(|first| (0..things.len()).map(move |at| (first, at)))
    {
        let Some(thing) = things.get(at) else { continue };
        let grammar = Grammar::new(thing.module);
        for variable in &thing.module.variables {
            let Some(hints) = grammar.hints(&variable.name) else { continue };
            let has = |input: &String| {
                resources.get(at).is_some_and(|resource| resource.inputs.contains_key(input))
            };
            if hints.beside.is_empty() == first || !hints.beside.iter().all(has) {
                continue;
            }
            let is_given = resources.get(at).is_none_or(|resource| {
                resource.inputs.get(&variable.name).is_some_and(|filled| filled.confidence >= SURE)
            });
            if hints.from.is_empty() || is_given {
                continue;
            }
            let of_module = |other: &usize| {
                let module = things.get(*other).map(|other| other.module.id.to_string());
                *other != at && module.is_some_and(|module| hints.from.contains_key(&module))
            };
            let candidates: Vec<usize> = (0..things.len()).filter(of_module).collect();
            let list = matches!(variable.ty, Type::List(_) | Type::Set(_));
            let is_map = matches!(variable.ty, Type::Map(_));
            // A thing that one input took is not taken by the next: a group may use a key or administer it.
            let taken = |other: &usize| {
                let name = names.get(*other).cloned().flatten();
                resources.get(at).is_some_and(|resource| {
                    resource.inputs.values().any(|filled| points_at(&filled.value, name.as_deref()))
                })
            };
            // Neither can be made first of two that take each other.
            let takes_this = |other: &usize| {
                let name = names.get(at).cloned().flatten();
                resources.get(*other).is_some_and(|resource| {
                    resource.inputs.values().any(|filled| points_at(&filled.value, name.as_deref()))
                })
            };
            let tied: Vec<usize> = candidates
                .iter()
                .copied()
                .filter(|other| !taken(other) && !takes_this(other) && ties.are_tied(at, *other))
                .collect();
            let linked = match tied.as_slice() {
                [] if variable.required() && candidates.len() == 1 => candidates,
                [] => continue,
                several if list => several.to_vec(),
                [first, ..] => vec![*first],
            };
            let value = |other: &usize| {
                let module = things.get(*other)?.module.id.to_string();
                let output = hints.from.get(&module)?;
                let name = names.get(*other)?.clone()?;
                Some((json!({ "from": name, "output": output }), output.clone()))
            };
            let values: Vec<(Json, String)> = linked.iter().filter_map(value).collect();
            let Some((first, output)) = values.first().cloned() else { continue };
            // An output of several values is a list already.
            let outputs =
                linked.first().and_then(|other| things.get(*other)).map(|other| &other.module.outputs);
            let is_list = |output: &str| {
                outputs
                    .is_some_and(|outputs| outputs.iter().any(|known| known.name == output && known.is_list))
            };
            let whole = !list || is_list(&output);
            let value = if whole { first } else { values.into_iter().map(|(value, _)| value).collect() };
            let said = linked.first().and_then(|other| names.get(*other)?.clone()).unwrap_or_default();
            // "it gets the secret as SIGNING_KEY"
            let value = match linked.first().filter(|_| is_map) {
                Some(other) => match ties.key_beside(at, *other) {
                    Some(key) => json!({ key: value }),
                    None => continue,
                },
                None => value,
            };
            if let Some(resource) = resources.get_mut(at) {
                let filled = Filled { value, source: Source::Text(said), confidence: PLACED };
                resource.inputs.insert(variable.name.clone(), filled);
            }
        }
    }
    likewise(text, things, of, resources);
    forget_pointers(resources);
}

/// "queue a-in which gets everything from that topic; queue b-in, same": taken wherever the one before it is taken.
fn likewise(text: &Text, things: &[Thing<'_>], of: &[Of], resources: &mut [Resource]) {
    let name = |resources: &[Resource], at: usize| Some(resources.get(at)?.name.as_ref()?.value.clone());
    for at in 1..things.len() {
        let says_so = (0..text.tokens.len()).any(|token| {
            of.get(token) == Some(&Of::One(at))
                && matches!(
                    text.word(token),
                    Some("same" | "ditto" | "likewise" | "dito" | "ebenso" | "desgleichen")
                )
        });
        let same = |other: &Thing<'_>| things.get(at).is_some_and(|thing| thing.module.id == other.module.id);
        if !says_so || !things.get(at - 1).is_some_and(same) {
            continue;
        }
        let (Some(before), Some(own)) = (name(resources, at - 1), name(resources, at)) else { continue };
        for filled in resources.iter_mut().flat_map(|resource| resource.inputs.values_mut()) {
            let Some(values) = filled.value.as_array_mut() else { continue };
            let taken = values.iter().find(|value| points_at(value, Some(&before))).cloned();
            if let Some(mut taken) =
                taken.filter(|_| !values.iter().any(|value| points_at(value, Some(&own))))
                && let Some(keys) = taken.as_object_mut()
            {
                keys.insert("from".to_owned(), Json::String(own.clone()));
                values.push(taken);
            }
        }
    }
}

/// Words that tied things together are understood: "in its private subnets" is not asked about, of whomever it is said.
fn forget_pointers(resources: &mut [Resource]) {
    let is_reference = |value: &Json| value.get("from").is_some();
    let takes = |value: &Json| {
        is_reference(value) || value.as_array().is_some_and(|values| values.iter().any(is_reference))
    };
    let is_tied = |resource: &Resource| resource.inputs.values().any(|filled| takes(&filled.value));
    if !resources.iter().any(is_tied) {
        return;
    }
    let points = |words: &str| words.to_lowercase().split_whitespace().any(|word| POINTS.contains(&word));
    for resource in resources {
        resource
            .inputs
            .retain(|input, filled| !(filled.value == Json::String(input.clone()) && points(input)));
    }
}

fn points_at(value: &Json, name: Option<&str>) -> bool {
    match value {
        Json::Array(values) => values.iter().any(|value| points_at(value, name)),
        value => name.is_some() && value.get("from").and_then(Json::as_str) == name,
    }
}

/// What is looked at to know which things belong together.
struct Ties<'a> {
    text: &'a Text,
    things: &'a [Thing<'a>],
    of: &'a [Of],
    /// The words by which each is spoken of again.
    nouns: Vec<BTreeSet<String>>,
}

impl Ties<'_> {
    /// Whether the text ties two things together: one is named, or pointed at, where the other is spoken of.
    fn are_tied(&self, at: usize, other: usize) -> bool {
        let (Some(one), Some(two)) = (self.things.get(at), self.things.get(other)) else { return false };
        leads_to(self.text, self.things, one, two)
            || leads_to(self.text, self.things, two, one)
            || self.speaks_of(at, other)
            || self.speaks_of(other, at)
            || self.last_of_its_noun(at).is_some_and(|last| last != other && self.points_back(last, other))
            || self.last_of_its_noun(other).is_some_and(|last| last != at && self.points_back(last, at))
            || self.in_one_sentence(at, other)
    }

    /// The last thing of a noun that has several: "queues a-in and b-in, which subscribe to it".
    fn last_of_its_noun(&self, at: usize) -> Option<usize> {
        let noun = &self.things.get(at)?.noun;
        self.things.iter().rposition(|thing| thing.noun == *noun).filter(|last| *last != at)
    }

    fn own(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..self.text.tokens.len()).filter(move |token| self.of.get(*token) == Some(&Of::One(at)))
    }

    /// Whether what is said of the thing at `at` names the `other`, or points at its noun.
    fn speaks_of(&self, at: usize, other: usize) -> bool {
        self.points_back(at, other) || self.places(at, other).next().is_some()
    }

    /// Where what is said of the thing at `at` names the `other`, or points at its noun.
    fn places(&self, at: usize, other: usize) -> impl Iterator<Item = usize> {
        let own = self.things.get(at).and_then(|thing| thing.name);
        let thing = self.things.get(other);
        let name = thing.and_then(|thing| self.text.get(thing.name?)).map(|token| token.lower.as_str());
        self.own(at).filter(move |token| {
            let word = self.text.get(*token).map(|token| token.lower.as_str());
            let is_name =
                word.is_some() && word == name && thing.is_some_and(|thing| thing.name != Some(*token));
            Some(*token) != own
                && (is_name || self.is_noun_of(*token, other) && is_pointed(self.text, *token))
        })
    }

    /// "in it", said of the thing at `at` behind the `other`.
    fn points_back(&self, at: usize, other: usize) -> bool {
        let (Some(one), Some(two)) = (self.things.get(at), self.things.get(other)) else { return false };
        one.noun.start > two.noun.start && self.own(at).any(|token| points_alone(self.text, token))
    }

    /// "Both queues should be subscribed to the topic."
    fn in_one_sentence(&self, one: usize, two: usize) -> bool {
        let sentences_of = |thing: usize| {
            (0..self.text.tokens.len())
                .filter(|at| self.of.get(*at) == Some(&Of::All) && self.is_noun_of(*at, thing))
                .filter_map(|at| self.text.get(at).map(|token| token.sentence))
                .collect::<BTreeSet<usize>>()
        };
        !sentences_of(one).is_disjoint(&sentences_of(two))
    }

    /// A word by which the thing is spoken of again: "topic" of "SNS topic".
    fn is_noun_of(&self, at: usize, thing: usize) -> bool {
        let is_own = self.things.get(thing).is_none_or(|thing| thing.noun.contains(&at));
        let nouns = self.nouns.get(thing).filter(|_| !is_own);
        nouns.is_some_and(|nouns| self.text.word(at).is_some_and(|word| nouns.contains(things::stem(word))))
    }

    /// The variable that is named beside a thing: "DB_LOGIN comes from the secret".
    fn key_beside(&self, at: usize, other: usize) -> Option<String> {
        let is_key = |token: &usize| {
            self.text.get(*token).is_some_and(|token| {
                token.text.len() >= 3
                    && token.text.starts_with(|first: char| first.is_ascii_uppercase())
                    && token.text.contains('_')
                    && token
                        .text
                        .bytes()
                        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            })
        };
        let keys: Vec<usize> = self.own(at).filter(is_key).collect();
        let nearest = self
            .places(at, other)
            .flat_map(|place| keys.iter().map(move |key| (key.abs_diff(place), *key)))
            .min();
        let (_, key) = nearest.filter(|(distance, _)| *distance <= NEAR)?;
        Some(self.text.get(key)?.text.clone())
    }
}

/// "topic orders -> queues a-in and b-in": an arrow, and nothing else, between the name of one and the noun of the other.
fn leads_to(text: &Text, things: &[Thing<'_>], one: &Thing<'_>, two: &Thing<'_>) -> bool {
    let last = things.iter().filter(|thing| thing.noun == one.noun).filter_map(|thing| thing.name).max();
    let small =
        |at: usize| text.word(at).is_some_and(language::is_small_word) || text.word(at) == Some("two");
    // "topic orders with queues a-in and b-in subscribed"
    let listens = |word: &str| {
        matches!(
            word,
            "subscribed" | "subscribing" | "attached" | "listening" | "abonniert" | "angehängt" | "dahinter"
        )
    };
    let listed = last.is_some_and(|last| {
        let sentence = text.get(last).map(|token| token.sentence);
        matches!(text.word(two.noun.start.wrapping_sub(1)), Some("with" | "mit"))
            && last < two.noun.start
            && (two.noun.end..text.tokens.len())
                .take_while(|at| text.get(*at).map(|token| token.sentence) == sentence)
                .any(|at| text.word(at).is_some_and(listens))
    });
    listed
        || last.is_some_and(|last| {
            super::text::is_arrow(text, last + 1)
                && last + 1 < two.noun.start
                && (last + 2..two.noun.start).all(small)
        })
}

/// "that topic", "the private subnets of the VPC", "this role".
fn is_pointed(text: &Text, at: usize) -> bool {
    (1..=2)
        .filter_map(|back| text.word(at.checked_sub(back)?))
        .any(|word| language::is_definite(word) || POINTS.contains(&word))
}

/// "in it", "its private subnets", "darin".
fn points_alone(text: &Text, at: usize) -> bool {
    let Some(word) = text.word(at) else { return false };
    let before = at.checked_sub(1).and_then(|before| text.word(before)).unwrap_or_default();
    match word {
        "it" => {
            matches!(
                before,
                "in" | "into"
                    | "to"
                    | "from"
                    | "calls"
                    | "triggers"
                    | "inside"
                    | "of"
                    | "on"
                    | "with"
                    | "by"
                    | "as"
                    | "via"
                    | "through"
                    | "behind"
                    | "using"
            )
        }
        "both" | "beide" | "beiden" => matches!(before, "to" | "into" | "from" | "an" | "in" | "aus"),
        "them" | "those" => matches!(before, "of" | "to" | "both" | "from" | "into"),
        // "zwei Queues, die es abonnieren"
        "es" | "ihn" | "sie" | "ihm" => matches!(before, "die" | "das" | "der" | "welche" | "welcher"),
        "its" | "darin" | "dessen" | "deren" | "damit" | "davon" => true,
        _ => false,
    }
}
