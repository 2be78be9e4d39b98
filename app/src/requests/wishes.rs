//! What somebody wants where it is no new thing: a change, a removal, an answer, help. Told by how the sentences are
//! built, whatever they are about.

use tfpilot_engine::Wish;

use super::existing::Met;
use super::language;
use super::text::{Kind, Text};

/// Says that what was before shall be again.
const ROLLS_BACK: &[&str] = &[
    "roll back",
    "roll it back",
    "roll this back",
    "rollback",
    "rolled back",
    "revert",
    "undo",
    "undone",
    "go back to",
    "back to what it was",
    "back to how it was",
    "what it was before",
    "previous state",
    "previous version",
    "previous configuration",
    "previous settings",
    "old state",
    "state before",
    "rückgängig",
    "zurückdrehen",
    "zurückrollen",
    "zurücksetzen",
    "zurücknehmen",
    "wieder wie vorher",
    "wie vorher",
    "wie davor",
    "vorherigen stand",
    "alten stand",
    "vorige version",
    "vorherige version",
    "as it was before",
    "the way it was",
];

/// Says that something was made without us and shall be ours.
const IMPORTS: &[&str] = &[
    "import",
    "importieren",
    "importiere",
    "under management",
    "managed by terraform",
    "into terraform",
    "under terraform",
    "in terraform übernehmen",
    "in terraform aufnehmen",
    "nach terraform",
    "unter terraform",
    "unter verwaltung",
    "in die verwaltung",
    "take over into",
    "adopt",
    "brought under",
    "terraform übernehmen",
];

/// Says that something shall be where it is not yet.
const PROMOTES: &[&str] = &[
    "promote",
    "promoted",
    "promotion",
    "promoten",
    "bring it to",
    "bring to",
    "bring them to",
    "take it to",
    "move it to",
    "move it on to",
    "roll it out to",
    "roll out to",
    "rollout to",
    "go to",
    "go live in",
    "time for",
    "ready for",
    "übernehmen",
    "bringen",
    "ausrollen",
    "heben",
    "befördern",
    "hochziehen",
    "überführen",
    "genauso nach",
    "genau so nach",
    "auch nach",
    "can go from",
    "go from",
    "push it to",
    "ship it to",
    "copy it to",
    "nach produktion",
    "nach prod",
];

/// Asks for the end of something.
const REMOVES: &[&str] = &[
    "delete",
    "remove",
    "destroy",
    "tear down",
    "tear it down",
    "torn down",
    "take down",
    "taken down",
    "take it down",
    "decommission",
    "decommissioned",
    "get rid of",
    "terminate",
    "terminated",
    "drop",
    "kill",
    "can go",
    "may go",
    "can be deleted",
    "can be removed",
    "can be dropped",
    "clean up",
    "cleanup",
    "retire",
    "shut down",
    "nuke",
    "no longer needed",
    "no longer need",
    "not needed anymore",
    "isn't needed any",
    "not needed any",
    "don't need",
    "obsolete",
    "löschen",
    "lösch",
    "löscht",
    "entfernen",
    "entfernt",
    "entferne",
    "abbauen",
    "abreißen",
    "wegräumen",
    "aufräumen",
    "kann weg",
    "können weg",
    "kann gelöscht",
    "stilllegen",
    "abschaffen",
    "nicht mehr gebraucht",
    "nicht mehr benötigt",
    "brauchen wir nicht mehr",
    "wegwerfen",
    "zurückbauen",
    "rückbau",
];

/// What makes an end somebody's plan, not a wish.
const LATER: &[&str] =
    &["going to", "we'll", "we will", "will be", "plan to", "werden wir", "wollen wir später", "later"];

/// Opens a question that wants an answer.
const WONDERS: &[&str] = &[
    "which",
    "what",
    "who",
    "whose",
    "when",
    "where",
    "how many",
    "how much",
    "how big",
    "how long",
    "is",
    "are",
    "does",
    "do",
    "did",
    "was",
    "were",
    "has",
    "have",
    "since when",
    "in which",
    "in what",
    "why",
    "what's",
    "welche",
    "welcher",
    "welches",
    "welchen",
    "in welcher",
    "in welchem",
    "in welchen",
    "was",
    "wer",
    "wem",
    "wann",
    "wo",
    "wie viele",
    "wie viel",
    "wieviel",
    "wie groß",
    "wie lange",
    "seit wann",
    "gibt es",
    "haben wir",
    "ist",
    "sind",
    "hat",
    "läuft",
    "warum",
];

