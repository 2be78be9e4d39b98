//! Finds the catalog's phrases in a text: whole words, hyphens as spaces, the usual endings, gaps where verbs part.

use std::ops::Range;

use super::language;
use super::text::{Kind, Text};

/// Tokens that may stand between the parts of a parted phrase: "delete them after".
const MAX_GAP: usize = 2;

/// Tokens in parentheses that are passed over.
const MAX_INSIDE: usize = 12;

/// Tokens on either side in which a clause is looked for; a text without marks has no clauses.
const LONGEST_CLAUSE: usize = 40;

/// Letters of a word whose misspelling is still told from another word.
const LONG: usize = 7;

/// What words of both languages end in when they are inflected.
const ENDINGS: [&str; 7] = ["s", "es", "n", "en", "e", "er", "em"];

/// A phrase, cut into words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Phrase {
    parts: Vec<String>,
}

impl Phrase {
    pub(super) fn new(words: &str) -> Self {
        Self { parts: parts(&words.to_lowercase()).map(str::to_owned).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Its words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str)
    }

    /// Its first part, under which it is looked up.
    pub(super) fn first(&self) -> Option<&str> {
        self.parts.first().map(String::as_str)
    }

    /// The phrase without the small words at its start: "Versionierung" of "ohne Versionierung".
    pub(super) fn core(&self) -> Self {
        let small = |word: &&String| {
            language::is_preposition(word) || language::is_negation(word) || language::is_definite(word)
        };
        Self { parts: self.parts.iter().skip_while(small).cloned().collect() }
    }

    /// Whether the phrase is one word made from this one: "versioning" from "version".
    pub(super) fn has_stem(&self, stem: &str) -> bool {
        let [only] = self.parts.as_slice() else { return false };
        only.strip_prefix(stem)
            .is_some_and(|ending| matches!(ending, "ed" | "d" | "ing" | "ung" | "ierung" | "iert"))
    }

    /// The tokens of the phrase when it begins at `index`.
    pub(super) fn at(&self, text: &Text, index: usize) -> Option<Range<usize>> {
        let mut wanted = self.parts.as_slice();
        let mut next = index;
        while !wanted.is_empty() {
            wanted = self.take(text, next, wanted)?;
            next += 1;
        }
        (next > index).then_some(index..next)
    }

    /// Like [`Self::at`], with up to [`MAX_GAP`] words before a closing preposition: "delete them after". What stands in
    /// parentheses between is passed over.
    pub(super) fn parted_at(&self, text: &Text, index: usize) -> Option<Range<usize>> {
        let (last, first) = self.parts.split_last()?;
        if first.is_empty() || !language::is_preposition(last) {
            return None;
        }
        let first = Self { parts: first.to_vec() };
        let begun = after_parentheses(text, first.at(text, index)?.end);
        (begun..=begun + MAX_GAP)
            .take_while(|at| text.word(*at).is_some())
            .find(|at| text.word(*at) == Some(last))
            .map(|at| index..at + 1)
    }

    /// Like [`Self::at`], with words between that say nothing by themselves: "keep all of the old versions".
    pub(super) fn loose_at(&self, text: &Text, index: usize) -> Option<Range<usize>> {
        let mut wanted = self.parts.as_slice();
        let (mut next, mut gap) = (index, 0);
        while !wanted.is_empty() {
            match self.take(text, next, wanted) {
                Some(rest) => (wanted, gap) = (rest, 0),
                None if next > index && gap < MAX_GAP && text.word(next).is_some_and(is_light) => gap += 1,
                None => return None,
            }
            next += 1;
        }
        (next > index).then_some(index..next)
    }

    /// Whether the phrase begins with all of another and goes on.
    pub(super) fn begins_like(&self, other: &Self) -> bool {
        self.len() > other.len() && self.parts.starts_with(&other.parts)
    }

    /// Whether the phrase ends with all of another.
    pub(super) fn ends_like(&self, other: &Self) -> bool {
        other.len() > 0 && self.parts.ends_with(&other.parts)
    }

