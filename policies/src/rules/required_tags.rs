//! Does every resource that can carry tags carry these?
//!
//! Asked of what the object will carry in the end: its own tags and the provider's default tags. One unknown value makes the
//! plan forget the whole map, so the keys are then read from the code.

use std::collections::BTreeMap;

use regex::bytes::Regex;
use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::code;

use crate::address::glob;
use crate::code::{Keys, Provider};
use crate::finding::{Answer, Remark};
use crate::settings::{ParameterProblem, RequiredTags, whole};
use crate::subject::Subject;
use crate::values;

/// The rule's id.
pub const ID: &str = "required-tags";

/// The rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Key and the pattern of its value.
    tags: BTreeMap<String, Option<Regex>>,
    exempt_types: Vec<String>,
}

impl Asked {
    pub(crate) fn new(parameters: &RequiredTags) -> Result<Self, Vec<ParameterProblem>> {
        let mut problems = Vec::new();
        let mut tags: BTreeMap<String, Option<Regex>> =
            parameters.tags.iter().map(|key| (key.clone(), None)).collect();
        for (key, pattern) in &parameters.patterns {
            match whole(ID, &format!("patterns.{key}"), pattern) {
                Ok(pattern) => drop(tags.insert(key.clone(), Some(pattern))),
                Err(problem) => problems.push(problem),
            }
        }
        let hint = "name at least one key, such as Owner";
        if tags.is_empty() || tags.contains_key("") {
            problems.push(ParameterProblem {
                rule: ID,
                parameter: "tags".to_owned(),
                what: "no key, or an empty one".to_owned(),
                hint: hint.to_owned(),
            });
        }
        let exempt_types = parameters.exempt_types.clone();
        if problems.is_empty() { Ok(Self { tags, exempt_types }) } else { Err(problems) }
    }

    /// Asks it of one resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        let exempt = self.exempt_types.iter().any(|pattern| glob(pattern, subject.kind));
        if exempt || !subject.is_made() {
            return None;
        }
        let (argument, carried) = effective(subject)?;
        let mut answer = Answer::passed();
        let (mut missing, mut doubtful) = (Vec::new(), Vec::new());
        for (key, pattern) in &self.tags {
            match (carried.known.get(key), pattern) {
                (None, _) if carried.open => doubtful.push(code(key)),
                (None, _) => missing.push(code(key)),
                (Some(_), None) => {}
                (Some(value), Some(pattern)) => {
                    answer.remarks.extend(value_remark(argument, key, value, pattern))
                }
            }
        }
        if !missing.is_empty() {
            let first = missing.first().map_or("", |key| key.trim_matches('`'));
            let hint = code(&format!("{argument} = {{ {first} = \"…\" }}"));
            answer.remarks.push(Remark::violated(
                argument,
                format!("missing: {}", missing.join(", ")),
                format!("write {hint}, or set it in the provider's `default_tags`"),
            ));
        }
        if !doubtful.is_empty() {
            answer.remarks.push(Remark::unknown(
                argument,
                format!("not known before apply whether it is there: {}", doubtful.join(", ")),
                "write the keys in the code; their values may be unknown",
            ));
        }
        Some(answer)
    }
}

fn value_remark(argument: &str, key: &str, value: &Value, pattern: &Regex) -> Option<Remark> {
    let shape = pattern.as_str().trim_start_matches("\\A(?:").trim_end_matches(")\\z");
    let hint = format!("write a value that matches {}", code(shape));
    match value {
        Value::String(text) if pattern.is_match(text.as_bytes()) => None,
        Value::Unknown => {
            Some(Remark::unknown(argument, format!("the value of {} is not known", code(key)), hint))
        }
        value => Some(Remark::violated(argument, format!("{} is {}", code(key), values::shown(value)), hint)),
    }
}

/// The tags an object will carry, with the argument they are written in; none when its type has none.
fn effective(subject: &Subject<'_, '_>) -> Option<(&'static str, Keys)> {
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
    let key = world.wiring.resource(&subject.code_address()).and_then(|resource| resource.provider);
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
