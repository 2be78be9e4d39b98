//! Which environment a text names: by name, by alias, by a compound such as "dev environment" or "Dev-Umgebung".

mod contest;
mod sureness;

use std::collections::BTreeSet;
use std::ops::Range;

use tfpilot_engine::{EnvironmentName, Filled, Source};
use tfpilot_modules::lists;

use crate::config::RepositoryConfig;
use crate::config::suggest::nearest;

pub(super) use self::contest::is_contested;
use self::contest::{corrected, first_of_all};
use self::sureness::sureness;
use super::inputs::{PLACED, SURE, WRITTEN, key_lines};
use super::language;
use super::phrases::{Claims, Phrase};
use super::questions::{self, Asked};
use super::text::{Kind, Text};

/// What a text says about the environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// Environments that are named, the surest first.
    pub(super) named: Vec<Filled<EnvironmentName>>,
    /// A word that should be one and is none.
    pub(super) unknown: Option<String>,
    /// Where they are named.
    pub(super) tokens: Vec<Range<usize>>,
    /// Each mention, with its name.
    order: Vec<(Range<usize>, String)>,
}

/// Whether a key means the environment.
pub(super) fn is_key(key: &str) -> bool {
    // "Account/env", "Where / who"
    if let Some((first, second)) = key.split_once('/') {
        return is_key(first) || is_key(second);
    }
    matches!(
        key.trim().to_lowercase().as_str(),
        "environment"
            | "environments"
            | "env"
            | "umgebung"
            | "zielumgebung"
            | "target"
            | "target environment"
            | "stage"
            | "ziel"
            | "wo"
            | "where"
            | "wohin"
            | "where to"
            | "zielsystem"
            | "środowisko"
            | "environnement"
            | "entorno"
            | "ambiente"
            | "omgeving"
    ) || questions::asked(key) == Some(Asked::Environment)
}

/// Reads the environment, claiming the words that name it.
pub(super) fn read(text: &Text, config: &RepositoryConfig, claims: &mut Claims) -> Found {
    let mut found = Found::default();
    for (tokens, key, value) in key_lines(text) {
        if is_key(&key) && !value.is_empty() {
            let first = value.split(['.', ',', '(', ' ']).next().unwrap_or_default();
            let whole = config.environment(value.trim().trim_end_matches('.'));
            match whole.or_else(|| config.environment(first)) {
                Some((name, _)) => found.add(text, name, tokens, WRITTEN, claims),
                // A sentence after "stage:" is no environment.
                None if value.split_whitespace().count() <= 3 => found.unknown = Some(value),
                None => {}
            }
        }
    }
    for (index, token) in text.tokens.iter().enumerate() {
        // `env=dev` in a sentence; `Env=dev` is a tag.
        let named =
            token.text.split_once('=').filter(|(key, _)| is_key(key) && key.chars().all(char::is_lowercase));
        match named.map(|(_, value)| (value, config.environment(value))) {
            Some((_, Some((name, _)))) => found.add(text, name, index..index + 1, WRITTEN, claims),
            Some((value, None)) if !value.is_empty() => found.unknown = Some(value.to_owned()),
            _ => {}
        }
    }
    let words = words(config);
    let mut index = 0;
    while index < text.tokens.len() {
        index = read_at(text, config, &words, index, &mut found, claims).unwrap_or(index + 1);
    }
    found.doubt_alternatives(text);
    found.named.sort_by_key(|named| std::cmp::Reverse(named.confidence));
    found.named.retain(|named| named.confidence >= SURE);
    if let Some(last) = corrected(text, &found) {
        found.named.retain(|named| named.value.as_str() == last);
    }
    found.drop_told(text, claims);
    if let Some(first) = first_of_all(text, &found).filter(|_| found.named.len() > 1) {
        found.named.retain(|named| named.value.as_str() == first);
    }
    if !found.named.is_empty() {
        found.unknown = None;
    }
    found
}

/// Names and aliases, each with the environment it means and whether it is the name itself.
fn words(config: &RepositoryConfig) -> Vec<(Phrase, String, bool)> {
    let mut words = Vec::new();
    for (name, environment) in &config.environments {
        words.push((Phrase::new(name), name.clone(), true));
        words.extend(environment.aliases.iter().map(|alias| (Phrase::new(alias), name.clone(), false)));
    }
    words.extend(config.everyday_words().map(|(word, name)| (Phrase::new(word), name.to_owned(), false)));
    words.retain(|(phrase, _, _)| phrase.len() > 0);
    words
}

