//! The nouns of modules in a text, and how each is spoken of: asked for, or in trouble.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::grammar::Grammar;
use super::inputs::key_lines;
use super::language;
use super::phrases::Claims;
use super::purposes::Purposes;
use super::text::{self, Kind, Text};
use super::vocabulary::{Noun, Vocabulary};

/// Words farther away in a sentence without end say nothing about the noun.
const NEAR: usize = 60;

/// Mentions that are weighed; a text with more is no request.
const MOST_MENTIONS: usize = 200;

/// Mentions with which another is compared; a text that speaks of more is told by its first ones.
const MOST_COMPARED: usize = 12;

/// Tokens in which details are looked for.
const MOST_WEIGHED: usize = 600;

/// A line `key: value`: its tokens, the key, the value.
type KeyLine = (Range<usize>, String, String);

/// From this on a text nobody addressed to us counts as a request.
pub(super) const ENOUGH: i32 = 2;

/// A noun of a module in the text.
#[derive(Debug, Clone)]
pub(super) struct Mention<'m> {
    pub(super) module: &'m Module,
    pub(super) tokens: Range<usize>,
    pub(super) score: i32,
    /// Its sentence.
    pub(super) sentence: usize,
    /// It stands behind "a", "an" or a number.
    pub(super) is_asked: bool,
}

/// Modules that may be asked for here.
pub(super) fn offered<'m>(catalog: &'m Catalog, config: &RepositoryConfig) -> Vec<&'m Module> {
    let hide = &config.catalog.hide;
    catalog.modules().filter(|module| hide.is_empty() || !hide.contains(&module.id.to_string())).collect()
}

/// The mentions without those that are an input of another one: "a storage account x in westeurope, resource group rg-x",
/// "into the existing resource group".
pub(super) fn without_inputs<'m>(text: &Text, mentions: Vec<Mention<'m>>) -> Vec<Mention<'m>> {
    let is_input = |mention: &Mention<'m>| {
        let noun = text.quote(mention.tokens.clone());
        let exists =
            (1..=2).filter_map(|back| text.word(mention.tokens.start.checked_sub(back)?)).any(|word| {
                matches!(word, "existing" | "bestehende" | "bestehenden" | "vorhandene" | "vorhandenen")
            });
        // "topic orders -> queues a-in and b-in": made besides.
        let led_to = mention.tokens.start.checked_sub(1).is_some_and(|before| text::is_arrow(text, before));
        let begins = mention.tokens.start.checked_sub(1).is_none_or(|before| {
            text.get(before).is_some_and(|token| !matches!(token.kind, Kind::Word | Kind::Quoted))
        });
        let is_key = begins
            && text.get(mention.tokens.end).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
        let named = name_of_new(text, &mention.tokens);
        mentions.iter().take(MOST_COMPARED).any(|other| {
            let takes = || {
                let grammar = Grammar::new(other.module);
                let Some(input) = grammar.input_of_key(&noun).map(str::to_owned) else { return false };
                let from = grammar.hints(&input).map(|hints| &hints.from);
                // "a topic with queues a-in and b-in": an ARN would be a value, a name alone is another thing.
                let is_made =
                    !exists && !is_key && named.as_ref().is_some_and(|name| !fits(&grammar, &input, name));
                from.is_some_and(|from| from.contains_key(&mention.module.id.to_string())) && !is_made
            };
            let before = other.sentence == mention.sentence && other.tokens.start < mention.tokens.start;
            other.module.id != mention.module.id
                && (exists || is_key || before && !mention.is_asked && !led_to)
                && takes()
        })
    };
    let kept = mentions.iter().filter(|mention| !is_input(mention));
    kept.cloned().collect()
}

/// The name behind a noun that is not spoken of as known: "queue a-in", and not "our queue a-in".
fn name_of_new(text: &Text, noun: &Range<usize>) -> Option<String> {
    let before = noun.start.checked_sub(1).and_then(|before| text.word(before));
    let name = text.get(noun.end).filter(|token| {
        matches!(token.kind, Kind::Word | Kind::Quoted)
            && token.text.contains(['-', '_'])
            && token.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !text::is_id(&token.lower)
    })?;
    (!before.is_some_and(language::is_definite)).then(|| name.text.clone())
}

