//! What was said of a thing and nothing took: it is asked about, so that no wish is lost in silence.

mod topics;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_modules::catalog::Unit;

use self::topics::Topics;
use self::words::{is_code, is_date, is_long_name, is_number_word, is_on_days, is_year};
use super::grammar::Grammar;
use super::inputs::{Inputs, SURE};
use super::language;
use super::mood::is_told;
use super::phrases::{Claims, clause_of, is_boundary};
use super::text::{self, Kind, Text, Token};
use super::value;

/// Things that are asked about because nothing took them.
const MOST_LEFT: usize = 5;

/// Letters of a word that says something.
const SHORTEST_WORD: usize = 3;

/// Letters of a value that is told again in another word.
const TOLD_AGAIN: usize = 8;

/// Words of a clause that are shown.
const MOST_SHOWN: usize = 8;

/// Marks a wish: something shall or must not be so.
const WISHES: &[&str] = &[
    "must",
    "should",
    "shall",
    "allow",
    "allowed",
    "keep",
    "kept",
    "never",
    "always",
    "soll",
    "sollen",
    "muss",
    "müssen",
    "darf",
    "dürfen",
    "without",
    "ohne",
    "maximum",
    "max",
    "min",
    "minimum",
    "mindestens",
    "höchstens",
    "maximal",
    "enable",
    "disable",
    "rotate",
    "rotated",
    "encrypted",
];

