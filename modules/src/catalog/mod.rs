//! The catalog: which modules there are, and finding one by its name or by the words people use.
//!
//! A module's own files are read in `module`, its `module.yml` in `metadata`. Which catalog holds for a repository
//! is decided by the app.

mod files;
mod hints;
mod import;
mod metadata;
mod module;
mod providers;
mod readme;
mod search;
mod vendored;
mod yaml;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use sha2::{Digest as _, Sha256};
use tfpilot_hcl::{Diagnostic, Place};

pub(crate) use files::is_slug;
pub use files::{ModuleFile, ModuleId};
pub use hints::{Change, Effect, InputHints, Unit};
pub use import::Import;
pub use metadata::{Example, Metadata, Risk};
pub use module::Module;
pub use providers::Provider;
pub use vendored::required_providers;

/// The files of the shipped catalog, as `(path, content)`.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// How closely a module is looked at when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scrutiny {
    /// Hints and examples are tried on the validations too.
    Full,
    /// It was looked at when it was shipped: a server starts without doing so again.
    Trusted,
}

/// The modules that may be asked for, by id. A copy shares them.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    modules: Arc<BTreeMap<ModuleId, Arc<Module>>>,
    digest: Arc<str>,
    /// What modules are searched by, made when it is first asked for.
    index: Arc<OnceLock<search::Index>>,
}

impl Catalog {
    /// The catalog that comes with TfPilot.
    pub fn shipped() -> Self {
        // Diagnostics in shipped modules are our own mistakes; a test holds their number at none.
        static READ: LazyLock<Catalog> =
            LazyLock::new(|| Catalog::read(SHIPPED.iter().copied(), Scrutiny::Trusted).0);
        READ.clone()
    }

    /// Reads a catalog from files named `<provider>/<module>/<file>`. A module that cannot be read is left out and
    /// its diagnostics say why; the others are not affected.
    pub fn load<P: AsRef<str>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> (Self, Vec<Diagnostic>) {
        Self::read(files, Scrutiny::Full)
    }

