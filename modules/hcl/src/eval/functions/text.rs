//! Functions on text, and conversions to and from it.

use super::super::{Fault, Outcome, operators};
use super::{string, strings, whole};
use crate::Value;

/// Widest padding `format` is followed into, in characters.
const WIDTH_CAP: usize = 1000;

pub(super) fn apply(name: &str, args: &[Value]) -> Option<Outcome> {
    let text = |at| string(args, at);
    Some(match name {
        "lower" => text(0).map(|text| cased(&text, |c| single(c.to_lowercase()))),
        "upper" => text(0).map(|text| cased(&text, |c| single(c.to_uppercase()))),
        "title" => text(0).map(|text| ascii(&text, title)),
        "basename" => {
            text(0).map(|text| plain_path(&text, |path| path.rsplit('/').next().unwrap_or_default()))
        }
        "dirname" => text(0).map(|text| {
            plain_path(&text, |path| path.rsplit_once('/').map_or(".", |(directory, _)| directory))
        }),
        "trimspace" => text(0).map(|text| Value::String(text.trim().to_owned())),
        "chomp" => text(0).map(|text| Value::String(text.trim_end_matches(['\n', '\r']).to_owned())),
        "trim" => pair(args, |text, set| text.trim_matches(|c| set.contains(c)).to_owned()),
        "trimprefix" => pair(args, |text, prefix| text.strip_prefix(prefix).unwrap_or(text).to_owned()),
        "trimsuffix" => pair(args, |text, suffix| text.strip_suffix(suffix).unwrap_or(text).to_owned()),
        "startswith" => test(args, |text, part| text.starts_with(part)),
        "endswith" => test(args, |text, part| text.ends_with(part)),
        "strcontains" => test(args, |text, part| text.contains(part)),
        "replace" => replace(args),
        "substr" => substr(args),
        "split" => split(args),
        "join" => join(args),
        "format" => format(args),
        "jsonencode" => jsonencode(args),
        "jsondecode" => text(0).and_then(|text| match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(json) => Ok(Value::from(&json)),
            Err(_) => Err(Fault),
        }),
        "tostring" => convert(args, |value| operators::text(value).map(Value::String).ok_or(Fault)),
        "tonumber" => convert(args, |value| operators::number(value).map(Value::from_f64)),
        "tobool" => convert(args, |value| operators::boolean(value).map(Value::Bool)),
        "nonsensitive" => args.first().cloned().ok_or(Fault),
        _ => return None,
    })
}

fn pair(args: &[Value], function: impl Fn(&str, &str) -> String) -> Outcome {
    Ok(Value::String(function(&string(args, 0)?, &string(args, 1)?)))
}

fn test(args: &[Value], function: impl Fn(&str, &str) -> bool) -> Outcome {
    Ok(Value::Bool(function(&string(args, 0)?, &string(args, 1)?)))
}

fn convert(args: &[Value], function: impl Fn(&Value) -> Outcome) -> Outcome {
    match args.first() {
        Some(Value::Null) => Ok(Value::Null),
        Some(value) => function(value),
        None => Err(Fault),
    }
}

/// Terraform counts user-perceived characters; only for ASCII are these the same as ours.
fn ascii(text: &str, function: impl Fn(&str) -> String) -> Value {
    if text.is_ascii() { Value::String(function(text)) } else { Value::Unknown }
}

/// A function on a path that needs no cleaning: relative, without `//` or dots between slashes, not ending in one.
fn plain_path(text: &str, function: fn(&str) -> &str) -> Value {
    let plain = text.trim_start_matches("../");
    let strange = plain.is_empty() || plain.split('/').any(|part| matches!(part, "" | "." | ".."));
    if strange { Value::Unknown } else { Value::String(function(text).to_owned()) }
}

/// Terraform maps character by character; where a character becomes several, it differs from Unicode's full mapping.
fn cased(text: &str, map: impl Fn(char) -> Option<char>) -> Value {
    text.chars().map(map).collect::<Option<String>>().map_or(Value::Unknown, Value::String)
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    mapped.next().filter(|_| mapped.next().is_none())
}

fn title(text: &str) -> String {
    let mut start = true;
    let upper = |c: char| {
        let c = if start { c.to_ascii_uppercase() } else { c };
        start = !(c.is_ascii_alphanumeric() || c == '_');
        c
    };
    text.chars().map(upper).collect()
}

