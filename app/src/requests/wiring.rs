//! What things of a request take from each other: read from words such as `orders.arn`, kept when a thing gets another
//! name, and what to offer where a reference leads nowhere.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, Resource};
use tfpilot_hcl::Type;
use tfpilot_modules::{Call, Catalog, Inputs, Module, Reference};

use super::grammar::NAME;

/// Most outputs offered.
const OFFERED: usize = 9;

/// A thing as a call of its module, its name among the inputs where the module takes one.
pub(crate) fn call<'m>(resource: &Resource, module: &'m Module) -> Call<'m> {
    let name = resource.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
    let given = resource.inputs.iter();
    let mut inputs: Inputs = given.map(|(input, filled)| (input.clone(), filled.value.clone())).collect();
    if resource.name.is_some() && module.variable(NAME).is_some() {
        inputs.insert(NAME.to_owned(), Json::String(name.clone()));
    }
    Call { name, module, inputs, import: None, was: None }
}

/// The modules of a draft's things, as far as they are known.
pub(super) fn modules<'c>(draft: &Draft, catalog: &'c Catalog) -> Vec<Option<&'c Module>> {
    draft.resources.iter().map(|thing| thing.module.as_deref().and_then(|id| catalog.find(id))).collect()
}

/// The value of words for an input of the thing at `at`, where they name outputs of other things: `orders.arn`, in a list
/// with others or alone. None where they name none.
pub(super) fn read(
    draft: &Draft,
    modules: &[Option<&Module>],
    at: usize,
    input: &str,
    text: &str,
) -> Option<Json> {
    let variable = modules.get(at).copied().flatten()?.variable(input)?;
    if !matches!(variable.ty, Type::List(_) | Type::Set(_)) {
        return outlet(draft, modules, at, text).map(|(reference, _)| reference);
    }
    let words: Vec<&str> = text.trim_matches(['[', ']']).split(',').map(str::trim).collect();
    let outlets: Vec<_> = words.iter().map(|word| outlet(draft, modules, at, word)).collect();
    match outlets.as_slice() {
        [Some((reference, true))] => Some(reference.clone()),
        [Some((reference, false))] => {
            let kept = draft.resources.get(at).and_then(|thing| thing.inputs.get(input));
            let kept = kept.map(|filled| unbroken(draft, modules, at, &filled.value)).unwrap_or_default();
            let others = kept.into_iter().filter(|value| value != reference);
            Some(others.chain([reference.clone()]).collect())
        }
        several if several.iter().any(Option::is_some) => {
            let each = several.iter().zip(words);
            let value = |(outlet, word): (&Option<(Json, bool)>, &str)| match outlet {
                Some((reference, _)) => reference.clone(),
                None => Json::String(word.to_owned()),
            };
            Some(each.map(value).collect())
        }
        _ => None,
    }
}

/// The output that a word names, and whether it is a list for sure.
fn outlet(draft: &Draft, modules: &[Option<&Module>], at: usize, word: &str) -> Option<(Json, bool)> {
    let (from, output) = word.trim().trim_matches('`').rsplit_once('.')?;
    let is_list = find(draft, modules, at, Reference { from, output })?;
    Some((Reference { from, output }.to_json(), is_list))
}

/// Whether an output of another thing is a list for sure; none where there is no such output.
fn find(draft: &Draft, modules: &[Option<&Module>], at: usize, reference: Reference<'_>) -> Option<bool> {
    let named = |(position, thing): &(usize, &Resource)| {
        *position != at && thing.name.as_ref().is_some_and(|name| name.value == reference.from)
    };
    let (position, _) = draft.resources.iter().enumerate().find(named)?;
    let outputs = &modules.get(position).copied().flatten()?.outputs;
    outputs.iter().find(|known| known.name == reference.output).map(|known| known.is_list)
}

/// What is left of a list when a reference in it leads nowhere: one word mends it. Nothing is left of a whole one, because
/// new words replace it.
fn unbroken(draft: &Draft, modules: &[Option<&Module>], at: usize, value: &Json) -> Vec<Json> {
    let Some(items) = value.as_array() else { return Vec::new() };
    let leads = |item: &Json| Reference::of(item).is_none_or(|it| find(draft, modules, at, it).is_some());
    if items.iter().all(leads) {
        return Vec::new();
    }
    items.iter().filter(|item| leads(item)).cloned().collect()
}

/// Takes out of an input what leads nowhere, and the input where nothing is left.
pub(super) fn leave_out(draft: &mut Draft, catalog: &Catalog, at: usize, input: &str) {
    let modules = modules(draft, catalog);
    let value = draft.resources.get(at).and_then(|thing| thing.inputs.get(input));
    let kept = value.map(|filled| unbroken(draft, &modules, at, &filled.value)).unwrap_or_default();
    let Some(thing) = draft.resources.get_mut(at) else { return };
    match thing.inputs.get_mut(input).filter(|_| !kept.is_empty()) {
        Some(filled) => filled.value = Json::Array(kept),
        None => {
            thing.inputs.remove(input);
        }
    }
}

/// Whether a value takes an output of another thing, in whole or in part.
pub(super) fn takes_outputs(value: &Json) -> bool {
    Reference::of(value).is_some()
        || match value {
            Json::Array(items) => items.iter().any(takes_outputs),
            Json::Object(entries) => entries.values().any(takes_outputs),
            _ => false,
        }
}

/// A thing got another name: what others take from it stays.
pub(super) fn renamed(draft: &mut Draft, old: &str, new: &str) {
    let taken = |thing: &Resource| thing.name.as_ref().is_some_and(|name| name.value == old);
    if old == new || draft.resources.iter().any(taken) {
        return;
    }
    let inputs = draft.resources.iter_mut().flat_map(|thing| thing.inputs.values_mut());
    inputs.for_each(|filled| rename(&mut filled.value, old, new));
}

fn rename(value: &mut Json, old: &str, new: &str) {
    let output = Reference::of(value).filter(|it| it.from == old).map(|it| it.output.to_owned());
    if let Some(output) = output {
        *value = Reference { from: new, output: &output }.to_json();
        return;
    }
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, old, new)),
        Json::Object(entries) => entries.values_mut().for_each(|item| rename(item, old, new)),
        _ => {}
    }
}

/// What an input of the thing at `at` may take from the others, as it is written in an answer: what `module.yml` says
/// fits, without what it takes already.
pub(super) fn offers(calls: &[Call<'_>], at: usize, input: &str) -> Vec<String> {
    let Some(call) = calls.get(at) else { return Vec::new() };
    let fitting = call.module.hints(input).map(|hints| &hints.from);
    let taken = call.inputs.get(input).map(Json::to_string).unwrap_or_default();
    let others = calls.iter().enumerate().filter(|(position, _)| *position != at);
    let output = |(_, other): (usize, &Call<'_>)| {
        let output = fitting?.get(&other.module.id.to_string())?;
        let is_taken = taken.contains(&Reference { from: &other.name, output }.to_json().to_string());
        (!is_taken && !other.name.is_empty()).then(|| format!("{}.{output}", other.name))
    };
    others.filter_map(output).take(OFFERED).collect()
}
