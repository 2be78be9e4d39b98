//! The text of a value, read in the type of its input.
//!
//! Never refuses: what cannot be read stays text, and the module's own check says what is wrong with it.

use serde_json::{Map, Number, Value as Json};
use tfpilot_hcl::Type;
use tfpilot_modules::catalog::Unit;
use tfpilot_modules::lists;

use super::grammar::{Grammar, OWNER};
use super::language;

/// How far two wordings of one quantity may be apart: a half year is 180 days or 183.
const ALIKE: f64 = 0.03;

/// The value that `text` means for an input.
pub(super) fn parse(grammar: &Grammar<'_>, input: &str, text: &str) -> Json {
    let text = unquoted(text.trim());
    let lower = text.to_lowercase();
    if let Some(choice) = closed(grammar, input, &lower) {
        return choice;
    }
    if input == OWNER {
        return Json::String(team(text));
    }
    let ty = grammar.type_of(input);
    match &ty {
        Type::String => Json::String(text.to_owned()),
        Type::Bool => language::yes_or_no(&lower).map_or_else(|| Json::String(text.to_owned()), Json::Bool),
        Type::Number => {
            let number = number(&lower, grammar.unit(input)).or_else(|| worded(grammar, input, &lower));
            number.map_or_else(|| Json::String(text.to_owned()), Json::Number)
        }
        Type::List(item) | Type::Set(item) => {
            json_of(text, Json::is_array).unwrap_or_else(|| list(item, text))
        }
        Type::Map(item) => json_of(text, Json::is_object)
            .or_else(|| map(item, text))
            .unwrap_or_else(|| Json::String(text.to_owned())),
        Type::Any | Type::Object(_) | Type::Tuple(_) => {
            json_of(text, |_| true).unwrap_or_else(|| Json::String(text.to_owned()))
        }
    }
}

/// A team as GitHub writes teams, without the word for it: "checkout team", "Team HR-IT", "Mobile Apps".
pub(super) fn team(text: &str) -> String {
    let is_word =
        |word: &&str| !matches!(word.to_lowercase().as_str(), "team" | "squad" | "the" | "das" | "der");
    let words: Vec<&str> = text.split_whitespace().collect();
    let named: Vec<&str> = words.iter().copied().filter(is_word).collect();
    let plain =
        text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.'));
    match named.as_slice() {
        [] => text.to_owned(),
        named if plain => named.join("-").to_lowercase(),
        named => named.join(" "),
    }
}

/// What a team does is not what it is called: "second-screen team runs it".
pub(super) fn is_deed(word: &str) -> bool {
    matches!(
        word,
        "runs"
            | "owns"
            | "own"
            | "maintains"
            | "operates"
            | "needs"
            | "wants"
            | "looks"
            | "handles"
            | "manages"
            | "pays"
            | "takes"
            | "kümmert"
            | "betreibt"
            | "pflegt"
    )
}

/// A time of day of twelve hours as one of twenty-four: "7:30" and "pm" are 19:30.
pub(super) fn of_day(time: &str, half: &str) -> Option<String> {
    let (hour, minute) = time.split_once(':').unwrap_or((time, "00"));
    let hour = hour.parse::<u8>().ok().filter(|hour| (1..=12).contains(hour))?;
    let minute = minute.parse::<u8>().ok().filter(|minute| *minute < 60)?;
    let hour = match half {
        "am" | "a.m" => hour % 12,
        "pm" | "p.m" => hour % 12 + 12,
        _ => return None,
    };
    Some(format!("{hour:02}:{minute:02}"))
}

/// A number with an optional unit, in the unit of the input; what is repeated in parentheses, as it is said there.
pub(super) fn number(text: &str, unit: Option<Unit>) -> Option<Number> {
    let text = text.trim().replace('\u{a0}', " ");
    if let Some((said, again)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        return repeated(number(said, unit)?, number(again, unit)?);
    }
    let is_digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let digits = text.find(|letter| !is_digit(letter)).unwrap_or(text.len());
    let (amount, rest) =
        if digits > 0 { text.split_at(digits) } else { text.split_once(' ').unwrap_or((&text, "")) };
    let amount = language::number(amount.trim_end_matches(['.', ',']))?;
    // "30-day", "30 d."
    let rest = rest.trim().trim_start_matches('-').trim_end_matches('.');
    // "5k", "5k requests/s"
    let (thousands, rest) =
        match rest.strip_prefix('k').filter(|rest| !rest.starts_with(char::is_alphanumeric)) {
            Some(rest) => (1_000.0, rest.trim()),
            None => (1.0, rest),
        };
    let is_percent = unit.is_none() && matches!(rest, "%" | "percent" | "prozent");
    let factor = if rest.is_empty() || is_percent { 1.0 } else { factor(rest, unit?)? };
    exact(amount * thousands * factor)
}