    fn read<P: AsRef<str>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
        scrutiny: Scrutiny,
    ) -> (Self, Vec<Diagnostic>) {
        let mut folders: BTreeMap<ModuleId, Vec<ModuleFile>> = BTreeMap::new();
        let mut diagnostics = Vec::new();
        for (path, content) in files {
            let path = path.as_ref();
            let mut parts = path.splitn(3, '/');
            let (Some(provider), Some(name), Some(file)) = (parts.next(), parts.next(), parts.next()) else {
                diagnostics.push(Diagnostic::new(
                    Place::start(path),
                    "a file that belongs to no module",
                    "put it into a folder `<provider>/<module>/`",
                ));
                continue;
            };
            match (ModuleId::new(provider, name), ModuleFile::new(file, content.as_ref())) {
                (Some(id), Some(file)) => folders.entry(id).or_default().push(file),
                _ => diagnostics.push(Diagnostic::new(
                    Place::start(path),
                    "the path of a module's file",
                    "write provider and module as lower case letters, digits and hyphens, and no `.` or `..` in a path",
                )),
            }
        }

        let mut modules = BTreeMap::new();
        for (id, files) in folders {
            let (module, found) = Module::read(id, files, scrutiny);
            diagnostics.extend(found);
            modules.extend(module.map(|module| (module.id.clone(), Arc::new(module))));
        }
        (Self::of(modules), diagnostics)
    }

    fn of(modules: BTreeMap<ModuleId, Arc<Module>>) -> Self {
        let digest = digest(&modules).into();
        Self { modules: Arc::new(modules), digest, index: Arc::default() }
    }

    /// These modules and others, of which those of the same id take their place.
    pub fn with<'m>(&'m self, others: impl IntoIterator<Item = &'m Arc<Module>>) -> Self {
        let mut modules = BTreeMap::clone(&self.modules);
        modules.extend(others.into_iter().map(|module| (module.id.clone(), Arc::clone(module))));
        Self::of(modules)
    }

    /// The same modules, some of which are asked for by further words, by id. What they make stays as it is.
    pub fn with_words<'w>(&self, words: impl IntoIterator<Item = (&'w str, &'w [String])>) -> Self {
        let of = |(id, words): (&str, &'w [String])| {
            let mut module = Module::clone(self.find(id).filter(|_| !words.is_empty())?);
            module.words.extend(words.iter().cloned());
            Some(Arc::new(module))
        };
        let others: Vec<Arc<Module>> = words.into_iter().filter_map(of).collect();
        if others.is_empty() { self.clone() } else { self.with(&others) }
    }

    /// The module of an id such as `aws/s3-bucket`.
    pub fn find(&self, id: &str) -> Option<&Module> {
        let (provider, name) = id.split_once('/')?;
        self.modules.get(&ModuleId::new(provider, name)?).map(Arc::as_ref)
    }

    /// All modules, by id.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values().map(Arc::as_ref)
    }

    /// All modules, by id, to be shared with another catalog.
    pub fn shared(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.modules.values()
    }

    /// The modules that come closest to what somebody asked for, best first; none when nothing is near.
    pub fn nearest(&self, word: &str) -> Vec<&Module> {
        let index = self.index.get_or_init(|| search::Index::of(self.modules()));
        search::nearest(self.modules(), index, word)
    }

    /// Inputs that are said to come from outputs which no module has.
    pub fn dangling(&self) -> Vec<Diagnostic> {
        let mut dangling = Vec::new();
        for module in self.modules.values() {
            let references = module
                .hints
                .iter()
                .flat_map(|(input, hints)| hints.from.iter().map(move |(of, output)| (input, of, output)));
            for (input, of, output) in references {
                let source = self.find(of);
                if source.is_some_and(|source| source.outputs.iter().any(|known| known.name == *output)) {
                    continue;
                }
                let what = match source {
                    None => format!("`{input}` comes from {of}, which is not in the catalog"),
                    Some(_) => format!("`{input}` comes from `{output}` of {of}, which has no such output"),
                };
                let next = match source {
                    None => "name a module of the catalog, or remove it".to_owned(),
                    Some(source) => {
                        let known: Vec<&str> =
                            source.outputs.iter().map(|output| output.name.as_str()).collect();
                        yaml::suggestion(output, &known)
                    }
                };
                dangling.push(Diagnostic::new(Place::start(format!("{}/module.yml", module.id)), what, next));
            }
        }
        dangling
    }

    /// SHA-256 over all modules and their words: two catalogs with the same digest read requests alike and render the same
    /// stacks.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

