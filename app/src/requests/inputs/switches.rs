//! Switches: "versioned", "not versioned", "versioning: off", "PITR brauchen wir nicht".

use std::ops::Range;

use serde_json::Value as Json;

use super::{INTRODUCED, Reader};
use crate::requests::grammar::{Found, Meaning};
use crate::requests::language;
use crate::requests::phrases::{is_boundary, is_light};

/// Words behind a switch in which a German sentence may deny it.
const LATE: usize = 10;

impl Reader<'_, '_> {
    /// "versioned", "not versioned", "versioning: off", "versioning is not needed".
    pub(super) fn switched(&mut self, found: &Found<'_>, value: bool) -> usize {
        let Range { start, end } = found.tokens;
        // "deletion protection switched off & point in time recovery too"
        let sentence = self.text.get(start).map(|token| token.sentence);
        if self.last_off == sentence && sentence.is_some() && self.is_too(end) {
            self.add(&found.entry.input, Json::Bool(!value), start..end + 1, INTRODUCED);
            return end + 1;
        }
        if let Some(at) = self.negation_before(start) {
            self.add(&found.entry.input, Json::Bool(!value), at..end, INTRODUCED);
            self.denied = self.denies_on(at).then_some(end);
            return end;
        }
        if self.is_denied_too(start) {
            self.add(&found.entry.input, Json::Bool(!value), start..end, INTRODUCED);
            self.denied = Some(end);
            return end;
        }
        if let Some(at) = self.denied_late(end) {
            self.add(&found.entry.input, Json::Bool(!value), start..at, INTRODUCED);
            return at;
        }
        let (said, end) = self.switch_after(end).unwrap_or((true, end));
        self.last_off = sentence.filter(|_| !said);
        self.add(&found.entry.input, Json::Bool(value == said), start..end, INTRODUCED);
        end
    }

    /// A denial that goes for what is joined to it, too.
    pub(super) fn denies_on(&self, at: usize) -> bool {
        matches!(self.text.word(at), Some("without" | "ohne" | "neither" | "weder" | "w/o"))
    }

    /// "neither protection nor a final snapshot", "without standby and deletion protection".
    fn is_denied_too(&self, start: usize) -> bool {
        let light = |word: &str| is_light(word) || language::is_indefinite(word) || word == "any";
        self.denied.is_some_and(|end| {
            let joins = |at: usize| {
                self.text
                    .word(at)
                    .is_some_and(|word| matches!(word, "nor" | "noch" | "or" | "oder" | "and" | "und"))
            };
            // A phrase may end with the "nor" itself.
            let from = if end > 0 && joins(end - 1) { end } else { end + 1 };
            (from == end || joins(end))
                && from <= start
                && (from..start).all(|at| self.text.word(at).is_some_and(light))
        })
    }

    /// "too", "as well", "ebenfalls".
    pub(super) fn is_too(&self, at: usize) -> bool {
        matches!(self.text.word(at), Some("too" | "also" | "likewise" | "auch" | "ebenfalls" | "ebenso"))
            || self.text.word(at) == Some("as") && self.text.word(at + 1) == Some("well")
    }

    /// "do not version it": the verb of a switch, and a no before it.
    pub(super) fn negated_stem(&mut self, index: usize) -> Option<usize> {
        let word =
            self.text.word(index).filter(|word| self.claims.is_free(index) && word.chars().count() >= 5)?;
        let from = self.negation_before(index)?;
        let grammar = self.grammar;
        let entry = grammar
            .entries()
            .iter()
            .find(|entry| entry.meaning == Meaning::On && entry.phrase.has_stem(word))?;
        self.add(&entry.input, Json::Bool(false), from..index + 1, INTRODUCED);
        Some(index + 1)
    }

    /// A negation up to three words before, in the same clause; further where only "need for a" stands between.
    pub(super) fn negation_before(&self, start: usize) -> Option<usize> {
        let says_nothing = |at: usize| {
            self.text.word(at).is_some_and(|word| is_light(word) || language::asks_for(word) || word == "for")
        };
        (1..=6)
            .map_while(|back| start.checked_sub(back))
            .take_while(|at| self.text.word(*at).is_some() && self.claims.is_free(*at))
            .take_while(|at| start - at <= 3 || (at + 1..start).all(says_nothing))
            .find(|at| self.text.word(*at).is_some_and(language::is_negation))
    }