/// Of "7 years (2555 days)" the days, of "2 TB (2048)" the plain number: who repeats a quantity says it more exactly. None
/// where the two are not the same.
pub(super) fn repeated(said: Number, again: Number) -> Option<Number> {
    let (first, second) = (said.as_f64()?, again.as_f64()?);
    ((first - second).abs() <= ALIKE * first.abs()).then_some(again)
}

/// How many of `unit` one of the written unit is.
pub(super) fn factor(written: &str, unit: Unit) -> Option<f64> {
    let seconds = match unit {
        Unit::Seconds => 1.0,
        Unit::Minutes => 60.0,
        Unit::Hours => 3_600.0,
        Unit::Days => 86_400.0,
        Unit::Gib => return language::bytes_of(written).map(|bytes| bytes / 1_073_741_824.0),
        Unit::Mib => return language::bytes_of(written).map(|bytes| bytes / 1_048_576.0),
        Unit::PerSecond => return language::per_second(written),
        // "3 replicas": whatever is counted is the noun behind the number.
        // "20-mal", "3x": so many times.
        Unit::Count => return matches!(written, "x" | "mal" | "times" | "fach").then_some(1.0),
    };
    language::seconds_of(written).map(|written| written / seconds)
}

/// Whole numbers stay whole, so that the same request gives the same bytes.
pub(super) fn exact(value: f64) -> Option<Number> {
    let rounded = value.round();
    if (value - rounded).abs() < 1e-9 && rounded.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Some(Number::from(rounded as i64));
    }
    Number::from_f64(value)
}

/// One of the input's closed values, by itself or by a word for it.
fn closed(grammar: &Grammar<'_>, input: &str, lower: &str) -> Option<Json> {
    let plain = |word: &str| word.to_lowercase().replace(['-', '_'], " ");
    let wanted = plain(lower);
    let choices = grammar.module.choices(input)?;
    if let Some(choice) =
        choices.iter().find(|choice| choice.as_str().is_some_and(|text| plain(text) == wanted))
    {
        return Some(choice.clone());
    }
    let (value, _) = grammar
        .hints(input)?
        .values
        .iter()
        .find(|(_, words)| words.iter().any(|word| plain(word) == wanted))?;
    choices.into_iter().find(|choice| choice.as_str() == Some(value))
}

/// The number that `module.yml` has other words for: "0.5 vCPU", "1 vCPU (1024)".
fn worded(grammar: &Grammar<'_>, input: &str, lower: &str) -> Option<Number> {
    let said = lower.split('(').next().unwrap_or(lower).trim();
    let values = &grammar.hints(input)?.values;
    let (value, _) = values.iter().find(|(_, words)| words.iter().any(|word| word.to_lowercase() == said))?;
    serde_json::from_str(value).ok()
}

/// Whether a value is one of those that an input may have.
pub(super) fn is_closed(grammar: &Grammar<'_>, input: &str, value: &Json) -> bool {
    grammar.module.choices(input).is_some_and(|choices| choices.contains(value))
        || grammar
            .hints(input)
            .and_then(|hints| lists::find(hints.one_of.as_deref()?))
            .is_some_and(|list| value.as_str().is_some_and(|value| list.has(value)))
}

fn unquoted(text: &str) -> &str {
    [('"', '"'), ('`', '`'), ('\'', '\''), ('“', '”'), ('„', '“')]
        .into_iter()
        .find_map(|(open, close)| {
            let inner = text.strip_prefix(open)?.strip_suffix(close)?;
            (!inner.contains(open) && !inner.contains(close)).then_some(inner)
        })
        .unwrap_or(text)
}

fn json_of(text: &str, fits: fn(&Json) -> bool) -> Option<Json> {
    serde_json::from_str(text).ok().filter(fits)
}

fn list(item: &Type, text: &str) -> Json {
    let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let mut text = text.to_owned();
    for join in [" and ", " und ", " + ", " plus ", " & ", " / ", " sowie "] {
        text = text.replace(join, ",");
    }
    // Ids and addresses hold no spaces, so that spaces part them as well.
    if text.split([',', ' ', '\n', ';']).filter(|entry| !entry.is_empty()).all(is_code) {
        text = text.split_whitespace().collect::<Vec<_>>().join(",");
    }
    text.split([',', '\n', ';'])
        .map(|entry| unquoted(entry.trim().trim_start_matches("- ").trim()))
        .filter(|entry| !entry.is_empty())
        .map(|entry| scalar(item, entry))
        .collect()
}

/// An id, an address, an ARN: with a digit and a joint.
fn is_code(entry: &str) -> bool {
    entry.bytes().any(|byte| byte.is_ascii_digit()) && entry.contains(['-', ':', '.', '/', '@'])
}

