//! From a draft to a reading: defaults, the module's own checks, and the one question that is asked next.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Question, Reading, Source};
use tfpilot_hcl::Type;
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::grammar::NAME;
use super::inputs::SURE;
use super::intent;
use super::value;
use super::{allowed, environment};

/// The choice that drops a value nobody can use.
pub(super) const LEAVE_OUT: &str = "leave it out";

/// What was said in more than one way, by part of the draft; what is not in the draft is asked for anyway.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts {
    /// Choices by `module`, `environment`, `name` or an input.
    pub(super) choices: BTreeMap<String, Vec<String>>,
    /// What is wrong with a word that was given for one of them.
    pub(super) problems: BTreeMap<String, String>,
}

/// Completes the draft with defaults and checks it: complete, or the next question.
pub(super) fn conclude(
    mut draft: Draft,
    doubts: &Doubts,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let asking = Asking { doubts, config };
    let module = draft.module.as_deref().and_then(|id| catalog.find(id));
    let Some(module) = module.filter(|module| !config.catalog.hide.contains(&module.id.to_string())) else {
        let question = asking.module(&intent::offered(catalog, config));
        return Reading::Asks { draft, question };
    };
    draft.module_version = Some(module.version.clone());
    add_defaults(&mut draft, module, config);
    let question = asking
        .environment(&draft)
        .or_else(|| asking.name(&draft, module))
        .or_else(|| asking.inputs(&mut draft, module))
        .map(|question| allowed::limited(question, &draft, module, config))
        .or_else(|| {
            let (input, problem) = allowed::refused(&draft, module, config)?;
            let question = Question { problem: Some(problem), ..asking.input(&input, module) };
            Some(allowed::limited(question, &draft, module, config))
        });
    match question {
        Some(question) => Reading::Asks { draft, question },
        None => Reading::Complete { draft },
    }
}

/// The values of the configuration, where the request says nothing.
fn add_defaults(draft: &mut Draft, module: &Module, config: &RepositoryConfig) {
    if draft.environment.is_none()
        && let Some((name, _)) = config.environments.first().filter(|_| config.environments.len() == 1)
    {
        let source = Source::Default("only environment".to_owned());
        draft.environment =
            Some(Filled { value: EnvironmentName::new(name.as_str()), source, confidence: 100 });
    }
    allowed::add_defaults(draft, module, config);
}

struct Asking<'a> {
    doubts: &'a Doubts,
    config: &'a RepositoryConfig,
}

