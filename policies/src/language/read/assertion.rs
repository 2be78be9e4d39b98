//! What must hold, read from YAML: `all`, `any`, `not`, `each`, `true`, `false`, or a value with its operator.

use regex::{Regex, RegexBuilder};
use serde_yaml::{Mapping, Value as Yaml};
use tfpilot_hcl::Value;

use super::fields::Reader;
use crate::language::compare::{Operator, Range};
use crate::language::expression::{Each, Expression, Leaf, Quantifier};
use crate::language::path::Path;

/// How deep an expression may be, counted with the keys around it.
const MAX_DEPTH: usize = 40;

/// Parts that one `all` or `any` may have.
const MAX_PARTS: usize = 100;

/// Bytes that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

const COMBINED: &[&str] = &["all", "any", "not"];
const LEAF: &[&str] = &["attr", "op", "value", "default"];
const EACH: &[&str] = &["each", "assert"];
const ALL_KEYS: &[&str] =
    &["all", "any", "not", "attr", "op", "value", "default", "quantifier", "each", "assert"];

/// How many `each` may stand within each other.
const MAX_EACH: usize = 3;

/// The quantifiers' words.
pub(in crate::language) const QUANTIFIERS: [(&str, Quantifier); 2] =
    [("every", Quantifier::Every), ("some", Quantifier::Some)];

/// The operators' words.
pub(in crate::language) const OPERATORS: [(&str, Op); 15] = [
    ("exists", Op::Exists),
    ("changed", Op::Changed),
    ("eq", Op::Eq),
    ("ne", Op::Ne),
    ("in", Op::In),
    ("not_in", Op::NotIn),
    ("matches", Op::Matches),
    ("not_matches", Op::NotMatches),
    ("gt", Op::Gt),
    ("gte", Op::Gte),
    ("lt", Op::Lt),
    ("lte", Op::Lte),
    ("contains", Op::Contains),
    ("subset_of", Op::SubsetOf),
    ("cidr_in", Op::CidrIn),
];

/// An operator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language) enum Op {
    Exists,
    Changed,
    Eq,
    Ne,
    In,
    NotIn,
    Matches,
    NotMatches,
    Gt,
    Gte,
    Lt,
    Lte,
    Contains,
    SubsetOf,
    CidrIn,
}

/// Reads an expression.
pub(super) fn expression(reader: &mut Reader, value: &Yaml) -> Option<Expression> {
    if reader.depth() > MAX_DEPTH {
        reader.problem("is nested too deep", "write several policies");
        return None;
    }
    if let Yaml::Bool(holds) = value {
        return Some(Expression::Always(*holds));
    }
    let keys = reader.keys(value, ALL_KEYS)?;
    let combined: Vec<&str> = COMBINED.iter().copied().filter(|key| keys.contains_key(*key)).collect();
    let has = |words: &[&str]| words.iter().any(|key| keys.contains_key(*key));
    match (combined.as_slice(), has(LEAF), has(EACH)) {
        ([one], false, false) if keys.len() == 1 => combination(reader, one, keys.get(*one)?),
        ([], true, false) => leaf_of(reader, keys).map(Expression::Leaf),
        ([], false, true) => each_of(reader, keys),
        _ => {
            reader.problem(
                "is neither one of all, any and not, nor a value with an operator, nor an each",
                "write {attr: …, op: …, value: …}, or all: with a list of them",
            );
            None
        }
    }
}

fn combination(reader: &mut Reader, key: &str, value: &Yaml) -> Option<Expression> {
    reader.within(key, |reader| {
        if key == "not" {
            return expression(reader, value).map(|inner| Expression::Not(Box::new(inner)));
        }
        let entries = reader.list(value)?;
        if entries.is_empty() || entries.len() > MAX_PARTS {
            reader.problem(format!("has no part, or more than {MAX_PARTS}"), "write what must hold");
            return None;
        }
        let mut parts = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            parts.push(reader.within(&at.to_string(), |reader| expression(reader, entry)));
        }
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        Some(if key == "all" { Expression::All(parts) } else { Expression::Any(parts) })
    })
}

fn each_of(reader: &mut Reader, keys: &Mapping) -> Option<Expression> {
    let Some(path) = path_of(reader, keys, "each") else {
        if !keys.contains_key("each") {
            reader.problem("each is missing", "name the list, such as each: json(policy).Statement");
        }
        return None;
    };
    if reader.each >= MAX_EACH || (reader.each > 0 && !path.is_of_item()) {
        reader.within("each", |reader| {
            reader.problem(
                format!("stands within another each and not in its item, or deeper than {MAX_EACH}"),
                "begin the path with item",
            );
        });
        return None;
    }
    let Some(assertion) = keys.get("assert") else {
        reader
            .problem("assert is missing", "write what must hold of an entry, with paths such as item.Effect");
        return None;
    };
    reader.each += 1;
    let assertion = reader.within("assert", |reader| expression(reader, assertion));
    reader.each -= 1;
    let quantifier = quantifier_of(reader, keys);
    Some(Expression::Each(Box::new(Each { path, assertion: assertion?, quantifier })))
}

