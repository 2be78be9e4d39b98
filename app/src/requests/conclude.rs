//! From a draft to a reading: defaults, the module's own checks, and the one question that is asked next.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_engine::{Draft, EnvironmentName, Filled, Question, Reading, Resource, Source};
use tfpilot_hcl::Type;
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::environment;
use super::grammar::NAME;
use super::inputs::SURE;
use super::mentions;
use super::value;

/// The choice that drops a value nobody can use.
pub(super) const LEAVE_OUT: &str = "leave it out";

/// What was said in more than one way, by part of the draft; what is not in the draft is asked for anyway. A part is
/// `module`, `environment`, `name` or an input, and the place of its thing in the draft; the environment's is 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts {
    choices: BTreeMap<(usize, String), Vec<String>>,
    problems: BTreeMap<(usize, String), String>,
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

    /// A part was given anew.
    pub(super) fn settle(&mut self, thing: usize, about: &str) {
        let part = (thing, about.to_owned());
        self.choices.remove(&part);
        self.problems.remove(&part);
    }

    fn choices(&self, thing: usize, about: &str) -> Option<Vec<String>> {
        self.choices.get(&(thing, about.to_owned())).cloned()
    }

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
    for (resource, module) in draft.resources.iter_mut().zip(&modules) {
        add_defaults(resource, draft.environment.as_ref(), module, config);
    }
    let mut question = Asking { doubts, config, at: 0 }.environment(&draft);
    for (at, (resource, module)) in draft.resources.iter_mut().zip(&modules).enumerate() {
        let asking = Asking { doubts, config, at };
        question = question.or_else(|| asking.name(resource, module));
        question = question.or_else(|| asking.inputs(resource, module));
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

/// The values of the configuration, where the request says nothing.
fn add_defaults(
    resource: &mut Resource,
    environment: Option<&Filled<EnvironmentName>>,
    module: &Module,
    config: &RepositoryConfig,
) {
    let id = module.id.to_string();
    for (input, value) in config.catalog.defaults.get(&id).into_iter().flatten() {
        if module.variable(input).is_some() && input != NAME {
            resource.inputs.entry(input.clone()).or_insert_with(|| Filled {
                value: value.clone(),
                source: Source::Default("default of this repository".to_owned()),
                confidence: 100,
            });
        }
    }
    // A region is the environment's affair wherever a module asks for one.
    let environment = environment.map(|environment| environment.value.as_str().to_owned());
    let region = environment.and_then(|name| Some((config.environments.get(&name)?.region.clone()?, name)));
    if let Some((region, name)) = region.filter(|_| module.variable("region").is_some()) {
        resource.inputs.entry("region".to_owned()).or_insert_with(|| Filled {
            value: Json::String(region),
            source: Source::Default(format!("default of {name}")),
            confidence: 100,
        });
    }
}

struct Asking<'a> {
    doubts: &'a Doubts,
    config: &'a RepositoryConfig,
    /// The thing that is asked about.
    at: usize,
}

impl Asking<'_> {
    fn choices(&self, about: &str) -> Option<Vec<String>> {
        self.doubts.choices(self.at, about)
    }

    fn problem(&self, about: &str) -> Option<String> {
        self.doubts.problem(self.at, about)
    }

    fn module(&self, offered: &[&Module]) -> Question {
        let choices = self.choices("module");
        Question {
            about: "module".to_owned(),
            resource: self.at,
            text: "what shall it be?".to_owned(),
            choices: choices.unwrap_or_else(|| most_asked_for(offered)),
            problem: self.problem("module"),
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
        let mut problem = self.problem("environment");
        problem = problem.or_else(|| word.map(|word| format!("there is no environment {word}")));
        if self.config.environments.is_empty() {
            problem = Some(
                "this repository has no environments yet: an administrator writes them into .github/tfpilot.yml"
                    .to_owned(),
            );
        }
        let choices = self.choices("environment");
        let choices = choices.unwrap_or_else(|| environment::choices(self.config, word));
        Some(Question {
            about: "environment".to_owned(),
            resource: 0,
            text: "which environment?".to_owned(),
            example: choices.first().cloned().unwrap_or_else(|| "dev".to_owned()),
            choices,
            problem,
        })
    }

    fn name(&self, resource: &Resource, module: &Module) -> Option<Question> {
        let given = resource.name.as_ref();
        let hints = module.hints(NAME);
        let text =
            hints.and_then(|hints| hints.question.clone()).unwrap_or_else(|| "What is it called?".to_owned());
        let mut question = Question {
            about: NAME.to_owned(),
            resource: self.at,
            text,
            choices: self.choices(NAME).unwrap_or_default(),
            problem: self.problem(NAME),
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
    fn inputs(&self, resource: &mut Resource, module: &Module) -> Option<Question> {
        let mut given: BTreeMap<String, Json> =
            resource.inputs.iter().map(|(input, filled)| (input.clone(), filled.value.clone())).collect();
        if let Some(name) = resource.name.as_ref().filter(|_| module.variable(NAME).is_some()) {
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
        for (input, filled) in &mut resource.inputs {
            if let Some(value) = converted.get(input) {
                filled.value = value.clone();
            }
        }
        if let Some(question) = self.together(&converted, module) {
            return Some(question);
        }
        let (input, unsure) = resource.inputs.iter().find(|(_, filled)| filled.confidence < SURE)?;
        let mut question = self.input(input, module);
        if question.choices.is_empty() {
            question.choices.push(plain(&unsure.value));
        }
        question.problem.get_or_insert_with(|| format!("{} was said in two ways", module.label(input)));
        Some(question)
    }

    /// What the inputs lack together, asked about the first input that would put it right.
    fn together(&self, given: &BTreeMap<String, Json>, module: &Module) -> Option<Question> {
        let unmet = module.unmet(given, &[]).into_iter().next()?;
        let mut question = self.input(unmet.inputs.first()?, module);
        question.problem = Some(unmet.why.trim_end_matches('.').replace('`', ""));
        Some(question)
    }

    fn input(&self, input: &str, module: &Module) -> Question {
        let hints = module.hints(input);
        let closed = module.choices(input).unwrap_or_default().iter().map(plain).collect();
        let is_bool = module.variable(input).is_some_and(|variable| variable.ty == Type::Bool);
        let choices = self.choices(input);
        Question {
            about: input.to_owned(),
            resource: self.at,
            text: hints
                .and_then(|hints| hints.question.clone())
                .unwrap_or_else(|| format!("what is {}?", module.label(input))),
            choices: choices
                .unwrap_or_else(|| if is_bool { vec!["yes".to_owned(), "no".to_owned()] } else { closed }),
            problem: self.problem(input),
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
