//! Words that nobody writes without a reason, and those that mean a date.

use crate::requests::language;
use crate::requests::text::{Kind, Token};

/// A month, or what stands beside a day and an hour.
pub(super) fn is_date(word: &str) -> bool {
    const DATES: &[&str] = &[
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "januar",
        "februar",
        "märz",
        "mai",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "uhr",
        "o'clock",
        "ppl",
        "people",
        "users",
        "persons",
        "leute",
        "personen",
        "kollegen",
        "colleagues",
        "sprint",
        "sprints",
        "of",
        "teams",
        "times",
        "mal",
        "years",
        "jahre",
        "story",
        "points",
        "things",
        "dinge",
    ];
    DATES.contains(&word)
}

/// "two", "zwanzig"; one is an article more often.
pub(super) fn is_number_word(word: &str) -> bool {
    language::number(word).is_some_and(|number| number >= 2.0)
}

/// "acme-audit-logs": nobody writes three parts for an ordinary word.
pub(super) fn is_long_name(word: &str) -> bool {
    let mut parts = word.split(['-', '_']);
    let plain = word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    plain
        && parts.clone().count() >= 3
        && parts.all(|part| !part.is_empty() && !language::is_small_word(part))
}

/// Days of the week that come again and again.
pub(super) fn is_on_days(word: &str) -> bool {
    const DAYS: &[&str] = &[
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "weekday",
        "weekend",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "werktag",
    ];
    let several = word.strip_suffix('s').is_some_and(|day| DAYS.contains(&day));
    several || matches!(word, "werktäglich" | "wochentags" | "mon-fri" | "mo-fr" | "wochenends")
}

pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// A word that people take from a machine.
pub(super) fn is_code(token: &Token) -> bool {
    let word = token.text.as_str();
    let inner = word.chars().skip(1).filter(|letter| letter.is_ascii_uppercase()).count();
    let small = word.chars().filter(char::is_ascii_lowercase).count();
    let camel = inner >= 2
        && small >= 6
        && word.len() >= 10
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !language::is_infrastructure(&token.lower);
    let pair = word.split_once('=').is_some_and(|(key, value)| !key.is_empty() && !value.is_empty());
    // "/Nils" signs a mail.
    let signs =
        word.chars().nth(1).is_some_and(char::is_uppercase) && word.chars().skip(2).all(char::is_lowercase);
    let path = word.starts_with('/')
        && word.len() > 2
        && !signs
        && word.bytes().skip(1).any(|byte| byte.is_ascii_alphabetic());
    // "udp/161"
    let port = word.split_once('/').is_some_and(|(protocol, port)| {
        matches!(protocol, "tcp" | "udp" | "icmp") && port.bytes().all(|byte| byte.is_ascii_digit())
    });
    token.kind == Kind::Word && (camel || pair || path || port)
}
