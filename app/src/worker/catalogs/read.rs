//! Which files of a tree are read: those of folders `<provider>/<module>/` with a `module.yml`, within limits.
//!
//! A module is read whole or not at all: without one of its files it would be another module.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::github::ObjectSha;
use crate::github::content::{EntryKind, TreeEntry};

/// Modules of one place.
const MOST_MODULES: usize = 200;

/// Files of one place.
const MOST_FILES: usize = 2_000;

/// Bytes of all files of one place.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of one file.
const LARGEST_FILE: u64 = 256 * 1024;

/// Git's mode of a link.
const LINK: &str = "120000";

/// What was read of a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Files {
    /// Paths and texts.
    pub(super) files: Vec<(String, String)>,
    /// Modules that were not read, by their folder, and why.
    pub(super) left_out: BTreeMap<String, LeftOut>,
}

/// Why a module was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeftOut {
    /// The file it is about.
    pub(super) path: String,
    /// What is wrong.
    pub(super) what: String,
    /// What to do.
    pub(super) hint: String,
}

/// What is to be read of a tree.
#[derive(Debug)]
pub(super) struct Wanted<'e> {
    entries: Vec<&'e TreeEntry>,
    left_out: BTreeMap<String, LeftOut>,
}

/// Chooses from a tree. More than the limits allow is refused, with the reason.
pub(super) fn wanted(entries: &[TreeEntry]) -> Result<Wanted<'_>, String> {
    let mut folders: BTreeMap<&str, Vec<&TreeEntry>> = BTreeMap::new();
    let files = entries.iter().filter(|entry| entry.kind != EntryKind::Tree);
    for entry in files.filter(|entry| !is_hidden(&entry.path)) {
        if let Some(folder) = folder_of(&entry.path) {
            folders.entry(folder).or_default().push(entry);
        }
    }
    let mut wanted = Wanted { entries: Vec::new(), left_out: BTreeMap::new() };
    let mut modules = 0;
    for (folder, files) in folders {
        match judge(folder, &files) {
            Folder::Module => {
                modules += 1;
                wanted.entries.extend(files);
            }
            Folder::LeftOut(problem) => drop(wanted.left_out.insert(folder.to_owned(), problem)),
            Folder::Other => {}
        }
    }
    let bytes: u64 = wanted.entries.iter().filter_map(|entry| entry.size).sum();
    for (number, most, of) in [
        (modules as u64, MOST_MODULES as u64, "modules"),
        (wanted.entries.len() as u64, MOST_FILES as u64, "files"),
        (bytes, MOST_BYTES, "bytes"),
    ] {
        if number > most {
            return Err(format!("there are {number} {of}, more than the {most} that are read"));
        }
    }
    Ok(wanted)
}

impl Wanted<'_> {
    /// The objects to read.
    pub(super) fn objects(&self) -> Vec<ObjectSha> {
        let objects: BTreeSet<&ObjectSha> = self.entries.iter().map(|entry| &entry.sha).collect();
        objects.into_iter().cloned().collect()
    }

    /// The files, with their contents.
    pub(super) fn files(self, contents: &BTreeMap<ObjectSha, Vec<u8>>) -> Files {
        let Self { entries, mut left_out } = self;
        let mut files = Vec::new();
        for entry in entries {
            let bytes = contents.get(&entry.sha).map(Vec::as_slice).unwrap_or_default();
            match String::from_utf8(bytes.to_vec()) {
                Ok(text) if bytes.len() as u64 <= LARGEST_FILE => files.push((entry.path.clone(), text)),
                Ok(_) => leave_out(&mut left_out, &entry.path, too_large(&entry.path)),
                Err(_) => leave_out(
                    &mut left_out,
                    &entry.path,
                    problem(&entry.path, "a file that is not UTF-8 text", "modules hold text alone"),
                ),
            }
        }
        files.retain(|(path, _)| folder_of(path).is_some_and(|folder| !left_out.contains_key(folder)));
        Files { files, left_out }
    }
}

/// What a folder at the place of a module is.
enum Folder {
    /// A module that is read.
    Module,
    /// One that is not.
    LeftOut(LeftOut),
    /// No Terraform at all.
    Other,
}

fn judge(folder: &str, files: &[&TreeEntry]) -> Folder {
    let name = |entry: &TreeEntry| entry.path.get(folder.len() + 1..).unwrap_or_default().to_owned();
    if !files.iter().any(|entry| name(entry) == "module.yml") {
        let is_code = files.iter().any(|entry| !name(entry).contains('/') && entry.path.ends_with(".tf"));
        let path = format!("{folder}/module.yml");
        let next = "add one with version, title, category, summary, risk and words";
        return match is_code {
            true => Folder::LeftOut(problem(&path, "the module has no module.yml", next)),
            false => Folder::Other,
        };
    }
    files.iter().find_map(|entry| unreadable(entry)).map_or(Folder::Module, Folder::LeftOut)
}