/// Wants an answer without a question mark, or in the middle of a sentence.
const WANTS_TO_KNOW: &[&str] = &[
    "what would it cost",
    "what would that cost",
    "what does it cost",
    "how much would",
    "how much does",
    "what is it costing",
    "wants to know",
    "want to know",
    "who approved",
    "who owns",
    "who created",
    "anyone know",
    "anybody know",
    "know which",
    "know who",
    "know if",
    "just asking",
    "only asking",
    "what changed",
    "was kostet",
    "was würde",
    "wer hat",
    "weiß jemand",
    "wissen ob",
    "wüsste gern",
    "wüssten gern",
    "nur eine frage",
    "do we have",
    "is there already",
    "is there a",
    "are there any",
    "haben wir",
    "gibt es",
    "which team",
    "cost per month",
    "does it belong",
];

/// A question only, whatever else is said.
const ONLY_ASKS: &[&str] = &[
    "just asking",
    "only asking",
    "don't change anything",
    "do not change anything",
    "nur eine frage",
    "nichts ändern",
];

/// Dresses a wish as a question.
const POLITE: &[&str] = &[
    "can you",
    "could you",
    "would you",
    "will you",
    "can we",
    "could we",
    "may we",
    "can i",
    "could i",
    "can someone",
    "could someone",
    "can somebody",
    "could somebody",
    "can anyone",
    "could sessions",
    "can anybody",
    "please",
    "pls",
    "plz",
    "bitte",
    "könnt ihr",
    "könntet ihr",
    "kannst du",
    "könntest du",
    "können sie",
    "könnten sie",
    "kann jemand",
    "könnte jemand",
    "können wir",
    "könnten wir",
    "would it be possible",
    "is it possible",
    "are you able",
    "wäre es möglich",
    "ist es möglich",
    "any chance",
    "let's",
    "lasst uns",
];

/// Wants to know how to ask.
const HELP: &[&str] = &[
    "how do i",
    "how do we",
    "how can i",
    "how can we",
    "how does one",
    "how to request",
    "how to ask",
    "how to order",
    "how to get",
    "where do i",
    "where can i",
    "what do you need",
    "what can you do",
    "what can i ask",
    "what can i request",
    "is there a form",
    "which form",
    "do i need a ticket",
    "how does this work",
    "how this works",
    "what information",
    "who do i ask",
    "whom do i ask",
    "wie komme ich",
    "wie kommen wir",
    "wie kann ich",
    "wie können wir",
    "wie beantrage",
    "wie bestelle",
    "wie bekomme",
    "wo kann ich",
    "wo beantrage",
    "wie geht das",
    "was braucht ihr",
    "was müsst ihr wissen",
    "muss ich dafür",
    "welche angaben",
    "wie funktioniert",
    "was kannst du",
    "help me get started",
    "getting started",
    "which environments may",
    "what are my options",
];

/// Speaks of getting something, which makes "how do I" a question for us.
const GETTING: &[&str] = &[
    "ask for",
    "asking for",
    "request",
    "requesting",
    "order",
    "get",
    "getting",
    "create",
    "need to know",
    "want a",
    "want an",
    "ticket",
    "form",
    "do for me",
    "ask here",
    "beantrage",
    "beantragen",
    "bestellen",
    "bestelle",
    "bekomme",
    "an eine",
    "an einen",
    "an ein",
    "von mir",
    "eigene",
    "eigenen",
    "reinschreiben",
    "formular",
    "provision",
    "set up",
    "anfordern",
    "anlegen",
    "wissen",
    "environments may",
    "this work",
    "funktioniert",
    "kannst du",
];

/// A sentence as its words, each between spaces.
struct Sentence {
    words: String,
    is_question: bool,
    /// It speaks of something that does not work.
    is_trouble: bool,
    /// Its number in the text.
    number: usize,
}

