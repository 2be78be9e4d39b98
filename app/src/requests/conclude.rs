//! From a draft to a reading: defaults, the module's own checks, and the one question that is asked next.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EditKind, EnvironmentName, Filled, Reading, Resource, Source, Wish};
use tfpilot_modules::{Call, Catalog, Module};

use crate::config::RepositoryConfig;

use super::asking::Asking;
use super::grammar::NAME;
use super::{allowed, import, mentions, suggest, wiring};

/// The choice that drops a value nobody can use.
pub(super) const LEAVE_OUT: &str = "leave it out";

/// What was said in more than one way, by part of the draft; what is not in the draft is asked for anyway. A part is
/// `module`, `environment`, `name` or an input, and the place of its thing in the draft; the environment's is 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts {
    choices: BTreeMap<(usize, String), Vec<String>>,
    problems: BTreeMap<(usize, String), String>,
    /// Whether words of the text meant nothing to any reader.
    pub(super) has_unread: bool,
    /// Inputs that were spoken of without a value, by thing.
    spoken: BTreeMap<usize, Vec<String>>,
}

impl Doubts {
    /// Choices to offer for a part.
    pub(super) fn offer(&mut self, thing: usize, about: &str, choices: Vec<String>) {
        self.choices.insert((thing, about.to_owned()), choices);
    }

    /// What is wrong with a word that was given for a part.
    pub(super) fn object(&mut self, thing: usize, about: &str, problem: String) {
        self.problems.insert((thing, about.to_owned()), problem);
    }

    /// An input was spoken of, though no value was said.
    pub(super) fn note(&mut self, thing: usize, input: &str) {
        self.spoken.entry(thing).or_default().push(input.to_owned());
    }

    /// Whether an input was spoken of without a value.
    pub(super) fn is_spoken_of(&self, thing: usize, input: &str) -> bool {
        self.spoken.get(&thing).is_some_and(|inputs| inputs.iter().any(|spoken| spoken == input))
    }

    /// A part was given anew.
    pub(super) fn settle(&mut self, thing: usize, about: &str) {
        let part = (thing, about.to_owned());
        self.choices.remove(&part);
        self.problems.remove(&part);
    }

    /// Choices that were noted for a part.
    pub(super) fn choices(&self, thing: usize, about: &str) -> Option<Vec<String>> {
        self.choices.get(&(thing, about.to_owned())).cloned()
    }

    /// What was noted against a word for a part.
    pub(super) fn problem(&self, thing: usize, about: &str) -> Option<String> {
        self.problems.get(&(thing, about.to_owned())).cloned()
    }
}

/// Completes the draft with defaults and checks it: complete, or the next question.
pub(super) fn conclude(
    mut draft: Draft,
    doubts: &Doubts,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    if draft.resources.is_empty() {
        draft.resources.push(Resource::default());
    }
    let mut modules: Vec<&Module> = Vec::new();
    for (at, resource) in draft.resources.iter_mut().enumerate() {
        let module = resource.module.as_deref().and_then(|id| catalog.find(id));
        let Some(module) = module.filter(|module| !config.catalog.hide.contains(&module.id.to_string()))
        else {
            let asking = Asking { doubts, config, at };
            let question = asking.module(&mentions::offered(catalog, config));
            return Reading::Asks { draft, question };
        };
        resource.module_version = Some(module.version.clone());
        modules.push(module);
    }
    set_only_environment(&mut draft, config);
    let environment = draft.environment.as_ref().map(|environment| environment.value.as_str());
    for (resource, module) in draft.resources.iter_mut().zip(&modules) {
        // What exists keeps what it has.
        if draft.edits.is_none() {
            allowed::take_back_defaults(resource);
        }
        allowed::add_defaults(resource, environment, module, config);
    }
    // What exists keeps what it has.
    if draft.edits.is_none() {
        suggest::withdraw(&mut draft, catalog, config);
    }
    let environment = draft.environment.as_ref().map(|environment| environment.value.as_str());
    let mut question = Asking { doubts, config, at: 0 }.environment(&draft);
    let calls: Vec<Call<'_>> = draft
        .resources
        .iter()
        .zip(&modules)
        .map(|(resource, module)| wiring::call(resource, module))
        .collect();
    // Names before all else: questions and references name things by them.
    for (at, (resource, call)) in draft.resources.iter().zip(&calls).enumerate() {
        let asking = Asking { doubts, config, at };
        question = question.or_else(|| asking.name(resource, call.module));
        question = question.or_else(|| asking.twice(&calls));
    }
    for (at, resource) in draft.resources.iter_mut().enumerate() {
        question = question.or_else(|| Asking { doubts, config, at }.inputs(resource, &calls));
    }
    let removes = draft.edits.as_ref().is_some_and(|edit| edit.kind == EditKind::Remove);
    for (at, (resource, module)) in draft.resources.iter().zip(&modules).enumerate().filter(|_| !removes) {
        question = question.or_else(|| Asking { doubts, config, at }.refused(resource, environment, module));
        question = question.map(|question| {
            if question.resource != at {
                return question;
            }
            allowed::limited(question, resource, environment, module, config)
        });
    }
    match draft.import.take() {
        None => {}
        Some(import) => match import::conclude(import, &draft, &modules, doubts) {
            import::Concluded::Known(import) => draft.import = Some(import),
            import::Concluded::Asks(import, asks) => {
                draft.import = Some(import);
                question = question.or(Some(asks));
            }
            import::Concluded::Unfit => {
                return Reading::Other {
                    wish: Wish::Import,
                    environment: draft.environment.map(|environment| environment.value),
                    things: draft.resources,
                    question: None,
                    known: Vec::new(),
                };
            }
        },
    }
    match question {
        Some(question) => Reading::Asks { draft, question },
        None => Reading::Complete { draft },
    }
}

/// Where there is one environment, it is meant.
fn set_only_environment(draft: &mut Draft, config: &RepositoryConfig) {
    if draft.environment.is_none()
        && let Some((name, _)) = config.environments.first().filter(|_| config.environments.len() == 1)
    {
        let source = Source::Default("only environment".to_owned());
        draft.environment =
            Some(Filled { value: EnvironmentName::new(name.as_str()), source, confidence: 100 });
    }
}

/// Why a name cannot be one: the module's validation, or the rule for stack directories.
pub(super) fn name_problem(module: &Module, name: &str) -> Option<String> {
    let value = Json::String(name.to_owned());
    let validations =
        module.variable(NAME).map(|variable| variable.validations.as_slice()).unwrap_or_default();
    let failed = validations.iter().find(|validation| validation.holds(&value) == Some(false));
    if let Some(failed) = failed {
        return Some(failed.error_message.clone());
    }
    // What a module says of its names holds: a queue may have capitals. Whatever it says, a directory is called so.
    let free = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    let is_allowed = |byte: u8| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || byte == b'-'
            || !validations.is_empty() && free(byte)
    };
    let plain = (1..=63).contains(&name.len())
        && name.bytes().all(is_allowed)
        && !name.starts_with('-')
        && !name.ends_with('-');
    (!plain).then(|| "it has 1 to 63 lower case letters, digits and hyphens".to_owned())
}

/// A name that would do, as close as possible to the one that was written.
pub(super) fn slug(name: &str) -> Option<String> {
    let mut slug = String::new();
    for letter in name.chars().take(63).flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// A value as people write it.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}
