//! Words that people use for a module or an environment and the catalog does not know, learned from requests whose meaning
//! is known by now. Each is learned from several requests that agree, of which none says otherwise; and only if with it
//! these requests would have been read right.
//!
//! Which words a text has for the thing is said in `nouns`, what becomes of a learned word in `proposal`.

mod nouns;
mod proposal;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use tfpilot_engine::Reading;
use tfpilot_modules::Catalog;

pub use self::proposal::{NotAdded, add_to, yaml};
use super::corpus::Labelled;
use super::example::Example;
use crate::config::RepositoryConfig;
use crate::config::repository::{is_called, objection, templates::normal};
use crate::requests::environment;
use crate::requests::phrases::{Claims, Phrase};
use crate::requests::summary::Intent;
use crate::requests::text::Text;
use crate::requests::{Address, read_as};

/// Requests that have to agree on a word, where nobody says otherwise.
pub const LEAST: usize = 2;

/// Words that are learned at once: what is proposed is for people to read.
const MOST: usize = 20;

/// Characters of a request that are quoted.
const QUOTED: usize = 120;

/// A request whose meaning is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    id: String,
    title: String,
    text: String,
    intent: Intent,
    environment: Option<String>,
    modules: Vec<Option<String>>,
    /// Names, teams, texts: nobody's word for a module.
    values: BTreeSet<String>,
}

/// A word, and what people meant by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Learned {
    /// The word, in lower case and with spaces for hyphens.
    pub word: String,
    /// What they meant.
    #[serde(flatten)]
    pub means: Means,
    /// The requests that say so.
    pub requests: Vec<Evidence>,
}

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// The id of a module.
    Module(String),
    /// The name of an environment.
    Environment(String),
}

/// A request that shows what a word means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Where it was asked: `acme/infra#41`.
    pub id: String,
    /// What it says around the word.
    pub quote: String,
}

impl From<&Labelled> for Lesson {
    fn from(labelled: &Labelled) -> Self {
        let Labelled { id, title, text, expect, .. } = labelled;
        let lesson =
            Self::new([id, title, text], expect.intent, expect.environment.as_ref(), &expect.answered);
        let things = expect.resources.iter();
        things.fold(lesson, |lesson, thing| lesson.with(&thing.module, thing.name.as_deref(), &thing.inputs))
    }
}

impl From<&Example> for Lesson {
    fn from(example: &Example) -> Self {
        let Example { id, title, text, expect, .. } = example;
        let lesson =
            Self::new([id, title, text], expect.intent, expect.environment.as_ref(), &expect.answered);
        let things = expect.resources.iter();
        things.fold(lesson, |lesson, thing| lesson.with(&thing.module, thing.name.as_deref(), &thing.inputs))
    }
}

impl Lesson {
    fn new(
        [id, title, text]: [&String; 3],
        intent: Intent,
        said: Option<&String>,
        answered: &BTreeMap<String, Json>,
    ) -> Self {
        let answer = || answered.get("environment").and_then(Json::as_str).map(str::to_owned);
        Self {
            id: id.clone(),
            title: title.clone(),
            text: text.clone(),
            intent,
            environment: said.cloned().or_else(answer),
            modules: Vec::new(),
            values: answered.values().filter_map(Json::as_str).map(str::to_lowercase).collect(),
        }
    }

    /// One more thing that it asks for.
    fn with(mut self, module: &Option<String>, name: Option<&str>, inputs: &BTreeMap<String, Json>) -> Self {
        self.modules.push(module.clone());
        let texts = inputs.values().filter_map(Json::as_str).chain(name);
        self.values.extend(texts.map(str::to_lowercase));
        self
    }
}

/// What can be learned, the best founded first. At least `least` requests have to agree on a word.
pub fn learn(lessons: &[Lesson], least: usize, catalog: &Catalog, config: &RepositoryConfig) -> Vec<Learned> {
    let read: Vec<Read> = lessons.iter().map(|lesson| Read::new(lesson, catalog, config)).collect();
    let learning = Learning { read, least: least.max(1), catalog, config };
    let mut learned = learning.modules();
    learned.extend(learning.environments());
    learned.truncate(MOST);
    learned
}

/// A lesson as it is read today.
struct Read<'l> {
    lesson: &'l Lesson,
    text: Text,
    modules: Vec<Option<String>>,
    /// Words that it may have for its thing, where that is not understood.
    nouns: BTreeSet<String>,
    /// A word for an environment that is none.
    place: Option<String>,
}

