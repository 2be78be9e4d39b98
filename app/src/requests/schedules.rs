//! Everyday schedules with a time: "every weekday at 7 am", "montags und donnerstags um 6:30".
//!
//! Written as the expression that the module's schedule takes. A time on every day is another input's, and a day without
//! a time is asked about.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::{Type, Variable};

use super::grammar::Grammar;
use super::inputs::{INTRODUCED, Inputs};
use super::phrases::Claims;
use super::text::{Kind, Text};
use super::{language, value};

/// Small words between the days and the time.
const MOST_BETWEEN: usize = 3;

/// Adds the schedule that a text says in days and a time, where one input takes such an expression.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    let takes = |variable: &&Variable| {
        let takes = |word: &str| grammar.takes(&variable.name, &Json::String(word.to_owned()));
        variable.ty == Type::String && takes(&expression(0, 6, "MON-FRI")) && !takes("acme")
    };
    let Some(variable) = grammar.module.variables.iter().find(takes) else { return };
    if inputs.values.contains_key(&variable.name) {
        return;
    }
    let said = (0..text.tokens.len()).find_map(|at| schedule_at(text, claims, at));
    if let Some((written, tokens)) = said {
        let source = Source::Text(text.quote(tokens.clone()));
        claims.take(tokens);
        inputs.add(&variable.name, Json::String(written), source, INTRODUCED);
    }
}

/// Minute, hour and days as EventBridge writes them.
fn expression(minute: u8, hour: u8, days: &str) -> String {
    format!("cron({minute} {hour} ? * {days} *)")
}

/// Days with a time behind or before them.
fn schedule_at(text: &Text, claims: &Claims, at: usize) -> Option<(String, Range<usize>)> {
    let (days, end) = days_at(text, claims, at)?;
    let is_small = |at: usize| {
        text.word(at).is_some_and(|word| language::is_preposition(word) || language::is_definite(word))
            || text.get(at).is_some_and(|token| matches!(token.kind, Kind::Mark(',' | '@')))
    };
    let from = (end..=end + MOST_BETWEEN).find(|at| !is_small(*at))?;
    // "on weekdays 5 instances" says no time.
    if let Some((hour, minute, end)) = time_at(text, claims, from, from > end) {
        return Some((expression(minute, hour, &days), at..end));
    }
    // "at 7 am every weekday"
    let start = (1..=MOST_BETWEEN + 1)
        .filter_map(|back| at.checked_sub(back))
        .find(|start| matches!(text.word(*start), Some("at" | "um" | "gegen")))?;
    let (hour, minute, after) = time_at(text, claims, start + 1, true)?;
    let joined = after <= at && (after..at).all(is_small);
    joined.then(|| (expression(minute, hour, &days), start..end))
}

/// The days that are named from `at` on, and the index behind them.
fn days_at(text: &Text, claims: &Claims, at: usize) -> Option<(String, usize)> {
    let word = |at: usize| text.word(at).filter(|_| claims.is_free(at));
    let led = matches!(word(at)?, "every" | "each" | "jeden" | "jede" | "an" | "on" | "immer");
    let again = matches!(word(at)?, "every" | "each" | "jeden" | "jede");
    let mut days: Vec<&str> = Vec::new();
    let (mut end, mut next) = (at, at + usize::from(led));
    while let Some(name) = word(next) {
        let joins = language::is_join(name) || matches!(name, "every" | "each" | "jeden" | "on");
        match day(name, again || !days.is_empty()) {
            Some(day) => {
                days.push(day);
                end = next + 1;
            }
            None if joins && !days.is_empty() => {}
            None => break,
        }
        next += 1;
        let comma = text.get(next).is_some_and(|token| token.kind == Kind::Mark(','));
        next += usize::from(comma && word(next + 1).is_some_and(|name| day(name, true).is_some()));
    }
    (!days.is_empty()).then(|| (days.join(","), end))
}

