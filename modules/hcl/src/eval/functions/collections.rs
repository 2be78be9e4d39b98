//! Functions on lists, sets, maps and objects.

use super::super::{Fault, Outcome, operators};
use super::{list, string, strings, whole};
use crate::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Functions that can answer although a part of an argument is unknown.
pub(super) fn lazy(name: &str, args: &[Value]) -> Option<Outcome> {
    Some(match (name, args) {
        ("length", [Value::List(items)]) => Ok(Value::Number(items.len().into())),
        ("length", [Value::Object(entries)]) => Ok(Value::Number(entries.len().into())),
        ("concat", lists) if lists.iter().all(|list| matches!(list, Value::List(_))) => Ok(Value::List(
            (0..lists.len()).flat_map(|at| list(lists, at).unwrap_or_default().to_vec()).collect(),
        )),
        ("merge", _) => merge(args)?,
        ("contains", [Value::List(items), wanted]) => Ok(contains(items, wanted)),
        ("alltrue", [Value::List(items)]) => every(items, false),
        ("anytrue", [Value::List(items)]) => every(items, true),
        ("lookup", [Value::Object(entries), Value::String(key), otherwise]) => {
            Ok(entries.get(key).unwrap_or(otherwise).clone())
        }
        ("keys", [Value::Object(entries)]) => {
            Ok(Value::List(entries.keys().map(|key| Value::String(key.clone())).collect()))
        }
        ("values", [Value::Object(entries)]) => Ok(Value::List(entries.values().cloned().collect())),
        ("tolist", [list @ Value::List(_)]) | ("tomap", [list @ Value::Object(_)]) => Ok(list.clone()),
        _ => return None,
    })
}

pub(super) fn apply(name: &str, args: &[Value]) -> Option<Outcome> {
    Some(match name {
        "length" => string(args, 0).map(|text| match text.is_ascii() {
            // Terraform counts user-perceived characters.
            true => Value::Number(text.len().into()),
            false => Value::Unknown,
        }),
        "contains" | "concat" | "keys" | "values" | "tolist" | "tomap" | "alltrue" | "anytrue" | "merge" => {
            Err(Fault)
        }
        "lookup" => Err(Fault),
        "element" => element(args),
        "index" => list(args, 0).and_then(|items| {
            let at = items
                .iter()
                .position(|item| args.get(1).is_some_and(|wanted| item == wanted))
                .ok_or(Fault)?;
            Ok(Value::Number(at.into()))
        }),
        "flatten" => list(args, 0).map(|items| Value::List(flatten(items))),
        "distinct" => list(args, 0).map(|items| alike(items, |items| Value::List(distinct(items)))),
        "compact" => list(args, 0).map(|items| {
            let given = items.iter().filter(|item| !matches!(item, Value::Null)).filter_map(operators::text);
            texts_value(given.filter(|text| !text.is_empty()))
        }),
        "sort" => strings(args, 0).map(|mut texts| {
            texts.sort();
            texts_value(texts)
        }),
        "reverse" => list(args, 0).map(|items| Value::List(items.iter().rev().cloned().collect())),
        "toset" => list(args, 0).map(|items| alike(items, set)),
        "slice" => slice(args),
        "zipmap" => zipmap(args),
        "setunion" => sets(args, |left, right| left.union(right).cloned().collect()),
        "setintersection" => sets(args, |left, right| left.intersection(right).cloned().collect()),
        "setsubtract" => sets(args, |left, right| left.difference(right).cloned().collect()),
        "coalesce" => {
            let given: Vec<_> = args.iter().filter(|value| !matches!(value, Value::Null)).cloned().collect();
            let first = given.iter().find(|value| value.as_str() != Some("")).cloned();
            first.map(|first| alike(&given, |_| first.clone())).ok_or(Fault)
        }
        "coalescelist" => args
            .iter()
            .find(|value| matches!(value, Value::List(items) if !items.is_empty()))
            .cloned()
            .ok_or(Fault),
        "one" => match list(args, 0) {
            Ok([]) => Ok(Value::Null),
            Ok([only]) => Ok(only.clone()),
            _ => Err(Fault),
        },
        _ => return None,
    })
}

