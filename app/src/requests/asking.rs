//! Questions about one thing of a request: its module, its name, an input, and the environment of all of them.

use tfpilot_engine::{Draft, Filled, Question, Resource};
use tfpilot_hcl::Type;
use tfpilot_modules::{Call, InputProblem, Inputs, Module, check_references};

use crate::config::RepositoryConfig;

use super::conclude::{Doubts, LEAVE_OUT, name_problem, plain, slug};
use super::grammar::NAME;
use super::inputs::SURE;
use super::{allowed, environment, suggest, value, wiring};

/// Who asks, and about which thing.
pub(super) struct Asking<'a> {
    pub(super) doubts: &'a Doubts,
    pub(super) config: &'a RepositoryConfig,
    /// The thing that is asked about.
    pub(super) at: usize,
}

impl Asking<'_> {
    fn choices(&self, about: &str) -> Option<Vec<String>> {
        self.doubts.choices(self.at, about)
    }

    fn problem(&self, about: &str) -> Option<String> {
        self.doubts.problem(self.at, about)
    }

    /// What the thing is.
    pub(super) fn module(&self, offered: &[&Module]) -> Question {
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

    /// Where all of it goes, unless that is sure.
    pub(super) fn environment(&self, draft: &Draft) -> Option<Question> {
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

    /// What the thing is called, unless that is sure and fits.
    pub(super) fn name(&self, resource: &Resource, module: &Module) -> Option<Question> {
        let mut question = self.name_question(module);
        let Some(given) = resource.name.as_ref() else { return Some(question) };
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

    fn name_question(&self, module: &Module) -> Question {
        let hints = module.hints(NAME);
        let text =
            hints.and_then(|hints| hints.question.clone()).unwrap_or_else(|| "What is it called?".to_owned());
        Question {
            about: NAME.to_owned(),
            resource: self.at,
            text,
            choices: self.choices(NAME).unwrap_or_default(),
            problem: self.problem(NAME),
            example: hints.and_then(|hints| hints.example.clone()).unwrap_or_else(|| "acme-name".to_owned()),
        }
    }

    /// Two things of one module that would be one.
    pub(super) fn twice(&self, calls: &[Call<'_>]) -> Option<Question> {
        let call = calls.get(self.at)?;
        let same = |other: &&Call<'_>| other.module.id == call.module.id && other.name == call.name;
        calls.iter().take(self.at).find(same)?;
        let mut question = self.name_question(call.module);
        question.problem = Some(format!("two of them are called {}", call.name));
        let other = (2..).map(|number| format!("{}-{number}", call.name));
        let mut free = other.filter(|name| calls.iter().all(|call| call.name != *name));
        if let Some(name) = free.next().filter(|name| name_problem(call.module, name).is_none()) {
            question.example = name;
        }
        Some(question)
    }

    /// The first input that is missing, wrong or unsure, or takes what is not there. Right ones get the type of their
    /// variable.
    pub(super) fn inputs(&self, resource: &mut Resource, calls: &[Call<'_>]) -> Option<Question> {
        let call = calls.get(self.at)?;
        let module = call.module;
        let converted = match module.convert_inputs(&call.inputs) {
            Ok(converted) => converted,
            Err(problems) => {
                let problem = problems.into_iter().next()?;
                let mut question = self.input(&problem.input, module);
                if call.inputs.contains_key(&problem.input) {
                    question.problem = Some(objection(&problem));
                    self.repair(&mut question, &problem.next, module);
                }
                return Some(question);
            }
        };
        let broken = check_references(calls).into_iter().find(|(at, _)| *at == self.at);
        if let Some((_, problem)) = broken {
            return Some(self.reference(&problem, calls, module));
        }
        for (input, filled) in &mut resource.inputs {
            if let Some(value) = converted.get(input) {
                filled.value = value.clone();
            }
        }
        if let Some(question) = self.together(&converted, module) {
            return Some(question);
        }
        // A suggestion is shown as one, and asks nobody anything.
        let unsure =
            |filled: &Filled<serde_json::Value>| filled.confidence < SURE && !suggest::is_suggested(filled);
        let (input, unsure) = resource.inputs.iter().find(|(_, filled)| unsure(filled))?;
        let mut question = self.input(input, module);
        if question.choices.is_empty() {
            question.choices.push(plain(&unsure.value));
        }
        question.problem.get_or_insert_with(|| format!("{} was said in two ways", module.label(input)));
        Some(question)
    }

    /// The first input whose value is not allowed in the environment.
    pub(super) fn refused(
        &self,
        resource: &Resource,
        environment: Option<&str>,
        module: &Module,
    ) -> Option<Question> {
        let (input, problem) = allowed::refused(resource, environment, module, self.config)?;
        Some(Question { problem: Some(problem), ..self.input(&input, module) })
    }

    /// What the inputs lack together, asked about the first input that would put it right.
    fn together(&self, given: &Inputs, module: &Module) -> Option<Question> {
        let taken = given.iter().filter(|(_, value)| wiring::takes_outputs(value));
        let taken: Vec<&str> = taken.map(|(input, _)| input.as_str()).collect();
        let unmet = module.unmet(given, &taken).into_iter().next()?;
        // Of several that would do, the one that was spoken of is meant.
        let spoken = unmet.inputs.iter().find(|input| self.doubts.is_spoken_of(self.at, input));
        let mut question = self.input(spoken.or(unmet.inputs.first())?, module);
        question.problem = Some(unmet.why.trim_end_matches('.').replace('`', ""));
        Some(question)
    }

    /// What an input may take instead of what is not there.
    fn reference(&self, problem: &InputProblem, calls: &[Call<'_>], module: &Module) -> Question {
        let input = problem.input.as_str();
        let mut question = self.input(input, module);
        question.problem = Some(objection(problem));
        question.choices = wiring::offers(calls, self.at, input);
        if let Some(first) = question.choices.first() {
            question.example.clone_from(first);
        }
        if module.variable(input).is_some_and(|variable| !variable.required()) {
            question.choices.push(LEAVE_OUT.to_owned());
        }
        question
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

/// What is wrong, as a question begins with it.
pub(super) fn objection(problem: &InputProblem) -> String {
    format!("{}: {}", problem.what, problem.why.trim_end_matches('.')).replace('`', "")
}

/// What people ask for most comes first, then the others, as many as are read.
fn most_asked_for(offered: &[&Module]) -> Vec<String> {
    let (common, others): (Vec<&Module>, Vec<&Module>) = offered.iter().partition(|module| module.common);
    common.into_iter().chain(others).map(|module| module.id.to_string()).take(9).collect()
}
