//! From a commit's tree to files on disk, blob by blob. Modes and ids are kept for admission, also of entries
//! that are not laid out.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use super::{Git, SourceError, io_at};

/// More files are not laid out.
const MOST_FILES: usize = 200_000;
/// More bytes in all are not laid out.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// What an entry of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A file with the executable bit.
    Executable,
    /// A symbolic link: known, not laid out.
    Symlink,
    /// Another repository's commit: known, not laid out.
    Submodule,
}

/// One entry of the commit's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Git's id of its content.
    pub blob: String,
}

/// A commit on disk.
#[derive(Debug)]
pub struct Checkout {
    /// Where.
    pub root: PathBuf,
    /// Every entry by its path, as bytes.
    pub entries: BTreeMap<Vec<u8>, Entry>,
}

impl Checkout {
    /// Lays `head`, which was fetched before, out in the empty folder `root`.
    pub async fn lay_out(git: &Git, head: &str, root: &Path) -> Result<Self, SourceError> {
        let entries = list(git, head).await?;
        let files: Vec<(&[u8], &Entry)> = entries
            .iter()
            .filter(|(_, entry)| matches!(entry.kind, Kind::File | Kind::Executable))
            .map(|(path, entry)| (path.as_slice(), entry))
            .collect();
        write_blobs(git, &files, root).await?;
        Ok(Self { root: root.to_owned(), entries })
    }

    /// The bytes of a file that was laid out; none for anything else. Only paths of the commit are read, so
    /// nothing a child made or linked meanwhile is.
    pub fn read(&self, path: &[u8]) -> Option<Vec<u8>> {
        let entry = self.entries.get(path)?;
        matches!(entry.kind, Kind::File | Kind::Executable)
            .then(|| std::fs::read(self.root.join(OsStr::from_bytes(path))).ok())
            .flatten()
    }
}

async fn list(git: &Git, head: &str) -> Result<BTreeMap<Vec<u8>, Entry>, SourceError> {
    let failed = |message: String| SourceError::Git { command: "ls-tree".into(), message };
    let mut child = git.reader(&["ls-tree", "-r", "-z", "--full-tree", head]).stdin(Stdio::null()).spawn()?;
    let mut out = BufReader::new(child.stdout.take().ok_or_else(|| failed("no output".into()))?);
    let mut entries = BTreeMap::new();
    let mut line = Vec::new();
    while out.read_until(0, &mut line).await? > 0 {
        if line.last() == Some(&0) {
            line.pop();
        }
        let (path, entry) =
            parse(&line).ok_or_else(|| failed(format!("says {:?}", String::from_utf8_lossy(&line))))?;
        if !is_safe(&path) {
            return Err(SourceError::Path(String::from_utf8_lossy(&path).into_owned()));
        }
        entries.insert(path, entry);
        if entries.len() > MOST_FILES {
            let limit = format!("{MOST_FILES} files");
            return Err(SourceError::TooLarge {
                limit,
                what: "keep infrastructure in a repository of its own",
            });
        }
        line.clear();
    }
    let status = child.wait().await?;
    if status.success() { Ok(entries) } else { Err(failed(format!("ended with {status}"))) }
}

/// `<mode> SP <type> SP <id> TAB <path>`.
fn parse(line: &[u8]) -> Option<(Vec<u8>, Entry)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = (std::str::from_utf8(line.get(..tab)?).ok()?, line.get(tab + 1..)?);
    let mut words = head.split(' ');
    let (mode, kind, blob) = (words.next()?, words.next()?, words.next()?);
    let kind = match (mode, kind) {
        ("100755", "blob") => Kind::Executable,
        ("120000", "blob") => Kind::Symlink,
        // Old trees have modes such as 100664: files all the same.
        (mode, "blob") if mode.starts_with("100") => Kind::File,
        ("160000", "commit") => Kind::Submodule,
        _ => return None,
    };
    Some((path.to_vec(), Entry { kind, blob: blob.to_owned() }))
}

/// Git forbids most of these itself; a tree can be written by other programs.
fn is_safe(path: &[u8]) -> bool {
    !path.is_empty()
        && path.len() < 4000
        && path.split(|byte| *byte == b'/').all(|part| {
            !matches!(part, b"" | b"." | b"..") && part.len() <= 255 && !part.eq_ignore_ascii_case(b".git")
        })
}

async fn write_blobs(git: &Git, files: &[(&[u8], &Entry)], root: &Path) -> Result<(), SourceError> {
    let failed = |message: &str| SourceError::Git { command: "cat-file".into(), message: message.into() };
    let mut child = git.reader(&["cat-file", "--batch"]).stdin(Stdio::piped()).spawn()?;
    let mut ask = child.stdin.take().ok_or_else(|| failed("takes no input"))?;
    let mut out = BufReader::new(child.stdout.take().ok_or_else(|| failed("gives no output"))?);
    let wanted: String = files.iter().flat_map(|(_, entry)| [entry.blob.as_str(), "\n"]).collect();
    // Asked by a task of its own: with both pipes full, asking and reading in turn would wait for ever.
    let asking = tokio::spawn(async move { ask.write_all(wanted.as_bytes()).await });
    let mut left = MOST_BYTES;
    let mut content = Vec::new();
    for (path, entry) in files {
        let mut head = String::new();
        out.read_line(&mut head).await?;
        let size = blob_size(&head, &entry.blob).ok_or_else(|| failed(&format!("says {:?}", head.trim())))?;
        left = left.checked_sub(size).ok_or(SourceError::TooLarge {
            limit: format!("{} MiB", MOST_BYTES / 1024 / 1024),
            what: "keep large files out of it",
        })?;
        content.clear();
        (&mut out).take(size + 1).read_to_end(&mut content).await?;
        if content.pop() != Some(b'\n') {
            return Err(failed("ended early"));
        }
        write_file(root, path, entry.kind, &content)?;
    }
    asking.await.map_err(|_| failed("the request broke off"))??;
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { Err(failed("ended with an error")) }
}

/// `<id> SP blob SP <size>`.
fn blob_size(head: &str, blob: &str) -> Option<u64> {
    head.trim_end().strip_prefix(blob)?.strip_prefix(" blob ")?.parse().ok()
}

fn write_file(root: &Path, path: &[u8], kind: Kind, content: &[u8]) -> Result<(), SourceError> {
    let path = root.join(OsStr::from_bytes(path));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io_at(folder))?;
    }
    let mode = if kind == Kind::Executable { 0o755 } else { 0o644 };
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&path)
        .map_err(io_at(&path))?;
    file.write_all(content).map_err(io_at(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_tree_are_read_as_bytes() {
        let (path, entry) = parse(b"100755 blob abc\ta\xff\tb\n").unwrap();
        assert_eq!((path.as_slice(), entry.kind), (&b"a\xff\tb\n"[..], Kind::Executable));
        assert_eq!(parse(b"160000 commit abc\tsub").unwrap().1.kind, Kind::Submodule);
        assert!(parse(b"040000 tree abc\tdir").is_none());
        assert!(parse(b"junk").is_none());
    }

    #[test]
    fn paths_that_would_leave_the_folder_are_refused() {
        for bad in ["", "/etc/passwd", "a/../b", "./a", "a//b", ".git/config", "x/.GIT/hooks", "a/"] {
            assert!(!is_safe(bad.as_bytes()), "{bad}");
        }
        for good in ["a", ".github/x", "..a", "a.git", "weird\n\t\u{1b}name"] {
            assert!(is_safe(good.as_bytes()), "{good}");
        }
    }
}
