//! Small parts of sentences: plurals, lists, times, places, failures.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tfpilot_engine::{Facts, Failure, Problem};

use super::escape::{code, cut, plain};

/// `1 approval`, `2 approvals`.
pub(super) fn count(number: impl Into<Number>, one: &str) -> String {
    let Number(number) = number.into();
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// What can be counted.
pub(super) struct Number(u64);

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<usize> for Number {
    fn from(number: usize) -> Self {
        Self(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

/// The text with a capital at its start.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// `2026-07-20 14:05 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `Mon 2027-01-04 08:00 Europe/Berlin`, as people of a time zone read it; of one that is not known in UTC.
pub(super) fn moment(at: Timestamp, zone: &str) -> String {
    match TimeZone::get(zone) {
        Ok(known) => format!("{} {zone}", at.to_zoned(known).strftime("%a %Y-%m-%d %H:%M")),
        Err(_) => at.strftime("%a %Y-%m-%d %H:%M UTC").to_string(),
    }
}

/// `2026-07-20`.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// `db.tf:14`, as far as known.
pub(super) fn place(problem: &Problem) -> Option<String> {
    let path = problem.path.as_deref()?;
    Some(problem.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}")))
}

/// The same beside the name of its stack, which is not said again: `db.tf:14` of `live/prod/db/db.tf`.
pub(super) fn place_in(stack: &str, problem: &Problem) -> Option<String> {
    let place = place(problem)?;
    let inside = place.strip_prefix(stack).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned);
    Some(inside.unwrap_or(place))
}

/// A stack's path in at most `room` characters: the end of a path says more than its start.
pub(super) fn short_path(path: &str, room: usize) -> String {
    let path = plain(path);
    if path.chars().count() <= room {
        return path;
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    cut(&format!("…/{name}"), room)
}

/// Where the head's plans happen, in code font: the one stack, else how many.
pub(super) fn where_planned(facts: &Facts) -> String {
    match facts.stacks() {
        [only] => code(only.path.as_str()),
        many => count(many.len(), "stack"),
    }
}

/// The first words of a failure, without its place. Not escaped.
pub(super) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::Step { phase, problems } => {
            problems.first().map_or_else(|| format!("{phase} failed"), |problem| problem.summary.clone())
        }
        Failure::NotAdmitted { findings } => findings.first().map_or_else(
            || "not admitted".to_owned(),
            |finding| format!("not admitted: {}:{} {}", finding.path, finding.line, finding.what),
        ),
        Failure::Stale => "the state moved since the plan".to_owned(),
        Failure::Cancelled => "cancelled".to_owned(),
        Failure::Lost => "runner lost, twice".to_owned(),
        Failure::NotStarted => "no runner in 10 min, twice".to_owned(),
        Failure::NotDispatched { why } => format!("not dispatched: {why}"),
        Failure::Unknown => "outcome unknown".to_owned(),
        Failure::Refused { why } => why.clone(),
    }
}

/// The first error of a failure, where Terraform or a step around it gave one.
pub(super) fn first_problem(failure: &Failure) -> Option<&Problem> {
    match failure {
        Failure::Step { problems, .. } => problems.first(),
        _ => None,
    }
}

/// `alice` or `alice and bob` or `alice, bob and carol`.
pub(super) fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first `most` and how many more there are: `a, b and 3 more`.
pub(super) fn some(names: &[String], most: usize) -> String {
    match names.get(..most) {
        Some(shown) if names.len() > most => format!("{} and {} more", shown.join(", "), names.len() - most),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words() {
        assert_eq!(
            (count(1u32, "stack"), count(0u32, "stack")),
            ("1 stack".to_owned(), "0 stacks".to_owned())
        );
        let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!((and(&names), some(&names, 2)), ("a, b and c".to_owned(), "a, b and 1 more".to_owned()));
        assert_eq!(short_path("live/prod/db", 20), "live/prod/db");
        assert_eq!(short_path("live/production/eu-central-1/db", 20), "…/db");
        assert_eq!(short_path(&format!("live/{}", "x".repeat(40)), 10), "…/xxxxxxx…");
        assert_eq!(capital("ready to apply"), "Ready to apply");
    }
}
