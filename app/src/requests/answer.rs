//! Replies to a question: a number, a choice, a value, `key=value`, or more about the request.

use serde_json::Value as Json;
use tfpilot_engine::{Draft, Filled, Question, Reading, Source};
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::command::plain_lines;
use super::conclude::{Doubts, LEAVE_OUT, conclude, plain};
use super::grammar::{Grammar, NAME};
use super::import::{self, IMPORT};
use super::inputs::WRITTEN;
use super::pairs::{self, Given, Target};
use super::phrases::Claims;
use super::suggest::FreeText;
use super::text::{Kind, Text, visible};
use super::{environment, free, language, leftovers, template, wiring};

/// What a question is about that asks what shall be otherwise.
pub(super) const CHANGE: &str = "change";

/// The key that says what becomes of what was edited by hand in the managed block: `drop`, or anything else to keep it.
const HAND_EDITS: &str = "hand-edits";

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
    answer_telling(draft, question, reply, catalog, config).0
}

/// The same, with the reply's text, where something of it was understood.
pub(crate) fn answer_telling(
    draft: &Draft,
    question: &Question,
    reply: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> (Reading, Option<FreeText>) {
    let visible: Vec<String> = plain_lines(reply)
        .map(|(_, line)| visible(line))
        .filter(|line| !line.trim_start().starts_with("/tfpilot"))
        .collect();
    let text = Text::new(&visible.join("\n"));
    let mut answering = Answering {
        draft: draft.clone(),
        at: question.resource,
        doubts: Doubts::default(),
        read: Claims::new(&text),
        catalog,
        config,
    };
    let answered = answering.pairs(&text) || answering.question(question, &text);
    let understood = answering.more(question, &text) || answered;
    if !understood {
        let Some(number) = counted(&words_of(&text)).filter(|_| !question.choices.is_empty()) else {
            return (Reading::NotForUs, None);
        };
        let (at, about) = (question.resource, question.about.as_str());
        answering.doubts.object(at, about, format!("there is no choice {number}"));
        answering.doubts.offer(at, about, question.choices.clone());
    }
    // "thanks" changes nothing, and a change of nothing is no pull request.
    if question.about == CHANGE && answering.draft.resources == draft.resources {
        return (Reading::NotForUs, None);
    }
    let has_unread = answering.has_unread(question, draft, &text);
    let reading = conclude(answering.draft, &answering.doubts, catalog, config);
    (reading, understood.then_some(FreeText { text: text.source, has_unread, is_whole: false }))
}

struct Answering<'a> {
    draft: Draft,
    /// The thing that was asked about.
    at: usize,
    doubts: Doubts,
    /// What was read of the reply besides the answer itself.
    read: Claims,
    catalog: &'a Catalog,
    config: &'a RepositoryConfig,
}

