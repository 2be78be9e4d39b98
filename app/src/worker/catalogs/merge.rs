//! Shipped modules and those of a repository's own become one catalog. Pure: catalogs in, a catalog and diagnostics out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tfpilot_hcl::Diagnostic as Told;
use tfpilot_modules::{Catalog, Module};

use super::read::Files;
use crate::config::{Diagnostic, RepositoryConfig, Severity};

/// Diagnostics that are kept with a repository.
const MOST_PROBLEMS: usize = 50;

/// The modules of one place, and what is wrong with others there.
#[derive(Debug)]
pub(crate) struct Own {
    catalog: Catalog,
    told: Vec<Told>,
}

impl Own {
    /// Reads the modules out of files, with the scrutiny of somebody's first look.
    pub(super) fn new(files: Files) -> Self {
        let Files { files, left_out } = files;
        let (catalog, mut told) = Catalog::load(files);
        told.extend(left_out.into_values().map(|left_out| {
            Told::new(tfpilot_hcl::Place::start(left_out.path), left_out.what, left_out.hint)
        }));
        Self { catalog, told }
    }

    /// Modules that were read elsewhere, with what is wrong among them.
    pub(crate) fn of(catalog: Catalog, told: Vec<Told>) -> Self {
        Self { catalog, told }
    }
}

/// The catalog of a repository.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    /// All its modules.
    pub(crate) catalog: Catalog,
    /// Ids of hidden shipped modules whose place its own modules take.
    replaced: BTreeSet<String>,
    /// What is wrong with modules of its own.
    pub(crate) problems: Vec<Diagnostic>,
}

impl Offered {
    /// The same modules with the words that a configuration has for them.
    pub(crate) fn speaking(self, config: &RepositoryConfig) -> Self {
        Self { catalog: config.speaking(&self.catalog), ..self }
    }

    /// The configuration as it reads with this catalog: what takes the place of a hidden module is not hidden.
    pub(crate) fn config(&self, config: &Arc<RepositoryConfig>) -> Arc<RepositoryConfig> {
        if self.replaced.is_empty() {
            return Arc::clone(config);
        }
        let mut config = RepositoryConfig::clone(config);
        config.catalog.hide.retain(|id| !self.replaced.contains(id));
        Arc::new(config)
    }
}

/// Joins the modules of all places, which people know by their names, to the shipped ones. `hide` are the ids that the
/// configuration hides: only those may be taken.
pub(crate) fn merge(shipped: &Catalog, hide: &[String], own: &[(String, Arc<Own>)]) -> Offered {
    let mut taken: BTreeMap<String, (&str, &Arc<Module>)> = BTreeMap::new();
    let mut replaced = BTreeSet::new();
    let mut problems = Vec::new();
    for (place, modules) in own {
        problems.extend(modules.told.iter().map(|told| diagnostic(place, told)));
        for module in modules.catalog.shared() {
            let id = module.id.to_string();
            let about = |what: String, hint: &str| diagnostic(place, &whole(&id, what, hint));
            let is_hidden = hide.contains(&id);
            if shipped.find(&id).is_some() && !is_hidden {
                problems.push(about(
                    "there is a shipped module of this id".to_owned(),
                    "choose another id, or hide the shipped one with catalog.hide",
                ));
            } else if let Some((other, _)) = taken.get(&id) {
                problems.push(about(format!("it is in {other} too, which counts"), "remove one of them"));
            } else {
                if shipped.find(&id).is_some() {
                    replaced.insert(id.clone());
                }
                taken.insert(id, (place, module));
            }
        }
    }
    let catalog = match taken.is_empty() {
        true => shipped.clone(),
        false => shipped.with(taken.values().map(|(_, module)| *module)),
    };
    for (id, (place, module)) in &taken {
        let offered = shipped.modules().filter(|other| {
            let other = other.id.to_string();
            !hide.contains(&other) && !taken.contains_key(&other)
        });
        let others: Vec<&Module> = offered.collect();
        if let Some((word, other)) = shared_word(module, &others) {
            let what = format!("{word:?} also means {other}, so requests that say it are asked which");
            problems
                .push(diagnostic(place, &whole(id, what, "choose another word, or hide the other module")));
        }
    }
    for told in catalog.dangling() {
        let place = id_of(&told).and_then(|id| taken.get(id)).map(|(place, _)| *place);
        problems.extend(place.map(|place| diagnostic(place, &told)));
    }
    problems.truncate(MOST_PROBLEMS);
    Offered { catalog, replaced, problems }
}

/// A word that two modules are asked for by.
fn shared_word<'m>(module: &'m Module, others: &[&'m Module]) -> Option<(&'m str, String)> {
    let same = |word: &str, other: &str| {
        word.to_lowercase().replace('-', " ") == other.to_lowercase().replace('-', " ")
    };
    module.words.iter().find_map(|word| {
        let other = others.iter().find(|other| other.words.iter().any(|known| same(word, known)))?;
        Some((word.as_str(), other.id.to_string()))
    })
}

