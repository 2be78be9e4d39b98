//! What somebody wants where it is no new thing: a change, a removal, an answer, help. Told by how the sentences are
//! built, whatever they are about.

mod asking;
mod ends;
mod words;

use tfpilot_engine::Wish;

use self::asking::{GETTING, HELP, ONLY_ASKS, POLITE, WANTS_TO_KNOW, WONDERS};
use self::ends::{ENDS, LATER, REMOVES, ROLLS_BACK};
use self::words::{ALSO, ALTERS, ASKS_IMPORT, IMPORTS, MODULES, PROMOTES, SAME, TAKES_IN, UPGRADES};
use super::existing::Met;
use super::language;
use super::text::{Kind, Text};

/// Stands in a phrase for what may come between its words.
const PARTED: char = '…';

/// Words between the parts of a verb.
const MOST_PARTED: usize = 7;

/// A sentence as its words.
struct Sentence<'t> {
    words: Vec<&'t str>,
    is_question: bool,
    /// It speaks of something that does not work.
    is_trouble: bool,
    /// It speaks of access to something, or of another part of it.
    is_about_a_part: bool,
    /// Its number in the text.
    number: usize,
}

impl Sentence<'_> {
    fn begun(number: usize) -> Self {
        Self { words: Vec::new(), is_question: false, is_trouble: false, is_about_a_part: false, number }
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.says_one(phrase))
    }

    fn says_one(&self, phrase: &str) -> bool {
        self.words.iter().enumerate().any(|(at, word)| {
            // Most words begin no phrase: nothing is cut for them.
            let after = phrase.strip_prefix(word);
            if !after.is_some_and(|after| after.is_empty() || after.starts_with(' ')) {
                return false;
            }
            match phrase.split_once(PARTED) {
                Some((verb, rest)) => self.says_parted(at, verb.trim_end(), rest.trim_start()),
                None => self.end_of(at, phrase).is_some(),
            }
        })
    }

    /// "shut the old queue down": the rest of the verb comes within a few words.
    fn says_parted(&self, at: usize, verb: &str, rest: &str) -> bool {
        self.end_of(at, verb)
            .is_some_and(|behind| (behind..behind + MOST_PARTED).any(|at| self.end_of(at, rest).is_some()))
    }

    /// The word behind a phrase that begins at one.
    fn end_of(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut end = at;
        for word in phrase.split(' ') {
            if self.words.get(end) != Some(&word) {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    /// "please import it", and not "the nightly import".
    fn asks_to_import(&self) -> bool {
        let words = &self.words;
        (0..words.len()).filter(|at| words.get(*at) == Some(&"import")).any(|at| {
            let before = at.checked_sub(1).and_then(|before| words.get(before)).copied().unwrap_or("please");
            let after = words.get(at + 1).copied().unwrap_or_default();
            matches!(
                before,
                "please" | "pls" | "to" | "you" | "we" | "and" | "bitte" | "just" | "someone" | "somebody"
            ) || matches!(after, "it" | "the" | "this" | "that" | "them" | "existing" | "request")
        })
    }

    fn opens_with(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.end_of(0, phrase).is_some())
    }

    /// Like [`Self::opens_with`], after a greeting or a "quick one:".
    fn asks_with(&self, phrases: &[&str]) -> bool {
        self.is_question && (self.opens_with(phrases) || self.says_late(phrases))
    }

    /// Somewhere behind its first words.
    fn says_late(&self, phrases: &[&str]) -> bool {
        phrases.iter().filter(|phrase| phrase.len() > 3).any(|phrase| self.says_one(phrase))
    }
}

/// The sentences of a text. What a colon or comma parts from a greeting stands for itself: "quick one: which …?".
fn sentences(text: &Text) -> Vec<Sentence<'_>> {
    let mut sentences: Vec<Sentence<'_>> = Vec::new();
    let mut at = None;
    for token in &text.tokens {
        if at != Some(token.sentence) || sentences.is_empty() {
            sentences.push(Sentence::begun(token.sentence));
            at = Some(token.sentence);
        }
        let Some(sentence) = sentences.last_mut() else { continue };
        match token.kind {
            Kind::Word | Kind::Quoted => {
                sentence.is_trouble |= language::is_trouble(&token.lower);
                sentence.is_about_a_part |= language::is_part(&token.lower);
                sentence.words.extend(token.lower.split_whitespace());
            }
            Kind::Mark('?') => sentence.is_question = true,
            Kind::Mark(':') => {
                sentences.push(Sentence::begun(token.sentence));
            }
            Kind::Mark(_) | Kind::End => {}
        }
    }
    sentences.retain(|sentence| !sentence.words.is_empty());
    sentences
}