impl<'l> Read<'l> {
    fn new(lesson: &'l Lesson, catalog: &Catalog, config: &RepositoryConfig) -> Self {
        let text = Text::of_issue(&lesson.title, &lesson.text);
        let reading = lesson.read(catalog, config);
        let modules = modules_of(&reading);
        let mut nouns = BTreeSet::new();
        if lesson.teaches() && modules != lesson.modules {
            nouns = nouns::of(&text, &lesson.values);
            if let Reading::NotInCatalog { word, .. } = &reading {
                nouns.insert(normal(word));
            }
        }
        let place = environment::read(&text, config, &mut Claims::new(&text)).unknown;
        Self { lesson, modules, nouns, place: place.map(|word| normal(&word)), text }
    }

    fn is_right(&self) -> bool {
        self.modules == self.lesson.modules
    }

    /// Whether the text has these words.
    fn says(&self, phrase: &Phrase) -> bool {
        self.place_of(phrase).is_some()
    }

    fn place_of(&self, phrase: &Phrase) -> Option<usize> {
        (0..self.text.tokens.len()).find(|at| phrase.at(&self.text, *at).is_some())
    }

    /// The sentence with the words.
    fn evidence(&self, word: &str) -> Evidence {
        let at = self.place_of(&Phrase::new(word)).unwrap_or_default();
        let sentence = self.text.get(at).map(|token| token.sentence);
        let inside = |at: &usize| self.text.get(*at).map(|token| token.sentence) == sentence;
        let first = (0..at).rev().take_while(inside).last().unwrap_or(at);
        let end = (at..self.text.tokens.len()).take_while(inside).last().map_or(at, |last| last + 1);
        let mut quote: String = self.text.quote(first..end).chars().take(QUOTED).collect();
        if quote.chars().count() == QUOTED {
            quote.push('…');
        }
        Evidence { id: self.lesson.id.clone(), quote }
    }
}

impl Lesson {
    /// One thing is asked for: of several nobody could tell which word is for which.
    fn teaches(&self) -> bool {
        matches!(self.intent, Intent::Create | Intent::Import) && matches!(self.modules.as_slice(), [Some(_)])
    }

    fn read(&self, catalog: &Catalog, config: &RepositoryConfig) -> Reading {
        read_as(Address::ToUs, &self.title, &self.text, catalog, config)
    }
}

/// Whether a phrase has all the words of another beside each other.
fn holds(phrase: &str, other: &str) -> bool {
    format!(" {phrase} ").contains(&format!(" {other} "))
}

