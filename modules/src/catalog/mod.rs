//! The catalog: which modules there are, and finding one by its name or by the words people use.
//!
//! A module's own files are read in `module`, its `module.yml` in `metadata`. Which catalog holds for a repository
//! is decided by the app.

mod files;
mod metadata;
mod module;
mod providers;
mod search;
mod yaml;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};
use tfpilot_hcl::{Diagnostic, Place};

pub(crate) use files::is_slug;
pub use files::{ModuleFile, ModuleId};
pub use metadata::{Change, Effect, Example, InputHints, Metadata, Risk, Unit};
pub use module::Module;
pub use providers::Provider;

/// The files of the shipped catalog, as `(path, content)`.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The modules that may be asked for, by id.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    modules: BTreeMap<ModuleId, Module>,
}

impl Catalog {
    /// The catalog that comes with TfPilot.
    pub fn shipped() -> Self {
        // Diagnostics in shipped modules are our own mistakes; a test holds their number at none.
        static READ: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(SHIPPED.iter().copied()).0);
        READ.clone()
    }

    /// Reads a catalog from files named `<provider>/<module>/<file>`. A module that cannot be read is left out and
    /// its diagnostics say why; the others are not affected.
    pub fn load<P: AsRef<str>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
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
            let (module, found) = Module::read(id, files);
            diagnostics.extend(found);
            modules.extend(module.map(|module| (module.id.clone(), module)));
        }
        (Self { modules }, diagnostics)
    }

    /// The module of an id such as `aws/s3-bucket`.
    pub fn find(&self, id: &str) -> Option<&Module> {
        let (provider, name) = id.split_once('/')?;
        self.modules.get(&ModuleId::new(provider, name)?)
    }

    /// All modules, by id.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// The modules that come closest to what somebody asked for, best first; none when nothing is near.
    pub fn nearest(&self, word: &str) -> Vec<&Module> {
        search::nearest(self.modules.values(), word)
    }

    /// SHA-256 over all modules: two catalogs with the same digest render the same stacks.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for module in self.modules.values() {
            hash.update(module.id.to_string());
            hash.update([0]);
            hash.update(&module.digest);
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalog_has_no_diagnostics() {
        let (catalog, diagnostics) = Catalog::load(SHIPPED.iter().copied());
        assert_eq!(diagnostics.iter().map(Diagnostic::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        let ids: Vec<_> = catalog.modules().map(|module| module.id.to_string()).collect();
        assert_eq!(ids, ["aws/s3-bucket", "aws/sqs-queue", "local/note"]);
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
    fn the_digest_follows_every_byte() {
        let shipped = Catalog::shipped().digest();
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