fn digest(modules: &BTreeMap<ModuleId, Arc<Module>>) -> String {
    let mut hash = Sha256::new();
    for module in modules.values() {
        hash.update(module.id.to_string());
        hash.update([0]);
        hash.update(&module.digest);
        // A repository may have words besides those of the module's own files.
        for word in &module.words {
            hash.update([0]);
            hash.update(word);
        }
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalog_has_no_diagnostics() {
        let (catalog, diagnostics) = Catalog::load(SHIPPED.iter().copied());
        let told: Vec<_> = diagnostics.iter().chain(&catalog.dangling()).map(Diagnostic::to_string).collect();
        assert_eq!(told, Vec::<String>::new());
        let of_aws = catalog.modules().filter(|module| module.id.provider() == "aws").count();
        assert!(of_aws >= 30, "{of_aws}");
    }

    #[test]
    fn every_shipped_module_tells_of_itself() {
        for module in Catalog::shipped().modules() {
            let id = &module.id;
            let readme = module.files.iter().find(|file| file.path == "README.md").map(|file| &file.content);
            let made = module.readme();
            assert_eq!(readme, Some(&made), "{id}: make it with `tfpilot catalog docs --write`");
            assert!(module.examples.len() >= 4, "{id} has {} examples", module.examples.len());
            for variable in &module.variables {
                let hints = module.hints(&variable.name);
                assert!(
                    hints.is_some_and(|hints| hints.change.is_some()),
                    "{id}: a change of {}",
                    variable.name
                );
                assert!(variable.description.is_some(), "{id}: {} is not described", variable.name);
                assert!(!(variable.sensitive && variable.required()), "{id}: {} is secret", variable.name);
            }
            assert!(!module.outputs.is_empty(), "{id} has no outputs");
        }
    }

    #[test]
    fn a_word_means_one_shipped_module() {
        let catalog = Catalog::shipped();
        let mut known: BTreeMap<String, &ModuleId> = BTreeMap::new();
        for module in catalog.modules() {
            for word in module.words.iter().map(|word| word.to_lowercase().replace('-', " ")) {
                let other = known.insert(word.clone(), &module.id);
                assert!(
                    other.is_none_or(|other| *other == module.id),
                    "{word:?}: {other:?} and {}",
                    module.id
                );
            }
        }
    }

    #[test]
    fn a_module_is_found_by_its_whole_id_only() {
        let catalog = Catalog::shipped();
        assert_eq!(catalog.find("aws/s3-bucket").unwrap().title, "S3 bucket");
        for unknown in ["s3-bucket", "aws/", "/", "", "aws/s3-bucket/", "../aws/s3-bucket", "AWS/s3-bucket"] {
            assert!(catalog.find(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn stray_files_and_strange_paths_are_told() {
        let (catalog, diagnostics) = Catalog::load([
            ("README.md", ""),
            ("aws/../x/main.tf", ""),
            ("a b/c/main.tf", ""),
            ("a/b/../c.tf", ""),
        ]);
        assert_eq!(catalog.modules().count(), 0);
        assert_eq!(diagnostics.len(), 4);
    }

    #[test]
    fn others_join_and_take_the_place_of_their_like() {
        let shipped = Catalog::shipped();
        let files = SHIPPED.iter().filter_map(|(path, text)| {
            let renamed = path.replace("local/note/", "acme/memo/");
            path.starts_with("local/note/").then_some([((*path).to_owned(), *text), (renamed, *text)])
        });
        let files = files.flatten().map(|(path, text)| (path, text.replace("title: Note", "title: Memo")));
        let (own, diagnostics) = Catalog::load(files);
        assert_eq!(diagnostics, []);
        let both = shipped.with(own.shared());
        assert_eq!(both.modules().count(), shipped.modules().count() + 1);
        assert_eq!(both.find("local/note").unwrap().title, "Memo");
        assert_ne!(both.digest(), shipped.digest());
        assert_eq!(shipped.with([]).digest(), shipped.digest());
    }

    #[test]
    fn further_words_lead_to_a_module_and_change_nothing_of_it() {
        let shipped = Catalog::shipped();
        let words = ["scribble".to_owned()];
        let more = shipped.with_words([("local/note", words.as_slice()), ("no/such", words.as_slice())]);
        let (before, after) = (shipped.find("local/note").unwrap(), more.find("local/note").unwrap());
        assert!(after.words.ends_with(&words) && !before.words.ends_with(&words));
        assert_eq!((&after.digest, &after.files), (&before.digest, &before.files));
        assert_eq!(
            more.nearest("scribble").first().map(|module| module.id.to_string()),
            Some("local/note".into())
        );
        assert_ne!(more.digest(), shipped.digest());
        assert_eq!(shipped.with_words([("no/such", words.as_slice())]).digest(), shipped.digest());
    }

    #[test]
    fn the_digest_follows_every_byte() {
        let shipped = Catalog::shipped().digest().to_owned();
        assert_eq!(Catalog::shipped().digest(), shipped);
        let changed = SHIPPED.iter().map(|(path, content)| {
            let content = if path.ends_with("aws/s3-bucket/main.tf") {
                format!("{content}\n")
            } else {
                (*content).to_owned()
            };
            (*path, content)
        });
        assert_ne!(Catalog::load(changed).0.digest(), shipped);
    }
}