/// What keeps a file from being read, by its entry alone.
fn unreadable(entry: &TreeEntry) -> Option<LeftOut> {
    let path = &entry.path;
    if entry.kind == EntryKind::Commit {
        return Some(problem(path, "a submodule", "copy its files into the module"));
    }
    if entry.mode == LINK {
        return Some(problem(path, "a link", "put the file itself there"));
    }
    entry.size.is_some_and(|size| size > LARGEST_FILE).then(|| too_large(path))
}

fn leave_out(left_out: &mut BTreeMap<String, LeftOut>, path: &str, problem: LeftOut) {
    if let Some(folder) = folder_of(path) {
        left_out.entry(folder.to_owned()).or_insert(problem);
    }
}

fn too_large(path: &str) -> LeftOut {
    problem(path, &format!("a file of more than {} KiB", LARGEST_FILE / 1024), "keep modules small")
}

fn problem(path: &str, what: &str, hint: &str) -> LeftOut {
    LeftOut { path: path.to_owned(), what: what.to_owned(), hint: hint.to_owned() }
}

/// `<provider>/<module>` of a file inside of it; what lies above belongs to no module.
fn folder_of(path: &str) -> Option<&str> {
    let (provider, rest) = path.split_once('/')?;
    let (module, _) = rest.split_once('/')?;
    path.get(..provider.len() + 1 + module.len())
}

/// A `.terraform` folder of somebody who tried a module is not part of it.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, mode: &str, size: u64) -> TreeEntry {
        let kind = if mode == "160000" { EntryKind::Commit } else { EntryKind::Blob };
        let sha = ObjectSha::parse(&format!("{:040x}", path.len())).expect("an id");
        TreeEntry { path: path.to_owned(), mode: mode.to_owned(), kind, sha, size: Some(size) }
    }

    #[track_caller]
    fn check(entries: &[TreeEntry], read: &[&str], left_out: &[(&str, &str)]) {
        let wanted = wanted(entries).expect("within the limits");
        let contents = wanted.objects().into_iter().map(|sha| (sha, b"x".to_vec())).collect();
        let files = wanted.files(&contents);
        let paths: Vec<&str> = files.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, read);
        let told: Vec<(&str, &str)> =
            files.left_out.iter().map(|(folder, it)| (folder.as_str(), it.what.as_str())).collect();
        assert_eq!(told, left_out);
    }

    #[test]
    fn whole_modules_are_read_and_nothing_else() {
        let file = |path| entry(path, "100644", 10);
        check(
            &[
                file("README.md"),
                file("acme/README.md"),
                file("acme/widget/.terraform/x.tf"),
                file("acme/widget/inner/main.tf"),
                file("acme/widget/main.tf"),
                file("acme/widget/module.yml"),
                file("plain/network/main.tf"),
                file("plain/docs/page.md"),
            ],
            &["acme/widget/inner/main.tf", "acme/widget/main.tf", "acme/widget/module.yml"],
            &[("plain/network", "the module has no module.yml")],
        );
    }

    #[test]
    fn a_module_with_what_is_not_read_is_left_out_whole() {
        for (other, what) in [
            (entry("a/b/x", "120000", 3), "a link"),
            (entry("a/b/x", "160000", 0), "a submodule"),
            (entry("a/b/x", "100644", LARGEST_FILE + 1), "a file of more than 256 KiB"),
        ] {
            let good = [entry("a/c/module.yml", "100644", 9), entry("a/c/main.tf", "100644", 9)];
            let entries: Vec<TreeEntry> =
                [entry("a/b/module.yml", "100644", 9), other].into_iter().chain(good).collect();
            check(&entries, &["a/c/module.yml", "a/c/main.tf"], &[("a/b", what)]);
        }
    }

    #[test]
    fn bytes_that_are_no_text_leave_their_module_out() {
        let entries = [entry("a/b/module.yml", "100644", 9), entry("a/b/x.bin", "100644", 1)];
        let wanted = wanted(&entries).expect("within the limits");
        let contents = wanted.objects().into_iter().map(|sha| (sha, vec![0xff])).collect();
        let files = wanted.files(&contents);
        assert_eq!((files.files.len(), files.left_out.len()), (0, 1));
    }

    #[test]
    fn more_than_the_limits_is_refused_with_a_number() {
        let modules: Vec<TreeEntry> =
            (0..=MOST_MODULES).map(|n| entry(&format!("a/m{n}/module.yml"), "100644", 1)).collect();
        assert_eq!(wanted(&modules).unwrap_err(), "there are 201 modules, more than the 200 that are read");
        let mut large = vec![entry("a/b/module.yml", "100644", 1)];
        large.extend((0..20).map(|n| entry(&format!("a/b/{n}.tf"), "100644", LARGEST_FILE)));
        assert!(wanted(&large).unwrap_err().contains("bytes"));
    }
}
