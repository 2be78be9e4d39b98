//! What a repository says about the catalog: what is not offered, what inputs get where a request says nothing, and
//! which values they may have. Environments say the same for themselves, and win.
//!
//! Whether the values fit their modules is judged in `check::catalog`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfpilot_modules::{Catalog, Module};

use super::RepositoryConfig;

/// Values by module and input.
pub type Defaults = IndexMap<String, IndexMap<String, Json>>;

/// Allowed values by module and input.
pub type Allowed = IndexMap<String, IndexMap<String, Vec<Json>>>;

/// Further words by module.
pub type Words = IndexMap<String, Vec<String>>;

/// What requests may ask for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogRules {
    /// Modules that are not offered here, such as `aws/sqs-queue`.
    pub hide: Vec<String>,
    /// Values that a module's inputs get when the request does not say them: module, input, value.
    pub defaults: Defaults,
    /// The only values that inputs may have: module, input, list of values.
    pub allow: Allowed,
    /// Other words people use for a module here, besides its own: module, list of words.
    pub words: Words,
    /// Directories of the default branch that hold modules of this repository's own, such as `infra/modules`.
    pub directories: Vec<String>,
    /// Other repositories that hold modules, each at one commit.
    pub repositories: Vec<CatalogRepository>,
}

/// Modules in another repository on the same GitHub, as they are at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogRepository {
    /// The repository as `owner/name`; the App is installed there too.
    pub repository: String,
    /// The whole id of the commit: a branch or tag could be moved.
    pub commit: String,
    /// The directory that holds the modules. Default: the root.
    #[serde(default)]
    pub path: String,
}

/// What requests for one environment get and may have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentCatalog {
    /// Values that a module's inputs get when the request does not say them: module, input, value.
    pub defaults: Defaults,
    /// The only values that inputs may have: module, input, list of values.
    pub allow: Allowed,
}

/// Who says what holds: an environment, or the repository for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy<'c> {
    /// `environments.NAME.catalog`.
    Environment(&'c str),
    /// `catalog`.
    Repository,
}

impl RepositoryConfig {
    /// The values that the inputs of a module get in an environment, with who says so.
    pub fn defaults<'c>(
        &'c self,
        environment: Option<&'c str>,
        module: &str,
    ) -> IndexMap<&'c str, (&'c Json, SaidBy<'c>)> {
        let mut found = IndexMap::new();
        if let Some((name, own)) = self.catalog_of(environment) {
            let values = own.defaults.get(module).into_iter().flatten();
            found.extend(values.map(|(input, value)| (input.as_str(), (value, SaidBy::Environment(name)))));
        }
        for (input, value) in self.catalog.defaults.get(module).into_iter().flatten() {
            found.entry(input.as_str()).or_insert((value, SaidBy::Repository));
        }
        found
    }

    /// The only values that an input may have in an environment, with who says so; none where any will do.
    pub fn allowed<'c>(
        &'c self,
        environment: Option<&'c str>,
        module: &str,
        input: &str,
    ) -> Option<(&'c [Json], SaidBy<'c>)> {
        let own = self.catalog_of(environment).and_then(|(name, own)| {
            Some((own.allow.get(module)?.get(input)?.as_slice(), SaidBy::Environment(name)))
        });
        own.or_else(|| Some((self.catalog.allow.get(module)?.get(input)?.as_slice(), SaidBy::Repository)))
    }

    /// The modules with the words that the configuration has for them.
    pub(crate) fn speaking(&self, catalog: &Catalog) -> Catalog {
        catalog.with_words(self.catalog.words.iter().map(|(id, words)| (id.as_str(), words.as_slice())))
    }

    /// Whether there are modules besides the shipped ones.
    pub fn has_own_modules(&self) -> bool {
        !self.catalog.directories.is_empty() || !self.catalog.repositories.is_empty()
    }

    fn catalog_of<'c>(&'c self, environment: Option<&'c str>) -> Option<(&'c str, &'c EnvironmentCatalog)> {
        let name = environment?;
        Some((name, &self.environments.get(name)?.catalog))
    }
}

/// Whether a value, or each entry of a list, is one of those that are allowed, in the input's type.
pub(crate) fn is_among(module: &Module, input: &str, value: &Json, allowed: &[Json]) -> bool {
    let same = |value: &Json, allowed: &Json| {
        value == allowed || module.convert_input(input, allowed).is_ok_and(|allowed| allowed == *value)
    };
    match value {
        Json::Array(entries) => entries.iter().all(|entry| allowed.contains(entry)),
        value => {
            let value = module.convert_input(input, value).unwrap_or_else(|_| value.clone());
            allowed.iter().any(|allowed| same(&value, allowed))
        }
    }
}