fn quantifier_of(reader: &mut Reader, keys: &Mapping) -> Quantifier {
    reader.word(keys, "quantifier", &QUANTIFIERS).unwrap_or(Quantifier::Every)
}

fn path_of(reader: &mut Reader, keys: &Mapping, key: &str) -> Option<Path> {
    let text = reader.text(keys, key, 400)?;
    let read = Path::parse(&text, reader.each > 0);
    reader.within(key, |reader| {
        read.map_err(|what| {
            reader.problem(
                format!("{} {what}", text.escape_debug()),
                "write a path such as ingress[*].from_port",
            )
        })
        .ok()
    })
}

fn leaf_of(reader: &mut Reader, keys: &Mapping) -> Option<Leaf> {
    let path = path_of(reader, keys, "attr");
    if !keys.contains_key("attr") {
        reader.problem("attr is missing", "name the attribute, such as attr: bucket");
    }
    let op = reader.word(keys, "op", &OPERATORS);
    if !keys.contains_key("op") {
        reader.problem("op is missing", "write op: eq, or another operator");
    }
    let quantifier = quantifier_of(reader, keys);
    let default = keys.get("default").and_then(|value| {
        reader.within("default", |reader| {
            if matches!(op, Some(Op::Exists | Op::Changed)) || value.is_null() {
                reader.problem(
                    "says nothing here",
                    "write the value that the provider takes where nothing is set, beside eq or another comparison",
                );
                return None;
            }
            json(reader, value)
        })
    });
    let operator = op.and_then(|op| operator(reader, op, keys.get("value")));
    Some(Leaf { path: path?, operator: operator?, quantifier, default })
}

fn operator(reader: &mut Reader, op: Op, value: Option<&Yaml>) -> Option<Operator> {
    let Some(value) = value else {
        return match op {
            Op::Exists => Some(Operator::Exists(true)),
            Op::Changed => Some(Operator::Changed(true)),
            _ => {
                reader.problem("value is missing", "write the value it is compared with");
                None
            }
        };
    };
    reader.within("value", |reader| match op {
        Op::Exists => switch(reader, value).map(Operator::Exists),
        Op::Changed => switch(reader, value).map(Operator::Changed),
        Op::Eq => json(reader, value).map(Operator::Eq),
        Op::Ne => json(reader, value).map(Operator::Ne),
        Op::Contains => json(reader, value).map(Operator::Contains),
        Op::In => several(reader, value).map(Operator::In),
        Op::NotIn => several(reader, value).map(Operator::NotIn),
        Op::SubsetOf => several(reader, value).map(Operator::SubsetOf),
        Op::Matches => pattern(reader, value).map(Operator::Matches),
        Op::NotMatches => pattern(reader, value).map(Operator::NotMatches),
        Op::Gt => number(reader, value).map(Operator::Gt),
        Op::Gte => number(reader, value).map(Operator::Gte),
        Op::Lt => number(reader, value).map(Operator::Lt),
        Op::Lte => number(reader, value).map(Operator::Lte),
        Op::CidrIn => ranges(reader, value).map(Operator::CidrIn),
    })
}

fn switch(reader: &mut Reader, value: &Yaml) -> Option<bool> {
    if value.as_bool().is_none() {
        reader.problem("is neither true nor false", "write true, or leave value out");
    }
    value.as_bool()
}

fn json(reader: &mut Reader, value: &Yaml) -> Option<Value> {
    match serde_json::to_value(value) {
        Ok(json) => Some(Value::from(&json)),
        Err(_) => {
            reader.problem("is no value of JSON", "write a text, a number, true, false, null or a list");
            None
        }
    }
}

fn several(reader: &mut Reader, value: &Yaml) -> Option<Vec<Value>> {
    let entries = reader.list(value)?;
    if entries.is_empty() {
        reader.problem("is empty", "name the values");
        return None;
    }
    entries.iter().map(|entry| json(reader, entry)).collect()
}

fn pattern(reader: &mut Reader, value: &Yaml) -> Option<Regex> {
    let Some(text) = value.as_str() else {
        reader.problem("is no pattern", "write a regular expression in single quotes");
        return None;
    };
    match RegexBuilder::new(text).size_limit(PATTERN_SIZE).build() {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let error = error.to_string();
            let last = error.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
            reader.problem(
                format!("the pattern cannot be read: {last}"),
                "write a regular expression without look-around, such as '^acme-[a-z0-9-]+$'",
            );
            None
        }
    }
}

fn number(reader: &mut Reader, value: &Yaml) -> Option<f64> {
    let read = value.as_f64().filter(|number| number.is_finite());
    if read.is_none() {
        reader.problem("is no number", "write a number");
    }
    read
}

fn ranges(reader: &mut Reader, value: &Yaml) -> Option<Vec<Range>> {
    let entries = match value {
        Yaml::String(_) => vec![value],
        value => reader.list(value)?.iter().collect(),
    };
    let mut ranges = Vec::new();
    for entry in entries {
        match entry.as_str().and_then(Range::parse) {
            Some(range) => ranges.push(range),
            None => {
                reader.problem(
                    "holds something that is no range of addresses",
                    "write ranges such as 10.0.0.0/8",
                );
                return None;
            }
        }
    }
    Some(ranges)
}