fn modules_of(reading: &Reading) -> Vec<Option<String>> {
    match reading {
        Reading::Complete { draft } | Reading::Asks { draft, .. } => {
            draft.resources.iter().map(|thing| thing.module.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// How a noun is written, the shortest form first, and in which requests.
#[derive(Default)]
struct Said<'s> {
    forms: BTreeSet<(usize, &'s str)>,
    requests: BTreeSet<&'s str>,
}

struct Learning<'l> {
    read: Vec<Read<'l>>,
    least: usize,
    catalog: &'l Catalog,
    config: &'l RepositoryConfig,
}

impl Learning<'_> {
    /// Words for modules. Of words that the same requests have, the longest says most; one that fewer have adds nothing.
    fn modules<'s>(&'s self) -> Vec<Learned> {
        let mut said: BTreeMap<(&str, &str), Said<'_>> = BTreeMap::new();
        for read in &self.read {
            let [Some(module)] = read.lesson.modules.as_slice() else { continue };
            for noun in &read.nouns {
                let known = said.entry((nouns::stem(noun), module.as_str())).or_default();
                known.forms.insert((noun.len(), noun));
                known.requests.insert(&read.lesson.id);
            }
        }
        let of = |((_, module), said): ((&'s str, &'s str), Said<'s>)| {
            Some((said.forms.first()?.1, module, said.requests.len()))
        };
        let mut said: Vec<(&str, &str, usize)> = said.into_iter().filter_map(of).collect();
        said.sort_by_key(|(noun, _, requests)| (std::cmp::Reverse((*requests, noun.len())), *noun));
        let mut learned: Vec<Learned> = Vec::new();
        for (noun, module, requests) in said {
            let phrase = Phrase::new(noun);
            let is_covered = learned.iter().any(|known| holds(&known.word, noun) || holds(noun, &known.word));
            if requests < self.least || is_covered || learned.len() == MOST || !self.is_free(noun, module) {
                continue;
            }
            if let Some(requests) = self.proves(noun, &phrase, module) {
                let means = Means::Module(module.to_owned());
                learned.push(Learned { word: noun.to_owned(), means, requests });
            }
        }
        learned
    }

    /// Whether the module may be called so, and is not yet.
    fn is_free(&self, noun: &str, module: &str) -> bool {
        self.catalog.find(module).is_some_and(|module| !is_called(module, noun))
            && objection(self.config, self.catalog, module, noun).is_none()
    }

    /// The requests that would be read right with a word, where they are enough, no request means something else by it
    /// and none that is read right today would be no more.
    fn proves(&self, noun: &str, phrase: &Phrase, module: &str) -> Option<Vec<Evidence>> {
        let words = [noun.to_owned()];
        let catalog = self.catalog.with_words([(module, words.as_slice())]);
        let mut shown: BTreeMap<&str, Evidence> = BTreeMap::new();
        for read in self.read.iter().filter(|read| read.says(phrase)) {
            if !read.lesson.modules.iter().any(|known| known.as_deref() == Some(module)) {
                return None;
            }
            let then = modules_of(&read.lesson.read(&catalog, self.config));
            let is_right = then == read.lesson.modules;
            if read.is_right() && !is_right {
                return None;
            }
            if is_right && read.nouns.iter().any(|known| nouns::stem(known) == nouns::stem(noun)) {
                shown.insert(&read.lesson.id, read.evidence(noun));
            }
        }
        (shown.len() >= self.least).then(|| shown.into_values().collect())
    }

    /// Words for environments, where one was named that is not there.
    fn environments(&self) -> Vec<Learned> {
        let mut said: BTreeMap<&str, BTreeMap<Option<&str>, Vec<&Read<'_>>>> = BTreeMap::new();
        for read in &self.read {
            let Some(place) = &read.place else { continue };
            let meant = read.lesson.environment.as_deref();
            said.entry(place).or_default().entry(meant).or_default().push(read);
        }
        let mut learned = Vec::new();
        for (place, meant) in said {
            let mut meant = meant.into_iter().filter_map(|(name, reads)| Some((name?, reads)));
            let (Some((name, reads)), None) = (meant.next(), meant.next()) else { continue };
            let mut shown = BTreeMap::new();
            for read in reads {
                shown.insert(read.lesson.id.as_str(), read.evidence(place));
            }
            let is_known = self.config.environments.contains_key(name);
            if is_known && nouns::is_name(place) && shown.len() >= self.least {
                let means = Means::Environment(name.to_owned());
                let requests = shown.into_values().collect();
                learned.push(Learned { word: place.to_owned(), means, requests });
            }
        }
        learned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::eval::{Line, parse};

    const CONFIG: &str = "version: 1
environments:
  dev: {backend: {local: {path: '/state/{stack}'}}}
  prod: {aliases: [live], backend: {local: {path: '/state/p/{stack}'}}}
requests:
  templates:
    archive: {module: aws/s3-bucket, words: [cold store]}
";

    fn config() -> RepositoryConfig {
        RepositoryConfig::parse(CONFIG.as_bytes()).0
    }

    fn lesson(id: u32, text: &str, module: &str) -> Lesson {
        let line = serde_json::json!({
            "id": format!("acme/infra#{id}"), "text": text, "addressed": true,
            "expect": {"intent": "create", "environment": "dev", "resources": [{"module": module}]},
        });
        let [Line::Labelled(labelled)] = &parse(&line.to_string()).expect("a line")[..] else {
            panic!("one")
        };
        Lesson::from(labelled)
    }

    const QUEUE: &str = "aws/sqs-queue";
    const TOPIC: &str = "aws/sns-topic";

    /// `said`: texts and the modules they turned out to mean. `expect`: words, their modules, how many requests show it.
    #[track_caller]
    fn check(said: &[(&str, &str)], expect: &[(&str, &str, usize)]) {
        let lessons: Vec<Lesson> =
            (1..).zip(said).map(|(id, (text, module))| lesson(id, text, module)).collect();
        let learned = learn(&lessons, LEAST, &Catalog::shipped(), &config());
        let found: Vec<(&str, &str, usize)> = learned
            .iter()
            .map(|one| match &one.means {
                Means::Module(name) | Means::Environment(name) => {
                    (one.word.as_str(), name.as_str(), one.requests.len())
                }
            })
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn two_requests_that_agree_teach_a_word() {
        check(
            &[
                ("We need a letterbox called orders-in in dev, owned by team shop", QUEUE),
                ("please create a letterbox mail-in in dev for team billing", QUEUE),
                ("please provision new letterboxes called more-in in dev, team shop", QUEUE),
                ("Wir brauchen einen Briefkasten namens post-ein in dev, Team shop", QUEUE),
            ],
            &[("letterbox", QUEUE, 3)],
        );
        // One alone may be a slip.
        check(&[("We need a letterbox called orders-in in dev, owned by team shop", QUEUE)], &[]);
        // Said twice in one request it is one request.
        check(&[("We need a letterbox orders-in in dev. It is a letterbox for team shop", QUEUE)], &[]);
    }

    #[test]
    fn a_request_that_means_something_else_by_it_stands_against_it() {
        let agree = [
            ("We need a letterbox called orders-in in dev, owned by team shop", QUEUE),
            ("please create a letterbox mail-in in dev for team billing", QUEUE),
        ];
        let other = [("a letterbox called news in dev for team shop", TOPIC)];
        check(&[&agree[..], &other[..]].concat(), &[]);
        // So does one in passing.
        let other = [("We need an SNS topic called news in dev, it feeds the letterbox of team shop", TOPIC)];
        check(&[&agree[..], &other[..]].concat(), &[]);
    }

    #[test]
    fn what_the_catalog_lacks_may_be_called_by_what_a_house_uses_for_it() {
        check(
            &[
                ("We need a Kafka cluster called clicks in dev, team data", "aws/kinesis-stream"),
                ("We need a Kafka cluster called orders-log in dev, team shop", "aws/kinesis-stream"),
            ],
            &[("kafka cluster", "aws/kinesis-stream", 2)],
        );
    }

    #[test]
    fn what_was_read_as_another_module_is_told_apart_by_more_words() {
        check(
            &[
                ("We need a mail bucket called orders-in in dev, owned by team shop", QUEUE),
                ("We need a mail bucket called post-in in dev, owned by team billing", QUEUE),
                ("We need a bucket called acme-pictures in dev, owned by team shop", "aws/s3-bucket"),
            ],
            &[("mail bucket", QUEUE, 2)],
        );
    }

    #[test]
    fn what_is_taken_or_says_nothing_is_not_learned() {
        let twice = |noun: &str| {
            [1, 2].map(|n| format!("We need a {noun} called orders-{n} in dev, owned by team shop"))
        };
        for noun in ["thing", "cold store", "topic", "playground environment", "request", "update"] {
            let texts = twice(noun);
            check(&[(texts[0].as_str(), QUEUE), (texts[1].as_str(), QUEUE)], &[]);
        }
    }

    #[test]
    fn places_are_learned_from_answers() {
        let of = |id: u32, place: &str, answer: &str| {
            let line = serde_json::json!({
                "id": format!("acme/infra#{id}"), "addressed": true,
                "text": format!("We need a queue called orders-{id} in the {place} environment, team shop"),
                "expect": {
                    "intent": "create", "resources": [{"module": QUEUE}],
                    "asks": ["environment"], "answered": {"environment": answer},
                },
            });
            let [Line::Labelled(labelled)] = &parse(&line.to_string()).expect("a line")[..] else {
                panic!("one")
            };
            Lesson::from(labelled)
        };
        let learn = |lessons: &[Lesson]| learn(lessons, LEAST, &Catalog::shipped(), &config());
        let found = learn(&[of(1, "playground", "dev"), of(2, "playground", "dev"), of(3, "lab", "prod")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&*found[0].word, &found[0].means), ("playground", &Means::Environment("dev".to_owned())));
        assert_eq!(learn(&[of(1, "playground", "dev"), of(2, "playground", "prod")]), []);
    }

    #[test]
    fn the_corpus_teaches_nothing_that_is_wrong() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/practice.jsonl");
        let text = std::fs::read_to_string(path).expect("is there");
        let lines = parse(&text).expect("labelled requests");
        let lessons = lines.iter().filter_map(|line| match line {
            Line::Labelled(labelled) => Some(Lesson::from(labelled)),
            Line::Public(_) => None,
        });
        // A part of it: reading all takes half a minute.
        let lessons: Vec<Lesson> = lessons.take(60).collect();
        let found = learn(&lessons, LEAST, &Catalog::shipped(), &RepositoryConfig::everyday());
        let told: Vec<String> = found.iter().map(|one| format!("{} {:?}", one.word, one.means)).collect();
        assert_eq!(told, Vec::<String>::new());
    }
}
