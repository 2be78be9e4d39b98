//! A Git tree in memory: what lies where, with which mode and which blob, and the contents loaded so far.
//!
//! Pure and lazy: listing a repository is cheap, contents are loaded on demand. A function that needs a content which is
//! not loaded answers [`Missing`]; the caller loads it and calls again. Names are bytes, as in Git.

use crate::TreePath;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What kind of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A regular file (100644).
    File,
    /// A regular file with its executable bit (100755).
    Executable,
    /// A symbolic link (120000): its content is where it points.
    Symlink,
    /// Another repository's commit (160000).
    Submodule,
    /// A directory (040000); directories of files need not be inserted.
    Tree,
}

/// An entry of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub mode: Mode,
    /// The id of its blob (of its commit, for a submodule).
    pub blob: String,
    content: Option<Arc<[u8]>>,
}

/// Contents that must be loaded before the question can be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the contents of {} files are not loaded, the first is {}", .paths.len(), first(.paths))]
pub struct Missing {
    /// The files whose contents are needed.
    pub paths: BTreeSet<TreePath>,
}

fn first(paths: &BTreeSet<TreePath>) -> String {
    paths.first().map_or_else(|| "none".to_owned(), TreePath::to_string)
}

/// A Git tree.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    entries: BTreeMap<TreePath, Entry>,
}

/// One thing in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Child<'t> {
    /// A file, symbolic link or submodule.
    Entry(&'t Entry),
    /// A directory.
    Directory,
}

impl Mode {
    /// Whether it has a content that can be read as a file.
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }

    /// Git's octal mode.
    pub fn octal(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
            Self::Tree => "040000",
        }
    }

    /// Reads Git's octal mode, as its API and its listings write it.
    pub fn from_octal(text: &str) -> Option<Self> {
        Some(match text {
            "100644" | "100664" => Self::File,
            "100755" => Self::Executable,
            "120000" => Self::Symlink,
            "160000" => Self::Submodule,
            "040000" | "40000" => Self::Tree,
            _ => return None,
        })
    }
}

impl Entry {
    /// The content, when it is loaded.
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }
}

impl Tree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry without its content.
    pub fn insert(&mut self, path: TreePath, mode: Mode, blob: impl Into<String>) {
        self.entries.insert(path, Entry { mode, blob: blob.into(), content: None });
    }

    /// Adds an entry with its content.
    pub fn insert_loaded(
        &mut self,
        path: TreePath,
        mode: Mode,
        blob: impl Into<String>,
        content: impl Into<Arc<[u8]>>,
    ) {
        self.entries.insert(path, Entry { mode, blob: blob.into(), content: Some(content.into()) });
    }

    /// Gives an entry its content; false when there is no such entry.
    pub fn load(&mut self, path: &TreePath, content: impl Into<Arc<[u8]>>) -> bool {
        self.entries
            .get_mut(path)
            .is_some_and(|entry| entry.content.replace(content.into()).is_none_or(|_| true))
    }

    /// The entry of a path. Directories that are only implied by their files have none.
    pub fn entry(&self, path: &TreePath) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// All entries, in the order of their paths' bytes.
    pub fn entries(&self) -> impl Iterator<Item = (&TreePath, &Entry)> {
        self.entries.iter()
    }

    /// The entries below a directory, at any depth.
    pub fn below(&self, directory: &TreePath) -> impl Iterator<Item = (&TreePath, &Entry)> {
        let prefix = directory.as_prefix();
        self.entries
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.as_bytes().starts_with(prefix.as_bytes()))
    }

    /// Whether there is such a directory.
    pub fn is_directory(&self, path: &TreePath) -> bool {
        path.is_root()
            || self.entry(path).is_some_and(|entry| entry.mode == Mode::Tree)
            || self.below(path).next().is_some()
    }

    /// What lies directly in a directory, by name.
    pub fn list(&self, directory: &TreePath) -> BTreeMap<&[u8], Child<'_>> {
        let depth = directory.as_prefix().as_bytes().len();
        let mut children = BTreeMap::new();
        for (path, entry) in self.below(directory) {
            let rest = path.as_bytes().get(depth..).unwrap_or_default();
            match rest.iter().position(|&byte| byte == b'/') {
                Some(slash) => children.insert(rest.get(..slash).unwrap_or_default(), Child::Directory),
                None if entry.mode == Mode::Tree => children.insert(rest, Child::Directory),
                None => children.insert(rest, Child::Entry(entry)),
            };
        }
        children
    }

    /// The first part of a path, from the root, that is a symbolic link or a submodule: what lies behind is not in the tree.
    pub fn detour(&self, path: &TreePath) -> Option<(TreePath, Mode)> {
        let mut prefix = TreePath::root();
        for part in path.parts() {
            prefix = prefix.child(part);
            if let Some(mode @ (Mode::Symlink | Mode::Submodule)) =
                self.entry(&prefix).map(|entry| entry.mode)
            {
                return Some((prefix, mode));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    fn tree(paths: &[&str]) -> Tree {
        let mut tree = Tree::new();
        paths.iter().for_each(|text| tree.insert(path(text), Mode::File, "b"));
        tree
    }

    #[test]
    fn directories_list_what_lies_in_them() {
        let tree = tree(&["a.tf", "a/b.tf", "a/c/d.tf", "a-b/e.tf"]);
        let names = |at: &str| {
            tree.list(&path(at))
                .keys()
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(""), ["a", "a-b", "a.tf"]);
        assert_eq!(names("a"), ["b.tf", "c"]);
        assert!(
            tree.is_directory(&path("a/c"))
                && !tree.is_directory(&path("a/b.tf"))
                && !tree.is_directory(&path("z"))
        );
    }

    #[test]
    fn links_and_submodules_are_detours() {
        let mut tree = tree(&["a/b.tf"]);
        tree.insert(path("link"), Mode::Symlink, "b");
        assert_eq!(tree.detour(&path("link/main.tf")), Some((path("link"), Mode::Symlink)));
        assert_eq!(tree.detour(&path("a/b.tf")), None);
    }

    #[test]
    fn missing_contents_are_named() {
        let missing = Missing { paths: [path("a.tf"), path("b.tf")].into() };
        assert_eq!(missing.to_string(), "the contents of 2 files are not loaded, the first is a.tf");
        let mut tree = tree(&["a.tf"]);
        assert!(tree.load(&path("a.tf"), *b"x") && !tree.load(&path("z.tf"), *b"x"));
        assert_eq!(tree.entry(&path("a.tf")).and_then(Entry::content), Some(b"x".as_slice()));
    }
}
