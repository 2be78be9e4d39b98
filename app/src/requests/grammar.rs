//! The grammar of one module's requests, made from the catalog: which phrases introduce a value, switch an input on
//! or off, or stand for one of its closed values.
//!
//! Nothing here is written for a particular module or sentence.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::Value as Json;
use tfpilot_hcl::{Type, Variable};
use tfpilot_modules::catalog::{InputHints, Module, Unit};

use super::language;
use super::phrases::{Phrase, beginnings, is_misspelt};
use super::questions::{self, Asked};
use super::text::Text;

/// The input that is the name of the thing and of its stack.
pub(super) const NAME: &str = "name";

/// The input that is a team.
pub(super) const OWNER: &str = "owner";

/// How a team is introduced where a module does not say it.
const OWNER_INTRODUCTIONS: &[&str] = &[
    "owner",
    "owned by",
    "owns",
    "owning team",
    "team",
    "squad",
    "owner of record",
    "owner of record is",
    "book it on",
    "booked on",
    "charge it to",
    "belongs to",
    "belong to",
    "belonging to",
    "gehört",
    "gehört zu",
    "gehört zu Team",
    "gehört zum Team",
    "gehören",
    "gehören zu",
    "gehören zum Team",
    "maintained by",
    "on behalf of",
    "responsible",
    "Besitzer",
    "in charge is",
    "in charge of it is",
    "Team heißt",
    "team is called",
    "fürs Team",
    "team's",
    "responsible team is",
    "department",
    "Abteilung",
    "looked after by",
    "zuständig",
    "verantwortlich",
    "Verantwortung",
    "Eigentümer",
    "équipe",
    "l'équipe",
    "equipo",
    "zespołu",
    "zespół",
    "squadra",
    "equipe",
    "time de",
];

/// How names are introduced where a module does not say it.
const NAME_INTRODUCTIONS: &[&str] = &[
    "called",
    "call it",
    "name it",
    "label it",
    "known as",
    "refer to it as",
    "named it",
    "named",
    "name",
    "with the name",
    "heißt",
    "nennt sich",
    "namens",
    "genannt",
    "mit dem Namen",
    "nommé",
    "nommée",
    "appelé",
    "appelée",
    "llamado",
    "llamada",
    "nombre",
    "nome",
    "chiamato",
    "chiamata",
    "identifier",
    "Bezeichnung",
    "Instanzname",
    "Rollenname",
    "Bucketname",
    "Tabellenname",
    "Queuename",
    "Topicname",
    "instance name",
    "o nazwie",
    "nazwa",
    "genaamd",
    "com o nome",
];

/// What a phrase means for an input.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// A value follows.
    Introduces,
    /// It is on.
    On,
    /// It is off.
    Off,
    /// It is this value.
    Is(Json),
}

/// A phrase of a module.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) phrase: Phrase,
    /// The input it is about.
    pub(super) input: String,
    pub(super) meaning: Meaning,
    /// `module.yml` itself lists the words of this closed value.
    pub(super) is_listed: bool,
    /// The words of this closed value are what the module is called, and `module.yml` does not list them.
    pub(super) is_noun: bool,
}

/// A phrase found in a text.
#[derive(Debug, Clone)]
pub(super) struct Found<'g> {
    pub(super) tokens: Range<usize>,
    pub(super) entry: &'g Entry,
}

/// How requests for one module are phrased.
#[derive(Debug)]
pub(super) struct Grammar<'m> {
    pub(super) module: &'m Module,
    made: Arc<Made>,
}

/// What is made of a module.
#[derive(Debug)]
struct Made {
    entries: Vec<Entry>,
    /// Positions in `entries`, by the first part of their phrases.
    by_first: HashMap<String, Vec<usize>>,
    /// Positions of the first entries that a key may mean. "Versionierung" means "ohne Versionierung" too.
    by_key: HashMap<Phrase, usize>,
}

/// What was made of a module, by its digest: a request asks for it many times.
static MADE: LazyLock<Mutex<HashMap<String, Arc<Made>>>> = LazyLock::new(Mutex::default);

/// Modules whose phrases are kept.
const KEPT: usize = 2_000;

