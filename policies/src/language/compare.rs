//! One value against what a policy wants of it, in three values.
//!
//! `null` is what is not set, and is known. Numbers and switches that Terraform keeps as text are compared as what they say.

use std::net::IpAddr;

use regex::Regex;
use tfpilot_hcl::Value;

use crate::Truth;

/// What is wanted of a value.
#[derive(Debug, Clone)]
pub(crate) enum Operator {
    Exists(bool),
    Eq(Value),
    Ne(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    Matches(Regex),
    NotMatches(Regex),
    Gt(f64),
    Gte(f64),
    Lt(f64),
    Lte(f64),
    Contains(Value),
    SubsetOf(Vec<Value>),
    CidrIn(Vec<Range>),
    Changed(bool),
}

/// A value that a path led to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) value: Value,
    /// Whether it is there at all.
    pub(crate) there: Truth,
    /// The number is the least that it may be.
    pub(crate) at_least: bool,
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    address: IpAddr,
    prefix: u8,
}

impl Found {
    /// A value as it is known.
    pub(crate) fn of(value: Value) -> Self {
        let there = match value {
            Value::Null => Truth::False,
            Value::Unknown => Truth::Unknown,
            _ => Truth::True,
        };
        Self { value, there, at_least: false }
    }
}

impl Operator {
    /// Whether the value is as it is wanted. `before` is the same place before the change.
    pub(crate) fn holds(&self, found: &Found, before: &Value) -> Truth {
        let value = &found.value;
        match self {
            Self::Exists(wanted) => as_wanted(found.there, *wanted),
            Self::Changed(wanted) => as_wanted(!same(value, before), *wanted),
            Self::Eq(wanted) => same(value, wanted),
            Self::Ne(unwanted) => !same(value, unwanted),
            Self::In(wanted) => Truth::any(wanted.iter().map(|it| same(value, it))),
            Self::NotIn(unwanted) => !Truth::any(unwanted.iter().map(|it| same(value, it))),
            Self::Matches(pattern) => matches(value, pattern),
            Self::NotMatches(pattern) => !matches(value, pattern),
            Self::Gt(least) => number(found, |it| it > *least, true),
            Self::Gte(least) => number(found, |it| it >= *least, true),
            Self::Lt(most) => number(found, |it| it < *most, false),
            Self::Lte(most) => number(found, |it| it <= *most, false),
            Self::Contains(part) => contains(value, part),
            Self::SubsetOf(all) => subset(value, all),
            Self::CidrIn(ranges) => within(value, ranges),
        }
    }
}

/// A question, or its opposite.
fn as_wanted(truth: Truth, wanted: bool) -> Truth {
    if wanted { truth } else { !truth }
}

/// Whether two values are the same to Terraform.
pub(crate) fn same(a: &Value, b: &Value) -> Truth {
    match (a, b) {
        (Value::Unknown, _) | (_, Value::Unknown) => Truth::Unknown,
        (Value::List(a), Value::List(b)) => {
            Truth::from(a.len() == b.len()).and(Truth::all(a.iter().zip(b).map(|(a, b)| same(a, b))))
        }
        (Value::Object(a), Value::Object(b)) => {
            let null = Value::Null;
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            Truth::all(
                keys.into_iter().map(|key| same(a.get(key).unwrap_or(&null), b.get(key).unwrap_or(&null))),
            )
        }
        (a, b) if a == b => Truth::True,
        // What is kept as text may say a number or a switch.
        (a, b) => match (as_number(a), as_number(b), plain(a), plain(b)) {
            (Some(a), Some(b), ..) => Truth::from(a == b),
            (_, _, Some(a), Some(b)) => Truth::from(a == b),
            _ => Truth::False,
        },
    }
}

/// A scalar as text.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => value.to_json().map(|json| json.to_string()),
        _ => None,
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            text.parse().ok()
        }
        _ => None,
    }
}

fn matches(value: &Value, pattern: &Regex) -> Truth {
    match value {
        Value::Unknown => Truth::Unknown,
        value => plain(value).is_some_and(|text| pattern.is_match(&text)).into(),
    }
}

/// A bound: `up` where more is better. Of what is the least that a number may be, only one side is certain.
fn number(found: &Found, holds: impl Fn(f64) -> bool, up: bool) -> Truth {
    if found.value == Value::Unknown {
        return Truth::Unknown;
    }
    let Some(number) = as_number(&found.value) else { return Truth::False };
    match (Truth::from(holds(number)), found.at_least) {
        (Truth::True, true) if !up => Truth::Unknown,
        (Truth::False, true) if up => Truth::Unknown,
        (truth, _) => truth,
    }
}

