//! Writing a bundle.

use sha2::{Digest, Sha256};
use tfpilot_protocol::{BundleEntry, Manifest};

use super::{BundleError, MANIFEST, MOST_BYTES, MOST_ENTRIES, check_name};

/// Entries by name, in the order they are written.
#[derive(Debug, Clone, Default)]
pub struct Contents(pub std::collections::BTreeMap<String, Vec<u8>>);

impl Contents {
    /// Adds an entry.
    pub fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(name.into(), bytes.into());
    }

    /// What a manifest says of them.
    pub fn entries(&self) -> Vec<BundleEntry> {
        let entry = |(path, bytes): (&String, &Vec<u8>)| BundleEntry {
            path: path.clone(),
            size: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(bytes)),
        };
        self.0.iter().map(entry).collect()
    }
}

/// The bytes of a bundle: the manifest first, then the entries. The same contents give the same bytes.
pub fn write(manifest: &Manifest, contents: &Contents) -> Result<Vec<u8>, BundleError> {
    if contents.0.len() >= MOST_ENTRIES {
        return Err(BundleError::TooMany);
    }
    if contents.0.values().map(Vec::len).sum::<usize>() > MOST_BYTES - 1024 * 1024 {
        return Err(BundleError::TooLarge);
    }
    let manifest =
        serde_json::to_vec_pretty(manifest).map_err(|error| BundleError::Manifest(error.to_string()))?;
    let mut archive = tar::Builder::new(Vec::new());
    append(&mut archive, MANIFEST, &manifest)?;
    for (name, bytes) in &contents.0 {
        check_name(name)?;
        append(&mut archive, name, bytes)?;
    }
    Ok(archive.into_inner()?)
}

fn append(archive: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) -> Result<(), BundleError> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).map_err(|_| BundleError::LongName(name.to_owned()))?;
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(archive.append(&header, bytes)?)
}
