//! What is wrong with request templates: what they name does not exist or does not fit, or two of them have one name.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tfpilot_modules::{Catalog, Module};

use super::super::catalog::is_among;
use super::super::templates::{Template, normal};
use super::{Checking, is_slug};
use crate::config::suggest::{list_or, nearest};

impl Checking<'_> {
    /// All templates, each for itself and then side by side.
    pub(super) fn templates(&mut self, catalog: &Catalog) {
        let config = self.config;
        for (name, template) in &config.requests.templates {
            self.template_of(name, template, catalog);
        }
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        for (name, template) in &config.requests.templates {
            for word in template.words(name).map(normal) {
                let at = ["requests", "templates", name];
                if let Some(other) = other_of(&word, template, catalog) {
                    let what = format!("{} already means {other}", word.escape_debug());
                    self.error(&at, what, "choose another word");
                }
                match owners.get(&word) {
                    Some(owner) if owner != name => {
                        let what = format!("{} already means {owner}", word.escape_debug());
                        self.error(&at, what, "give each template words of its own");
                    }
                    Some(_) => {}
                    None if word.is_empty() => self.error(&at, "a word of it is empty", "remove it"),
                    None => drop(owners.insert(word, name)),
                }
            }
        }
    }

    fn template_of(&mut self, name: &str, template: &Template, catalog: &Catalog) {
        let at = |key: &'static str| ["requests", "templates", name, key];
        let config = self.config;
        if !is_slug(name) {
            self.error(
                &["requests", "templates", name],
                "the name of a template has 1 to 39 lower case letters, digits and hyphens",
                "rename it, and keep the old name in words",
            );
        }
        let known = template.environment.as_ref().filter(|name| !config.environments.contains_key(*name));
        if let Some(unknown) = known {
            let names = || config.environments.keys().map(String::as_str);
            let hint = nearest(unknown, names()).map_or_else(|| list_or(names()), str::to_owned);
            let what = format!("unknown environment {}", unknown.escape_debug());
            self.error(&at("environment"), what, format!("write {hint}"));
        }
        if self.knows_all && config.catalog.hide.contains(&template.module) {
            self.error(
                &at("module"),
                format!("{} is hidden", template.module),
                "remove it from catalog.hide",
            );
        }
        let Some(module) = self.module(&at("module"), &template.module, catalog) else { return };
        for (input, value) in &template.inputs {
            let at = ["requests", "templates", name, "inputs", input];
            if self.input(&at, module, input) && self.value(&at, module, input, value) {
                self.preset_is_allowed(&at, template, module, input, value);
            }
        }
    }

    /// A preset that no environment allows would be asked about in every request.
    fn preset_is_allowed(
        &mut self,
        at: &[&str],
        template: &Template,
        module: &Module,
        input: &str,
        value: &Json,
    ) {
        let config = self.config;
        let id = module.id.to_string();
        let is_allowed = |environment: Option<&str>| {
            let allowed = config.allowed(environment, &id, input);
            allowed.is_none_or(|(values, _)| values.is_empty() || is_among(module, input, value, values))
        };
        let somewhere = match &template.environment {
            Some(name) => is_allowed(Some(name)),
            None => {
                config.environments.is_empty()
                    || config.environments.keys().any(|name| is_allowed(Some(name.as_str())))
            }
        };
        if !somewhere {
            self.error(
                at,
                format!("{input} of the template is not among the allowed values"),
                "write one of them, or allow it",
            );
        }
    }
}

/// Another module than the template's that people ask for by this word: nobody could tell which is meant.
fn other_of(word: &str, template: &Template, catalog: &Catalog) -> Option<String> {
    let mut others = catalog.modules().filter(|module| module.id.to_string() != template.module);
    others
        .find(|module| module.words.iter().any(|known| normal(known) == word))
        .map(|module| module.id.to_string())
}
