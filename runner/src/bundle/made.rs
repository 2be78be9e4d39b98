//! What changed on disk between `init` and the end of `plan`, which an apply reads again: files made by data
//! sources such as archives; and digests of what `init` downloaded.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{BundleError, MOST_BYTES, is_plain_path};

/// Terraform's own folder in a stack.
const TERRAFORM: &str = ".terraform";

/// The digests of all plain files of a checkout, by their path in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, [u8; 32]>);

impl Snapshot {
    /// Takes it. Terraform's folders are left out.
    pub fn take(root: &Path) -> Result<Self, BundleError> {
        let mut files = BTreeMap::new();
        walk(root, root, &mut |path, bytes| {
            files.insert(path.to_owned(), Sha256::digest(bytes).into());
            Ok(())
        })?;
        Ok(Self(files))
    }

    /// Files that are new or different since, with their bytes. `lock_file` is left out: it has its own entry.
    pub fn made_since(&self, root: &Path, lock_file: &str) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
        let mut made = BTreeMap::new();
        let mut left = MOST_BYTES;
        walk(root, root, &mut |path, bytes| {
            let known = self.0.get(path).is_some_and(|digest| digest[..] == Sha256::digest(bytes)[..]);
            if known || path == lock_file {
                return Ok(());
            }
            if !is_plain_path(path) {
                return Err(BundleError::Name(path.to_owned()));
            }
            left = left.checked_sub(bytes.len()).ok_or(BundleError::TooLarge)?;
            made.insert(path.to_owned(), bytes.to_vec());
            Ok(())
        })?;
        Ok(made)
    }
}

/// One line for every file of the modules that `init` downloaded into the stack: digest, two spaces, path.
/// Git's own folders are left out, for they differ from fetch to fetch.
pub fn downloaded_modules(stack: &Path) -> Result<String, BundleError> {
    let root = stack.join(TERRAFORM).join("modules");
    let mut lines = String::new();
    if root.is_dir() {
        walk(&root, &root, &mut |path, bytes| {
            lines.push_str(&format!("{}  {}\n", hex::encode(Sha256::digest(bytes)), path.escape_default()));
            Ok(())
        })?;
    }
    Ok(lines)
}

/// Calls `each` for every plain file below `folder`, in the order of names. Links are not followed.
fn walk(
    root: &Path,
    folder: &Path,
    each: &mut impl FnMut(&str, &[u8]) -> Result<(), BundleError>,
) -> Result<(), BundleError> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name, kind) = (entry.path(), entry.file_name(), entry.file_type()?);
        if kind.is_dir() && name != TERRAFORM && name != ".git" {
            walk(root, &path, each)?;
        } else if kind.is_file() {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            each(&relative, &std::fs::read(&path)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_and_changed_files_are_found_and_links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for folder in ["a/.terraform", "a/sub"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join("a/main.tf"), "same").unwrap();
        std::fs::write(root.join("a/sub/changed"), "before").unwrap();
        let before = Snapshot::take(root).unwrap();
        std::fs::write(root.join("a/sub/changed"), "after").unwrap();
        std::fs::write(root.join("a/lambda.zip"), "zip").unwrap();
        std::fs::write(root.join("a/.terraform/x"), "x").unwrap();
        std::fs::write(root.join("a/.terraform.lock.hcl"), "lock").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", root.join("a/link")).unwrap();
        let made = before.made_since(root, "a/.terraform.lock.hcl").unwrap();
        assert_eq!(made.keys().collect::<Vec<_>>(), ["a/lambda.zip", "a/sub/changed"]);
    }
}
