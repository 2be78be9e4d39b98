//! Request templates: named presets of a module, so that people ask for "a small postgres" and get what the repository
//! means by it.
//!
//! How a request names one is read in `requests::template`; whether its values fit is judged in `check::templates`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::RepositoryConfig;

/// A module with some of its inputs set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its module, such as `aws/rds-postgres`.
    pub module: String,
    /// What it makes, as a noun; the title of its issue form. Default: its name.
    #[serde(default)]
    pub title: Option<String>,
    /// The environment it is for. Default: any, which the request names.
    #[serde(default)]
    pub environment: Option<String>,
    /// What is set already. What a request says itself wins.
    #[serde(default)]
    pub inputs: IndexMap<String, Json>,
    /// Words people use for it, such as `small postgres`. Its name is one of them.
    #[serde(default)]
    pub words: Vec<String>,
}

impl Template {
    /// What it makes, as a noun.
    pub fn title<'t>(&'t self, name: &'t str) -> &'t str {
        self.title.as_deref().unwrap_or(name)
    }

    /// Everything it may be called.
    pub fn words<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t str> {
        [Some(name), self.title.as_deref()].into_iter().flatten().chain(self.words.iter().map(String::as_str))
    }
}

impl RepositoryConfig {
    /// The template of a name, a title or one of its words; case and the choice between hyphen and space do not matter.
    pub fn template(&self, word: &str) -> Option<(&str, &Template)> {
        let wanted = normal(word);
        let templates = || self.requests.templates.iter().map(|(name, template)| (name.as_str(), template));
        templates().find(|(name, _)| normal(name) == wanted).or_else(|| {
            templates().find(|(name, template)| template.words(name).any(|known| normal(known) == wanted))
        })
    }
}

/// A word as it is compared.
pub(crate) fn normal(word: &str) -> String {
    let lower = word.trim().trim_matches('`').to_lowercase().replace(['-', '_'], " ");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}
