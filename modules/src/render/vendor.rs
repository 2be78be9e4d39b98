//! Vendored modules: the files of a module that Terraform needs, copied into the repository, and `module.sum` beside
//! them. No network and no token at plan time, and what runs can be read in the pull request.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::RenderedFile;
use crate::catalog::{Module, ModuleFile};

/// The folder of vendored modules in a repository.
pub const VENDOR_ROOT: &str = "modules";

/// Name of the file with the hashes; `sha256sum --check` reads it.
pub const SUM_FILE: &str = "module.sum";

/// A vendored file that is not what the catalog has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VendorProblem {
    /// Path of the file in the repository.
    pub path: String,
    /// What is wrong with it.
    pub what: &'static str,
}

/// The folder of a vendored module, such as `modules/aws/s3-bucket/1.0.0`.
pub fn vendor_path(module: &Module) -> String {
    format!("{VENDOR_ROOT}/{}/{}", module.id, module.version)
}

/// The files to commit for a module, by path.
pub(super) fn files(module: &Module) -> Vec<RenderedFile> {
    let folder = vendor_path(module);
    let needed = module.files.iter().filter(|file| file.is_for_terraform());
    let sums = RenderedFile { path: format!("{folder}/{SUM_FILE}"), content: sums(needed.clone()) };
    let copied = needed
        .map(|file| RenderedFile { path: format!("{folder}/{}", file.path), content: file.content.clone() });
    let mut files: Vec<_> = copied.chain([sums]).collect();
    files.sort();
    files
}

fn sums<'f>(files: impl Iterator<Item = &'f ModuleFile>) -> String {
    files.map(|file| format!("{}  {}\n", hex::encode(Sha256::digest(&file.content)), file.path)).collect()
}

/// Compares the files below [`vendor_path`] in a repository, as `(path, content)`, with the catalog's module. No
/// problem means that the module there is the one of the catalog, byte for byte.
pub fn verify_vendored<P: AsRef<str>, T: AsRef<[u8]>>(
    module: &Module,
    present: impl IntoIterator<Item = (P, T)>,
) -> Vec<VendorProblem> {
    let mut expected: BTreeMap<_, _> =
        files(module).into_iter().map(|file| (file.path, file.content)).collect();
    let mut problems = Vec::new();
    for (path, content) in present {
        let what = match expected.remove(path.as_ref()) {
            Some(right) if right.as_bytes() == content.as_ref() => continue,
            Some(_) => "differs from the catalog",
            None => "is not part of the module",
        };
        problems.push(VendorProblem { path: path.as_ref().to_owned(), what });
    }
    problems.extend(expected.into_keys().map(|path| VendorProblem { path, what: "is missing" }));
    problems.sort();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    #[test]
    fn every_difference_to_the_catalog_is_told() {
        let catalog = Catalog::shipped();
        let note = catalog.find("local/note").unwrap();
        let mut present: BTreeMap<_, _> =
            files(note).into_iter().map(|file| (file.path, file.content)).collect();
        assert_eq!(verify_vendored(note, &present), []);

        present.get_mut("modules/local/note/1.0.0/main.tf").unwrap().push('\n');
        present.remove("modules/local/note/1.0.0/outputs.tf");
        present.insert("modules/local/note/1.0.0/extra.tf".to_owned(), String::new());
        let problems: Vec<_> = verify_vendored(note, &present)
            .into_iter()
            .map(|problem| format!("{} {}", problem.path, problem.what))
            .collect();
        assert_eq!(
            problems,
            [
                "modules/local/note/1.0.0/extra.tf is not part of the module",
                "modules/local/note/1.0.0/main.tf differs from the catalog",
                "modules/local/note/1.0.0/outputs.tf is missing",
            ]
        );
    }
}
