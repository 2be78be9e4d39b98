//! The words of a whole catalog, made once for each catalog: which modules a word may name, which phrases belong to an
//! input and not to a module, what is only related. A request then looks up its own words and no others.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use tfpilot_modules::{Catalog, Module};

use super::language;
use super::phrases::{Phrase, beginnings};
use super::purposes::Purposes;
use super::text::{Kind, Text};

/// Catalogs whose words are kept: the shipped one and those of repositories.
const KEPT: usize = 16;

/// Words by the digest of their catalog and its further nouns, the last asked about at the end.
type Made = Vec<(String, Arc<Vocabulary>)>;

static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);

/// Shorter words are too like others.
const SHORTEST_MISSPELT: usize = 5;

/// The words of a catalog.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    nouns: HashMap<String, Vec<(Phrase, String)>>,
    /// The first words of nouns, by their first letter and their length in letters: a misspelt word has both, but for one.
    firsts: HashMap<(char, usize), Vec<String>>,
    inputs: HashMap<String, Vec<Phrase>>,
    related: HashMap<String, Vec<Phrase>>,
    /// Made when a request first names no module.
    purposes: OnceLock<Purposes>,
}

/// A noun of a module in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noun<'v> {
    /// Its tokens.
    pub(super) tokens: Range<usize>,
    /// Parts of its phrase.
    pub(super) length: usize,
    /// Id of the module.
    pub(super) module: &'v str,
}

/// Tokens from a noun to what it is a part of: "group for the interns in IAM".
const FAR_BEHIND: usize = 6;

impl Vocabulary {
    /// The words of a catalog and further nouns of its modules; those that were asked about last are kept.
    pub(super) fn of(catalog: &Catalog, nouns: &[(String, String)]) -> Arc<Self> {
        let key = format!("{} {nouns:?}", catalog.digest());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = made.iter().position(|(known, _)| *known == key) {
            let known = made.remove(at);
            let vocabulary = Arc::clone(&known.1);
            made.push(known);
            return vocabulary;
        }
        let vocabulary = Arc::new(Self::new(catalog, nouns));
        if made.len() >= KEPT {
            made.remove(0);
        }
        made.push((key, Arc::clone(&vocabulary)));
        vocabulary
    }

    fn new(catalog: &Catalog, nouns: &[(String, String)]) -> Self {
        let mut vocabulary = Self::default();
        nouns.iter().for_each(|(words, module)| vocabulary.add_noun(words, module));
        for module in catalog.modules() {
            let id = module.id.to_string();
            module.words.iter().for_each(|words| vocabulary.add_noun(words, &id));
            vocabulary.add_hints(module);
        }
        // What a module says of itself wins over what another is called in passing: a "virtual machine" is an EC2
        // instance, though there is an azure/virtual-machine.
        for module in catalog.modules() {
            let id = module.id.to_string();
            for derived in [module.title.as_str(), &id.replace('/', " "), module.id.name()] {
                if !vocabulary.is_known(derived) {
                    vocabulary.add_noun(derived, &id);
                }
            }
        }
        vocabulary
    }

    /// What its modules are for. `catalog` is that of these words.
    pub(super) fn purposes(&self, catalog: &Catalog) -> &Purposes {
        self.purposes.get_or_init(|| Purposes::of(catalog))
    }

    fn add_noun(&mut self, words: &str, module: &str) {
        let phrase = Phrase::new(words);
        let Some(first) = phrase.first().map(str::to_owned) else { return };
        if let Some(letter) = first.chars().next().filter(|_| !self.nouns.contains_key(&first)) {
            self.firsts.entry((letter, first.chars().count())).or_default().push(first.clone());
        }
        self.nouns.entry(first).or_default().push((phrase, module.to_owned()));
    }

    /// The module that alone has these words for a noun.
    pub(super) fn module_of(&self, words: &str) -> Option<&str> {
        let phrase = Phrase::new(words);
        let known = phrase.first().and_then(|first| self.nouns.get(first))?;
        let mut named = known.iter().filter(|(other, _)| *other == phrase).map(|(_, module)| module.as_str());
        let first = named.next()?;
        named.all(|other| other == first).then_some(first)
    }