/// What concerns a module as a whole.
fn whole(id: &str, what: String, hint: &str) -> Told {
    Told::new(tfpilot_hcl::Place::start(format!("{id}/module.yml")), what, hint)
}

/// `<provider>/<module>` of what a diagnostic is about.
fn id_of(told: &Told) -> Option<&str> {
    let (provider, rest) = told.place.path.split_once('/')?;
    let module = rest.split('/').next()?;
    told.place.path.get(..provider.len() + 1 + module.len())
}

/// A diagnostic of a module as one of the configuration. Files of modules are alike by name, so the id comes first.
fn diagnostic(place: &str, told: &Told) -> Diagnostic {
    let id = id_of(told).unwrap_or(place);
    Diagnostic {
        file: format!("{place}/{}", told.place.path),
        line: usize::try_from(told.place.line).unwrap_or(0),
        column: usize::try_from(told.place.column).unwrap_or(0),
        what: format!("{id}: {}", told.what),
        hint: told.hint.clone(),
        severity: Severity::Warning,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::widget;
    use super::*;

    fn place(name: &str, files: Vec<(String, String)>) -> (String, Arc<Own>) {
        (name.to_owned(), Arc::new(Own::new(Files { files, ..Files::default() })))
    }

    fn told(offered: &Offered) -> Vec<String> {
        offered.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn own_modules_join_the_shipped_ones() {
        let offered =
            merge(&Catalog::shipped(), &[], &[place("infra/modules", widget("acme/widget", "widget"))]);
        assert_eq!(told(&offered), Vec::<String>::new());
        assert!(
            offered.catalog.find("acme/widget").is_some() && offered.catalog.find("aws/s3-bucket").is_some()
        );
    }

    #[test]
    fn a_shipped_id_is_only_taken_where_it_is_hidden() {
        let own = [place("infra/modules", widget("aws/s3-bucket", "widget"))];
        let offered = merge(&Catalog::shipped(), &[], &own);
        assert_eq!(
            told(&offered),
            [
                "module.yml:1:1 aws/s3-bucket: there is a shipped module of this id | choose another id, or hide the shipped one with catalog.hide"
            ]
        );
        assert_eq!(
            offered.catalog.find("aws/s3-bucket").map(|module| module.title.as_str()),
            Some("S3 bucket")
        );

        let hide = ["aws/s3-bucket".to_owned(), "aws/vpc".to_owned()];
        let offered = merge(&Catalog::shipped(), &hide, &own);
        assert_eq!(told(&offered), Vec::<String>::new());
        assert_eq!(offered.catalog.find("aws/s3-bucket").map(|module| module.title.as_str()), Some("Widget"));
        let config = RepositoryConfig {
            catalog: crate::config::repository::catalog::CatalogRules {
                hide: hide.into(),
                ..Default::default()
            },
            ..Default::default()
        };
        assert_eq!(offered.config(&Arc::new(config)).catalog.hide, ["aws/vpc"]);
    }

    #[test]
    fn the_first_place_of_an_id_counts_and_shared_words_are_told() {
        let own = [
            place("infra/modules", widget("acme/widget", "widget")),
            place("acme/modules@0123456", widget("acme/widget", "widget")),
            place("more", widget("acme/bucket", "bucket")),
        ];
        let offered = merge(&Catalog::shipped(), &[], &own);
        assert_eq!(
            told(&offered),
            [
                "module.yml:1:1 acme/widget: it is in infra/modules too, which counts | remove one of them",
                "module.yml:1:1 acme/bucket: \"bucket\" also means aws/s3-bucket, so requests that say it are asked which | choose another word, or hide the other module",
            ]
        );
        assert_eq!(offered.problems[0].file, "acme/modules@0123456/acme/widget/module.yml");
    }

    #[test]
    fn a_module_that_cannot_be_read_is_told_and_the_others_are_there() {
        let mut files = widget("acme/broken", "gadget");
        files.retain(|(path, _)| !path.ends_with("versions.tf"));
        if let Some((_, text)) = files.iter_mut().find(|(path, _)| path.ends_with("module.yml")) {
            *text = text.replace("title:", "titel:");
        }
        files.extend(widget("acme/widget", "widget"));
        let offered = merge(&Catalog::shipped(), &[], &[place("infra/modules", files)]);
        assert!(
            offered.catalog.find("acme/widget").is_some() && offered.catalog.find("acme/broken").is_none()
        );
        let all = told(&offered).join("\n");
        assert!(all.contains("acme/broken: unknown key `titel`"), "{all}");
        assert_eq!(offered.problems[0].severity, Severity::Warning);
    }
}