fn contains(value: &Value, part: &Value) -> Truth {
    match (value, part) {
        (Value::Unknown, _) => Truth::Unknown,
        (Value::List(items), part) => Truth::any(items.iter().map(|item| same(item, part))),
        (Value::Object(members), Value::String(key)) => members.contains_key(key).into(),
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()).into(),
        _ => Truth::False,
    }
}

fn subset(value: &Value, all: &[Value]) -> Truth {
    let known = |item: &Value| Truth::any(all.iter().map(|it| same(item, it)));
    match value {
        Value::Unknown => Truth::Unknown,
        Value::Null => Truth::True,
        Value::List(items) => Truth::all(items.iter().map(known)),
        one => known(one),
    }
}

fn within(value: &Value, ranges: &[Range]) -> Truth {
    match value {
        Value::Unknown => Truth::Unknown,
        Value::List(items) => Truth::all(items.iter().map(|item| within(item, ranges))),
        Value::String(text) => {
            Range::parse(text).is_some_and(|range| ranges.iter().any(|it| it.holds(range))).into()
        }
        _ => Truth::False,
    }
}

impl Range {
    /// `10.0.0.0/8`, `2001:db8::/32`; an address alone is a range of one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    fn holds(self, other: Self) -> bool {
        self.address.is_ipv4() == other.address.is_ipv4()
            && self.prefix <= other.prefix
            && self.bits() == Self { prefix: self.prefix, ..other }.bits()
    }

    /// The bits that all of its addresses share.
    fn bits(self) -> u128 {
        let (bits, length) = match self.address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        bits.checked_shr(length - u32::from(self.prefix)).unwrap_or(0)
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(json: serde_json::Value) -> Value {
        Value::from(&json)
    }

    #[track_caller]
    fn check(operator: &Operator, found: serde_json::Value, expect: Truth) {
        assert_eq!(operator.holds(&Found::of(value(found)), &Value::Null), expect);
    }

    #[test]
    fn text_that_says_a_number_is_one() {
        check(&Operator::Eq(value(json!("443"))), json!(443), Truth::True);
        check(&Operator::Eq(value(json!("true"))), json!(true), Truth::True);
        check(&Operator::Eq(value(json!(1))), json!("1.0"), Truth::True);
        check(&Operator::Eq(value(json!("a"))), json!(null), Truth::False);
        check(&Operator::Lte(7.0), json!("7"), Truth::True);
        check(&Operator::Lte(7.0), json!(null), Truth::False);
        check(&Operator::Gt(7.0), json!("a"), Truth::False);
    }

    #[test]
    fn what_is_unknown_decides_only_where_it_must() {
        let list = Value::List(vec![Value::Unknown, value(json!("a"))]);
        let found = Found::of(list);
        let holds = |operator: Operator| operator.holds(&found, &Value::Null);
        assert_eq!(holds(Operator::Contains(value(json!("a")))), Truth::True);
        assert_eq!(holds(Operator::Contains(value(json!("b")))), Truth::Unknown);
        assert_eq!(holds(Operator::SubsetOf(vec![value(json!("b"))])), Truth::False);
        assert_eq!(holds(Operator::SubsetOf(vec![value(json!("a"))])), Truth::Unknown);
        assert_eq!(holds(Operator::Exists(true)), Truth::True);
    }

    #[test]
    fn the_least_that_a_number_may_be_is_certain_on_one_side() {
        let found = Found { at_least: true, ..Found::of(value(json!(100))) };
        let holds = |operator: Operator| operator.holds(&found, &Value::Null);
        assert_eq!(holds(Operator::Lte(500.0)), Truth::Unknown);
        assert_eq!(holds(Operator::Lte(50.0)), Truth::False);
        assert_eq!(holds(Operator::Gt(50.0)), Truth::True);
        assert_eq!(holds(Operator::Gt(500.0)), Truth::Unknown);
    }

    #[test]
    fn ranges_hold_what_is_narrower() {
        let ranges =
            ["10.0.0.0/8", "2001:db8::/32"].map(|text| Range::parse(text).expect("it is one")).to_vec();
        for (text, expect) in [
            ("10.1.0.0/16", Truth::True),
            ("10.1.2.3", Truth::True),
            ("10.0.0.0/7", Truth::False),
            ("0.0.0.0/0", Truth::False),
            ("2001:db8:1::/48", Truth::True),
            ("::/0", Truth::False),
            ("sg-1", Truth::False),
        ] {
            check(&Operator::CidrIn(ranges.clone()), json!(text), expect);
        }
        assert!(
            Range::parse("0.0.0.0/0")
                .is_some_and(|all| all.holds(Range::parse("1.2.3.4/1").expect("it is one")))
        );
        assert!(Range::parse("10.0.0.0/33").is_none() && Range::parse("x/8").is_none());
    }
}