    fn is_known(&self, words: &str) -> bool {
        let phrase = Phrase::new(words);
        let known = phrase.first().and_then(|first| self.nouns.get(first));
        known.is_some_and(|known| known.iter().any(|(other, _)| *other == phrase))
    }

    fn add_hints(&mut self, module: &Module) {
        let hints = module
            .hints
            .iter()
            .flat_map(|(_, hints)| hints.on.iter().chain(&hints.off).chain(&hints.introduced_by));
        // One word alone is too common to take a noun from a module.
        let phrases = hints.map(|words| Phrase::new(words)).filter(|phrase| phrase.len() > 1);
        for phrase in phrases {
            keep(&mut self.inputs, phrase);
        }
        for phrase in module.related.iter().map(|word| Phrase::new(word)) {
            keep(&mut self.related, phrase);
        }
    }

    /// The longest noun that begins at a token, of each module that has one so long.
    pub(super) fn nouns_at(&self, text: &Text, index: usize) -> Vec<Noun<'_>> {
        let Some(word) = text.word(index) else { return self.quoted_at(text, index) };
        let known = beginnings(word).filter_map(|first| self.nouns.get(first)).flatten();
        let found = known.filter_map(|(phrase, module)| {
            Some(Noun { tokens: phrase.at(text, index)?, length: phrase.len(), module })
        });
        let mut found: Vec<Noun<'_>> = found.collect();
        let known = beginnings(word).filter_map(|first| self.nouns.get(first)).flatten();
        found.extend(known.filter_map(|(phrase, module)| {
            let tokens = ends_misspelt(text, index, phrase)?;
            Some(Noun { tokens, length: phrase.len(), module })
        }));
        if found.is_empty() {
            found.extend(self.misspelt_at(text, index, word));
        }
        let longest = found.iter().map(|noun| noun.length).max().unwrap_or_default();
        found.retain(|noun| noun.length == longest);
        found.sort_by_key(|noun| noun.module);
        found.dedup_by_key(|noun| noun.module);
        found
    }

    /// "parameter in SSM", "group for the interns in IAM": a noun of two words, the first of them behind "in".
    pub(super) fn turned_at(&self, text: &Text, index: usize) -> Option<Noun<'_>> {
        let word = text.word(index)?;
        let inside = |at: &usize| {
            let before = at.checked_sub(1).and_then(|before| text.word(before));
            matches!(before, Some("in" | "on" | "im" | "bei" | "via" | "auf"))
        };
        let near = (index + 2..=index + FAR_BEHIND).take_while(|at| text.word(*at).is_some()).filter(inside);
        let found = near.filter_map(|at| {
            let known = self.nouns.get(text.word(at)?)?.iter().find(|(phrase, _)| {
                let words: Vec<&str> = phrase.words().collect();
                matches!(words.as_slice(), [_, head] if Phrase::is_form_of(word, head))
            })?;
            Some(Noun { tokens: index..index + 1, length: 1, module: &known.1 })
        });
        found.into_iter().next()
    }

    /// A noun in quotes: that's an "SNS topic". One word alone may be a name.
    fn quoted_at(&self, text: &Text, index: usize) -> Vec<Noun<'_>> {
        let Some(token) = text.get(index).filter(|token| token.kind == Kind::Quoted) else {
            return Vec::new();
        };
        let quoted = Phrase::new(&token.text);
        let known = quoted.first().filter(|_| quoted.len() > 1).and_then(|first| self.nouns.get(first));
        let found = known.into_iter().flatten().filter(|(phrase, _)| *phrase == quoted);
        found
            .map(|(phrase, module)| Noun { tokens: index..index + 1, length: phrase.len(), module })
            .collect()
    }

    /// A noun of one word with one letter wrong, missing, too many, or two of them turned round: "bukcet".
    fn misspelt_at(&self, text: &Text, index: usize, word: &str) -> Option<Noun<'_>> {
        if language::is_known(word) {
            return None;
        }
        let near = |known: &str| {
            is_misspelt(word, known) || word.strip_suffix('s').is_some_and(|one| is_misspelt(one, known))
        };
        let letter = word.chars().next()?;
        let length = word.chars().count();
        // One less for a plural.
        let firsts =
            (length.saturating_sub(2)..=length + 1).filter_map(|length| self.firsts.get(&(letter, length)));
        let firsts = firsts.flatten().filter(|first| near(first));
        let nouns = firsts.filter_map(|first| self.nouns.get(first)).flatten();
        // "autoscalng group": what follows is written right.
        let follow = |phrase: &Phrase| {
            phrase.words().skip(1).zip(index + 1..).all(|(known, at)| text.word(at) == Some(known))
        };
        let found: Vec<&(Phrase, String)> = nouns.filter(|(phrase, _)| follow(phrase)).collect();
        let length = found.iter().map(|(phrase, _)| phrase.len()).max()?;
        let mut longest = found.iter().filter(|(phrase, _)| phrase.len() == length);
        let (_, module) = longest.next()?;
        longest.all(|(_, other)| other == module).then(|| Noun {
            tokens: index..index + length,
            length,
            module,
        })
    }

    /// The longest phrase of an input of any module that begins at a token, and its parts.
    pub(super) fn input_at(&self, text: &Text, index: usize) -> Option<(Range<usize>, usize)> {
        longest(&self.inputs, text, index)
    }

    /// The longest word for what no module is that begins at a token.
    pub(super) fn related_at(&self, text: &Text, index: usize) -> Option<Range<usize>> {
        longest(&self.related, text, index).map(|(tokens, _)| tokens)
    }

    /// Whether a noun of a module begins at a token.
    pub(super) fn is_noun(&self, text: &Text, index: usize) -> bool {
        !self.nouns_at(text, index).is_empty()
    }
}