/// What is wanted of things that exist; a change where nothing else is said.
pub(super) fn of_existing(text: &Text, met: &[Met<'_>], environments: &[String]) -> Wish {
    let sentences = sentences(text);
    let says = |phrases: &[&str]| sentences.iter().any(|sentence| sentence.says(phrases));
    if says(ONLY_ASKS) {
        return Wish::Question;
    }
    let wondered = sentences.iter().any(|sentence| {
        !sentence.says(POLITE) && (sentence.asks_with(WONDERS) || sentence.says(WANTS_TO_KNOW))
    });
    let polite = says(POLITE);
    if says(ROLLS_BACK) && (polite || !wondered) {
        return Wish::RollBack;
    }
    if says(TAKES_IN) || says(IMPORTS) || sentences.iter().any(Sentence::asks_to_import) {
        return Wish::Import;
    }
    // What is wondered about is not yet asked for: "is it needed any longer?"
    if wondered && !polite {
        return Wish::Question;
    }
    let carried = sentences.iter().any(|sentence| {
        let carries = |word: &str| {
            matches!(
                word,
                "take" | "bring" | "move" | "push" | "roll" | "ship" | "copy" | "get" | "put" | "nach"
            )
        };
        sentence.words.iter().any(|word| carries(word)) && (sentence.says(POLITE) || polite)
    });
    if sentences.iter().any(|sentence| sentence.says(UPGRADES) && sentence.says(MODULES)) {
        return Wish::Upgrade;
    }
    if (says(PROMOTES) || carried) && target(met, environments).is_some() {
        return Wish::Promote;
    }
    let removes = sentences.iter().any(|sentence| {
        let of_it = met.iter().all(|met| takes_from(text, met, sentence.number));
        sentence.says(REMOVES) && !sentence.says(LATER) && !says_how_long(text, sentence) && !of_it
    });
    if removes {
        return Wish::Remove;
    }
    if wondered { Wish::Question } else { Wish::Change }
}

/// Whether an end is asked for by a verb that means nothing else.
pub(super) fn removes_surely(text: &Text) -> bool {
    const SURELY: &[&str] = &[
        "delete",
        "destroy",
        "tear down",
        "take down",
        "decommission",
        "get rid of",
        "terminate",
        "löschen",
        "lösch",
        "löscht",
        "abreißen",
        "zurückbauen",
        "can go",
        "kann weg",
        "taken down",
    ];
    sentences(text)
        .iter()
        .any(|sentence| sentence.says(SURELY) && !sentence.says(LATER) && !says_how_long(text, sentence))
}

/// "remove t.novak from the group interns": something of it, not the thing.
fn takes_from(text: &Text, met: &Met<'_>, sentence: usize) -> bool {
    let is_name = |at: usize| {
        text.get(at)
            .is_some_and(|token| token.sentence == sentence && token.lower == met.thing.name.to_lowercase())
    };
    (0..text.tokens.len()).filter(|at| is_name(*at)).any(|at| {
        (1..=3)
            .map_while(|back| text.word(at.checked_sub(back)?))
            .any(|word| matches!(word, "from" | "aus" | "bei" | "beim"))
    })
}

/// "delete old versions after 90 days" tells what becomes of what is in it, not of the thing.
fn says_how_long(text: &Text, sentence: &Sentence<'_>) -> bool {
    (0..text.tokens.len()).any(|at| {
        let inside = text.get(at).is_some_and(|token| token.sentence == sentence.number);
        let led = matches!(text.word(at), Some("after" | "nach" | "than" | "als" | "every" | "alle"));
        inside
            && led
            && text.word(at + 1).and_then(language::number).is_some()
            && text.word(at + 2).and_then(language::seconds_of).is_some()
    })
}

/// Of several things those that are named where the wish is said, if there are any.
pub(super) fn meant<'e>(text: &Text, wish: Wish, met: Vec<Met<'e>>) -> Vec<Met<'e>> {
    let phrases = match wish {
        Wish::Remove => REMOVES,
        Wish::RollBack => ROLLS_BACK,
        Wish::Promote => PROMOTES,
        _ => return met,
    };
    let said: Vec<usize> = sentences(text)
        .iter()
        .filter(|sentence| sentence.says(phrases))
        .map(|sentence| sentence.number)
        .collect();
    let is_meant = |met: &Met<'_>| met.sentences.iter().any(|sentence| said.contains(sentence));
    let (meant, others): (Vec<_>, Vec<_>) = met.into_iter().partition(is_meant);
    if meant.is_empty() { others } else { meant }
}

/// Whether something that exists already, made without us, shall be ours. "The nightly import" is none.
pub(super) fn imports(text: &Text) -> bool {
    sentences(text).iter().any(|sentence| sentence.says(TAKES_IN) || sentence.says(ASKS_IMPORT))
}

