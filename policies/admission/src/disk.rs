//! A directory on disk as a tree, for `tfpilot admit DIR` and for the runner after `init`. Links are never followed, names
//! are bytes, contents are loaded when a rule asks for them. There are no blob ids here: such a tree is for admission, not
//! for digests.

use crate::{Admission, AllowList, judge_downloaded, judge_stack};
use rustix::fs::{FileType, Mode as Permissions, OFlags};
use std::ffi::OsStr;
use std::fs::{DirEntry, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tfpilot_hcl::source::FILE_CAP;
use tfpilot_hcl::{Missing, Mode, Stack, Tree, TreePath};

/// Most files of a directory that are listed.
const FILES_CAP: usize = 500_000;

/// Why a directory cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The system refused.
    #[error("reading {}: {error}", .path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// Something that Git cannot hold either: a device, a socket, a pipe.
    #[error("{} is neither a file, a directory nor a link", .0.display())]
    Special(PathBuf),
    /// Too much to list.
    #[error("the directory holds more than {FILES_CAP} files")]
    TooMany,
    /// The stack's path leaves the directory.
    #[error(transparent)]
    NotInside(#[from] tfpilot_hcl::NotInside),
    /// A file changed or vanished while it was read.
    #[error("{0} cannot be loaded")]
    Unloadable(TreePath),
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> DiskError {
    let path = path.to_owned();
    move |error| DiskError::Io { path, error }
}

/// Lists a directory as it would be committed: without `.git` and without the `.terraform` of work directories, which Git
/// ignores by convention; a committed one is judged where the tree comes from Git.
pub fn read(root: &Path) -> Result<Tree, DiskError> {
    let mut tree = Tree::new();
    list(root, &TreePath::root(), &mut tree, &|path| path.name() != b".terraform")?;
    Ok(tree)
}

/// Lists a checkout after `init`, with the modules downloaded for the stack.
pub fn read_downloaded(root: &Path, stack: &Stack) -> Result<Tree, DiskError> {
    let mut tree = read(root)?;
    let modules = stack.directory.join(".terraform/modules");
    if let Some(modules) = modules.filter(|modules| on_disk(root, modules).is_dir()) {
        list(root, &modules, &mut tree, &|_| true)?;
    }
    Ok(tree)
}

/// Loads the contents that a judgement asked for.
pub fn load(root: &Path, tree: &mut Tree, missing: &Missing) -> Result<(), DiskError> {
    for path in &missing.paths {
        let content = content(&on_disk(root, path))?;
        if !tree.load(path, content) {
            return Err(DiskError::Unloadable(path.clone()));
        }
    }
    Ok(())
}

/// Judges a stack in a directory on disk.
pub fn admit(root: &Path, stack: &str, allow: &AllowList) -> Result<Admission, DiskError> {
    let stack = Stack::new(stack)?;
    answer(root, read(root)?, |tree| judge_stack(tree, &stack, allow))
}

/// Judges a stack in a checkout after `init`, downloaded modules included.
pub fn admit_downloaded(root: &Path, stack: &Stack, allow: &AllowList) -> Result<Admission, DiskError> {
    answer(root, read_downloaded(root, stack)?, |tree| judge_downloaded(tree, stack, allow))
}

/// Asks until every content is loaded that the answer needs.
fn answer(
    root: &Path,
    mut tree: Tree,
    judge: impl Fn(&Tree) -> Result<Admission, Missing>,
) -> Result<Admission, DiskError> {
    loop {
        match judge(&tree) {
            Ok(admission) => return Ok(admission),
            Err(missing) => load(root, &mut tree, &missing)?,
        }
    }
}

fn on_disk(root: &Path, path: &TreePath) -> PathBuf {
    root.join(OsStr::from_bytes(path.as_bytes()))
}

/// Adds what lies below a directory. The stack of open directories is kept by hand: depth is the visitor's choice.
fn list(
    root: &Path,
    start: &TreePath,
    tree: &mut Tree,
    wanted: &dyn Fn(&TreePath) -> bool,
) -> Result<(), DiskError> {
    let mut open = vec![start.clone()];
    let mut seen = 0;
    while let Some(directory) = open.pop() {
        let on_disk = on_disk(root, &directory);
        for entry in std::fs::read_dir(&on_disk).map_err(io(&on_disk))? {
            let entry = entry.map_err(io(&on_disk))?;
            let Some(path) = directory.join(entry.file_name().as_bytes()) else { continue };
            if path.name() == b".git" || !wanted(&path) {
                continue;
            }
            seen += 1;
            if seen > FILES_CAP {
                return Err(DiskError::TooMany);
            }
            match mode(&entry)? {
                Mode::Tree => open.push(path),
                mode => tree.insert(path, mode, ""),
            }
        }
    }
    Ok(())
}

fn mode(entry: &DirEntry) -> Result<Mode, DiskError> {
    // Of the entry itself, not of what it points to.
    let metadata = entry.metadata().map_err(io(&entry.path()))?;
    match metadata.file_type() {
        kind if kind.is_dir() => Ok(Mode::Tree),
        kind if kind.is_symlink() => Ok(Mode::Symlink),
        kind if kind.is_file() && metadata.permissions().mode() & 0o111 != 0 => Ok(Mode::Executable),
        kind if kind.is_file() => Ok(Mode::File),
        _ => Err(DiskError::Special(entry.path())),
    }
}

/// A file's content, up to just beyond the cap, so that a larger one is refused and not read in full.
fn content(path: &Path) -> Result<Vec<u8>, DiskError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened =
        rustix::fs::open(path, flags, Permissions::empty()).map_err(|error| io(path)(error.into()))?;
    let status = rustix::fs::fstat(&opened).map_err(|error| io(path)(error.into()))?;
    if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
        return Err(DiskError::Special(path.to_owned()));
    }
    let mut content = Vec::new();
    let cap = FILE_CAP as u64 + 1;
    File::from(opened).take(cap).read_to_end(&mut content).map_err(io(path))?;
    Ok(content)
}