fn map(item: &Type, text: &str) -> Option<Json> {
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let mut entries = Map::new();
    for entry in text.split([',', '\n', ';']).map(str::trim).filter(|entry| !entry.is_empty()) {
        let entry = entry.trim_start_matches("- ");
        let (key, value) = entry.split_once('=').or_else(|| entry.split_once(':'))?;
        entries.insert(unquoted(key.trim()).to_owned(), scalar(item, unquoted(value.trim())));
    }
    (!entries.is_empty()).then_some(Json::Object(entries))
}

fn scalar(ty: &Type, text: &str) -> Json {
    match ty {
        Type::Number => number(text, None).map_or_else(|| Json::String(text.to_owned()), Json::Number),
        Type::Bool => language::yes_or_no(&text.to_lowercase())
            .map_or_else(|| Json::String(text.to_owned()), Json::Bool),
        _ => Json::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tfpilot_modules::Catalog;

    use super::*;

    #[track_caller]
    fn check(module: &str, input: &str, text: &str, expect: Json) {
        let catalog = Catalog::shipped();
        let grammar = Grammar::new(catalog.find(module).expect("is shipped"));
        assert_eq!(parse(&grammar, input, text), expect, "{text}");
    }

    #[test]
    fn rates_and_sizes_are_read_in_the_unit_of_the_input() {
        let read = |text: &str, unit| number(text, Some(unit)).and_then(|number| number.as_f64());
        assert_eq!(read("5k writes/s", Unit::PerSecond), Some(5_000.0));
        assert_eq!(read("600 requests/min", Unit::PerSecond), Some(10.0));
        assert_eq!(read("20", Unit::PerSecond), Some(20.0));
        assert_eq!(read("20 apples", Unit::PerSecond), None);
        assert_eq!(read("1 gb", Unit::Mib), Some(1_024.0));
        assert_eq!(read("512", Unit::Mib), Some(512.0));
        assert_eq!(read("3", Unit::Count), Some(3.0));
        assert_eq!(read("1,5 gb", Unit::Mib), Some(1_536.0));
        assert_eq!(read("30-day", Unit::Days), Some(30.0));
        assert_eq!(read("14-tägige", Unit::Days), Some(14.0));
        assert_eq!(read("thirty days", Unit::Days), Some(30.0));
        assert_eq!(read("fünfundvierzig Tage".to_lowercase().as_str(), Unit::Days), Some(45.0));
        assert_eq!(read("7 jahre (2555 tage)", Unit::Days), Some(2_555.0));
        assert_eq!(read("2 tb (2048)", Unit::Gib), Some(2_048.0));
        assert_eq!(read("72 hours (5 days)", Unit::Days), None);
        assert_eq!(number("75%", None).and_then(|number| number.as_f64()), Some(75.0));
    }

    #[test]
    fn values_are_read_in_their_type() {
        check("aws/s3-bucket", "versioning", "Yes", json!(true));
        check("aws/s3-bucket", "versioning", "aus", json!(false));
        check("aws/s3-bucket", "versioning", "maybe", json!("maybe"));
        check("aws/s3-bucket", "expire_after_days", "30", json!(30));
        check("aws/s3-bucket", "expire_after_days", "2 weeks", json!(14));
        check("aws/s3-bucket", "expire_after_days", "12h", json!(0.5));
        check("aws/s3-bucket", "expire_after_days", "zwei Wochen", json!(14));
        check("aws/s3-bucket", "expire_after_days", "soon", json!("soon"));
        check("aws/s3-bucket", "expire_after_days", "1k", json!(1000));
        check("aws/s3-bucket", "expire_after_days", "1kg", json!("1kg"));
        check("aws/sqs-queue", "visibility_timeout_seconds", "2 minutes", json!(120));
        check("aws/s3-bucket", "archive_class", "deep archive", json!("DEEP_ARCHIVE"));
        check("aws/s3-bucket", "archive_class", "glacier_ir", json!("GLACIER_IR"));
        check(
            "aws/s3-bucket",
            "cors_origins",
            "https://a.example, 'https://b.example'",
            json!(["https://a.example", "https://b.example"]),
        );
        check("aws/s3-bucket", "cors_origins", "[\"https://a.example\"]", json!(["https://a.example"]));
        check("aws/s3-bucket", "tags", "CostCenter=4711, Env: x", json!({"CostCenter": "4711", "Env": "x"}));
        check("aws/s3-bucket", "tags", "none", json!("none"));
        check("aws/s3-bucket", "owner", "`data platform`", json!("data-platform"));
        check("aws/s3-bucket", "owner", "007", json!("007"));
    }
}