    /// Whether a word of a text is one of a phrase, or a form of it.
    pub(super) fn is_form_of(word: &str, part: &str) -> bool {
        word == part || is_inflected(word, part)
    }

    /// The phrase turned around a value, as German does: "nach 30 Tagen löschen". Gives what stands behind the value.
    pub(super) fn turned_by(&self, preposition: &str) -> Option<Self> {
        let (last, first) =
            self.parts.split_last().filter(|(last, first)| *last == preposition && !first.is_empty())?;
        language::is_preposition(last).then(|| Self { parts: first.to_vec() })
    }

    /// What is left of `wanted` after the token at `index`, all of whose parts must be wanted.
    fn take<'a>(&self, text: &Text, index: usize, wanted: &'a [String]) -> Option<&'a [String]> {
        let word = text.word(index)?;
        let mut rest = wanted;
        for part in parts(word) {
            let (next, after) = rest.split_first()?;
            if part != next && !(after.is_empty() && is_inflected(part, next)) && !is_misspelt(part, next) {
                return None;
            }
            rest = after;
        }
        Some(rest)
    }
}

/// The index after the parentheses that open at `at`, where they close on their line.
fn after_parentheses(text: &Text, at: usize) -> usize {
    if text.get(at).is_none_or(|token| token.kind != Kind::Mark('(')) {
        return at;
    }
    let inner = text.tokens.iter().enumerate().skip(at).take_while(|(_, token)| token.kind != Kind::End);
    let closes = inner.take(MAX_INSIDE).find(|(_, token)| token.kind == Kind::Mark(')'));
    closes.map_or(at, |(at, _)| at + 1)
}

/// Articles, pronouns and helping verbs: they may stand between the parts of a phrase and change nothing about it.
pub(super) fn is_light(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "a"
            | "an"
            | "our"
            | "your"
            | "its"
            | "their"
            | "these"
            | "those"
            | "this"
            | "that"
            | "any"
            | "all"
            | "every"
            | "each"
            | "of"
            | "it"
            | "them"
            | "us"
            | "we"
            | "i"
            | "you"
            | "they"
            | "please"
            | "pls"
            | "also"
            | "just"
            | "always"
            | "still"
            | "simply"
            | "too"
            | "should"
            | "shall"
            | "must"
            | "can"
            | "may"
            | "could"
            | "will"
            | "would"
            | "be"
            | "is"
            | "are"
            | "get"
            | "gets"
            | "have"
            | "has"
            | "to"
            | "there"
            | "in"
            | "on"
            | "bitte"
            | "auch"
            | "immer"
            | "noch"
            | "mal"
            | "gern"
            | "gerne"
            | "der"
            | "die"
            | "das"
            | "den"
            | "dem"
            | "des"
            | "ein"
            | "eine"
            | "einen"
            | "unsere"
            | "unseren"
            | "alle"
            | "allen"
            | "jede"
            | "wir"
            | "ich"
            | "sie"
            | "er"
            | "es"
            | "soll"
            | "sollen"
            | "sollte"
            | "sollten"
            | "muss"
            | "müssen"
            | "kann"
            | "können"
            | "darf"
            | "dürfen"
            | "wird"
            | "werden"
            | "ist"
            | "sind"
            | "dort"
            | "dann"
            | "im"
            | "am"
    )
}

/// The first parts of phrases that a word can begin: its own, and what it is inflected from.
pub(super) fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    let first = parts(word).next();
    let stems =
        first.into_iter().flat_map(|first| ENDINGS.iter().filter_map(|ending| first.strip_suffix(ending)));
    first.into_iter().chain(stems)
}

/// Words and what hyphens join.
fn parts(words: &str) -> impl Iterator<Item = &str> {
    words
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '_' | '\'' | '’'))
        .filter(|part| !part.is_empty())
}

/// "buckets" for "bucket", "versionierten" for "versioniert"; short words have no endings.
fn is_inflected(word: &str, stem: &str) -> bool {
    stem.chars().count() >= 4 && word.strip_prefix(stem).is_some_and(|ending| ENDINGS.contains(&ending))
}

