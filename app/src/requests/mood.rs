//! What a clause does: wish something of the thing, or tell why, what is, what was and what will be.
//!
//! Told by grammar, not by topic: a word of cause, a tense, a subject that is not what is asked for.

use std::ops::Range;

use super::language;
use super::phrases::Claims;
use super::text::{Kind, Text};

/// Begins a clause that gives a reason, or that says more of a noun.
const CAUSES: &[&str] = &[
    "because",
    "cause",
    "cuz",
    "since",
    "as",
    "so",
    "otherwise",
    "which",
    "who",
    "whose",
    "where",
    "whereas",
    "while",
    "although",
    "though",
    "even",
    "weil",
    "da",
    "denn",
    "damit",
    "sonst",
    "deshalb",
    "daher",
    "deswegen",
    "obwohl",
    "während",
    "nachdem",
    "seitdem",
    "wobei",
    "ansonsten",
    "weshalb",
    "car",
    "porque",
    "perché",
];

/// Speaks of what was, or of what comes without our doing.
const TENSES: &[&str] = &[
    "was",
    "were",
    "had",
    "did",
    "got",
    "went",
    "told",
    "said",
    "agreed",
    "decided",
    "promised",
    "happened",
    "ended",
    "used",
    "been",
    "yesterday",
    "tomorrow",
    "later",
    "soon",
    "currently",
    "today",
    "nowadays",
    "meanwhile",
    "previously",
    "sometimes",
    "often",
    "usually",
    "rarely",
    "war",
    "waren",
    "hatte",
    "hatten",
    "wurde",
    "wurden",
    "gestern",
    "morgen",
    "später",
    "derzeit",
    "momentan",
    "aktuell",
    "zurzeit",
    "bisher",
    "heute",
    "demnächst",
    "bald",
    "manchmal",
    "oft",
    "meistens",
    "selten",
    "sobald",
];

/// Somebody who tells something of themselves or of others.
const PEOPLE: &[&str] = &[
    "we",
    "i",
    "they",
    "he",
    "she",
    "you",
    "people",
    "somebody",
    "someone",
    "nobody",
    "everybody",
    "everyone",
    "anybody",
    "we're",
    "we've",
    "we'll",
    "we'd",
    "i'm",
    "i've",
    "i'll",
    "i'd",
    "they're",
    "they'll",
    "wir",
    "ich",
    "man",
    "ihr",
    "jemand",
    "niemand",
    "leute",
    "kollegen",
];

/// Verbs that say how something is or what it does.
const STATES: &[&str] = &[
    "is", "are", "isn't", "aren't", "it's", "that's", "he's", "she's", "there's", "has", "have", "does",
    "do", "takes", "take", "runs", "run", "comes", "come", "goes", "costs", "cost", "sends", "send",
    "writes", "write", "reads", "wants", "knows", "uses", "use", "makes", "lives", "lasts", "pushes", "push",
    "ist", "sind", "hat", "haben", "dauert", "dauern", "kostet", "läuft", "laufen", "kommt", "kommen",
    "schickt", "schreibt", "liest", "nutzt", "nutzen", "weiß", "geht",
];

/// Says that something shall be so.
const WISHES: &[&str] = &[
    "must",
    "should",
    "shall",
    "need",
    "needs",
    "needed",
    "want",
    "would",
    "like",
    "please",
    "pls",
    "plz",
    "let",
    "make",
    "set",
    "soll",
    "sollen",
    "sollte",
    "sollten",
    "muss",
    "müssen",
    "müsste",
    "darf",
    "dürfen",
    "bitte",
    "brauchen",
    "brauche",
    "braucht",
    "benötigen",
    "benötigt",
    "möchten",
    "möchte",
    "wollen",
    "hätten",
    "hätte",
    "gern",
    "gerne",
    "bräuchten",
    "wünschen",
    "required",
    "most",
    "least",
    "max",
    "min",
    "maximum",
    "minimum",
    "höchstens",
    "mindestens",
    "maximal",
    "mandatory",
    "nötig",
    "erforderlich",
    "may",
    "allow",
    "allowed",
    "never",
    "only",
    "nur",
];

/// Whether a clause tells instead of wishing. `claims` holds what was read: a subject that was read is the thing itself.
pub(super) fn is_told(text: &Text, claims: &Claims, clause: Range<usize>) -> bool {
    let words: Vec<(usize, &str)> = clause.clone().filter_map(|at| Some((at, text.word(at)?))).collect();
    let Some((_, first)) = words.iter().find(|(_, word)| !is_opening(word)) else { return false };
    let has = |list: &[&str]| words.iter().any(|(_, word)| list.contains(word));
    if has(WISHES) || words.iter().any(|(_, word)| language::denies(word)) {
        return CAUSES.contains(first)
            && !has(&[
                "must", "should", "shall", "please", "pls", "soll", "sollen", "muss", "müssen", "bitte",
            ]);
    }
    CAUSES.contains(first)
        || has(TENSES)
        || (PEOPLE.contains(first) || others(text, claims, &words)) && speaks(&words)
}

/// The words before the request that say where it was spoken of: "As discussed in standup: bucket x".
pub(super) fn preamble(text: &Text) -> Option<Range<usize>> {
    const LONGEST: usize = 10;
    let from = (0..text.tokens.len().min(LONGEST))
        .find(|at| matches!(text.word(*at), Some("as" | "wie" | "following")))?;
    let spoken = text.word(from + 1).is_some_and(|word| {
        matches!(
            word,
            "discussed"
                | "agreed"
                | "decided"
                | "promised"
                | "mentioned"
                | "announced"
                | "talked"
                | "besprochen"
                | "vereinbart"
                | "entschieden"
                | "abgesprochen"
                | "angekündigt"
                | "diskutiert"
        )
    });
    let ends = |at: &usize| text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | ',')));
    let end = (from + 2..from + 2 + LONGEST).find(ends)?;
    spoken.then_some(from..end)
}

