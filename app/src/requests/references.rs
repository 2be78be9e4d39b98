//! Links between the things of one request: "a queue orders-in that the topic delivers to". An input that a module may
//! take from another one is filled with the other's output where the text ties the two together.

use serde_json::{Value as Json, json};
use tfpilot_engine::{Filled, Resource, Source};
use tfpilot_hcl::Type;

use super::grammar::Grammar;
use super::inputs::{PLACED, SURE};
use super::language;
use super::text::Text;
use super::things::{Of, Thing};

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
    let names: Vec<Option<String>> =
        resources.iter().map(|resource| resource.name.as_ref().map(|name| name.value.clone())).collect();
    for at in 0..things.len() {
        let Some(thing) = things.get(at) else { continue };
        let grammar = Grammar::new(thing.module);
        for variable in &thing.module.variables {
            let Some(hints) = grammar.hints(&variable.name) else { continue };
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
            // A thing that one input took is not taken by the next: a group may use a key or administer it.
            let taken = |other: &usize| {
                let name = names.get(*other).cloned().flatten();
                resources.get(at).is_some_and(|resource| {
                    resource.inputs.values().any(|filled| points_at(&filled.value, name.as_deref()))
                })
            };
            let tied: Vec<usize> = candidates
                .iter()
                .copied()
                .filter(|other| !taken(other) && are_tied(text, things, of, at, *other))
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
            {
                if let Some(from) = taken.get_mut("from") {
                    *from = Json::String(own.clone());
                }
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

/// Whether the text ties two things together: one is named, or pointed at, where the other is spoken of.
fn are_tied(text: &Text, things: &[Thing<'_>], of: &[Of], at: usize, other: usize) -> bool {
    let (Some(one), Some(two)) = (things.get(at), things.get(other)) else { return false };
    leads_to(text, things, one, two)
        || leads_to(text, things, two, one)
        || speaks_of(text, of, at, two, one)
        || speaks_of(text, of, other, one, two)
        || in_one_sentence(text, of, one, two)
}

/// "topic orders -> queues a-in and b-in": an arrow, and nothing else, between the name of one and the noun of the other.
fn leads_to(text: &Text, things: &[Thing<'_>], one: &Thing<'_>, two: &Thing<'_>) -> bool {
    let last = things.iter().filter(|thing| thing.noun == one.noun).filter_map(|thing| thing.name).max();
    let small =
        |at: usize| text.word(at).is_some_and(language::is_small_word) || text.word(at) == Some("two");
    last.is_some_and(|last| {
        super::text::is_arrow(text, last + 1)
            && last + 1 < two.noun.start
            && (last + 2..two.noun.start).all(small)
    })
}

/// Whether what is said of the thing at `at` names `other`, or points at its noun.
fn speaks_of(text: &Text, of: &[Of], at: usize, other: &Thing<'_>, own: &Thing<'_>) -> bool {
    let name =
        other.name.and_then(|name| text.get(name)).map(|token| token.lower.clone()).unwrap_or_default();
    (0..text.tokens.len())
        .filter(|token| of.get(*token) == Some(&Of::One(at)) && Some(*token) != own.name)
        .any(|token| {
            let Some(word) = text.get(token).map(|token| token.lower.as_str()) else { return false };
            (word == name && Some(token) != other.name)
                || (is_noun_of(text, token, other) && is_pointed(text, token))
                || points_alone(text, token) && own.noun.start > other.noun.start
        })
}

/// "Both queues should be subscribed to the topic."
fn in_one_sentence(text: &Text, of: &[Of], one: &Thing<'_>, two: &Thing<'_>) -> bool {
    let shared = |at: usize| of.get(at) == Some(&Of::All);
    let sentence_of = |thing: &Thing<'_>| {
        (0..text.tokens.len())
            .filter(|at| shared(*at) && !thing.noun.contains(at) && is_noun_of(text, *at, thing))
            .filter_map(|at| text.get(at).map(|token| token.sentence))
            .collect::<Vec<_>>()
    };
    let second = sentence_of(two);
    sentence_of(one).iter().any(|sentence| second.contains(sentence))
}

/// A word of the thing's noun, the last of it above all: "topic" of "SNS topic".
fn is_noun_of(text: &Text, at: usize, thing: &Thing<'_>) -> bool {
    let Some(noun) = thing.noun.end.checked_sub(1).and_then(|last| text.get(last)) else { return false };
    let stem = |word: &str| word.trim_end_matches("'s").trim_end_matches('s').to_owned();
    let last = noun.lower.rsplit('-').next().unwrap_or(&noun.lower).to_owned();
    let Some(word) = text.word(at) else { return false };
    let titles = thing.module.title.to_lowercase();
    let of_title =
        titles.split_whitespace().any(|title| stem(title) == stem(word) && word.chars().count() >= 2);
    !thing.noun.contains(&at) && (stem(word) == stem(&last) || of_title)
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
        "its" | "darin" | "dessen" | "deren" | "damit" | "davon" => true,
        _ => false,
    }
}