/// Adds what no input took though somebody meant something by it: quantities such as "retain for 1 year", "no snapshots", ids and
/// addresses of things that exist. Each stays in the draft under its own words, which no module has as an input, and is asked about.
pub(super) fn read(
    text: &Text,
    grammar: &Grammar<'_>,
    noun: &Range<usize>,
    claims: &Claims,
    inputs: &mut Inputs,
) {
    let Some(sentence) = text.get(noun.start).map(|token| token.sentence).filter(|_| !noun.is_empty()) else {
        return;
    };
    // Another sentence is about the thing when something in it was read.
    let mut spoken: BTreeSet<usize> = std::iter::once(sentence).collect();
    let read =
        text.tokens.iter().enumerate().filter(|(at, token)| token.kind != Kind::End && !claims.is_free(*at));
    spoken.extend(read.clone().map(|(_, token)| token.sentence));
    let known: BTreeSet<&str> = read.map(|(_, token)| token.lower.as_str()).collect();
    // Sentences that tell what goes wrong today.
    let troubled: BTreeSet<usize> = text
        .tokens
        .iter()
        .filter(|token| language::is_trouble(&token.lower))
        .map(|token| token.sentence)
        .collect();
    let topics = Topics::of(grammar);
    let told = |at: usize| is_told(text, claims, clause_of(text, at));
    let tokens = text.tokens.iter().enumerate().filter(|(at, _)| claims.is_free(*at));
    let mut left: Vec<Range<usize>> = tokens
        .filter_map(|(at, token)| {
            let unit = text.word(at + 1).filter(|_| claims.is_free(at + 1));
            let is_unit =
                |word: &str| language::seconds_of(word).or_else(|| language::bytes_of(word)).is_some();
            let is_number = token.kind == Kind::Word && token.lower.bytes().all(|byte| byte.is_ascii_digit());
            // "twice a year, say every 180 days"
            let again = unit.is_some_and(|unit| is_read_quantity(grammar, &token.lower, unit, inputs));
            // "3 GB a day": how much comes in a time.
            let rate = matches!(text.word(at + 2), Some("a" | "per" | "each" | "pro" | "am" | "every"))
                && text.word(at + 3).and_then(language::seconds_of).is_some();
            if again || unit.is_some_and(is_any_unit) && rate {
                return None;
            }
            if is_number && unit.is_some_and(is_unit) && !troubled.contains(&token.sentence) && !told(at) {
                return Some(at..at + 2);
            }
            // "75 % cpu", "8 receives": so many of something.
            let counted = unit.is_some_and(|word| {
                word.chars().all(char::is_alphabetic)
                    && word.chars().count() >= 3
                    && !language::is_small_word(word)
                    && !is_date(word)
                    && !is_of_story(word)
            });
            let short = token.lower.len() <= 5;
            let led = at.checked_sub(1).and_then(|before| text.word(before));
            let settled = unit.is_some_and(|word| topics.are_read(word, inputs));
            if is_number
                && short
                && counted
                && !settled
                && !led.is_some_and(is_date)
                && !troubled.contains(&token.sentence)
                && !told(at)
            {
                return Some(at..at + 2);
            }
            // `LOG_LEVEL=info`, AmazonAthenaFullAccess, /healthz: nobody writes them without a reason.
            if is_code(token) && !troubled.contains(&token.sentence) && !told(at) {
                return Some(at..at + 1);
            }
            // "no snapshots": a wish that no switch took.
            let needless = text.word(at + 2).is_some_and(|word| {
                matches!(word, "needed" | "necessary" | "required" | "nötig" | "notwendig" | "erforderlich")
            });
            // "no second worker", "ohne sich neu anzumelden": nothing that a switch is about.
            let nobody = unit.is_some_and(|word| {
                matches!(
                    word,
                    "second"
                        | "other"
                        | "third"
                        | "further"
                        | "zweiter"
                        | "zweite"
                        | "anderer"
                        | "sich"
                        | "dass"
                        | "zu"
                )
            });
            let denied = !needless
                && !nobody
                && unit.is_some_and(|word| !language::is_small_word(word) && !language::is_idle(word));
            let settled = unit.is_some_and(|word| topics.are_read(word, inputs));
            if denied
                && !settled
                && language::denies(&token.lower)
                && spoken.contains(&token.sentence)
                && !told(at)
            {
                return Some(at..at + 2);
            }
            let named = matches!(token.kind, Kind::Word | Kind::Quoted) && text::is_id(&token.lower);
            if named {
                return Some(at..at + 1);
            }
            let about = spoken.contains(&token.sentence)
                || wishes(text, clause_of(text, at))
                || clause_of(text, at).any(|at| matches!(text.word(at), Some("please" | "pls" | "bitte")));
            let wished = about && !troubled.contains(&token.sentence) && !told(at);
            // "on 8081", "two hours", "eight replicas": a number in a sentence about the thing says something of it.
            let in_words = token.kind == Kind::Word && !is_number && is_number_word(&token.lower);
            let of_topic = unit.is_some_and(|word| topics.inputs.contains_key(word));
            let measured =
                in_words && unit.is_some_and(is_unit) && !troubled.contains(&token.sentence) && !told(at);
            if measured || wished && in_words && of_topic && !settled {
                return Some(at..at + 2);
            }
            // "dreimal nicht verarbeitet"
            if wished && in_words && token.lower.ends_with("mal") {
                return Some(at..at + 1);
            }
            // "on weekdays at 6": a schedule that nobody read.
            if wished && token.kind == Kind::Word && is_on_days(&token.lower) {
                return Some(at..at + 1);
            }
            // "logs go to acme-audit-logs", "show "Acme News" as the sender": named in a wish, and read by nobody.
            let is_name = match token.kind {
                Kind::Quoted => true,
                Kind::Word => is_long_name(&token.text),
                _ => false,
            };
            // What was read elsewhere is said once more.
            if wished && is_name && !known.contains(token.lower.as_str()) {
                return Some(at..at + 1);
            }
            let of_date = led.is_some_and(is_date) || unit.is_some_and(is_date) || is_year(&token.lower);
            // "1) a queue"
            let counts = text.get(at + 1).is_some_and(|token| token.kind == Kind::Mark(')'))
                && at
                    .checked_sub(1)
                    .is_none_or(|before| text.get(before).is_some_and(|token| token.kind == Kind::End));
            // "4 team inventory"
            let is_for =
                token.lower == "4" && matches!(text.word(at + 1), Some("team" | "us" | "our" | "the"));
            // "ticket 4711"
            let filed = led.is_some_and(|word| {
                matches!(
                    word,
                    "ticket"
                        | "issue"
                        | "story"
                        | "task"
                        | "jira"
                        | "case"
                        | "incident"
                        | "pr"
                        | "request"
                        | "auftrag"
                        | "vorgang"
                        | "nr"
                )
            });
            // "half a vCPU (512)"
            let again = is_aside(text, at) && is_read_number(&token.lower, inputs);
            let of_story = unit.is_some_and(is_of_story);
            (wished && is_number && !of_date && !of_story && !counts && !is_for && !filed && !again)
                .then_some(at..at + 1)
        })
        .take(MOST_LEFT)
        .collect();
    left.extend(clauses(text, &topics, claims, &spoken, inputs));
    for tokens in left.into_iter().take(MOST_LEFT) {
        let words = text.quote(tokens);
        inputs.add(&words, Json::String(words.clone()), Source::Text(words.clone()), SURE);
    }
}

/// Whether a token stands alone in parentheses.
fn is_aside(text: &Text, at: usize) -> bool {
    let is = |at: Option<usize>, mark: char| {
        at.and_then(|at| text.get(at)).is_some_and(|token| token.kind == Kind::Mark(mark))
    };
    is(at.checked_sub(1), '(') && is(Some(at + 1), ')')
}

/// Whether a number was read as the value of an input.
fn is_read_number(word: &str, inputs: &Inputs) -> bool {
    inputs.values.values().map(|filled| filled.value.to_string()).any(|filled| filled == word)
}

/// "40 next spring", "600 million scores": a number of the story around a request.
fn is_of_story(word: &str) -> bool {
    matches!(
        word,
        "next"
            | "last"
            | "this"
            | "million"
            | "millions"
            | "billion"
            | "thousand"
            | "millionen"
            | "mio"
            | "tausend"
            | "nächstes"
            | "letztes"
            | "dieses"
    )
}