impl Answering<'_> {
    fn module(&self) -> Option<&Module> {
        self.draft.resources.get(self.at)?.module.as_deref().and_then(|id| self.catalog.find(id))
    }

    /// `name: acme-x` lines and `environment=dev` words whose key is known.
    fn pairs(&mut self, text: &Text) -> bool {
        let lines = super::inputs::key_lines(text).into_iter().map(|(_, key, value)| (key, value));
        let words = text.tokens.iter().filter(|token| token.kind == Kind::Word).filter_map(|token| {
            token.text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()))
        });
        let modules = wiring::modules(&self.draft, self.catalog).into_iter().flatten();
        let grammars: Vec<Grammar<'_>> = modules.map(Grammar::new).collect();
        let named =
            |key: &str| key.rsplit_once('.').is_some_and(|(word, _)| !self.draft.called(word).is_empty());
        let known = |key: &str| {
            named(key)
                || environment::is_key(key)
                || matches!(key.to_lowercase().as_str(), "module" | "modul" | NAME)
                || template::is_key(key, self.config)
                || grammars.iter().any(|grammar| grammar.input_of_key(key).is_some())
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
        let (draft, doubts) = (&mut self.draft, &mut self.doubts);
        pairs::apply(draft, doubts, Target::Asked(self.at), pairs, &source, self.catalog, self.config);
    }

    /// The answer to the question itself.
    fn question(&mut self, question: &Question, text: &Text) -> bool {
        let chosen = chosen(question, text, self.config);
        let Some(value) = chosen.or_else(|| self.value(question, text)) else { return false };
        let about = question.about.as_str();
        if let (IMPORT, Some(import)) = (about, &mut self.draft.import) {
            let source = Source::Answer(quote(&text.source));
            import.id = Some(Filled { value, source, confidence: WRITTEN });
            return true;
        }
        if value == LEAVE_OUT {
            wiring::leave_out(&mut self.draft, self.catalog, self.at, about);
            return true;
        }
        let is_input = self.module().is_none_or(|module| module.variable(about).is_some());
        if matches!(about, "module" | "environment" | NAME) || is_input {
            self.apply(&[(about.to_owned(), Given::Text(value))], &text.source);
            return true;
        }
        // A key the module does not have: renamed to the one that was meant.
        let unknown = self.draft.resources.get_mut(self.at).and_then(|thing| thing.inputs.remove(about));
        if let Some(filled) = unknown {
            self.apply(&[(value, Given::Text(plain(&filled.value)))], &text.source);
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
        if about == IMPORT {
            return import::id(text, module);
        }
        let grammar = Grammar::new(module);
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
                    let free = free::read(text, &[], self.catalog, self.config, true);
                    match free {
                        free::Understood::Request(draft, _) => draft.module().map(str::to_owned),
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
        let before = self.draft.clone();
        let known = self.draft.resources.get(self.at).and_then(|thing| thing.module.as_deref());
        let Some(module) = known.and_then(|id| self.catalog.find(id)) else { return false };
        let (more, read) = free::add(&mut self.draft, self.at, &mut self.doubts, text, module, self.config);
        self.read = read;
        if !more {
            // An environment that does not exist is an answer too, though not a good one.
            return question.about == "environment" && self.doubts.problem(0, "environment").is_some();
        }
        let said = quote(&text.source);
        let answered = |new: &Source| matches!(new, Source::Text(_)).then(|| Source::Answer(said.clone()));
        if self.draft.environment != before.environment {
            mark(&mut self.draft.environment, &answered);
        }
        let Some(thing) = self.draft.resources.get_mut(self.at) else { return true };
        let before = before.resources.get(self.at).cloned().unwrap_or_default();
        if thing.name != before.name {
            mark(&mut thing.name, &answered);
        }
        for (input, filled) in &mut thing.inputs {
            let known = before.inputs.get(input);
            if let Some(known) = known.filter(|known| wiring::takes_outputs(&known.value)) {
                // Words such as `orders.arn` were read already, and mean nothing in free text.
                filled.clone_from(known);
            } else if known != Some(filled) {
                filled.source = answered(&filled.source).unwrap_or_else(|| filled.source.clone());
            }
        }
        true
    }
}

impl Answering<'_> {
    /// Whether words of the reply neither answer the question nor mean anything else that was understood.
    fn has_unread(&self, question: &Question, before: &Draft, text: &Text) -> bool {
        let known = before.resources.get(self.at);
        let new = self.draft.resources.get(self.at).into_iter().flat_map(|thing| {
            let name = thing.name.as_ref().map(|name| name.value.clone());
            let inputs = thing.inputs.iter().filter(|(input, filled)| {
                known.and_then(|known| known.inputs.get(*input)).is_none_or(|known| known != *filled)
            });
            name.into_iter().chain(inputs.map(|(_, filled)| plain(&filled.value)))
        });
        let environment = self.draft.environment.as_ref().map(|environment| environment.value.to_string());
        let said: Vec<String> =
            new.chain(environment).chain(question.choices.clone()).map(|it| it.to_lowercase()).collect();
        text.tokens.iter().enumerate().any(|(at, token)| {
            self.read.is_free(at)
                && leftovers::is_meaningful(token)
                && !token.lower.contains('=')
                && !said.iter().any(|value| value.contains(&token.lower))
        })
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
    import::set(&mut draft, pairs, &source);
    let taken = |key: &str| match key {
        IMPORT => draft.import.is_some(),
        HAND_EDITS => draft.edits.is_some(),
        _ => false,
    };
    let given: Vec<(String, Given)> = given.into_iter().filter(|(key, _)| !taken(key)).collect();
    if let Some(edit) = &mut draft.edits {
        let dropped = pairs.iter().rev().find(|(key, _)| key == HAND_EDITS);
        edit.drops_hand_edits = dropped.map_or(edit.drops_hand_edits, |(_, value)| value == "drop");
    }
    pairs::apply(&mut draft, &mut doubts, Target::Every(0), &given, &source, catalog, config);
    for thing in &mut draft.resources {
        thing.inputs.retain(|_, filled| filled.value != Json::String(String::new()));
    }
    (draft, doubts)
}