    /// "PITR brauchen wir in dev nicht", "FIFO muss nicht sein", "auf PITR können wir verzichten": the index after the word
    /// that denies it.
    pub(super) fn denied_late(&self, end: usize) -> Option<usize> {
        let mut clause = (end..end + LATE)
            .take_while(|at| self.text.word(*at).is_some() && !is_boundary(self.text, *at))
            .take_while(|at| self.grammar.phrase_at(self.text, *at).is_none());
        // "kann abgeschaltet werden"
        let helps = |at: usize| {
            let helps = matches!(self.text.word(at), Some("werden" | "sein" | "bleiben"));
            helps && is_boundary(self.text, at + 1)
        };
        let ends = |at: &usize| {
            is_boundary(self.text, at + 1) || self.text.word(at + 1).is_some_and(joins) || helps(at + 1)
        };
        if let Some(at) = clause.find(|at| self.text.word(*at).is_some_and(lets_go) && ends(at)) {
            return Some(at + 1);
        }
        // "Performance Insights dann bitte aus"
        let turned_off = (end + 1..end + 4)
            .take_while(|at| self.text.word(*at).is_some() && !is_boundary(self.text, *at))
            .find(|at| self.text.word(*at) == Some("aus") && is_boundary(self.text, at + 1));
        if let Some(at) = turned_off {
            return Some(at + 1);
        }
        let at = (end..end + LATE)
            .take_while(|at| self.text.word(*at).is_some() && !is_boundary(self.text, *at))
            .find(|at| matches!(self.text.word(*at), Some("nicht" | "not")))?;
        let follows = self.text.word(at + 1);
        let ends = is_boundary(self.text, at + 1)
            || matches!(
                follows,
                Some(
                    "sein"
                        | "nötig"
                        | "needed"
                        | "required"
                        | "necessary"
                        | "wanted"
                        | "desired"
                        | "erwünscht"
                        | "gewünscht"
                        | "gewollt"
                        | "gebraucht"
                        | "benötigt"
                        | "erforderlich"
                        | "notwendig"
                        | "vorgesehen"
                        | "verlangt"
                )
            );
        ends.then_some(at + 1 + usize::from(follows.is_some() && !is_boundary(self.text, at + 1)))
    }

    /// On or off behind a phrase, after a few small words.
    pub(super) fn switch_after(&self, end: usize) -> Option<(bool, usize)> {
        let (at, marked) = self.skip_fillers(end, "");
        let word = self.text.word(at)?;
        // Without a mark before it, "no" may begin the next wish and "an" is an article.
        // "fifo no, dead letters no": what ends a part says it of what stands before.
        let ends = is_boundary(self.text, at + 1)
            && matches!(word, "no" | "yes" | "ja" | "nein" | "none" | "on" | "off");
        let clear = marked
            || ends
            || !matches!(
                word,
                "no" | "yes" | "y" | "n" | "an" | "1" | "0" | "x" | "none" | "ja" | "nein" | "on"
            );
        if let Some(said) = language::yes_or_no(word).filter(|_| clear) {
            return Some((said, at + 1));
        }
        if matches!(
            word,
            "unnecessary"
                | "unneeded"
                | "superfluous"
                | "unnötig"
                | "überflüssig"
                | "unwanted"
                | "unerwünscht"
        ) {
            return Some((false, at + 1));
        }
        let needed = |at| {
            self.text.word(at).is_some_and(|word| {
                matches!(
                    word,
                    "needed"
                        | "required"
                        | "necessary"
                        | "wanted"
                        | "nötig"
                        | "erforderlich"
                        | "gewünscht"
                        | "notwendig"
                        | "gebraucht"
                        | "benötigt"
                        | "verlangt"
                        | "important"
                        | "wichtig"
                )
            })
        };
        (matches!(word, "not" | "nicht" | "isn't" | "un") && needed(at + 1)).then_some((false, at + 2))
    }
}

/// Words at which a statement ends without a mark.
pub(super) fn joins(word: &str) -> bool {
    matches!(word, "and" | "und" | "but" | "aber" | "because" | "since" | "as" | "weil")
}

/// Ends a clause about what is not wanted: "auf Snapshots verzichten", "PITR weglassen".
pub(super) fn lets_go(word: &str) -> bool {
    matches!(
        word,
        "verzichten"
            | "verzichtet"
            | "weglassen"
            | "weggelassen"
            | "abschalten"
            | "abgeschaltet"
            | "ausschalten"
            | "ausgeschaltet"
            | "deaktivieren"
            | "deaktiviert"
            | "abstellen"
            | "entfallen"
            | "entfällt"
            | "wegfallen"
            | "sparen"
    )
}