/// The day of a word: one that comes again, or any behind "every".
fn day(word: &str, again: bool) -> Option<&'static str> {
    const DAYS: [(&str, &str, &str); 7] = [
        ("monday", "montag", "MON"),
        ("tuesday", "dienstag", "TUE"),
        ("wednesday", "mittwoch", "WED"),
        ("thursday", "donnerstag", "THU"),
        ("friday", "freitag", "FRI"),
        ("saturday", "samstag", "SAT"),
        ("sunday", "sonntag", "SUN"),
    ];
    match word {
        "weekdays" | "workdays" | "werktags" | "werktäglich" | "wochentags" | "mon-fri" | "mo-fr"
        | "monday-friday" => {
            return Some("MON-FRI");
        }
        "weekday" | "workday" | "werktag" | "wochentag" if again => return Some("MON-FRI"),
        "weekends" | "wochenends" => return Some("SAT,SUN"),
        "weekend" | "wochenende" if again => return Some("SAT,SUN"),
        _ => {}
    }
    let stem = word.strip_suffix('s');
    let is = |name: &str| stem == Some(name) || again && word == name;
    DAYS.iter().find(|(english, german, _)| is(english) || is(german)).map(|(.., day)| *day)
}

/// Hour, minute and the index behind them; `led` by "at" a number alone is an hour.
fn time_at(text: &Text, claims: &Claims, at: usize, led: bool) -> Option<(u8, u8, usize)> {
    let word = text.word(at).filter(|_| claims.is_free(at))?;
    let next = text.word(at + 1).unwrap_or_default();
    match word {
        "noon" | "mittags" => return Some((12, 0, at + 1)),
        "midnight" | "mitternacht" => return Some((0, 0, at + 1)),
        _ => {}
    }
    let halves = ["am", "pm", "a.m", "p.m"];
    let half = halves.iter().find_map(|half| Some((value::of_day(word.strip_suffix(half)?, half)?, at + 1)));
    let half = half.or_else(|| Some((value::of_day(word, next)?, at + 2)));
    let (time, end) = match half {
        Some(half) => half,
        None => {
            let hours = matches!(next, "uhr" | "h" | "o'clock" | "utc");
            let plain = word.strip_suffix('h').unwrap_or(word).replace('.', ":");
            let is_time = plain.contains(':') || led || hours || word.ends_with('h');
            (Some(plain).filter(|_| is_time)?, at + 1 + usize::from(hours && next != "utc"))
        }
    };
    let (hour, minute) = time.split_once(':').unwrap_or((&time, "0"));
    let hour = hour.parse::<u8>().ok().filter(|hour| *hour < 24)?;
    let minute = minute.parse::<u8>().ok().filter(|minute| *minute < 60)?;
    Some((hour, minute, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, expect: Option<&str>) {
        let text = Text::new(words);
        let claims = Claims::new(&text);
        let said = (0..text.tokens.len()).find_map(|at| schedule_at(&text, &claims, at));
        assert_eq!(said.map(|(written, _)| written).as_deref(), expect, "{words}");
    }

    #[test]
    fn days_with_a_time_are_schedules() {
        check("every weekday at 7 am", Some("cron(0 7 ? * MON-FRI *)"));
        check("jeden Montag um 6 Uhr", Some("cron(0 6 ? * MON *)"));
        check("montags und donnerstags um 6:30", Some("cron(30 6 ? * MON,THU *)"));
        check("on sundays at 11:15 pm", Some("cron(15 23 ? * SUN *)"));
        check("at 7:45 every friday", Some("cron(45 7 ? * FRI *)"));
        check("Mon-Fri, 18:00", Some("cron(0 18 ? * MON-FRI *)"));
    }

    #[test]
    fn days_alone_are_none() {
        check("every monday", None);
        check("we meet on Monday at 7", None);
        check("on weekdays 5 instances", None);
        check("every day at 7", None);
    }
}