impl Sentence {
    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.says_one(phrase))
    }

    fn says_one(&self, phrase: &str) -> bool {
        let ends = |end: usize| self.words.get(end..).is_some_and(|rest| rest.starts_with(' '));
        let mut hits = self.words.match_indices(phrase);
        hits.any(|(at, _)| {
            ends(at + phrase.len()) && self.words.get(..at).is_some_and(|before| before.ends_with(' '))
        })
    }

    fn opens_with(&self, phrases: &[&str]) -> bool {
        let words = self.words.trim_start();
        phrases.iter().any(|phrase| words.strip_prefix(phrase).is_some_and(|rest| rest.starts_with(' ')))
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
fn sentences(text: &Text) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut at = None;
    for token in &text.tokens {
        if at != Some(token.sentence) || sentences.is_empty() {
            sentences.push(Sentence {
                words: " ".to_owned(),
                is_question: false,
                is_trouble: false,
                number: token.sentence,
            });
            at = Some(token.sentence);
        }
        let Some(sentence) = sentences.last_mut() else { continue };
        match token.kind {
            Kind::Word | Kind::Quoted => {
                sentence.is_trouble |= language::is_trouble(&token.lower);
                sentence.words.push_str(&token.lower);
                sentence.words.push(' ');
            }
            Kind::Mark('?') => sentence.is_question = true,
            Kind::Mark(':') => {
                sentences.push(Sentence {
                    words: " ".to_owned(),
                    is_question: false,
                    is_trouble: false,
                    number: token.sentence,
                });
            }
            Kind::Mark(_) | Kind::End => {}
        }
    }
    sentences.retain(|sentence| sentence.words.trim() != "");
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
    if says(IMPORTS) {
        return Wish::Import;
    }
    // What is wondered about is not yet asked for: "is it needed any longer?"
    if wondered && !polite {
        return Wish::Question;
    }
    if says(PROMOTES) && target(met, environments).is_some() {
        return Wish::Promote;
    }
    let removes = sentences.iter().any(|sentence| sentence.says(REMOVES) && !sentence.says(LATER));
    if removes {
        return Wish::Remove;
    }
    if wondered { Wish::Question } else { Wish::Change }
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

/// Asks for what exists once more.
const SAME: &[&str] = &[
    "same as",
    "the same",
    "just like",
    "exactly like",
    "identical to",
    "a copy of",
    "like the one",
    "genauso wie",
    "genau wie",
    "wie in",
    "dasselbe",
    "dieselbe",
    "denselben",
    "das gleiche",
    "die gleiche",
    "den gleichen",
    "analog zu",
    "so wie",
    "kopie von",
];

/// Whether something like what exists is asked for.
pub(super) fn wants_the_same(text: &Text) -> bool {
    let sentences = sentences(text);
    sentences.iter().any(|sentence| sentence.says(SAME))
        && !sentences.iter().any(|sentence| sentence.says(PROMOTES))
}

/// Whether anything is asked for, politely or not, and nothing fails.
pub(super) fn asks(text: &Text) -> bool {
    let sentences = sentences(text);
    let asks = |sentence: &Sentence| {
        sentence.says(POLITE)
            || sentence
                .words
                .split_whitespace()
                .any(|word| language::asks_for(word) || language::is_change(word))
    };
    sentences.iter().any(|sentence| !sentence.is_trouble && asks(sentence))
}

/// The environment to which something is promoted: one in which it is not yet, the last that is named.
pub(super) fn target(met: &[Met<'_>], environments: &[String]) -> Option<String> {
    let first = met.first()?;
    environments.iter().rev().find(|named| **named != first.thing.environment).cloned()
}

/// What is wanted where nothing is named that exists. `nouns` are the sentences that speak of something we make;
/// `addressed` texts speak of us anyway.
pub(super) fn of_nothing(text: &Text, nouns: &[usize], addressed: bool) -> Option<Wish> {
    if nouns.is_empty() && !addressed {
        return None;
    }
    let sentences = sentences(text);
    if sentences.iter().any(|sentence| sentence.says(HELP) && sentence.says(GETTING)) {
        return Some(Wish::Help);
    }
    let wondered = |sentence: &Sentence| {
        (addressed || nouns.contains(&sentence.number))
            && sentence.is_question
            && !sentence.says(POLITE)
            && (addressed || !sentence.is_trouble || sentence.says(WANTS_TO_KNOW))
            && (sentence.says(WANTS_TO_KNOW) || sentence.opens_with(WONDERS))
    };
    sentences.iter().any(wondered).then_some(Wish::Question)
}
