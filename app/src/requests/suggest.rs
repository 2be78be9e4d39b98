//! What a language model may add to a request that was read: which text it is asked about and for which inputs, and what
//! of its answer counts.
//!
//! Pure, like all of the reading. A value becomes a suggestion where nobody set its input; for an input that somebody has
//! to answer for it becomes a choice of the question that is asked anyway. Speaking with a model is `model`'s.

mod accept;
mod schema;

use sha2::{Digest as _, Sha256};
use tfpilot_engine::{Draft, Filled, OpenText, Question, Reading, Resource, Source, Suggestion};
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;
use crate::config::repository::catalog::is_among;

use super::conclude::{Doubts, conclude, name_problem};
use super::grammar::{NAME, OWNER};
use super::wiring;

pub(crate) use self::accept::accepted;
use self::schema::schema;

/// How sure a suggestion is, in percent: less than anything that was read.
const SUGGESTED: u8 = 40;

/// Choices of a question; more are not read.
const MOST_CHOICES: usize = 9;

/// A text that was read as people write it: no form, no YAML, no command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FreeText {
    /// What can be seen of it: without code, quotes, hidden text and commands.
    pub(crate) text: String,
    /// Whether words of it meant nothing to any reader.
    pub(crate) has_unread: bool,
    /// Whether what the request still lacks may be in it: a first text, not a reply.
    pub(crate) is_whole: bool,
}

/// The text with which a model is to be asked, where the reading left something open in it: words that nobody read, or
/// inputs that are missing.
pub(crate) fn open(reading: &Reading, free: &FreeText, most: usize, catalog: &Catalog) -> Option<OpenText> {
    let (draft, question) = parts(reading)?;
    let lacks = question.is_some_and(|question| is_input(draft, question, catalog));
    if !(free.has_unread || free.is_whole && lacks) || free.text.trim().is_empty() {
        return None;
    }
    // What looks like a token or key goes to nobody.
    let text = tfpilot_plan::Redactor::default().mask_text(free.text.trim());
    if text.len() > most {
        tracing::debug!(bytes = text.len(), most, "a text is too long for the model");
        return None;
    }
    let schema = schema(draft, catalog)?;
    let parts = [schema.to_string(), text.clone()];
    let digest = parts.iter().fold(Sha256::new(), |hash, part| {
        hash.chain_update((part.len() as u64).to_be_bytes()).chain_update(part)
    });
    Some(OpenText { of: hex::encode(digest.finalize()), text })
}

/// The draft of a reading, and the schema of what may be suggested for it.
pub(crate) fn asked<'r>(reading: &'r Reading, catalog: &Catalog) -> Option<(&'r Draft, serde_json::Value)> {
    let (draft, _) = parts(reading)?;
    Some((draft, schema(draft, catalog)?))
}

/// The reading with suggestions for inputs that nobody set. Words that nobody could place are not asked about where a
/// suggestion accounts for them; every other question stays.
pub(crate) fn merged(
    reading: Reading,
    suggestions: &[Suggestion],
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let Some((draft, question)) = parts(&reading) else { return reading };
    let mut filled = draft.clone();
    for suggestion in suggestions {
        let asked = question.is_some_and(|question| {
            (question.resource, question.about.as_str()) == (suggestion.resource, suggestion.input.as_str())
        });
        if !asked {
            fill(&mut filled, suggestion, catalog);
        }
    }
    withdraw(&mut filled, catalog, config);
    let placed = place(&mut filled, suggestions, catalog);
    if filled == *draft {
        return reading;
    }
    let is_placed = |question: &Question| placed.contains(&(question.resource, question.about.clone()));
    match question {
        Some(question) if !is_placed(question) => Reading::Asks { draft: filled, question: question.clone() },
        Some(_) => conclude(filled, &Doubts::default(), catalog, config),
        None => match conclude(filled, &Doubts::default(), catalog, config) {
            complete @ Reading::Complete { .. } => complete,
            // A suggestion asks nobody anything.
            _ => reading,
        },
    }
}

/// The reading whose question offers what was suggested for it, first of its choices.
pub(crate) fn offered<'s>(
    mut reading: Reading,
    suggestions: impl IntoIterator<Item = &'s Suggestion>,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let Reading::Asks { draft, question } = &mut reading else { return reading };
    let environment = draft.environment.as_ref().map(|environment| environment.value.as_str());
    let Some(thing) = draft.resources.get(question.resource) else { return reading };
    let Some(module) = module_of(thing, catalog) else { return reading };
    let id = module.id.to_string();
    let is_set = thing.inputs.contains_key(&question.about) || question.about == NAME && thing.name.is_some();
    let fits = |suggestion: &&Suggestion| {
        suggestion.is_for(question.resource, &id, &question.about)
            && (question.about != NAME || name_problem(module, &suggestion.shown()).is_none())
            && is_usable(module, suggestion, environment, config)
    };
    let Some(suggestion) = suggestions.into_iter().filter(fits).last().filter(|_| !is_set) else {
        return reading;
    };
    let choice = suggestion.shown();
    if !question.choices.contains(&choice) {
        question.choices.insert(0, choice);
        question.choices.truncate(MOST_CHOICES);
    }
    reading
}