impl Asking<'_> {
    fn module(&self, offered: &[&Module]) -> Question {
        let choices = self.doubts.choices.get("module").cloned();
        Question {
            about: "module".to_owned(),
            text: "what shall it be?".to_owned(),
            choices: choices.unwrap_or_else(|| most_asked_for(offered)),
            problem: self.doubts.problems.get("module").cloned(),
            example: most_asked_for(offered).first().cloned().unwrap_or_default(),
        }
    }

    fn environment(&self, draft: &Draft) -> Option<Question> {
        let given = draft.environment.as_ref();
        let known = given.is_some_and(|given| self.config.environments.contains_key(given.value.as_str()));
        if known && given.is_some_and(|given| given.confidence >= SURE) {
            return None;
        }
        let word = given.filter(|_| !known).map(|given| given.value.as_str());
        let mut problem = self.doubts.problems.get("environment").cloned();
        problem = problem.or_else(|| word.map(|word| format!("there is no environment {word}")));
        if self.config.environments.is_empty() {
            problem = Some(
                "this repository has no environments yet: an administrator writes them into .github/tfpilot.yml"
                    .to_owned(),
            );
        }
        let choices = self.doubts.choices.get("environment").cloned();
        let choices = choices.unwrap_or_else(|| environment::choices(self.config, word));
        Some(Question {
            about: "environment".to_owned(),
            text: "which environment?".to_owned(),
            example: choices.first().cloned().unwrap_or_else(|| "dev".to_owned()),
            choices,
            problem,
        })
    }

    fn name(&self, draft: &Draft, module: &Module) -> Option<Question> {
        let given = draft.name.as_ref();
        let hints = module.hints(NAME);
        let text =
            hints.and_then(|hints| hints.question.clone()).unwrap_or_else(|| "What is it called?".to_owned());
        let mut question = Question {
            about: NAME.to_owned(),
            text,
            choices: self.doubts.choices.get(NAME).cloned().unwrap_or_default(),
            problem: self.doubts.problems.get(NAME).cloned(),
            example: hints.and_then(|hints| hints.example.clone()).unwrap_or_else(|| "acme-name".to_owned()),
        };
        let Some(given) = given else { return Some(question) };
        if let Some(why) = name_problem(module, &given.value) {
            let better = slug(&given.value);
            question.problem =
                Some(format!("the name {} does not fit: {}", given.value, why.trim_end_matches('.')));
            question.choices =
                better.filter(|name| name_problem(module, name).is_none()).into_iter().collect();
            if let Some(first) = question.choices.first() {
                question.example = first.clone();
            }
            return Some(question);
        }
        if given.confidence >= SURE {
            return None;
        }
        if question.choices.is_empty() {
            question.choices.push(given.value.clone());
        }
        if question.choices.len() > 1 {
            question.problem = Some("one request makes one of them".to_owned());
        }
        Some(question)
    }

    /// The first input that is missing, wrong or unsure. Right ones get the type of their variable.
    fn inputs(&self, draft: &mut Draft, module: &Module) -> Option<Question> {
        let mut given: BTreeMap<String, Json> =
            draft.inputs.iter().map(|(input, filled)| (input.clone(), filled.value.clone())).collect();
        if let Some(name) = draft.name.as_ref().filter(|_| module.variable(NAME).is_some()) {
            given.insert(NAME.to_owned(), Json::String(name.value.clone()));
        }
        let converted = match module.convert_inputs(&given) {
            Ok(converted) => converted,
            Err(problems) => {
                let problem = problems.into_iter().next()?;
                let mut question = self.input(&problem.input, module);
                if given.contains_key(&problem.input) {
                    question.problem = Some(
                        format!("{}: {}", problem.what, problem.why.trim_end_matches('.')).replace('`', ""),
                    );
                    self.repair(&mut question, &problem.next, module);
                }
                return Some(question);
            }
        };
        for (input, filled) in &mut draft.inputs {
            if let Some(value) = converted.get(input) {
                filled.value = value.clone();
            }
        }
        let (input, unsure) = draft.inputs.iter().find(|(_, filled)| filled.confidence < SURE)?;
        let mut question = self.input(input, module);
        if question.choices.is_empty() {
            question.choices.push(plain(&unsure.value));
        }
        question.problem.get_or_insert_with(|| format!("{} was said in two ways", module.label(input)));
        Some(question)
    }

    fn input(&self, input: &str, module: &Module) -> Question {
        let hints = module.hints(input);
        let closed = module.choices(input).unwrap_or_default().iter().map(plain).collect();
        let is_bool = module.variable(input).is_some_and(|variable| variable.ty == Type::Bool);
        let choices = self.doubts.choices.get(input).cloned();
        Question {
            about: input.to_owned(),
            text: hints
                .and_then(|hints| hints.question.clone())
                .unwrap_or_else(|| format!("what is {}?", module.label(input))),
            choices: choices
                .unwrap_or_else(|| if is_bool { vec!["yes".to_owned(), "no".to_owned()] } else { closed }),
            problem: self.doubts.problems.get(input).cloned(),
            example: hints
                .and_then(|hints| hints.example.clone())
                .unwrap_or_else(|| if is_bool { "true".to_owned() } else { "…".to_owned() }),
        }
    }

    /// Choices for an input that the module does not have: the one that was meant, or none.
    fn repair(&self, question: &mut Question, next: &str, module: &Module) {
        if module.variable(&question.about).is_some() {
            return;
        }
        question.text = "what was meant?".to_owned();
        let meant = next.split('`').nth(1).filter(|name| module.variable(name).is_some());
        let mut choices: Vec<String> = meant.map(str::to_owned).into_iter().collect();
        if let Some((_, unit)) =
            question.about.split_once(' ').filter(|(number, _)| number.parse::<f64>().is_ok())
        {
            question.problem = Some(format!("I could not place {}", question.about));
            let counts = |input: &&String| {
                module
                    .hints(input)
                    .and_then(|hints| hints.unit)
                    .is_some_and(|counted| value::factor(unit, counted).is_some())
            };
            choices.extend(module.hints.iter().map(|(input, _)| input).filter(counts).cloned());
        }
        choices.push(LEAVE_OUT.to_owned());
        question.choices = choices;
    }
}

/// What people ask for most comes first, then the others, as many as are read.
fn most_asked_for(offered: &[&Module]) -> Vec<String> {
    let (common, others): (Vec<&Module>, Vec<&Module>) = offered.iter().partition(|module| module.common);
    common.into_iter().chain(others).map(|module| module.id.to_string()).take(9).collect()
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
    let plain = (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    (!plain).then(|| "it has 1 to 63 lower case letters, digits and hyphens".to_owned())
}

/// A name that would do, as close as possible to the one that was written.
fn slug(name: &str) -> Option<String> {
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
