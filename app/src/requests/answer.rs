//! Replies to a question: a number, a choice, a value, `key=value`, or more about the request.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, Filled, Question, Reading, Source};
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::command::plain_lines;
use super::conclude::{Doubts, LEAVE_OUT, conclude};
use super::grammar::NAME;
use super::inputs::WRITTEN;
use super::pairs::{self, Given};
use super::text::{Kind, Text, visible};
use super::{environment, free, language, template};

/// Longer replies are talk, not answers; what they say about the request is read all the same.
const MAX_WORDS: usize = 12;

/// Reads a reply. Talk that says nothing about the request is not for us.
pub fn answer(
    draft: &Draft,
    question: &Question,
    reply: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let visible: Vec<String> = plain_lines(reply)
        .map(|(_, line)| visible(line))
        .filter(|line| !line.trim_start().starts_with("/tfpilot"))
        .collect();
    let text = Text::new(&visible.join("\n"));
    let mut answering = Answering { draft: draft.clone(), doubts: Doubts::default(), catalog, config };
    let answered = answering.pairs(&text) || answering.question(question, &text);
    let understood = answering.more(question, &text) || answered;
    if !understood {
        let Some(number) = counted(&words_of(&text)).filter(|_| !question.choices.is_empty()) else {
            return Reading::NotForUs;
        };
        answering.doubts.problems.insert(question.about.clone(), format!("there is no choice {number}"));
        answering.doubts.choices.insert(question.about.clone(), question.choices.clone());
    }
    conclude(answering.draft, &answering.doubts, catalog, config)
}

struct Answering<'a> {
    draft: Draft,
    doubts: Doubts,
    catalog: &'a Catalog,
    config: &'a RepositoryConfig,
}

impl Answering<'_> {
    fn module(&self) -> Option<&Module> {
        self.draft.module.as_deref().and_then(|id| self.catalog.find(id))
    }

    /// `name: acme-x` lines and `environment=dev` words whose key is known.
    fn pairs(&mut self, text: &Text) -> bool {
        let lines = super::inputs::key_lines(text).into_iter().map(|(_, key, value)| (key, value));
        let words = text.tokens.iter().filter(|token| token.kind == Kind::Word).filter_map(|token| {
            token.text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()))
        });
        let grammar = self.module().map(super::grammar::Grammar::new);
        let known = |key: &str| {
            environment::is_key(key)
                || matches!(key.to_lowercase().as_str(), "module" | "modul" | NAME)
                || (template::is_key(key) && !self.config.requests.templates.is_empty())
                || grammar.as_ref().is_some_and(|grammar| grammar.input_of_key(key).is_some())
        };
        let pairs: Vec<(String, Given)> = lines
            .chain(words)
            .filter(|(key, value)| known(key) && !value.is_empty())
            .map(|(key, value)| (key, Given::Text(value)))
            .collect();
        self.apply(&pairs, &text.source);
        !pairs.is_empty()
    }

    fn apply(&mut self, pairs: &[(String, Given)], said: &str) {
        let said = quote(said);
        let source = move |_: &str| Source::Answer(said.clone());
        pairs::apply(&mut self.draft, &mut self.doubts, pairs, &source, self.catalog, self.config);
    }

    /// The answer to the question itself.
    fn question(&mut self, question: &Question, text: &Text) -> bool {
        let chosen = chosen(question, text, self.config);
        let Some(value) = chosen.or_else(|| self.value(question, text)) else { return false };
        let about = question.about.as_str();
        let is_input = self.module().is_none_or(|module| module.variable(about).is_some());
        if matches!(about, "module" | "environment" | NAME) || is_input {
            self.apply(&[(about.to_owned(), Given::Text(value))], &text.source);
            return true;
        }
        // A key the module does not have: dropped, or renamed to the one that was meant.
        let unknown = self.draft.inputs.remove(about);
        if value != LEAVE_OUT
            && let Some(filled) = unknown
        {
            self.apply(&[(value, Given::Text(super::conclude::plain(&filled.value)))], &text.source);
        }
        true
    }

    /// A value where any answer is read: a word, something in quotes, a short text.
    fn value(&self, question: &Question, text: &Text) -> Option<String> {
        let about = question.about.as_str();
        if matches!(about, "module" | "environment") {
            return self.named(about, text);
        }
        let module = self.module()?;
        let grammar = super::grammar::Grammar::new(module);
        let mut quoted = text.tokens.iter().filter(|token| token.kind == Kind::Quoted);
        if let (Some(only), None) = (quoted.next(), quoted.next()) {
            return Some(only.text.clone());
        }
        if about != NAME && grammar.takes_several_words(about) {
            let all = text.source.split_whitespace().collect::<Vec<_>>().join(" ");
            return (!all.is_empty()).then_some(all);
        }
        let meaningful: Vec<&str> = text
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Word && !is_around(&token.lower))
            .map(|token| token.text.as_str())
            .collect();
        let read = |value: &str| super::value::parse(&grammar, about, value);
        match meaningful.as_slice() {
            [] => None,
            // "it should be acme-x, thanks"
            [only] => {
                let value = read(only);
                let fits = if about == NAME {
                    super::conclude::name_problem(module, only).is_none()
                } else {
                    grammar.takes(about, &value)
                };
                // A single word that does not fit was meant all the same; "why?" was not.
                let question = text.tokens.iter().any(|token| token.kind == Kind::Mark('?'));
                (fits || (!question && !language::is_trouble(&only.to_lowercase())))
                    .then(|| (*only).to_owned())
            }
            // "30 days", "data platform": short, and the input takes it.
            several if several.len() <= 3 => {
                let joined = several.join(" ");
                let value = read(&joined);
                (about != NAME && grammar.takes(about, &value)).then_some(joined)
            }
            _ => None,
        }
    }

    /// The environment or module that a reply names, or a word in its place.
    fn named(&self, about: &str, text: &Text) -> Option<String> {
        let words: Vec<&str> = text
            .tokens
            .iter()
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted) && !is_around(&token.lower))
            .map(|token| token.text.as_str())
            .collect();
        if about == "module" {
            let phrase = words.join(" ");
            if let Some((name, _)) = self.config.template(&phrase) {
                return Some(name.to_owned());
            }
            return pairs::module_of(&phrase, self.catalog, self.config)
                .map(|module| module.id.to_string())
                .or_else(|| {
                    let free = free::read(text, self.catalog, self.config, true);
                    match free {
                        free::Understood::Request(draft, _) => draft.module,
                        _ => None,
                    }
                });
        }
        match words.as_slice() {
            [only]
                if only.starts_with(char::is_alphabetic) && !language::is_trouble(&only.to_lowercase()) =>
            {
                Some((*only).to_owned())
            }
            _ => None,
        }
    }

    /// What the reply says besides: "dev please, and versioned".
    fn more(&mut self, question: &Question, text: &Text) -> bool {
        // The words of a template say nothing about its inputs: "small" of "small postgres" is no instance class.
        if question.about == "module" && self.config.template(&text.source).is_some() {
            return false;
        }
        let Some(module) = self.draft.module.as_deref().and_then(|id| self.catalog.find(id)) else {
            return false;
        };
        let before = self.draft.clone();
        if !free::add(&mut self.draft, &mut self.doubts, text, module, self.config) {
            // An environment that does not exist is an answer too, though not a good one.
            return question.about == "environment" && self.doubts.problems.contains_key("environment");
        }
        let said = quote(&text.source);
        let answered = |new: &Source| matches!(new, Source::Text(_)).then(|| Source::Answer(said.clone()));
        if self.draft.environment != before.environment {
            mark(&mut self.draft.environment, &answered);
        }
        if self.draft.name != before.name {
            mark(&mut self.draft.name, &answered);
        }
        for (input, filled) in &mut self.draft.inputs {
            if before.inputs.get(input) != Some(filled) {
                filled.source = answered(&filled.source).unwrap_or_else(|| filled.source.clone());
            }
        }
        true
    }
}

