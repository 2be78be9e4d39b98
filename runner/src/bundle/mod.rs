//! The bundle: what is stored between plan and apply. A plain tar of the plan file, the lock file, what `init`
//! downloaded as digests, files made while planning, and the manifest. Encryption is the app's.

mod made;
mod planfile;
mod read;
mod write;

pub use made::{Snapshot, downloaded_modules};
pub(crate) use planfile::parse_state;
pub use planfile::state_mark;
pub use read::{Bundle, read};
pub use write::{Contents, write};

use thiserror::Error;

/// The manifest's name in the bundle.
pub const MANIFEST: &str = "manifest.json";
/// The plan file's.
pub const PLAN: &str = "plan.tfplan";
/// The lock file's.
pub const LOCK_FILE: &str = ".terraform.lock.hcl";
/// Where the state lives: the type of the backend, so that an apply elsewhere knows a local one.
pub const BACKEND: &str = "backend.json";
/// Digests of all files of downloaded modules.
pub const MODULES: &str = "modules.sha256";
/// Folder of files that were made between `init` and the end of `plan`, by their path in the repository.
pub const MADE: &str = "made/";

/// A bundle may be this large, in bytes.
pub const MOST_BYTES: usize = 256 * 1024 * 1024;
/// It may have this many entries.
pub const MOST_ENTRIES: usize = 2000;

/// Why a bundle is refused. Each is a reason not to apply.
#[derive(Debug, Error)]
pub enum BundleError {
    /// Larger than is stored.
    #[error("the bundle is larger than {} MiB; keep generated archives out of the stack", MOST_BYTES / 1024 / 1024)]
    TooLarge,
    /// More files than are stored.
    #[error("the bundle has more than {MOST_ENTRIES} entries; keep generated files out of the stack")]
    TooMany,
    /// The bytes are not those that were recorded.
    #[error("the bundle's digest is {found}, {recorded} was recorded with the plan")]
    Digest {
        /// Of these bytes.
        found: String,
        /// In the order.
        recorded: String,
    },
    /// Two entries of one name: readers differ in which they take.
    #[error("the {archive} has two entries named {name:?}")]
    Twice {
        /// The bundle or the plan file in it.
        archive: &'static str,
        /// The name.
        name: String,
    },
    /// A name that leads elsewhere, or one that no bundle has.
    #[error("the bundle has the entry {0:?}, which no bundle has")]
    Name(String),
    /// A link, a folder, a device.
    #[error("the bundle's entry {0:?} is no plain file")]
    NotAFile(String),
    /// The manifest names an entry that is missing, or misses one that is there.
    #[error("the bundle's entry {0:?} is not both in the bundle and in its manifest")]
    Unlisted(String),
    /// An entry is not what the manifest says.
    #[error("the bundle's entry {0:?} is not what its manifest says")]
    Changed(String),
    /// No manifest, or one that cannot be read.
    #[error("the bundle's manifest cannot be read: {0}")]
    Manifest(String),
    /// The plan file is no archive as Terraform writes it.
    #[error("the plan file cannot be read: {0}")]
    PlanFile(String),
    /// A name too long for a plain tar.
    #[error("the file {0:?} was made while planning; its path is too long for the bundle")]
    LongName(String),
    /// Disk or tar.
    #[error("the bundle cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// Only names this module gives, and relative paths below [`MADE`].
fn check_name(name: &str) -> Result<(), BundleError> {
    let known = [MANIFEST, PLAN, LOCK_FILE, BACKEND, MODULES].contains(&name);
    let made = name.strip_prefix(MADE).is_some_and(is_plain_path);
    if known || made { Ok(()) } else { Err(BundleError::Name(name.to_owned())) }
}

/// A relative path without tricks.
fn is_plain_path(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\0', '\\']))
        && !path.split('/').any(|part| part.eq_ignore_ascii_case(".git") || part == ".terraform")
}