/// A unit of time or size.
fn is_any_unit(word: &str) -> bool {
    language::seconds_of(word).or_else(|| language::bytes_of(word)).is_some()
}

/// Whether a quantity was read in other words.
fn is_read_quantity(grammar: &Grammar<'_>, number: &str, unit: &str, inputs: &Inputs) -> bool {
    inputs.values.iter().any(|(input, filled)| {
        let counted = grammar.unit(input).filter(|counted| *counted != Unit::Count);
        let said = counted.and_then(|counted| value::number(&format!("{number} {unit}"), Some(counted)));
        said.is_some_and(|said| filled.value == Json::Number(said))
    })
}

/// "the rest as usual", "bei den anderen passt der Standard".
fn leaves_the_rest(text: &Text, clause: Range<usize>) -> bool {
    let words: Vec<&str> = clause.filter_map(|at| text.word(at)).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    has(&["default", "defaults", "standard", "standards", "standardwerte", "usual", "üblich", "vorgaben"])
        && has(&[
            "rest",
            "others",
            "other",
            "else",
            "everything",
            "otherwise",
            "anderen",
            "andere",
            "übrigen",
            "alles",
            "sonst",
            "ansonsten",
        ])
}

/// Whether words of a text meant nothing to any reader, though they are no words around it either.
pub(super) fn has_unread(text: &Text, claims: &Claims) -> bool {
    text.tokens.iter().enumerate().any(|(at, token)| claims.is_free(at) && is_meaningful(token))
}

/// A word that says something.
pub(super) fn is_meaningful(token: &Token) -> bool {
    let word = token.lower.as_str();
    matches!(token.kind, Kind::Word | Kind::Quoted)
        && word.chars().filter(|letter| letter.is_alphanumeric()).count() >= SHORTEST_WORD
        && !language::is_known(word)
        && !language::is_small_word(word)
        && !language::is_idle(word)
}

/// Clauses that wish something, of which nothing was read, in sentences that speak of the thing.
fn clauses(
    text: &Text,
    topics: &Topics<'_>,
    claims: &Claims,
    spoken: &BTreeSet<usize>,
    inputs: &Inputs,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in 0..=text.tokens.len() {
        // "accounts 1 and 2 (partners) should be able to pull" is one clause.
        let closes = text.get(at).is_some_and(|token| token.kind == Kind::Mark(')'))
            && (from..at).any(|at| text.get(at).is_some_and(|token| token.kind == Kind::Mark('(')));
        let ends = at == text.tokens.len() || is_boundary(text, at) && !closes;
        if !ends {
            continue;
        }
        let clause = from..at;
        from = at + 1;
        let words = clause.clone().filter(|at| text.word(*at).is_some()).count();
        let sentence = text.get(clause.start).map(|token| token.sentence);
        let about = sentence.is_some_and(|sentence| spoken.contains(&sentence));
        if words >= 2
            && about
            && claims.are_free(clause.clone())
            && !is_told(text, claims, clause.clone())
            && topics.leave_open(text, clause.clone(), inputs, wishes(text, clause.clone()))
            && !denies_nothing(text, clause.clone())
            && !leaves_the_rest(text, clause.clone())
            && !names_what_is_read(text, clause.clone(), inputs)
        {
            let end = clause.start + clause.len().min(MOST_SHOWN);
            found.push(clause.start..end);
        }
    }
    found
}

/// "https://a.example should show it", where a.example was read.
fn names_what_is_read(text: &Text, mut clause: Range<usize>, inputs: &Inputs) -> bool {
    let words = |value: &Json| match value {
        Json::String(word) => vec![word.to_lowercase()],
        Json::Array(values) => values.iter().filter_map(Json::as_str).map(str::to_lowercase).collect(),
        _ => Vec::new(),
    };
    let read: Vec<String> = inputs.values.values().flat_map(|filled| words(&filled.value)).collect();
    clause.any(|at| {
        text.get(at).is_some_and(|token| {
            token.text.contains(['.', '-', '/'])
                && read.iter().any(|word| word.len() >= TOLD_AGAIN && token.lower.contains(word.as_str()))
        })
    })
}

/// "gelöscht wird nie": nothing happens by itself where nothing is said.
fn denies_nothing(text: &Text, clause: Range<usize>) -> bool {
    let words: Vec<&str> = clause.filter_map(|at| text.word(at)).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    has(&["nie", "niemals", "never", "nichts", "nothing"])
        && has(&["gelöscht", "löschen", "deleted", "delete", "expire", "expires", "removed"])
}

fn wishes(text: &Text, mut clause: Range<usize>) -> bool {
    clause.any(|at| {
        text.get(at).is_some_and(|token| match token.kind {
            Kind::Word => WISHES.contains(&token.lower.as_str()),
            _ => false,
        })
    })
}