/// Whether something like what exists is asked for.
pub(super) fn wants_the_same(text: &Text) -> bool {
    let sentences = sentences(text);
    sentences.iter().any(|sentence| sentence.says(SAME))
        && !sentences.iter().any(|sentence| sentence.says(PROMOTES))
}

/// Whether anything is asked for, politely or not, and nothing fails.
pub(super) fn asks(text: &Text) -> bool {
    let sentences = sentences(text);
    let asks = |sentence: &Sentence<'_>| {
        sentence.says(POLITE)
            || sentence
                .words
                .iter()
                .any(|word| language::asks_for(word) || language::is_change(word) || ALTERS.contains(word))
    };
    sentences.iter().any(|sentence| !sentence.is_trouble && asks(sentence))
}

/// Whether a text asks, and for nothing but something new: nothing fails in it and nothing shall be otherwise.
pub(super) fn asks_for_new(text: &Text) -> bool {
    let sentences = sentences(text);
    let otherwise = [REMOVES, ROLLS_BACK, TAKES_IN, IMPORTS, PROMOTES];
    let is_new = |sentence: &Sentence<'_>| {
        !sentence.is_trouble
            && !otherwise.iter().any(|phrases| sentence.says(phrases))
            && !sentence.words.iter().any(|word| language::is_change(word))
    };
    asks(text) && sentences.iter().all(is_new)
}

/// Whether what is there in one environment is asked for in another one too, of which nothing fails.
pub(super) fn wants_also(text: &Text) -> bool {
    let sentences = sentences(text);
    !sentences.iter().any(|sentence| sentence.is_trouble)
        && sentences.iter().any(|sentence| sentence.says(ALSO))
}

/// The environment to which something is promoted: one in which it is not yet, the last that is named.
pub(super) fn target(met: &[Met<'_>], environments: &[String]) -> Option<String> {
    let first = met.first()?;
    environments.iter().rev().find(|named| **named != first.thing.environment).cloned()
}

/// What is wanted where nothing is named that exists. `nouns` are the sentences that speak of something we make;
/// `addressed` texts speak of us anyway.
pub(super) fn of_nothing(text: &Text, nouns: &[usize], addressed: bool) -> Option<Wish> {
    let sentences = sentences(text);
    // "What can I order here?" speaks of us without a noun.
    let is_here = |sentence: &Sentence<'_>| {
        sentence.says(&["here", "hier", "infrastructure", "infrastruktur", "infra"])
    };
    let asks_how =
        |sentence: &Sentence<'_>| sentence.says(HELP) && sentence.says(GETTING) && !sentence.is_about_a_part;
    let speaks = !nouns.is_empty() || addressed;
    if sentences.iter().any(|sentence| asks_how(sentence) && (speaks || is_here(sentence))) {
        return Some(Wish::Help);
    }
    if !speaks {
        return None;
    }
    let wondered = |sentence: &Sentence<'_>| {
        (addressed || nouns.contains(&sentence.number))
            && sentence.is_question
            && !sentence.says(POLITE)
            && (addressed || !sentence.is_trouble || sentence.says(WANTS_TO_KNOW))
            && (sentence.says(WANTS_TO_KNOW) || sentence.opens_with(WONDERS))
    };
    sentences.iter().any(wondered).then_some(Wish::Question)
}

/// Words of a sentence before the verb that asks for an end.
const ENDS_WITHIN: usize = 4;

/// "Please tear down the queue orders": what nobody made through us must not be made instead. `nouns` as above.
pub(super) fn ends_something(text: &Text, nouns: &[usize]) -> bool {
    // Of something: "terminate TLS at a load balancer" and "scrap that, …" end no thing.
    let is_thing = |word: &&str| {
        !matches!(*word, "that" | "it")
            && (language::is_definite(word) || language::is_infrastructure(word) || *word == "our")
    };
    let ends = |sentence: &Sentence<'_>| {
        let behind = |at: usize| ENDS.iter().filter_map(move |phrase| sentence.end_of(at, phrase));
        let object = |end: usize| {
            let politely = matches!(sentence.words.get(end), Some(&("bitte" | "please" | "mal" | "doch")));
            sentence.words.get(end + usize::from(politely))
        };
        (0..=ENDS_WITHIN).flat_map(behind).any(|end| object(end).is_some_and(is_thing))
            && !sentence.says(LATER)
            && !says_how_long(text, sentence)
    };
    let sentences = sentences(text);
    let first = sentences.iter().find(|sentence| nouns.contains(&sentence.number));
    first.is_some_and(|sentence| ends(sentence) && !sentence.is_trouble && !sentence.is_question)
}
