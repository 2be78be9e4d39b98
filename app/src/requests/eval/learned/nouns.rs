//! The words that a text may have for the thing it asks for: what stands behind an article or a verb that asks, up to where
//! something else begins. In English and in German the last word says what it is.

use std::collections::BTreeSet;

use crate::config::repository::templates::normal;
use crate::requests::language;
use crate::requests::text::{Kind, Text};

/// Words of the longest phrase that is learned.
const MOST_WORDS: usize = 3;

/// Words in a row that are no noun any more, but a sentence.
const TOO_MANY: usize = 5;

/// Letters of the shortest and the longest word that is learned.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=40;

/// What anything may be called: nobody means one module by it.
const ANYTHING: &str = "\
    request requests thing things something anything stuff one ones resource resources infrastructure infra place \
    space service services app apps application system systems setup solution component help hand way team teams \
    project projects environment environments account region name version copy instance instances kind type sort \
    bit lot couple few set pair number bunch favour question ticket issue task story update change list file files \
    data anfrage ding dinge sache sachen etwas was ressource ressourcen infrastruktur ort platz dienst dienste \
    anwendung system lösung hilfe umgebung projekt konto kopie art sorte bisschen paar frage aufgabe daten";

/// The candidates of a text. `values` are texts that are known to be values, in lower case.
pub(super) fn of(text: &Text, values: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for start in (1..text.tokens.len()).filter(|at| is_led(text, *at)) {
        let run: Vec<&str> = (start..start + TOO_MANY).map_while(|at| plain(text, at, values)).collect();
        if run.len() == TOO_MANY {
            continue;
        }
        // "a mailbox orders-in": what has a hyphen or a digit may be the name already.
        let may_be_name = |at: &usize| {
            run.get(*at)
                .is_some_and(|word| word.contains(|letter: char| letter == '-' || letter.is_numeric()))
        };
        for end in (1..run.len()).filter(may_be_name).chain([run.len()]) {
            let phrases = (end.saturating_sub(MOST_WORDS)..end).filter_map(|from| run.get(from..end));
            let words = phrases.map(|words| normal(&words.join(" ")));
            found.extend(words.filter(|words| is_name(words) && !is_in_use(words)));
        }
    }
    found
}

/// Whether people could call something by these words.
pub(super) fn is_name(words: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or_default();
    LETTERS.contains(&words.chars().count())
        && words.split(' ').count() <= MOST_WORDS
        && words.chars().all(|letter| letter.is_alphanumeric() || letter == ' ')
        && words.chars().any(char::is_alphabetic)
        && !ANYTHING.split_whitespace().any(|word| word == last)
}

/// What "mailbox" and "mailboxes" have in common.
pub(super) fn stem(words: &str) -> &str {
    let endings = ["es", "en", "s", "n", "e"];
    let stem = endings.iter().find_map(|ending| words.strip_suffix(ending));
    stem.filter(|stem| LETTERS.contains(&stem.chars().count())).unwrap_or(words)
}

/// A word by which the reading knows something else: a team, an environment, a part of a thing, work on it.
fn is_in_use(words: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or_default();
    language::is_department(words)
        || language::is_common_environment(words)
        || language::is_trouble(last)
        || language::is_change(words)
        || language::is_part(last)
}

/// "a …", "two …", "need …".
fn is_led(text: &Text, at: usize) -> bool {
    let same = |before: usize| {
        text.get(before).map(|token| token.sentence) == text.get(at).map(|token| token.sentence)
    };
    let before = at.checked_sub(1).filter(|before| same(*before)).and_then(|before| text.word(before));
    before.is_some_and(|word| {
        language::is_indefinite(word) || language::asks_for(word) || language::number(word).is_some()
    })
}

/// A word that may be part of a noun: none of the small ones, and no name.
fn plain<'t>(text: &'t Text, at: usize, values: &BTreeSet<String>) -> Option<&'t str> {
    let token = text.get(at).filter(|token| token.kind == Kind::Word)?;
    let word = token.lower.as_str();
    let ends = language::is_small_word(word)
        || language::is_courtesy(word)
        || language::is_correction(word)
        || language::number(word).is_some()
        || matches!(word, "called" | "named" | "namens" | "genannt" | "heißt" | "saying");
    let spelt = word.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
    (spelt && !ends && !values.contains(word)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let values = BTreeSet::from(["orders".to_owned(), "hello-team".to_owned()]);
        let found = of(&Text::of_issue("For the team", text), &values);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expect, "{text}");
    }

    #[test]
    fn a_noun_ends_where_something_else_begins() {
        check("We need a mailbox called hello-team in dev", &["mailbox"]);
        check(
            "We need a durable dead-drop hello-team, team billing",
            &["dead drop", "durable", "durable dead drop"],
        );
        check("please create two mailboxes for orders", &["mailboxes"]);
        check("Wir brauchen einen Postkorb namens hello-team in dev", &["postkorb"]);
        check("could we have a mailbox orders", &["mailbox"]);
        check("could we have a mailbox post-in", &["mailbox", "mailbox post in", "post in"]);
    }

    #[test]
    fn what_is_no_noun_is_none() {
        check("We need something in prod", &[]);
        check("There is an error in the mailbox", &[]);
        check("a request for billing, an update", &[]);
        check("the mailbox is there", &[]);
    }
}
