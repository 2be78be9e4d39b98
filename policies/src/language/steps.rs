//! The steps of a path, from a value on.

use tfpilot_hcl::Value;

use super::compare::Found;
use super::expression::Reached;
use super::path::Step;
use crate::Truth;
use crate::code::Keys;
use crate::values::elements;

/// Values that one path is followed to; beyond, the rest is unknown.
pub(super) const MAX_VALUES: usize = 10_000;

/// A key of a map that is not wholly known.
pub(super) fn member_of_keys(keys: &Keys, steps: &[Step], reached: &mut Reached) {
    match steps.split_first() {
        Some((Step::Member(name), rest)) => {
            let found = match keys.known.get(name) {
                Some(value) => Found { value: value.clone(), there: Truth::True, at_least: false },
                None if keys.open => Found::of(Value::Unknown),
                None => Found::of(Value::Null),
            };
            walk(&found, rest, reached);
        }
        Some((Step::Values | Step::Each, rest)) => {
            reached.open |= keys.open;
            keys.known.values().for_each(|value| walk(&Found::of(value.clone()), rest, reached));
        }
        Some((Step::At(_), _)) => reached.found.push(Found::of(Value::Null)),
        None if keys.open => reached.found.push(Found::of(Value::Unknown)),
        None => reached.found.push(Found::of(Value::Object(keys.known.clone()))),
    }
}

/// Follows the steps from a value.
pub(super) fn walk(from: &Found, steps: &[Step], reached: &mut Reached) {
    if reached.found.len() >= MAX_VALUES {
        reached.open = true;
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        reached.found.push(from.clone());
        return;
    };
    let many = |items: Option<Vec<&Value>>, rest: &[Step], reached: &mut Reached| match items {
        Some(items) => items.into_iter().for_each(|item| walk(&Found::of(item.clone()), rest, reached)),
        None => reached.open = true,
    };
    match (step, &from.value) {
        (Step::Each, value) => many(elements(value), rest, reached),
        (Step::Values, Value::Object(members)) => many(Some(members.values().collect()), rest, reached),
        (Step::Values, Value::Unknown) => reached.open = true,
        (Step::Values, value) => many(elements(value), rest, reached),
        // A block that is written once is a list of one: the step to its entries may be left out.
        (Step::Member(_), Value::List(items)) if items.is_empty() => {
            reached.found.push(Found::of(Value::Null))
        }
        (Step::Member(_), Value::List(items)) => many(Some(items.iter().collect()), steps, reached),
        (Step::Member(name), Value::Object(members)) => {
            let mut found = Found::of(members.get(name).cloned().unwrap_or(Value::Null));
            if reached.written && found.there == Truth::Unknown {
                found.there = Truth::True;
            }
            walk(&found, rest, reached);
        }
        (Step::At(at), Value::List(items)) => {
            walk(&Found::of(items.get(*at).cloned().unwrap_or(Value::Null)), rest, reached);
        }
        (_, Value::Unknown) => reached.found.push(Found::of(Value::Unknown)),
        _ => reached.found.push(Found::of(Value::Null)),
    }
}