fn mark<T>(filled: &mut Option<Filled<T>>, source: &dyn Fn(&Source) -> Option<Source>) {
    if let Some(filled) = filled {
        filled.source = source(&filled.source).unwrap_or_else(|| filled.source.clone());
        filled.confidence = filled.confidence.max(WRITTEN);
    }
}

/// The choice that a reply takes: by number, by ordinal, by its own words.
fn chosen(question: &Question, text: &Text, config: &RepositoryConfig) -> Option<String> {
    let choices = &question.choices;
    let words = words_of(text);
    if choices.is_empty() || words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    if let Some(number) = counted(&words) {
        let index = if number == 0 { choices.len() } else { number };
        return index.checked_sub(1).and_then(|index| choices.get(index)).cloned();
    }
    if question.about == "environment" {
        let mut named: Vec<&str> =
            words.iter().filter_map(|word| config.environment(word).map(|(name, _)| name)).collect();
        named.dedup();
        if let [only] = named.as_slice() {
            return Some((*only).to_owned());
        }
    }
    let said = format!(" {} ", words.join(" "));
    let mut matching = choices.iter().filter(|choice| said.contains(&format!(" {} ", choice.to_lowercase())));
    matching.next().filter(|_| matching.next().is_none()).cloned()
}

fn words_of(text: &Text) -> Vec<&str> {
    let words = text.tokens.iter().filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted));
    words.map(|token| token.lower.as_str()).collect()
}

/// The number that a reply is about, and nothing else: "2", "the second one"; 0 is the last.
fn counted(words: &[&str]) -> Option<usize> {
    let mut meaningful = words.iter().filter(|word| !is_around(word));
    match (meaningful.next(), meaningful.next()) {
        (Some(only), None) => language::ordinal(only),
        // "one" is a small word, but alone it is a number.
        (None, _) => words.contains(&"one").then_some(1),
        _ => None,
    }
}

/// Words around an answer that are no part of it.
fn is_around(word: &str) -> bool {
    language::is_filler(word)
        || language::is_indefinite(word)
        || language::is_definite(word)
        || matches!(word, "environment" | "team" | "called" | "name")
}

fn quote(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}

/// Takes a value that was set by command into the draft.
pub(super) fn set_pairs(
    draft: &Draft,
    pairs: &[(String, String)],
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> (Draft, Doubts) {
    let mut draft = draft.clone();
    let mut doubts = Doubts::default();
    let given: Vec<(String, Given)> =
        pairs.iter().map(|(key, value)| (key.clone(), Given::Text(value.clone()))).collect();
    let value_of =
        |key: &str| pairs.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value.as_str());
    let source = |key: &str| Source::Command(quote(&format!("set {key}={}", value_of(key))));
    pairs::apply(&mut draft, &mut doubts, &given, &source, catalog, config);
    draft.inputs.retain(|_, filled| filled.value != Json::String(String::new()));
    (draft, doubts)
}
