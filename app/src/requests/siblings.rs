//! What one of several alike things was given, another is given where it says a number alone: "queues a (7 days) and
//! b (14 days)", "a keeps messages 7 days, b 14".

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tfpilot_engine::{Resource, Source};

use super::inputs::{Inputs, PLACED};
use super::language;
use super::phrases::Claims;
use super::text::{Kind, Text};

/// How sure such a number is: it stands in the place of one that was read.
const LIKE_ANOTHER: u8 = PLACED - 5;

/// Reads the one number among a thing's own tokens as what the others' numbers are.
pub(super) fn read(
    text: &Text,
    own: impl Iterator<Item = usize>,
    others: &[&Resource],
    claims: &mut Claims,
    found: &mut Inputs,
) {
    let numbers: Vec<(usize, u64)> =
        own.filter(|at| claims.is_free(*at)).filter_map(|at| Some((at, number_at(text, at)?))).collect();
    let [(at, number)] = numbers.as_slice() else { return };
    let unit = text.word(at + 1).filter(|word| claims.is_free(at + 1) && size_of(word).is_some());
    let read = |(input, filled): (&String, &tfpilot_engine::Filled<Json>)| {
        let Source::Text(words) = &filled.source else { return None };
        let (theirs, of) = quantity(words)?;
        let factor = match unit {
            None => 1.0,
            Some(unit) => ratio(unit, of.as_deref()?)?,
        };
        let value = filled.value.as_u64()? as f64 / theirs as f64 * *number as f64 * factor;
        let whole = value.fract() == 0.0 && value < 1e15;
        (whole && !found.values.contains_key(input)).then_some((input.clone(), value as u64))
    };
    let meant: BTreeSet<(String, u64)> =
        others.iter().flat_map(|other| &other.inputs).filter_map(read).collect();
    let Some((input, value)) = meant.first().filter(|_| meant.len() == 1) else { return };
    let tokens = *at..*at + 1 + usize::from(unit.is_some());
    found.add(input, (*value).into(), Source::Text(text.quote(tokens.clone())), LIKE_ANOTHER);
    claims.take(tokens);
}

fn number_at(text: &Text, at: usize) -> Option<u64> {
    let token = text.get(at).filter(|token| token.kind == Kind::Word)?;
    let digits = token.lower.bytes().all(|byte| byte.is_ascii_digit());
    token.lower.parse().ok().filter(|number| digits && *number > 0)
}

/// The one number of these words, with the word behind it.
fn quantity(words: &str) -> Option<(u64, Option<String>)> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let numbers: Vec<(usize, u64)> =
        words.iter().enumerate().filter_map(|(at, word)| Some((at, word.parse().ok()?))).collect();
    match numbers.as_slice() {
        [(at, number)] if *number > 0 => {
            let unit = words.get(at + 1).map(|word| word.trim_end_matches([',', '.', ')']).to_owned());
            Some((*number, unit))
        }
        _ => None,
    }
}

/// Seconds or bytes.
fn size_of(unit: &str) -> Option<(bool, f64)> {
    let time = language::seconds_of(unit).map(|seconds| (true, seconds));
    time.or_else(|| language::bytes_of(unit).map(|bytes| (false, bytes)))
}

/// How many of one unit another is, where both measure the same.
fn ratio(unit: &str, of: &str) -> Option<f64> {
    let ((is_time, size), (of_time, of_size)) = (size_of(unit)?, size_of(of)?);
    (is_time == of_time).then_some(size / of_size)
}