fn replace(args: &[Value]) -> Outcome {
    let (text, from, to) = (string(args, 0)?, string(args, 1)?, string(args, 2)?);
    if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
        let pattern = from.get(1..from.len() - 1).unwrap_or_default();
        return Ok(super::pattern::replace(&text, pattern, &to).map_or(Value::Unknown, Value::String));
    }
    // An empty pattern matches between all characters: left to Terraform. So is a result that could be far larger.
    let grown = text.len().saturating_mul(to.len());
    if from.is_empty() || grown > super::super::BUDGET {
        return Ok(Value::Unknown);
    }
    Ok(Value::String(text.replace(&from, &to)))
}

fn substr(args: &[Value]) -> Outcome {
    let (text, offset, length) = (string(args, 0)?, whole(args, 1)?, whole(args, 2)?);
    if !text.is_ascii() {
        return Ok(Value::Unknown);
    }
    let size = i64::try_from(text.len()).map_err(|_| Fault)?;
    let start = if offset < 0 { (size + offset).max(0) } else { offset.min(size) };
    let end = if length < 0 { size } else { start.saturating_add(length).min(size) };
    let (start, end) = (usize::try_from(start).map_err(|_| Fault)?, usize::try_from(end).map_err(|_| Fault)?);
    Ok(Value::String(text.get(start..end).unwrap_or_default().to_owned()))
}

fn split(args: &[Value]) -> Outcome {
    let (separator, text) = (string(args, 0)?, string(args, 1)?);
    if separator.is_empty() {
        return Ok(Value::Unknown);
    }
    Ok(Value::List(text.split(&separator).map(|part| Value::String(part.to_owned())).collect()))
}

fn join(args: &[Value]) -> Outcome {
    let separator = string(args, 0)?;
    let mut parts = Vec::new();
    for at in 1..args.len() {
        parts.extend(strings(args, at)?);
    }
    if parts.len().saturating_mul(separator.len()) > super::super::BUDGET {
        return Ok(Value::Unknown);
    }
    Ok(Value::String(parts.join(&separator)))
}

/// `format` with the verbs `%s`, `%v`, `%d` (with width and zero padding) and `%%`; other verbs are unknown.
fn format(args: &[Value]) -> Outcome {
    let pattern = string(args, 0)?;
    let mut rest = pattern.as_str();
    let mut out = String::new();
    let mut next = 1;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (width, verb) = after.split_at_checked(digits).ok_or(Fault)?;
        let Some(letter) = verb.chars().next() else { return Err(Fault) };
        rest = verb.get(letter.len_utf8()..).unwrap_or_default();
        if letter == '%' && width.is_empty() {
            out.push('%');
            continue;
        }
        let argument = args.get(next).ok_or(Fault)?;
        next += 1;
        let text = match (letter, argument) {
            ('d', _) => format!("{}", whole(args, next - 1)?),
            ('s', Value::Number(_)) | ('s' | 'v', Value::String(_) | Value::Bool(_)) => {
                operators::text(argument).ok_or(Fault)?
            }
            // With `%v`, large and fractional numbers get an exponent.
            ('v', Value::Number(number)) if number.as_i64().is_some_and(|number| number.abs() < 100_000) => {
                operators::text(argument).ok_or(Fault)?
            }
            _ => return Ok(Value::Unknown),
        };
        let padding = width.parse::<usize>().unwrap_or(0);
        if padding > WIDTH_CAP || (padding > 0 && (!text.is_ascii() || text.starts_with('-'))) {
            return Ok(Value::Unknown);
        }
        let fill = if width.starts_with('0') && letter == 'd' { '0' } else { ' ' };
        out.extend(std::iter::repeat_n(fill, padding.saturating_sub(text.len())));
        out.push_str(&text);
    }
    out.push_str(rest);
    if next < args.len() { Err(Fault) } else { Ok(Value::String(out)) }
}

fn jsonencode(args: &[Value]) -> Outcome {
    let json = args.first().and_then(Value::to_json).ok_or(Fault)?;
    // As Go's encoder: these are escaped so that the text can stand in HTML.
    let text = json.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    Ok(Value::String(text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")))
}