/// The tokens of a phrase of two words or more whose last one is misspelt: "kinesis strem".
fn ends_misspelt(text: &Text, index: usize, phrase: &Phrase) -> Option<Range<usize>> {
    let words: Vec<&str> = phrase.words().collect();
    let (last, first) = words.split_last().filter(|(_, first)| !first.is_empty())?;
    let end = index + first.len();
    let begins = first.iter().zip(index..).all(|(known, at)| text.word(at) == Some(*known));
    let word = text.word(end).filter(|word| begins && !language::is_known(word))?;
    is_misspelt(word, last).then_some(index..end + 1)
}

/// One letter wrong, missing, too many, or two of them turned round. Short words are too like others, unless they have
/// the same letters: "qeue".
fn is_misspelt(word: &str, known: &str) -> bool {
    let (length, of_known) = (word.chars().count(), known.chars().count());
    let same_letters = || {
        word.chars().all(|letter| known.contains(letter)) && known.chars().all(|letter| word.contains(letter))
    };
    of_known >= SHORTEST_MISSPELT
        && of_known.abs_diff(length) <= 1
        && known.chars().next() == word.chars().next()
        && (length >= SHORTEST_MISSPELT || same_letters())
        && strsim::osa_distance(known, word) == 1
}

fn keep(phrases: &mut HashMap<String, Vec<Phrase>>, phrase: Phrase) {
    let Some(first) = phrase.first().map(str::to_owned) else { return };
    let known = phrases.entry(first).or_default();
    if !known.contains(&phrase) {
        known.push(phrase);
    }
}

fn longest(
    phrases: &HashMap<String, Vec<Phrase>>,
    text: &Text,
    index: usize,
) -> Option<(Range<usize>, usize)> {
    let word = text.word(index)?;
    let known = beginnings(word).filter_map(|first| phrases.get(first)).flatten();
    known.filter_map(|phrase| Some((phrase.at(text, index)?, phrase.len()))).max_by_key(|(_, length)| *length)
}