/// Takes suggestions back that do not fit any more: another environment allows other values, and inputs are judged
/// together.
pub(super) fn withdraw(draft: &mut Draft, catalog: &Catalog, config: &RepositoryConfig) {
    let environment = draft.environment.as_ref().map(|environment| environment.value.to_string());
    for thing in &mut draft.resources {
        let Some(module) = module_of(thing, catalog) else { continue };
        let suggested: Vec<(String, Filled<serde_json::Value>)> = thing
            .inputs
            .iter()
            .filter(|(_, filled)| is_suggested(filled))
            .map(|(input, filled)| (input.clone(), filled.clone()))
            .collect();
        if suggested.is_empty() {
            continue;
        }
        thing.inputs.retain(|_, filled| !is_suggested(filled));
        let unmet = |thing: &Resource| {
            let given = wiring::call(thing, module).inputs;
            let taken: Vec<&str> =
                given.iter().filter(|(_, it)| wiring::takes_outputs(it)).map(|(at, _)| at.as_str()).collect();
            module.unmet(&given, &taken)
        };
        for (input, filled) in suggested {
            if !is_allowed(module, &input, &filled.value, environment.as_deref(), config)
                || is_for_people(module, &input)
                || module.convert_input(&input, &filled.value).is_err()
            {
                continue;
            }
            let before = unmet(thing);
            thing.inputs.insert(input.clone(), filled);
            if unmet(thing).iter().any(|lack| !before.contains(lack)) {
                thing.inputs.remove(&input);
            }
        }
    }
}

/// Whether a value was suggested.
pub(super) fn is_suggested<T>(filled: &Filled<T>) -> bool {
    matches!(filled.source, Source::Suggested(_))
}

/// A draft of something new, and what is asked about it.
fn parts(reading: &Reading) -> Option<(&Draft, Option<&Question>)> {
    let (draft, question) = match reading {
        Reading::Complete { draft } => (draft, None),
        Reading::Asks { draft, question } => (draft, Some(question)),
        _ => return None,
    };
    draft.edits.is_none().then_some((draft, question))
}

fn module_of<'c>(thing: &Resource, catalog: &'c Catalog) -> Option<&'c Module> {
    catalog.find(thing.module.as_deref()?)
}

/// Whether a question is about an input of its thing.
fn is_input(draft: &Draft, question: &Question, catalog: &Catalog) -> bool {
    let module = draft.resources.get(question.resource).and_then(|thing| module_of(thing, catalog));
    module.is_some_and(|module| module.variable(&question.about).is_some())
}

/// Inputs that only people answer for: those without a default, the name and the team.
fn is_for_people(module: &Module, input: &str) -> bool {
    matches!(input, NAME | OWNER) || module.variable(input).is_none_or(tfpilot_hcl::Variable::required)
}

fn is_allowed(
    module: &Module,
    input: &str,
    value: &serde_json::Value,
    environment: Option<&str>,
    config: &RepositoryConfig,
) -> bool {
    let allowed = config.allowed(environment, &module.id.to_string(), input);
    allowed.is_none_or(|(allowed, _)| is_among(module, input, value, allowed))
}

fn is_usable(
    module: &Module,
    suggestion: &Suggestion,
    environment: Option<&str>,
    config: &RepositoryConfig,
) -> bool {
    module.convert_input(&suggestion.input, &suggestion.value).is_ok()
        && is_allowed(module, &suggestion.input, &suggestion.value, environment, config)
}

/// Puts a suggestion in, where nobody set its input.
fn fill(draft: &mut Draft, suggestion: &Suggestion, catalog: &Catalog) {
    let Some(thing) = draft.resources.get_mut(suggestion.resource) else { return };
    if thing.module.as_deref() != Some(suggestion.module.as_str()) {
        return;
    }
    let Some(module) = module_of(thing, catalog) else { return };
    if !is_for_people(module, &suggestion.input) {
        thing.inputs.entry(suggestion.input.clone()).or_insert_with(|| Filled {
            value: suggestion.value.clone(),
            source: Source::Suggested(suggestion.words.clone()),
            confidence: SUGGESTED,
        });
    }
}

/// Takes out what was kept under its own words because no input took it, where a suggestion accounts for these words.
fn place(draft: &mut Draft, suggestions: &[Suggestion], catalog: &Catalog) -> Vec<(usize, String)> {
    let mut placed = Vec::new();
    for (at, thing) in draft.resources.iter_mut().enumerate() {
        let Some(module) = module_of(thing, catalog) else { continue };
        let said: Vec<String> = suggestions
            .iter()
            .filter(|it| it.resource == at && thing.inputs.get(&it.input).is_some_and(is_suggested))
            .map(|it| accept::plain(&it.words))
            .collect();
        let accounted = |words: &str| {
            let words = accept::plain(words);
            said.iter().any(|said| accept::overlap(said, &words))
        };
        let left = |key: &String| module.variable(key).is_none() && accounted(key);
        let keys: Vec<String> = thing.inputs.keys().filter(|key| left(key)).cloned().collect();
        for key in keys {
            thing.inputs.remove(&key);
            placed.push((at, key));
        }
    }
    placed
}

#[cfg(test)]
mod tests;