/// Whether a name alone is a value of an input, or one of its values.
fn fits(grammar: &Grammar<'_>, input: &str, name: &str) -> bool {
    let one = Json::String(name.to_owned());
    grammar.takes(input, &one) || grammar.takes(input, &Json::Array(vec![one]))
}

/// The mentions that ask for something, one of each module; several where it is not clear which is meant. `addressed` texts
/// need no signs of a request.
pub(super) fn asked_for<'m>(
    text: &Text,
    mut mentions: Vec<Mention<'m>>,
    addressed: bool,
) -> Vec<Mention<'m>> {
    mentions.retain(|mention| mention.score >= if addressed { i32::MIN } else { ENOUGH });
    // Of the mentions of one module the best counts; the first of equals.
    let mut best: Vec<Mention<'m>> = Vec::new();
    for mention in mentions {
        match best.iter_mut().find(|known| known.module.id == mention.module.id) {
            Some(known) if known.score >= mention.score => {}
            Some(known) => *known = mention,
            None => best.push(mention),
        }
    }
    best.sort_by(|left, right| right.score.cmp(&left.score).then(left.tokens.start.cmp(&right.tokens.start)));
    let (Some(first), Some(second)) = (best.first(), best.get(1)) else { return best };
    let top = first.score;
    if top - second.score <= 1 && second.score > ENOUGH {
        best.retain(|mention| top - mention.score <= 1);
        // What is asked for is named first; what it shall be like, later: "Aurora please. Details: Postgres flavour".
        let first = best.iter().map(|mention| mention.sentence).min().unwrap_or_default();
        let asked_again = best.iter().any(|mention| mention.sentence > first && mention.is_asked);
        if !asked_again {
            best.retain(|mention| mention.sentence == first);
        }
        // "Linux box on Azure": of several the one of the cloud that is named.
        let of_cloud = |mention: &Mention<'_>| cloud(text) == Some(mention.module.id.provider());
        if best.iter().any(&of_cloud) {
            best.retain(of_cloud);
        }
    } else {
        best.truncate(1);
    }
    best
}

/// The modules whose purpose a text may tell that names none, the likeliest first: one where it is clear. Where no cloud is
/// named, it is for AWS.
pub(super) fn wanted<'m>(
    text: &Text,
    modules: &[&'m Module],
    purposes: &Purposes,
    claims: &Claims,
) -> Vec<Mention<'m>> {
    let cloud = cloud(text).unwrap_or("aws");
    let find = |id: &str| modules.iter().find(|module| is_named(module, id));
    let is_there = |module: &Module| {
        let provider = module.id.provider();
        provider == cloud || !CLOUDS.contains(&provider)
    };
    let purposes = purposes.read(text, claims, &|id| find(id).is_some_and(|module| is_there(module)));
    // No noun stands anywhere: the words around are none of its name.
    let mention = |id: &str| {
        let module = find(id)?;
        Some(Mention { module, tokens: 0..0, score: ENOUGH, sentence: 0, is_asked: true })
    };
    purposes.into_iter().filter_map(mention).collect()
}

/// Providers of modules that make the same on one cloud or another.
const CLOUDS: [&str; 3] = ["aws", "azure", "google"];

/// The one cloud that a text names, as modules' ids do.
fn cloud(text: &Text) -> Option<&'static str> {
    let named = |word: &str| match word {
        "aws" | "amazon" => Some("aws"),
        "azure" => Some("azure"),
        "gcp" | "google" => Some("google"),
        // What exists there is called as only one of them calls it.
        _ if word.starts_with("projects/") => Some("google"),
        _ if word.starts_with("/subscriptions/") => Some("azure"),
        _ => None,
    };
    let mut clouds = (0..text.tokens.len()).filter_map(|at| named(text.word(at)?));
    let first = clouds.next()?;
    clouds.all(|other| other == first).then_some(first)
}