impl<'m> Grammar<'m> {
    pub(super) fn new(module: &'m Module) -> Self {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= KEPT && !made.contains_key(&module.digest) {
            made.clear();
        }
        let known = made.entry(module.digest.clone()).or_insert_with(|| Arc::new(Self::make(module)));
        Self { module, made: Arc::clone(known) }
    }

    /// Every phrase of the module.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.made.entries
    }

    fn make(module: &Module) -> Made {
        let mut entries = Vec::new();
        for variable in &module.variables {
            add(&mut entries, module, variable);
        }
        let mut add_name = |words: &str| push(&mut entries, words, NAME, Meaning::Introduces);
        NAME_INTRODUCTIONS.iter().for_each(|words| add_name(words));
        if module.variable(OWNER).is_some() {
            OWNER_INTRODUCTIONS
                .iter()
                .for_each(|words| push(&mut entries, words, OWNER, Meaning::Introduces));
        }
        let nouns: Vec<Phrase> = module.words.iter().map(|words| Phrase::new(words)).collect();
        for entry in &mut entries {
            let listed =
                module.hints(&entry.input).into_iter().flat_map(|hints| hints.values.values()).flatten();
            entry.is_listed = listed.map(|words| Phrase::new(words)).any(|words| words == entry.phrase);
            entry.is_noun = !entry.is_listed && nouns.contains(&entry.phrase);
        }
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_key: HashMap<Phrase, usize> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            if let Some(first) = entry.phrase.first() {
                by_first.entry(first.to_owned()).or_default().push(at);
            }
            if !matches!(entry.meaning, Meaning::Is(_)) {
                for key in [entry.phrase.clone(), entry.phrase.core()] {
                    by_key.entry(key).or_insert(at);
                }
            }
        }
        Made { entries, by_first, by_key }
    }

    /// The entries whose phrases may begin at a token, in their order.
    fn candidates(&self, text: &Text, index: usize) -> Vec<&Entry> {
        let Some(word) = text.word(index) else { return Vec::new() };
        let found = beginnings(word).filter_map(|first| self.made.by_first.get(first));
        let mut at: Vec<usize> = found.flatten().copied().collect();
        if at.is_empty() && !language::is_known(word) {
            let near = self.made.by_first.iter().filter(|(first, _)| is_misspelt(word, first));
            at.extend(near.flat_map(|(_, entries)| entries));
        }
        at.sort_unstable();
        at.dedup();
        at.into_iter().filter_map(|at| self.made.entries.get(at)).collect()
    }

    /// The longest phrase that begins at `index`; parted phrases yield to whole ones.
    pub(super) fn phrase_at<'g>(&'g self, text: &Text, index: usize) -> Option<Found<'g>> {
        let candidates = self.candidates(text, index);
        let longest = |find: &dyn Fn(&Phrase) -> Option<Range<usize>>| {
            candidates
                .iter()
                .filter_map(|entry| Some(Found { tokens: find(&entry.phrase)?, entry }))
                // The first of equals stays: hints come before what is derived from names.
                .reduce(
                    |best, next| if next.entry.phrase.len() > best.entry.phrase.len() { next } else { best },
                )
        };
        let whole = longest(&|phrase| phrase.at(text, index));
        let loose = longest(&|phrase| phrase.loose_at(text, index));
        let more = |loose: &Found<'_>| {
            whole.as_ref().is_none_or(|whole| loose.entry.phrase.len() > whole.entry.phrase.len())
        };
        loose.filter(more).or(whole).or_else(|| {
            let found = longest(&|phrase| phrase.parted_at(text, index))?;
            // "messages hidden for": the word between has a meaning of its own.
            let mut between = found.tokens.start + 1..found.tokens.end - 1;
            let begins =
                |at: usize| self.candidates(text, at).iter().any(|entry| entry.phrase.at(text, at).is_some());
            (!between.any(begins)).then_some(found)
        })
    }

    /// The switch or the closed value that a compound of the module's name begins with: "FIFO-Queue".
    pub(super) fn inside(&self, text: &Text, index: usize) -> Option<&Entry> {
        let word = text.word(index).filter(|word| word.contains('-'))?;
        let whole = Phrase::new(word);
        let is_noun = |words: &&String| whole.ends_like(&Phrase::new(words));
        self.module.words.iter().find(is_noun)?;
        let fits = |entry: &&&Entry| {
            matches!(entry.meaning, Meaning::On | Meaning::Is(_))
                && whole.begins_like(&entry.phrase)
                && (entry.meaning == Meaning::On || entry.is_listed)
        };
        self.candidates(text, index).iter().filter(fits).max_by_key(|entry| entry.phrase.len()).copied()
    }

    /// The entries whose phrases begin at a token, and what they take up.
    pub(super) fn entries_at<'g>(
        &'g self,
        text: &Text,
        index: usize,
    ) -> impl Iterator<Item = (Range<usize>, &'g Entry)> {
        self.candidates(text, index)
            .into_iter()
            .filter_map(move |entry| Some((entry.phrase.at(text, index)?, entry)))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The input that a key of a list, form, pair or YAML block names.
    pub(super) fn input_of_key(&self, key: &str) -> Option<&str> {
        let plain = key.trim().to_lowercase().replace(['-', ' '], "_");
        if let Some(variable) =
            self.module.variables.iter().find(|variable| variable.name.to_lowercase() == plain)
        {
            return Some(&variable.name);
        }
        if plain == NAME {
            return Some(NAME);
        }
        // In a sentence they mean other things.
        if matches!(plain.as_str(), "whose" | "wessen" | "wem" | "für_wen" | "who")
            && self.module.variable(OWNER).is_some()
        {
            return Some(OWNER);
        }
        let phrase = Phrase::new(key);
        let known = self.made.by_key.get(&phrase).filter(|_| phrase.len() > 0);
        match known {
            Some(at) => self.made.entries.get(*at).map(|entry| entry.input.as_str()),
            None => match questions::asked(key)? {
                Asked::Name => Some(NAME),
                Asked::Owner => self.module.variable(OWNER).map(|_| OWNER),
                Asked::Environment => None,
            },
        }
    }

    pub(super) fn hints(&self, input: &str) -> Option<&'m InputHints> {
        self.module.hints(input)
    }

    pub(super) fn unit(&self, input: &str) -> Option<Unit> {
        self.hints(input)?.unit
    }

    /// Whether values are texts of several words, as the example shows.
    pub(super) fn takes_several_words(&self, input: &str) -> bool {
        let example = self.hints(input).and_then(|hints| hints.example.as_deref());
        example.is_some_and(|example| example.contains(char::is_whitespace))
    }

    /// Whether a value passes the validations of its variable, as far as they can be evaluated here.
    pub(super) fn takes(&self, input: &str, value: &Json) -> bool {
        match self.module.variable(input) {
            Some(variable) => variable.ty.convert(value).is_ok_and(|value| {
                !variable.validations.iter().any(|validation| validation.holds(&value) == Some(false))
            }),
            None => input == NAME,
        }
    }

    pub(super) fn type_of(&self, input: &str) -> Type {
        self.module.variable(input).map_or(Type::String, |variable| variable.ty.clone())
    }
}

