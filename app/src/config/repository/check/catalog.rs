//! What the modules themselves say about the values that the file has for them: modules and inputs that do not exist,
//! values that are refused, defaults that are not allowed. And where modules of one's own may lie.

use serde_json::Value as Json;
use tfpilot_hcl::Type;
use tfpilot_modules::{Catalog, InputProblem, Module};

use super::super::catalog::{Allowed, Defaults, is_among};
use super::Checking;
use crate::config::Severity;
use crate::config::suggest::nearest;

/// The input that every request says itself.
const NAME: &str = "name";

impl Checking<'_> {
    /// All that the file says about modules.
    pub(super) fn catalog(&mut self, catalog: &Catalog) {
        let config = self.config;
        let is_checked = !config.has_own_modules();
        for (index, id) in config.catalog.hide.iter().enumerate().filter(|_| is_checked) {
            let at = ["catalog", "hide", &index.to_string()];
            // What does not exist is not offered anyway.
            if self.module(&at, id, catalog).is_none()
                && let Some(last) = self.found.last_mut()
            {
                last.severity = Severity::Warning;
            }
        }
        self.layer(&["catalog"], None, &config.catalog.defaults, &config.catalog.allow, catalog);
        for (name, environment) in &config.environments {
            let own = &environment.catalog;
            let at = ["environments", name, "catalog"];
            self.layer(&at, Some(name), &own.defaults, &own.allow, catalog);
        }
    }

    /// What stands at one place: for all environments, or for one.
    fn layer(
        &mut self,
        at: &[&str],
        environment: Option<&str>,
        defaults: &Defaults,
        allow: &Allowed,
        catalog: &Catalog,
    ) {
        for (id, values) in defaults {
            let at = [at, &["defaults", id]].concat();
            let Some(module) = self.module(&at, id, catalog) else { continue };
            for (input, value) in values {
                let at = [&at[..], &[input]].concat();
                if self.input(&at, module, input) && self.value(&at, module, input, value) {
                    self.default_is_allowed(&at, environment, module, input, value);
                }
            }
        }
        for (id, inputs) in allow {
            let at = [at, &["allow", id]].concat();
            let Some(module) = self.module(&at, id, catalog) else { continue };
            for (input, values) in inputs {
                let at = [&at[..], &[input]].concat();
                if self.input(&at, module, input) {
                    self.allowed(&at, module, input, values);
                }
            }
        }
    }

    /// The module of an id, or the diagnostic that there is none.
    pub(super) fn module<'m>(&mut self, at: &[&str], id: &str, catalog: &'m Catalog) -> Option<&'m Module> {
        // A module of one's own may have this id, or take the place of a hidden one.
        let hidden = self.config.catalog.hide.iter().any(|hidden| hidden == id);
        let found = catalog.find(id).filter(|_| self.knows_all || !hidden);
        if found.is_none() && self.knows_all {
            let known: Vec<String> = catalog.modules().map(|module| module.id.to_string()).collect();
            let hint = match nearest(id, known.iter().map(String::as_str)) {
                Some(word) => format!("write {word}"),
                None => "write one of those that `tfpilot catalog list` names".to_owned(),
            };
            self.error(at, format!("unknown module {}", id.escape_debug()), hint);
        }
        found
    }

    /// Whether a module has an input that the file may speak of.
    pub(super) fn input(&mut self, at: &[&str], module: &Module, input: &str) -> bool {
        if input == NAME {
            self.error(
                at,
                "every request says its own name",
                "remove it; policies.rules.naming limits names",
            );
            return false;
        }
        if module.variable(input).is_none() {
            let known: Vec<&str> = module.variables.iter().map(|variable| variable.name.as_str()).collect();
            let hint = match nearest(input, known.iter().copied()) {
                Some(word) => format!("write {word}"),
                None => format!("remove it; known are {}", known.join(", ")),
            };
            self.error(at, format!("{} has no input {}", module.id, input.escape_debug()), hint);
            return false;
        }
        true
    }

    /// Whether the module takes a value.
    pub(super) fn value(&mut self, at: &[&str], module: &Module, input: &str, value: &Json) -> bool {
        let Err(problem) = module.convert_input(input, value) else { return true };
        let (what, hint) = told(&problem, module);
        self.error(at, what, hint);
        false
    }

    fn allowed(&mut self, at: &[&str], module: &Module, input: &str, values: &[Json]) {
        if values.is_empty() {
            self.error(at, format!("no value of {input} is allowed"), "name the values, or remove it");
        }
        let ty = module.variable(input).map_or(Type::Any, |variable| variable.ty.clone());
        let many = matches!(&ty, Type::List(item) | Type::Set(item) if is_scalar(item));
        if !many && !is_scalar(&ty) {
            let what = format!("{input} is {ty}, of which no values can be listed");
            self.error(at, what, "remove it");
            return;
        }
        for (index, value) in values.iter().enumerate() {
            let index = index.to_string();
            let at = [at, &[index.as_str()]].concat();
            // Of a list each entry has to be one of them.
            let value = if many { Json::Array(vec![value.clone()]) } else { value.clone() };
            self.value(&at, module, input, &value);
        }
    }

    /// A default that nobody may ask for would be asked about in every request.
    fn default_is_allowed(
        &mut self,
        at: &[&str],
        environment: Option<&str>,
        module: &Module,
        input: &str,
        value: &Json,
    ) {
        let config = self.config;
        let id = module.id.to_string();
        let environments: Vec<Option<&str>> = match environment {
            Some(name) => vec![Some(name)],
            // Where an environment has a default of its own, this one is not asked.
            None => {
                let own = |name: &&String| {
                    config.environments.get(*name).is_some_and(|environment| {
                        environment.catalog.defaults.get(&id).is_some_and(|values| values.contains_key(input))
                    })
                };
                config.environments.keys().filter(|name| !own(name)).map(|name| Some(name.as_str())).collect()
            }
        };
        let refused = environments.into_iter().find(|name| {
            config
                .allowed(*name, &id, input)
                .is_some_and(|(values, _)| !values.is_empty() && !is_among(module, input, value, values))
        });
        if let Some(name) = refused {
            let place = name.map(|name| format!(" in {name}")).unwrap_or_default();
            self.error(
                at,
                format!("the default of {input} is not among the values allowed{place}"),
                "write one of them, or allow it",
            );
        }
    }
}

fn is_scalar(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Number | Type::Bool)
}

/// A module's refusal as this file's diagnostics say it.
fn told(problem: &InputProblem, module: &Module) -> (String, String) {
    let plain = |text: &str| text.replace('`', "").trim_end_matches('.').to_owned();
    let what = format!("{}: {}: {}", module.id, plain(&problem.what), plain(&problem.why));
    let example = problem.next.strip_prefix(&format!("set {}=", problem.input));
    let hint = match example {
        Some(example) => format!("write a value such as {example}"),
        None => plain(&problem.next),
    };
    (what, hint)
}