/// Whether a clause tells of another thing, or of what was: "the old one was public", "our app already has versioning".
pub(super) fn is_of_another(text: &Text, clause: Range<usize>) -> bool {
    let words: Vec<&str> =
        clause.filter_map(|at| text.word(at)).skip_while(|word| is_opening(word)).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let first = words.first().copied().unwrap_or_default();
    let second = words.get(1).copied().unwrap_or_default();
    if has(&[
        "must", "should", "shall", "need", "needs", "want", "wants", "please", "pls", "would", "soll",
        "sollen", "sollte", "muss", "müssen", "bitte", "brauchen", "braucht", "möchten", "like", "let",
        "make", "same", "wie",
    ]) {
        return false;
    }
    let has_or_is = has(&[
        "is", "are", "has", "have", "was", "were", "had", "does", "did", "ist", "sind", "hat", "haben",
        "war", "waren", "hatte", "hatten", "lief", "ran",
    ]);
    let led = language::is_definite(first) || matches!(first, "unser" | "unserer" | "unsers");
    let older = matches!(
        second,
        "old"
            | "previous"
            | "former"
            | "last"
            | "current"
            | "existing"
            | "other"
            | "others"
            | "alte"
            | "alter"
            | "altes"
            | "bisherige"
            | "bisheriger"
            | "bisheriges"
            | "jetzige"
            | "aktuelle"
            | "vorherige"
            | "andere"
            | "anderen"
    );
    let past = has(&["was", "were", "had", "war", "waren", "hatte", "hatten"]);
    let already = has(&["already", "bereits", "schon"]);
    let ours = matches!(first, "ours" | "mine" | "theirs" | "unserer" | "unsere");
    has_or_is && (led && (older || already) || (led || ours) && past)
}

/// "and", "but" and a greeting begin a clause and say nothing about it.
fn is_opening(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "but"
            | "und"
            | "aber"
            | "also"
            | "anyway"
            | "actually"
            | "eigentlich"
            | "yes"
            | "ja"
            | "well"
            | "mostly"
            | "mainly"
            | "partly"
            | "hauptsächlich"
            | "vor"
            | "allem"
    ) || language::is_courtesy(word)
}

/// A verb besides those who do it.
fn speaks(words: &[(usize, &str)]) -> bool {
    words.len() >= 3 || words.iter().any(|(_, word)| STATES.contains(word))
}

/// "the handler needs", "our partners send": a subject that is not the thing which was read.
fn others(text: &Text, claims: &Claims, words: &[(usize, &str)]) -> bool {
    let mut rest = words.iter().skip_while(|(_, word)| is_opening(word));
    let Some((_, determiner)) = rest.next() else { return false };
    // "Callers sign": a sentence that neither asks nor orders begins with who does it.
    let orders = language::asks_for(determiner)
        || language::is_change(determiner)
        || matches!(
            *determiner,
            "keep" | "retain" | "store" | "use" | "allow" | "expire" | "archive" | "behalte"
        );
    let named = words
        .first()
        .and_then(|(at, _)| text.get(*at))
        .is_some_and(|token| token.text.starts_with(char::is_uppercase));
    let led = language::is_definite(determiner) || language::is_indefinite(determiner) || named && !orders;
    let verb = rest.by_ref().take(4).position(|(_, word)| STATES.contains(word));
    led && verb.is_some_and(|behind| words.iter().skip(1).take(behind + 1).all(|(at, _)| claims.is_free(*at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(clause: &str, expect: bool) {
        let text = Text::new(clause);
        assert_eq!(is_told(&text, &Claims::new(&text), 0..text.tokens.len()), expect, "{clause}");
    }

    #[test]
    fn reasons_and_backgrounds_are_told() {
        for clause in [
            "because the mail provider is slow",
            "so hide messages that long",
            "we push :latest all day",
            "we have two subnets for it",
            "otherwise the bill explodes",
            "the vendor comes on Tuesday",
            "it was 30 seconds before",
            "weil der Anbieter das so will",
            "wir überschreiben die Datei täglich",
            "the old one is still there",
        ] {
            check(clause, true);
        }
    }

    #[test]
    fn where_it_was_spoken_of_is_no_part_of_it() {
        assert_eq!(preamble(&Text::new("As discussed in standup: bucket x in dev")), Some(0..4));
        assert_eq!(preamble(&Text::new("Hi, wie besprochen, bitte eine Queue")), Some(2..4));
        assert_eq!(preamble(&Text::new("bucket x as a store, please")), None);
    }

    #[track_caller]
    fn check_another(clause: &str, expect: bool) {
        let text = Text::new(clause);
        assert_eq!(is_of_another(&text, 0..text.tokens.len()), expect, "{clause}");
    }

    #[test]
    fn another_thing_is_told_by_what_it_was_or_has_already() {
        check_another("the old one was public", true);
        check_another("our app already has versioning", true);
        check_another("the current queue has no DLQ", true);
        check_another("ours was not encrypted", true);
        check_another("die alte Queue hatte keine DLQ", true);
        check_another("the bucket is versioned", false);
        check_another("the old versions should be kept", false);
        check_another("it has a dead letter queue", false);
        check_another("versioned, please", false);
    }

    #[test]
    fn wishes_are_not_told() {
        for clause in [
            "keep the images forever",
            "it must never be public",
            "snapshots should be encrypted",
            "daily snapshots",
            "no snapshots",
            "we need hourly snapshots",
            "bitte täglich sichern",
            "die Rotation soll automatisch sein",
            "please rotate it",
        ] {
            check(clause, false);
        }
    }
}
