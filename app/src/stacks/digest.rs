//! The inputs digest: a hash of everything a stack's plan depends on.

use sha2::{Digest, Sha256};
use tfpilot_engine::InputsDigest;

use crate::config::repository::environment::Environment;

/// One file of a stack's closure.
pub(crate) struct ClosureEntry<'a> {
    /// Path in the repository.
    pub(crate) path: &'a [u8],
    /// Git's mode.
    pub(crate) mode: &'a str,
    /// The blob's id.
    pub(crate) blob: &'a str,
}

/// Hashes the closure, the environment's part of the configuration, the tool's version and the environment's name.
/// Every part carries its length, so that no two inputs run into each other.
pub(crate) fn inputs_digest<'a>(
    entries: impl IntoIterator<Item = ClosureEntry<'a>>,
    environment: Option<(&str, &Environment)>,
    terraform_version: &str,
) -> InputsDigest {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(b"tfpilot inputs 1");
    part(terraform_version.as_bytes());
    match environment {
        Some((name, settings)) => {
            part(name.as_bytes());
            part(slice(settings).as_bytes());
        }
        None => part(b""),
    }
    for entry in entries {
        part(entry.path);
        part(entry.mode.as_bytes());
        part(entry.blob.as_bytes());
    }
    InputsDigest::new(hex::encode(hash.finalize()))
}

/// What of an environment changes a plan: not who approves it or how many workers there are.
fn slice(settings: &Environment) -> String {
    let account = settings.account.as_deref().unwrap_or_default();
    format!("{account}\n{:?}", settings.runner)
}
