//! A Git tree in memory: what lies where, with which mode and which blob, and the contents loaded so far.
//!
//! Pure and lazy: listing a repository is cheap, contents are loaded on demand. A function that needs a content which is
//! not loaded answers [`Missing`]; the caller loads it and calls again. Names are bytes, as in Git.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A path inside the tree: no `.`, no `..`, no empty part. The root is the empty path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreePath(Vec<u8>);

/// Why bytes are not a path inside a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path inside the repository: it must be relative, without empty parts, `.` or `..`")]
pub struct NotInside(pub String);

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

impl TreePath {
    /// The root of the tree.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a path; slashes at its end are ignored, `.` and the empty text are the root.
    pub fn parse(bytes: impl AsRef<[u8]>) -> Result<Self, NotInside> {
        let bytes = bytes.as_ref();
        let refuse = || NotInside(shown(bytes));
        let trimmed = match bytes.iter().rposition(|&byte| byte != b'/') {
            Some(last) => bytes.get(..=last).unwrap_or_default(),
            None if bytes.is_empty() => return Ok(Self::root()),
            None => return Err(refuse()),
        };
        if trimmed == b"." {
            return Ok(Self::root());
        }
        let fine = |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
        if trimmed.split(|&byte| byte == b'/').all(fine) { Ok(Self(trimmed.to_vec())) } else { Err(refuse()) }
    }

    /// The path reached from this directory by a relative path as people write them; none when it leaves the tree or is
    /// absolute.
    pub fn join(&self, relative: impl AsRef<[u8]>) -> Option<Self> {
        let relative = relative.as_ref();
        if relative.first() == Some(&b'/') || relative.contains(&0) {
            return None;
        }
        let mut parts: Vec<&[u8]> = self.parts().collect();
        for part in relative.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join(&b'/')))
    }

    /// A direct child of this directory.
    pub(crate) fn child(&self, name: &[u8]) -> Self {
        let parts = if self.is_root() { vec![name] } else { vec![self.0.as_slice(), name] };
        Self(parts.join(&b'/'))
    }

    /// Its parts, from the root.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|&byte| byte == b'/').filter(|part| !part.is_empty())
    }

    /// The directory it lies in; none for the root.
    pub fn parent(&self) -> Option<Self> {
        let slash = self.0.iter().rposition(|&byte| byte == b'/');
        (!self.is_root()).then(|| Self(self.0.get(..slash.unwrap_or(0)).unwrap_or_default().to_vec()))
    }

    /// Its last part.
    pub fn name(&self) -> &[u8] {
        self.0.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is that directory or lies below it.
    pub fn is_within(&self, directory: &Self) -> bool {
        match self.0.strip_prefix(directory.0.as_slice()) {
            Some(rest) => directory.is_root() || rest.is_empty() || rest.starts_with(b"/"),
            None => false,
        }
    }

    /// How this path is written from a directory: `.`, `modules/net` or `../../modules/net`.
    pub fn relative_to(&self, directory: &Self) -> Vec<u8> {
        let (from, to): (Vec<_>, Vec<_>) = (directory.parts().collect(), self.parts().collect());
        let common = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
        let up = std::iter::repeat_n(b"..".as_slice(), from.len() - common);
        let written: Vec<_> = up.chain(to.into_iter().skip(common)).collect();
        if written.is_empty() { b".".to_vec() } else { written.join(&b'/') }
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

/// Bytes of a name as text on one line: what is no UTF-8 or no visible character is escaped.
fn shown(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            // Directional marks could make a name look like another.
            let hidden = c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if hidden { out.extend(c.escape_unicode()) } else { out.push(c) }
        }
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out
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
        let mut prefix = directory.0.clone();
        if !directory.is_root() {
            prefix.push(b'/');
        }
        let start = TreePath(prefix.clone());
        self.entries.range(start..).take_while(move |(path, _)| path.0.starts_with(&prefix))
    }

    /// Whether there is such a directory.
    pub fn is_directory(&self, path: &TreePath) -> bool {
        path.is_root()
            || self.entry(path).is_some_and(|entry| entry.mode == Mode::Tree)
            || self.below(path).next().is_some()
    }

    /// What lies directly in a directory, by name.
    pub fn list(&self, directory: &TreePath) -> BTreeMap<&[u8], Child<'_>> {
        let depth = if directory.is_root() { 0 } else { directory.0.len() + 1 };
        let mut children = BTreeMap::new();
        for (path, entry) in self.below(directory) {
            let rest = path.0.get(depth..).unwrap_or_default();
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
    fn paths_stay_inside() {
        for bad in ["/etc", "a//b", "../a", "a/../b", "a/.", "/", "a\0b"] {
            assert!(TreePath::parse(bad).is_err(), "{bad:?}");
        }
        assert!(path("").is_root() && path(".").is_root());
        let stack = path("live/dev/x");
        assert_eq!(stack.join("../../../modules/net"), Some(path("modules/net")));
        assert_eq!(stack.join("./a/./b/"), Some(path("live/dev/x/a/b")));
        assert_eq!(stack.join("../../.."), Some(TreePath::root()));
        assert_eq!(stack.join("../../../.."), None);
        assert_eq!(stack.join("/proc/self/environ"), None);
        assert_eq!(path("modules/net").relative_to(&stack), b"../../../modules/net");
        assert_eq!(path("live/dev/x/m").relative_to(&stack), b"m");
        assert_eq!(stack.relative_to(&stack), b".");
        assert!(path("live/dev").is_within(&path("live")) && !path("lively").is_within(&path("live")));
        assert_eq!((path("a/b").parent(), path("a").parent()), (Some(path("a")), Some(TreePath::root())));
    }

    #[test]
    fn names_are_bytes_and_shown_without_tricks() {
        assert_eq!(
            TreePath::parse(b"a\xff\x1b[0m\xe2\x80\xae.tf").unwrap().to_string(),
            "a\\xff\\u{1b}[0m\\u{202e}.tf"
        );
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