fn merge(args: &[Value]) -> Option<Outcome> {
    let mut merged = BTreeMap::new();
    for arg in args {
        match arg {
            Value::Object(entries) => {
                merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())))
            }
            Value::Null => {}
            Value::Unknown => return Some(Ok(Value::Unknown)),
            _ => return Some(Err(Fault)),
        }
    }
    Some(Ok(Value::Object(merged)))
}

fn contains(items: &[Value], wanted: &Value) -> Value {
    let mut open = false;
    for item in items {
        match operators::equal(item, wanted) {
            Some(true) => return Value::Bool(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { Value::Unknown } else { Value::Bool(false) }
}

/// `alltrue` and `anytrue`: one item of the deciding value decides.
fn every(items: &[Value], deciding: bool) -> Outcome {
    let mut open = false;
    for item in items {
        match item {
            Value::Unknown => open = true,
            // A null counts as not true.
            Value::Null if !deciding => return Ok(Value::Bool(false)),
            Value::Null => {}
            item if operators::boolean(item)? == deciding => return Ok(Value::Bool(deciding)),
            _ => {}
        }
    }
    Ok(if open { Value::Unknown } else { Value::Bool(!deciding) })
}

fn element(args: &[Value]) -> Outcome {
    let (items, index) = (list(args, 0)?, whole(args, 1)?);
    let (size, index) = (items.len(), usize::try_from(index).map_err(|_| Fault)?);
    let at = index.checked_rem(size).ok_or(Fault)?;
    items.get(at).cloned().ok_or(Fault)
}

fn flatten(items: &[Value]) -> Vec<Value> {
    let flat = |item: &Value| match item {
        Value::List(inner) => flatten(inner),
        other => vec![other.clone()],
    };
    items.iter().flat_map(flat).collect()
}

fn distinct(items: &[Value]) -> Vec<Value> {
    // By its JSON text, so that long lists stay linear.
    let mut seen = BTreeSet::new();
    let new = |item: &&Value| seen.insert(item.to_json().map(|json| json.to_string()));
    items.iter().filter(new).cloned().collect()
}

/// Applies a function to items of one kind. Items of several kinds are converted first, to what depends on all of them.
fn alike(items: &[Value], function: impl Fn(&[Value]) -> Value) -> Value {
    let first = items.first().map(std::mem::discriminant);
    let same = items.iter().all(|item| Some(std::mem::discriminant(item)) == first);
    if same { function(items) } else { Value::Unknown }
}

/// A set iterates in order when it holds texts or numbers; of others, the order is Terraform's secret.
fn set(items: &[Value]) -> Value {
    let mut items = distinct(items);
    let number = |item: &Value| operators::number(item).unwrap_or(0.0);
    match items.first() {
        Some(Value::String(_)) => items.sort_by(|left, right| left.as_str().cmp(&right.as_str())),
        Some(Value::Number(_)) => items.sort_by(|left, right| number(left).total_cmp(&number(right))),
        _ if items.len() > 1 => return Value::Unknown,
        _ => {}
    }
    Value::List(items)
}

fn slice(args: &[Value]) -> Outcome {
    let items = list(args, 0)?;
    let (start, end) = (whole(args, 1)?, whole(args, 2)?);
    let (start, end) = (usize::try_from(start).map_err(|_| Fault)?, usize::try_from(end).map_err(|_| Fault)?);
    items.get(start..end).map(|items| Value::List(items.to_vec())).ok_or(Fault)
}

fn zipmap(args: &[Value]) -> Outcome {
    let (keys, values) = (strings(args, 0)?, list(args, 1)?);
    if keys.len() != values.len() {
        return Err(Fault);
    }
    Ok(Value::Object(keys.into_iter().zip(values.iter().cloned()).collect()))
}

fn sets(
    args: &[Value],
    function: impl Fn(&BTreeSet<String>, &BTreeSet<String>) -> BTreeSet<String>,
) -> Outcome {
    let texts =
        |list: &Value| matches!(list, Value::List(items) if items.iter().all(|item| item.as_str().is_some()));
    if !args.iter().all(texts) {
        return Ok(Value::Unknown);
    }
    let set = |at| strings(args, at).map(|texts| texts.into_iter().collect::<BTreeSet<_>>());
    let mut result = set(0)?;
    for at in 1..args.len() {
        result = function(&result, &set(at)?);
    }
    Ok(texts_value(result))
}

fn texts_value(texts: impl IntoIterator<Item = String>) -> Value {
    Value::List(texts.into_iter().map(Value::String).collect())
}
