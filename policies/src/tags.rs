//! The tags an object will carry in the end: its own and those that the provider adds.
//!
//! One unknown value makes the plan forget the whole map, so the keys are then read from the code.

use serde_json::Value as Json;
use tfpilot_hcl::Value;

use crate::code::{Keys, Provider};
use crate::subject::Subject;
use crate::values;

/// The tags an object will carry, with the argument they are written in; none when its type has none.
pub(crate) fn effective<'s>(subject: &'s Subject<'_, '_>) -> Option<&'s (&'static str, Keys)> {
    subject.known.tags.get_or_init(|| find(subject)).as_ref()
}

fn find(subject: &Subject<'_, '_>) -> Option<(&'static str, Keys)> {
    if subject.kind.starts_with("google_") {
        return effective_labels(subject);
    }
    if subject.has("tags_all") || subject.has("tags") {
        let all = subject.after("tags_all");
        if subject.has("tags_all") && all != Value::Unknown {
            return Some(("tags", Keys::of_value(&all)));
        }
        let own = own(subject, "tags");
        let default = if subject.kind.starts_with("aws_") { default_tags(subject) } else { Keys::default() };
        return Some(("tags", default.overlaid(own)));
    }
    if subject.kind == "aws_autoscaling_group" {
        return Some(("tag", blocks(&subject.after("tag"))));
    }
    // Before the plan nobody knows which types can carry tags; those that do not write any may.
    (subject.change.is_none() && subject.kind.starts_with("aws_")).then(|| ("tags", Keys::unknown()))
}

fn effective_labels(subject: &Subject<'_, '_>) -> Option<(&'static str, Keys)> {
    if !subject.has("labels") {
        return None;
    }
    let all = subject.after("effective_labels");
    let known = subject.has("effective_labels") && all != Value::Unknown;
    Some(("labels", if known { Keys::of_value(&all) } else { own(subject, "labels") }))
}

/// What the resource itself writes.
fn own(subject: &Subject<'_, '_>, argument: &str) -> Keys {
    match subject.after(argument) {
        Value::Unknown if subject.is_omitted(argument) => Keys::default(),
        Value::Unknown => subject.written_keys(argument),
        value => Keys::of_value(&value),
    }
}

/// Blocks of `key` and `value`.
fn blocks(value: &Value) -> Keys {
    let Some(blocks) = values::elements(value) else { return Keys::unknown() };
    blocks.into_iter().fold(Keys::default(), |keys, block| {
        keys.overlaid(match values::member(block, "key") {
            Value::String(key) => Keys { known: [(key, values::member(block, "value"))].into(), open: false },
            _ => Keys::unknown(),
        })
    })
}

/// What the provider adds to every resource.
fn default_tags(subject: &Subject<'_, '_>) -> Keys {
    let world = subject.world;
    let key = subject.planned().and_then(|resource| resource.provider());
    let planned = key.and_then(|key| world.wiring.provider(key, "default_tags"));
    let constant = planned.and_then(|it| it.get(0)?.get("tags")?.get("constant_value"));
    if let Some(constant) = constant {
        return Keys::of_value(&values::planned(constant, &Json::Null));
    }
    let provider = match key {
        Some(key) => Some(Provider::parse(key)),
        None => subject.written().and_then(|written| written.provider(subject.kind)),
    };
    match (&world.index, provider) {
        (Some(index), Some(provider)) if index.has_provider(&provider) => index.default_tags(&provider),
        // A provider that is configured nowhere, or without a word about tags, adds none.
        (_, Some(_)) if planned.is_none() && key.is_some() => Keys::default(),
        _ => Keys::unknown(),
    }
}