/// What a noun means on the cloud that the text names: a VM on GCP is no EC2 instance.
fn on_cloud<'m>(
    cloud: &str,
    words: &str,
    module: &'m Module,
    modules: &[&'m Module],
    vocabulary: &Vocabulary,
) -> &'m Module {
    if cloud == module.id.provider() {
        return module;
    }
    let clouds = [cloud];
    let names: &[&str] = if cloud == "google" { &["google", "gcp", "google cloud", "gce"] } else { &clouds };
    let known = names.iter().find_map(|name| vocabulary.module_of(&format!("{name} {words}")));
    known
        .and_then(|id| modules.iter().find(|module| is_named(module, id) && module.id.provider() == cloud))
        .copied()
        .unwrap_or(module)
}

/// Every noun of a module, the longest at its place. Of a text without end the first ones. Where there is none, its words
/// may stand apart: "a parameter in SSM".
pub(super) fn mentions<'m>(
    text: &Text,
    modules: &[&'m Module],
    vocabulary: &Vocabulary,
    claims: &Claims,
) -> Vec<Mention<'m>> {
    let whole = |index: usize| vocabulary.nouns_at(text, index);
    let apart = |index: usize| vocabulary.turned_at(text, index).into_iter().collect();
    let found = found(text, modules, vocabulary, claims, &whole);
    if found.is_empty() { self::found(text, modules, vocabulary, claims, &apart) } else { found }
}

/// The mentions by the nouns that stand at each token.
fn found<'m, 'v>(
    text: &Text,
    modules: &[&'m Module],
    vocabulary: &'v Vocabulary,
    claims: &Claims,
    nouns_at: &dyn Fn(usize) -> Vec<Noun<'v>>,
) -> Vec<Mention<'m>> {
    let lines = key_lines(text);
    let mut weighed: HashMap<String, i32> = HashMap::new();
    let cloud = cloud(text);
    let mut found = Vec::new();
    let mut index = 0;
    while index < text.tokens.len() && found.len() < MOST_MENTIONS {
        let nouns = nouns_at(index);
        let mut nouns = nouns.into_iter().filter_map(|noun| {
            let module = modules.iter().find(|module| is_named(module, noun.module))?;
            claims.are_free(noun.tokens.clone()).then_some((noun, *module))
        });
        // Phrases of inputs that hold a module's noun ("dead letter queue") speak of the input.
        let input = vocabulary.input_at(text, index);
        let first =
            nouns.next().filter(|(noun, _)| input.as_ref().is_none_or(|(_, other)| *other <= noun.length));
        // "Step Functions state machine", "Kubernetes namespace": another thing that is called after one of ours.
        let foreign = vocabulary.related_at(text, index).filter(|tokens| tokens.len() > 1);
        if let Some(tokens) =
            foreign.filter(|tokens| first.as_ref().is_none_or(|(noun, _)| noun.tokens.end < tokens.end))
        {
            index = tokens.end;
            continue;
        }
        let first = first.filter(|(noun, _)| !is_product_of_others(text, &noun.tokens));
        // "an Aurora cluster (PostgreSQL 16)": of what kind it is.
        let kind = first.as_ref().is_some_and(|(noun, _)| {
            let opens = noun.tokens.start.checked_sub(1);
            opens.is_some_and(|at| text.get(at).is_some_and(|token| token.kind == Kind::Mark('(')))
                && found.last().is_some_and(|last: &Mention<'_>| Some(last.tokens.end) == opens)
        });
        let first = first.filter(|_| !kind);
        let Some(first) = first else {
            index = input.map_or(index + 1, |(tokens, _)| tokens.end);
            continue;
        };
        index = first.0.tokens.end;
        for (noun, module) in std::iter::once(first).chain(nouns) {
            let words = || text.quote(noun.tokens.clone());
            let module = cloud.map_or(module, |cloud| on_cloud(cloud, &words(), module, modules, vocabulary));
            let details = *weighed
                .entry(module.id.to_string())
                .or_insert_with(|| details(text, &Grammar::new(module), &lines));
            let score = score(text, &noun.tokens, claims, details);
            let sentence = text.get(noun.tokens.start).map_or(0, |token| token.sentence);
            let is_asked = (1..=3)
                .filter_map(|back| text.word(noun.tokens.start.checked_sub(back)?))
                .any(|word| language::is_indefinite(word) || language::number(word).is_some());
            found.push(Mention { module, tokens: noun.tokens, score, sentence, is_asked });
        }
    }
    found
}

/// "SFTP server", "MongoDB cluster": a common word behind the name of what no module makes.
fn is_product_of_others(text: &Text, noun: &Range<usize>) -> bool {
    let is_common = |word: &str| language::is_infrastructure(word);
    noun.len() == 1
        && text.word(noun.start).is_some_and(is_common)
        && noun.start.checked_sub(1).and_then(|before| text.word(before)).is_some_and(language::is_product)
}

fn is_named(module: &Module, id: &str) -> bool {
    id.split_once('/')
        .is_some_and(|(provider, name)| module.id.provider() == provider && module.id.name() == name)
}

/// What is said about the thing, in sentences and in lines of their own, as a request does: up to 3.
fn details(text: &Text, grammar: &Grammar<'_>, lines: &[KeyLine]) -> i32 {
    let mut inputs: Vec<&str> = Vec::new();
    let mut index = 0;
    while index < text.tokens.len().min(MOST_WEIGHED) {
        let found = grammar.phrase_at(text, index);
        index = found.as_ref().map_or(index + 1, |found| found.tokens.end);
        inputs.extend(found.map(|found| found.entry.input.as_str()));
    }
    inputs.extend(lines.iter().take(NEAR).filter_map(|(_, key, _)| grammar.input_of_key(key)));
    inputs.sort_unstable();
    inputs.dedup();
    i32::try_from(inputs.len().min(3)).unwrap_or(3)
}

/// An id or address of something that exists stands right behind the noun: "VPC vpc-0123456789abcdef0".
fn is_existing(text: &Text, end: usize) -> bool {
    let Some(token) = text.get(end).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted)) else {
        return false;
    };
    text::is_id(&token.lower)
}

