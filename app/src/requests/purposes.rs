//! What a thing is wanted for: where a request names no module, its sentences are compared with what people say who want
//! one (`uses` in `module.yml`). Words count by how much more often they stand there of one module than of the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tfpilot_modules::{Catalog, Module};

use super::language;
use super::phrases::Claims;
use super::text::{self, Kind, Text};

/// What a word that nobody said of a module weighs, as a share of its phrases.
const UNSAID: f64 = 0.01;

/// Phrases that every module has besides its own, so that a few do not outweigh many.
const AS_IF: usize = 2;

/// Two words that follow each other say it again, and so count half.
const PAIR: f64 = 0.5;

/// From this score on a sentence says what it is for. A word that is said of one of thirty modules alone is worth 3.
const CLEAR: f64 = 2.0;

/// So much more has to be said of it than of any other.
const AHEAD: f64 = 0.9;

/// What is so far behind is not offered.
const FAR: f64 = 2.0;

/// Modules that are offered.
const MOST: usize = 3;

/// Shorter words are left as they are.
const SHORTEST_STEM: usize = 3;

/// Endings of English and German words, the longest first.
const ENDINGS: [&str; 14] =
    ["ungen", "ung", "ing", "ies", "ern", "ens", "en", "er", "es", "ed", "em", "e", "s", "n"];

/// What is said of the modules of a catalog.
#[derive(Debug, Default)]
pub(super) struct Purposes {
    /// Ids of the modules of which something is said.
    modules: Vec<String>,
    /// The share of a module's phrases that hold a word or a pair of words, by module.
    said: HashMap<String, Vec<(usize, f64)>>,
}

/// What a sentence weighs for a module.
#[derive(Debug)]
struct Weighed {
    score: f64,
    module: usize,
}

impl Purposes {
    /// What the modules of a catalog say that they are for.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let spoken: Vec<&Module> = catalog.modules().filter(|module| !module.uses.is_empty()).collect();
        let mut said: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        for (at, module) in spoken.iter().enumerate() {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for phrase in &module.uses {
                let text = Text::new(phrase);
                let words: Vec<String> = (0..text.tokens.len()).filter_map(|at| content(&text, at)).collect();
                for feature in features(&words) {
                    *counts.entry(feature).or_default() += 1;
                }
            }
            for (feature, count) in counts {
                #[expect(clippy::cast_precision_loss, reason = "counts of phrases")]
                let share = count as f64 / (module.uses.len() + AS_IF) as f64;
                said.entry(feature).or_default().push((at, share));
            }
        }
        Self { modules: spoken.iter().map(|module| module.id.to_string()).collect(), said }
    }

    /// The modules for whose purpose a sentence may ask, of those that are `offered`, the likeliest first: one where it is
    /// clear.
    pub(super) fn read(&self, text: &Text, claims: &Claims, offered: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let modules: BTreeSet<usize> = (0..self.modules.len())
            .filter(|at| self.modules.get(*at).is_some_and(|id| offered(id)))
            .collect();
        let mut sentences: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (at, token) in text.tokens.iter().enumerate().filter(|(at, _)| claims.is_free(*at)) {
            sentences.entry(token.sentence).or_default().extend(content(text, at));
        }
        let weighed = sentences.values().map(|words| self.weigh(words, &modules));
        let top = |ranked: &Vec<Weighed>| ranked.first().map_or(0.0, |first| first.score);
        let Some(ranked) = weighed.max_by(|left, right| top(left).total_cmp(&top(right))) else {
            return Vec::new();
        };
        let first = top(&ranked);
        let next = ranked.get(1).map_or(0.0, |next| next.score);
        let count = match first {
            _ if first >= CLEAR && first - next >= AHEAD => 1,
            _ if first >= CLEAR => ranked.iter().take(MOST).filter(|one| first - one.score < FAR).count(),
            _ => 0,
        };
        let id = |one: &Weighed| self.modules.get(one.module).map(String::as_str);
        ranked.iter().take(count).filter_map(id).collect()
    }

    /// What a sentence's words weigh for each module, the heaviest first.
    fn weigh(&self, words: &[String], modules: &BTreeSet<usize>) -> Vec<Weighed> {
        let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
        #[expect(clippy::cast_precision_loss, reason = "a count of modules")]
        let all = modules.len() as f64;
        let mut unsaid = 0.0;
        for feature in features(words) {
            let Some(said) = self.said.get(&feature) else { continue };
            let said = || said.iter().filter(|(module, _)| modules.contains(module));
            let mean = said().map(|(_, share)| share).sum::<f64>() / all;
            let part = if feature.contains(' ') { PAIR } else { 1.0 };
            let weight = |share: f64| part * ((share + UNSAID) / (mean + UNSAID)).ln();
            unsaid += weight(0.0);
            for (module, share) in said() {
                *weights.entry(*module).or_default() += weight(*share) - weight(0.0);
            }
        }
        let weighed = |(module, weight)| Weighed { score: weight + unsaid, module };
        let mut ranked: Vec<Weighed> = weights.into_iter().map(weighed).collect();
        ranked.sort_by(|left, right| right.score.total_cmp(&left.score));
        ranked
    }
}

/// Words, and pairs of words that follow each other.
fn features(words: &[String]) -> BTreeSet<String> {
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    words.iter().cloned().chain(pairs).collect()
}

/// A word that says something about a thing, without its ending. Keys of a list ("Name: …") say nothing, nor do words
/// that ask.
fn content(text: &Text, at: usize) -> Option<String> {
    let token = text.get(at).filter(|token| token.kind == Kind::Word)?;
    let word = token.lower.as_str();
    let is_key = text.get(at + 1).is_some_and(|next| matches!(next.kind, Kind::Mark(':' | '=')));
    let is_word =
        word.chars().count() > 1 && word.chars().all(|letter| letter.is_alphabetic() || letter == '-');
    let says_nothing = language::is_small_word(word)
        || language::is_function_word(word)
        || language::asks_for(word)
        || matches!(word, "name" | "thing" | "something" | "their");
    (is_word && !is_key && !says_nothing && !text::is_id(word)).then(|| stem(word).to_owned())
}

/// A word without its ending: "jobs", "Bildern".
fn stem(word: &str) -> &str {
    let stems = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
    stems.into_iter().find(|stem| stem.chars().count() >= SHORTEST_STEM).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let (purposes, text) = (Purposes::of(&Catalog::shipped()), Text::new(text));
        let aws = |id: &str| id.starts_with("aws/");
        let read = purposes.read(&text, &Claims::new(&text), &aws);
        assert_eq!(read, expect, "{}", text.source);
    }

    #[test]
    fn what_a_thing_is_for_says_what_it_is() {
        check("The label printers need a place to pull jobs from.", &["aws/sqs-queue"]);
        check("Can we have somewhere durable for our ML model files?", &["aws/s3-bucket"]);
        check("We want one place where the Twilio auth token lives", &["aws/secret"]);
    }

    #[test]
    fn what_could_be_for_anything_says_nothing() {
        check("We need more performance, everything is slow. Can you add something?", &[]);
        check("Name: checkout, team: shop", &[]);
        check("", &[]);
    }

    #[test]
    fn what_is_not_offered_is_not_meant() {
        let (purposes, text) = (Purposes::of(&Catalog::shipped()), Text::new("somewhere to keep uploads"));
        assert_eq!(purposes.read(&text, &Claims::new(&text), &|_| false), [""; 0]);
    }
}