/// "versionning" for "versioning": one letter more, less or other in a long word that begins alike.
pub(super) fn is_misspelt(word: &str, known: &str) -> bool {
    word.len() >= LONG
        && known.len() >= LONG
        && word.len().abs_diff(known.len()) <= 1
        && word.as_bytes().first() == known.as_bytes().first()
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && known.bytes().all(|byte| byte.is_ascii_lowercase())
        && word != known
        && !is_inflected(word, known)
        && !is_inflected(known, word)
        && strsim::osa_distance(word, known) == 1
}

/// The values that tokens have been read as; nothing is read twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    taken: Vec<bool>,
}

impl Claims {
    pub(super) fn new(text: &Text) -> Self {
        Self { taken: vec![false; text.tokens.len()] }
    }

    pub(super) fn take(&mut self, range: Range<usize>) {
        self.taken.iter_mut().skip(range.start).take(range.len()).for_each(|taken| *taken = true);
    }

    /// Takes what was read between two moments.
    pub(super) fn take_what_is_new(&mut self, before: &Claims, after: &Claims) {
        let new = before.taken.iter().zip(&after.taken).map(|(before, after)| *after && !*before);
        self.taken.iter_mut().zip(new).for_each(|(taken, new)| *taken |= new);
    }

    /// Whether anything was read.
    pub(super) fn any(&self) -> bool {
        self.taken.contains(&true)
    }

    pub(super) fn is_free(&self, index: usize) -> bool {
        self.taken.get(index).is_some_and(|taken| !taken)
    }

    pub(super) fn are_free(&self, mut range: Range<usize>) -> bool {
        range.all(|index| self.is_free(index))
    }
}

/// Whether a clause ends before the token at `index`: a comma, the end of a line or of the text.
pub(super) fn is_boundary(text: &Text, index: usize) -> bool {
    text.get(index).is_none_or(|token| {
        matches!(token.kind, Kind::Mark(mark) if !matches!(mark, ':' | '=' | '(')) || token.kind == Kind::End
    })
}

/// The clause that a token stands in.
pub(super) fn clause_of(text: &Text, at: usize) -> Range<usize> {
    let (first, last) = (at.saturating_sub(LONGEST_CLAUSE), (at + LONGEST_CLAUSE).min(text.tokens.len()));
    let from = (first..at).rev().find(|before| is_boundary(text, *before)).map_or(first, |before| before + 1);
    let to = (at..last).find(|after| is_boundary(text, *after)).unwrap_or(last);
    from..to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(phrase: &str, text: &str, expect: Option<Range<usize>>) {
        let text = Text::new(text);
        let phrase = Phrase::new(phrase);
        assert_eq!((0..text.tokens.len()).find_map(|index| phrase.at(&text, index)), expect);
    }

    #[test]
    fn hyphens_and_endings_make_no_difference() {
        check("S3 bucket", "an S3-Bucket please", Some(1..2));
        check("S3-Bucket", "two s3 buckets", Some(1..3));
        check("dead letter queue", "no dead-letter queue", Some(1..3));
        check("versioniert", "einen versionierten Bucket", Some(1..2));
        check("queue", "the job-queue", None);
        check("note", "notebook", None);
        check("key", "keys", None);
    }

    #[test]
    fn parted_phrases_are_found() {
        let text = Text::new("delete them all after 3 days");
        assert_eq!(Phrase::new("delete after").parted_at(&text, 0), Some(0..4));
        assert_eq!(Phrase::new("delete it").parted_at(&text, 0), None);
        let text = Text::new("archive to glacier (flexible retrieval) after 90 days");
        assert_eq!(Phrase::new("archive to glacier after").parted_at(&text, 0), Some(0..8));
        let text = Text::new("keep all of the old versions, keep no old versions");
        assert_eq!(Phrase::new("keep old versions").loose_at(&text, 0), None);
        let text = Text::new("keep the old versions, keep no old versions");
        assert_eq!(Phrase::new("keep old versions").loose_at(&text, 0), Some(0..4));
        assert_eq!(Phrase::new("keep old versions").loose_at(&text, 5), None);
    }
}