/// How much the noun is asked for.
pub(super) fn score(text: &Text, tokens: &Range<usize>, claims: &Claims, details: i32) -> i32 {
    let Some(sentence) = text.get(tokens.start).map(|token| token.sentence) else { return 0 };
    let inside = |at: usize| text.get(at).is_some_and(|token| token.sentence == sentence);
    let behind = (0..tokens.start).rev().take(NEAR).take_while(|at| inside(*at));
    let before: Vec<&str> = behind.clone().filter_map(|at| text.word(at)).collect();
    // "For the newsletter: topic x": what leads to a colon says what it is for.
    let is_colon = |at: &usize| text.get(*at).is_some_and(|token| token.kind == Kind::Mark(':'));
    let clause: Vec<&str> = behind.take_while(|at| !is_colon(at)).filter_map(|at| text.word(at)).collect();
    let from = tokens.start.saturating_sub(NEAR);
    let near = text.tokens.iter().enumerate().skip(from).take(2 * NEAR + tokens.len());
    let around = near.filter(|(_, token)| token.sentence == sentence);
    let trouble = around
        .clone()
        .filter(|(at, token)| {
            token.kind == Kind::Word
                && claims.is_free(*at)
                && !tokens.contains(at)
                && language::is_trouble(&token.lower)
        })
        .count();
    let claimed = around.filter(|(at, token)| token.kind != Kind::End && !claims.is_free(*at)).count();
    let title =
        text.tokens.iter().take(NEAR).take_while(|token| token.sentence == 0 && token.kind != Kind::End);
    let title_trouble = sentence > 0
        && title
            .filter(|token| language::is_trouble(&token.lower) || language::is_minutes(&token.lower))
            .count()
            > 0;

    let mut score = 0;
    let next = text.word(tokens.end);
    // "can you host it as a static site?"
    let polite = before.windows(2).any(|pair| {
        matches!(pair, [who, verb] if matches!(*who, "you" | "we" | "i" | "someone" | "somebody") && matches!(*verb, "can" | "could" | "would"))
    });
    let asked = polite
        || before.iter().any(|word| language::asks_for(word))
        || next.is_some_and(|word| matches!(word, "please" | "pls" | "bitte"));
    // "note to self"
    score -= if !asked && next.is_some_and(|word| matches!(word, "to" | "that" | "about")) { 2 } else { 0 };
    score += if asked { 2 } else { 0 };
    // Adjectives may stand between: "a small encrypted bucket", "ein neuer Bucket".
    let counts = |word: &str| language::number(word).is_some_and(|number| number > 0.0);
    let determiner = clause
        .iter()
        .take(4)
        .find(|word| language::is_indefinite(word) || language::is_definite(word) || counts(word));
    let asked_late = text.tokens.iter().skip(tokens.end).take(NEAR).any(|token| {
        token.sentence == sentence
            && matches!(
                token.lower.as_str(),
                "anlegen"
                    | "erstellen"
                    | "einrichten"
                    | "bereitstellen"
                    | "hinstellen"
                    | "haben"
                    | "bekommen"
            )
    });
    match determiner {
        Some(word) if language::is_indefinite(word) || counts(word) => score += 1,
        // "könnt ihr uns die Queue "x" anlegen?"
        Some(_) if asked && (asked_late || named_after(text, tokens.end)) => {}
        Some(_) => score -= 2,
        None if before.is_empty() => score += 1,
        None => {}
    }
    // "for a bucket" is about it, unless asking ends with "for": "request for a bucket".
    let led_by = clause.iter().position(|word| language::is_preposition(word)).filter(|at| *at <= 3);
    if let Some(at) = led_by {
        let asking = before
            .get(at + 1)
            .is_some_and(|word| language::asks_for(word) || matches!(*word, "ask" | "asking" | "looking"));
        let locating = before.get(at).is_some_and(|word| matches!(*word, "in")) && at > 0;
        let as_well = before.get(at).is_some_and(|word| matches!(*word, "an" | "as"));
        score -= if asking || locating || as_well { 0 } else { 2 };
    }
    score -= if before.iter().any(|word| language::is_change(word))
        && !before.iter().any(|word| matches!(*word, "create" | "need" | "brauchen" | "please"))
    {
        3
    } else {
        0
    };
    score -= if before.iter().take(3).any(|word| language::is_change(word)) { 3 } else { 0 };
    // "the bucket's alarms" are no bucket; "topic alarms, owner platform" is one called so.
    score -= if text.word(tokens.end).is_some_and(language::is_part) && details == 0 { 4 } else { 0 };
    score -= if is_existing(text, tokens.end) { 5 } else { 0 };
    score += details;
    // A text that begins with the thing says in its next sentences where.
    let placed = claimed > 0 || sentence <= 1 && before.is_empty() && claims.any();
    let named = named_after(text, tokens.end) || named_before(text, tokens.start);
    score += i32::from(placed) + i32::from(named);
    score -= 3 * i32::try_from(trouble.min(2)).unwrap_or(2);
    score -= if title_trouble { 3 } else { 0 };
    score
}

/// "acme-invoices bucket", "orders-in, SQS": what begins a sentence and can only be a name.
fn named_before(text: &Text, start: usize) -> bool {
    let comma =
        start.checked_sub(1).filter(|at| text.get(*at).is_some_and(|token| token.kind == Kind::Mark(',')));
    let Some(at) = comma.unwrap_or(start).checked_sub(1) else { return false };
    let begins = at.checked_sub(1).is_none_or(|before| {
        text.get(before).is_some_and(|token| !matches!(token.kind, Kind::Word | Kind::Quoted))
    });
    begins
        && text.get(at).is_some_and(|token| {
            token.kind == Kind::Quoted
                || token.kind == Kind::Word
                    && token.text.contains('-')
                    && token
                        .text
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}

/// Something that looks like a name, or that introduces one, right behind the noun.
fn named_after(text: &Text, end: usize) -> bool {
    let Some(token) = text.get(end) else { return false };
    match token.kind {
        Kind::Quoted => true,
        Kind::Word => {
            matches!(token.lower.as_str(), "called" | "named" | "namens" | "genannt" | "heißt")
                || (token.lower.contains(['-', '_'])
                    && token
                        .lower
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
        }
        _ => false,
    }
}