fn read_at(
    text: &Text,
    config: &RepositoryConfig,
    words: &[(Phrase, String, bool)],
    index: usize,
    found: &mut Found,
    claims: &mut Claims,
) -> Option<usize> {
    if !claims.is_free(index) {
        return None;
    }
    let named = words
        .iter()
        .filter_map(|(phrase, name, own)| {
            Some((phrase.at(text, index).or_else(|| exact(text, index, config, name))?, name, *own))
        })
        // Of equals the name itself.
        .max_by_key(|(tokens, _, own)| (tokens.len(), *own));
    if let Some((tokens, name, own)) = named {
        if negated(text, tokens.start) {
            return Some(tokens.end);
        }
        let mut confidence = sureness(text, &tokens, own);
        // "dev and prod", "dev, prod": as sure as the one before.
        let before = tokens.start.checked_sub(1).filter(|before| {
            text.get(*before)
                .is_some_and(|token| language::is_join(&token.lower) || token.kind == Kind::Mark(','))
        });
        if own && before.is_some_and(|before| found.tokens.last().is_some_and(|last| last.end == before)) {
            confidence = 95;
        }
        // "It fails in prod" tells why, not where to.
        let sentence = text.get(tokens.start).map(|token| token.sentence);
        let around = text.tokens.iter().filter(|token| Some(token.sentence) == sentence).take(200);
        if around.into_iter().any(|token| token.kind == Kind::Word && language::is_trouble(&token.lower)) {
            confidence = confidence.min(SURE);
        }
        if confidence >= SURE {
            found.add(text, name, tokens.clone(), confidence, claims);
        }
        return Some(tokens.end);
    }
    if let Some(name) = compound(text, index, config) {
        found.add(text, &name, index..index + 1, WRITTEN, claims);
        return Some(index + 1);
    }
    // "dev/stage"
    let listed = text.word(index).filter(|word| word.contains(['/', '+'])).and_then(|word| {
        word.split(['/', '+'])
            .map(|word| config.environment(word).map(|(name, _)| name))
            .collect::<Option<Vec<&str>>>()
    });
    if let Some(each) = listed {
        for name in each {
            found.add(text, name, index..index + 1, 90, claims);
        }
        return Some(index + 1);
    }
    // "azure/dev/northeurope"
    let path = text.word(index).filter(|word| word.contains('/')).and_then(|word| {
        let named: Option<Vec<Option<&str>>> = word
            .split('/')
            .map(|part| match config.environment(part) {
                Some((name, _)) => Some(Some(name)),
                None => is_place(part).then_some(None),
            })
            .collect();
        match named?.into_iter().flatten().collect::<Vec<&str>>().as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        }
    });
    if let Some(name) = path {
        found.add(text, &name, index..index + 1, 90, claims);
        return Some(index + 1);
    }
    if let Some(name) = misspelt(text, config, index) {
        found.add(text, &name, index..index + 1, PLACED, claims);
        return Some(index + 1);
    }
    unknown(text, config, index, found);
    None
}

/// "in stagign", "for prodution": one letter wrong, missing, too many or two turned round, in a word of five letters or
/// more; behind "for", which leads to other things too, of eight or more.
fn misspelt(text: &Text, config: &RepositoryConfig, index: usize) -> Option<String> {
    let word = text.word(index).filter(|word| word.chars().count() >= 5 && !language::is_small_word(word))?;
    let led = index.checked_sub(1).and_then(|before| text.word(before)).is_some_and(|before| match before {
        "in" | "to" | "on" | "auf" | "im" | "nach" | "env" | "environment" | "umgebung" => true,
        "for" | "für" => word.chars().count() >= 8,
        _ => false,
    });
    if !led {
        return None;
    }
    let near = |known: &str| known.chars().count() >= 5 && strsim::osa_distance(known, word) == 1;
    let own = config
        .environments
        .iter()
        .filter(|(name, environment)| near(name) || environment.aliases.iter().any(|alias| near(alias)));
    let everyday = config.everyday_words().filter(|(known, _)| near(known)).map(|(_, name)| name);
    let named: BTreeSet<&str> = own.map(|(name, _)| name.as_str()).chain(everyday).collect();
    named.first().filter(|_| named.len() == 1).map(|name| (*name).to_owned())
}

impl Found {
    /// The environments that are named, each at its last place.
    pub(super) fn in_order(&self) -> Vec<String> {
        let mut order: Vec<&(Range<usize>, String)> = self.order.iter().collect();
        order.sort_by_key(|(tokens, _)| tokens.start);
        let mut names: Vec<String> = Vec::new();
        for (_, name) in order {
            names.retain(|known| known != name);
            names.push(name.clone());
        }
        names
    }

    /// The environments that are named in one of these sentences.
    pub(super) fn in_sentences(&self, text: &Text, sentences: &[usize]) -> Vec<String> {
        let inside = |tokens: &Range<usize>| {
            text.get(tokens.start).is_some_and(|token| sentences.contains(&token.sentence))
        };
        let named = self.order.iter().filter(|(tokens, _)| inside(tokens));
        named.map(|(_, name)| name.clone()).collect()
    }