fn add(entries: &mut Vec<Entry>, module: &Module, variable: &Variable) {
    let name = &variable.name;
    let hints = module.hints(name);
    let is_bool = variable.ty == Type::Bool;
    if let Some(hints) = hints {
        hints.introduced_by.iter().for_each(|words| push(entries, words, name, Meaning::Introduces));
        hints.on.iter().for_each(|words| push(entries, words, name, Meaning::On));
        hints.off.iter().for_each(|words| push(entries, words, name, Meaning::Off));
        for (value, phrases) in &hints.values {
            let value = closed_value(module, name, value);
            phrases.iter().for_each(|words| push(entries, words, name, Meaning::Is(value.clone())));
        }
    }
    for value in module.choices(name).unwrap_or_default() {
        // A value such as `GLACIER_IR` may be written as it is; a number alone says nothing.
        let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if let Some(word) = value.as_str().map(str::to_owned).filter(|word| !is_number(word)) {
            push(entries, &word, name, Meaning::Is(value));
        }
    }
    let meaning = if is_bool { Meaning::On } else { Meaning::Introduces };
    // "alarm" alone says too little where "alarm threshold" and "alarm topics" are inputs too.
    let begins_others =
        module.variables.iter().filter(|other| other.name.starts_with(&format!("{name}_"))).count();
    if is_bool && begins_others > 1 {
        return;
    }
    for words in [module.label(name), name.replace('_', " ")] {
        push(entries, &words, name, meaning.clone());
    }
}

/// The closed value that `module.yml` names in letters.
fn closed_value(module: &Module, input: &str, word: &str) -> Json {
    let choices = module.choices(input).unwrap_or_default();
    let known = choices.into_iter().find(|choice| plain(choice) == word);
    let is_number = module.variable(input).is_some_and(|variable| variable.ty == Type::Number);
    let number = is_number.then(|| serde_json::from_str(word).ok()).flatten();
    known.or(number).unwrap_or_else(|| Json::String(word.to_owned()))
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn push(entries: &mut Vec<Entry>, words: &str, input: &str, meaning: Meaning) {
    let phrase = Phrase::new(words);
    if phrase.len() > 0 && !entries.iter().any(|known| known.phrase == phrase) {
        entries.push(Entry { phrase, input: input.to_owned(), meaning, is_listed: false, is_noun: false });
    }
}