    /// The environment, where one alone is named.
    pub(super) fn only(&self) -> Option<EnvironmentName> {
        match self.named.as_slice() {
            [only] => Some(only.value.clone()),
            _ => None,
        }
    }

    /// The words that name environments, taken.
    pub(super) fn claims(&self, text: &Text) -> Claims {
        let mut claims = Claims::new(text);
        self.tokens.iter().for_each(|tokens| claims.take(tokens.clone()));
        claims
    }

    fn add(&mut self, text: &Text, name: &str, tokens: Range<usize>, confidence: u8, claims: &mut Claims) {
        let from =
            tokens.start.checked_sub(1).filter(|before| text.word(*before).is_some_and(language::is_where));
        let tokens = from.unwrap_or(tokens.start)..tokens.end;
        self.order.push((tokens.clone(), name.to_owned()));
        let new = Filled {
            value: EnvironmentName::new(name),
            source: Source::Text(text.quote(tokens.clone())),
            confidence,
        };
        claims.take(tokens.clone());
        self.tokens.push(tokens);
        match self.named.iter_mut().find(|known| known.value == new.value) {
            Some(known) if known.confidence < new.confidence => *known = new,
            Some(_) => {}
            None => self.named.push(new),
        }
    }
}

/// A quoted environment: in `dev`.
fn exact(text: &Text, index: usize, config: &RepositoryConfig, name: &str) -> Option<Range<usize>> {
    let token = text.get(index).filter(|token| token.kind == Kind::Quoted)?;
    let led = index.checked_sub(1).and_then(|before| text.word(before)).is_some_and(language::is_where);
    (led && config.environment(token.text.trim()).is_some_and(|(known, _)| known == name))
        .then_some(index..index + 1)
}

/// A cloud or one of its regions.
fn is_place(word: &str) -> bool {
    matches!(word, "aws" | "azure" | "gcp" | "google")
        || ["aws-regions", "azure-regions", "google-regions"]
            .iter()
            .any(|list| lists::find(list).is_some_and(|list| list.has(word)))
}

fn is_noun(word: &str) -> bool {
    matches!(
        word,
        "environment" | "env" | "umgebung" | "account" | "konto" | "betrieb" | "system" | "stage" | "one"
    )
}

fn negated(text: &Text, start: usize) -> bool {
    let none = |word: &str| language::is_negation(word) || matches!(word, "nothing" | "nichts" | "none");
    (1..=2).filter_map(|back| text.word(start.checked_sub(back)?)).any(none)
}

/// "Dev-Umgebung", "prod-account", "Entwicklungsumgebung".
fn compound(text: &Text, index: usize, config: &RepositoryConfig) -> Option<String> {
    let word = text.word(index)?;
    let hyphened = word.rsplit_once('-').filter(|(_, last)| is_noun(last)).map(|(first, _)| first);
    let joined = ["umgebung", "system", "stage", "betrieb"].iter().find_map(|noun| word.strip_suffix(noun));
    let first = hyphened.or(joined).filter(|first| !first.is_empty())?;
    let known = config.environment(first).or_else(|| config.environment(first.strip_suffix('s')?));
    known.map(|(name, _)| name.to_owned())
}

/// "in qa", "in the qa environment", "in porduction": it should be an environment, and is none here.
fn unknown(text: &Text, config: &RepositoryConfig, index: usize, found: &mut Found) {
    let Some(word) = text.word(index) else { return };
    let before = index.checked_sub(1).and_then(|before| text.word(before));
    let led = before.is_some_and(|before| {
        matches!(before, "in" | "to" | "on" | "im" | "auf" | "nach" | "environment" | "env" | "umgebung")
    });
    let noun = text.word(index + 1).is_some_and(|next| matches!(next, "environment" | "env" | "umgebung"));
    if found.unknown.is_some() || language::is_small_word(word) || !(led || noun) {
        return;
    }
    let known = config.environments.iter().flat_map(|(name, environment)| {
        std::iter::once(name.as_str()).chain(environment.aliases.iter().map(String::as_str))
    });
    let typo = led && word.chars().count() >= 3 && nearest(word, known).is_some();
    if noun || typo || (led && language::is_common_environment(word)) {
        found.unknown = text.get(index).map(|token| token.text.clone());
    }
}

/// The environments as choices, the one that was probably meant first.
pub(super) fn choices(config: &RepositoryConfig, near: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = config.environments.keys().cloned().collect();
    let meant = near.and_then(|word| {
        let words = config.environments.iter().flat_map(|(name, environment)| {
            std::iter::once(name.as_str()).chain(environment.aliases.iter().map(String::as_str))
        });
        config.environment(nearest(word, words)?).map(|(name, _)| name.to_owned())
    });
    if let Some(at) = meant.and_then(|meant| names.iter().position(|name| *name == meant)) {
        let first = names.remove(at);
        names.insert(0, first);
    }
    names
}
