//! Reading a bundle, as if its writer were hostile: the digest first, then names, kinds, sizes, digests.

use std::collections::BTreeMap;
use std::io::Read;

use sha2::{Digest, Sha256};
use tfpilot_protocol::Manifest;

use super::{BundleError, MANIFEST, MOST_BYTES, MOST_ENTRIES, PLAN, check_name};

/// A bundle of which every entry is what the manifest says.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// What the plan was made under.
    pub manifest: Manifest,
    entries: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// An entry's bytes.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.entries.get(name).map(Vec::as_slice)
    }

    /// Every entry but the manifest.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

/// Reads the bundle whose SHA-256 is `recorded` (hex).
pub fn read(bytes: &[u8], recorded: &str) -> Result<Bundle, BundleError> {
    let found = hex::encode(Sha256::digest(bytes));
    if !found.eq_ignore_ascii_case(recorded) {
        return Err(BundleError::Digest { found, recorded: recorded.to_owned() });
    }
    let mut entries = unpack(bytes)?;
    let manifest = entries.remove(MANIFEST).ok_or_else(|| BundleError::Manifest("there is none".into()))?;
    let manifest: Manifest =
        serde_json::from_slice(&manifest).map_err(|error| BundleError::Manifest(error.to_string()))?;
    let mut listed = BTreeMap::new();
    for entry in &manifest.entries {
        if listed.insert(entry.path.as_str(), entry).is_some() {
            return Err(BundleError::Twice { archive: "manifest", name: entry.path.clone() });
        }
        let bytes = entries.get(&entry.path).ok_or_else(|| BundleError::Unlisted(entry.path.clone()))?;
        let same = entry.size == bytes.len() as u64 && entry.sha256 == hex::encode(Sha256::digest(bytes));
        if !same {
            return Err(BundleError::Changed(entry.path.clone()));
        }
    }
    if let Some(name) = entries.keys().find(|name| !listed.contains_key(name.as_str())) {
        return Err(BundleError::Unlisted(name.clone()));
    }
    if !entries.contains_key(PLAN) {
        return Err(BundleError::Unlisted(PLAN.into()));
    }
    Ok(Bundle { manifest, entries })
}

fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    if bytes.len() > MOST_BYTES {
        return Err(BundleError::TooLarge);
    }
    let mut entries = BTreeMap::new();
    // Raw: extensions that rename the entry after them are entries of a kind which is refused.
    for entry in tar::Archive::new(bytes).entries()?.raw(true) {
        let mut entry = entry?;
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|error| BundleError::Name(String::from_utf8_lossy(error.as_bytes()).into_owned()))?;
        check_name(&name)?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(BundleError::NotAFile(name));
        }
        if entries.len() >= MOST_ENTRIES {
            return Err(BundleError::TooMany);
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        if content.len() as u64 != entry.size() {
            return Err(BundleError::Changed(name));
        }
        if entries.insert(name.clone(), content).is_some() {
            return Err(BundleError::Twice { archive: "bundle", name });
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::super::{Contents, LOCK_FILE, write};
    use super::*;

    fn manifest(contents: &Contents) -> Manifest {
        Manifest {
            protocol: 1,
            head: "a".repeat(40),
            stack: "live/dev/a".into(),
            inputs_digest: "1".repeat(64),
            terraform_version: "1.11.4".into(),
            argv: vec!["plan".into()],
            environment: BTreeMap::new(),
            account: None,
            state: None,
            plan_digest: "2".repeat(64),
            entries: contents.entries(),
        }
    }

    fn contents() -> Contents {
        let mut contents = Contents::default();
        contents.add(PLAN, "plan");
        contents.add(LOCK_FILE, "lock");
        contents.add("made/live/dev/a/lambda.zip", vec![0_u8; 2000]);
        contents
    }

    /// A tar with these entries, whatever they are called.
    fn tar(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, kind, bytes) in entries {
            let mut header = tar::Header::new_ustar();
            let field = &mut header.as_old_mut().name;
            field[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            archive.append(&header, *bytes).unwrap();
        }
        archive.into_inner().unwrap()
    }

    #[track_caller]
    fn refused(bytes: &[u8]) -> String {
        read(bytes, &hex::encode(Sha256::digest(bytes))).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let contents = contents();
        let bytes = write(&manifest(&contents), &contents).unwrap();
        assert_eq!(bytes, write(&manifest(&contents), &contents).unwrap());
        let bundle = read(&bytes, &hex::encode(Sha256::digest(&bytes))).unwrap();
        assert_eq!(bundle.manifest, manifest(&contents));
        assert_eq!(bundle.entries().count(), 3);
        assert_eq!(bundle.get(LOCK_FILE), Some(&b"lock"[..]));
    }

    #[test]
    fn what_was_not_recorded_is_refused() {
        let contents = contents();
        let bytes = write(&manifest(&contents), &contents).unwrap();
        assert!(matches!(read(&bytes, &"0".repeat(64)), Err(BundleError::Digest { .. })));
    }

    #[test]
    fn tricks_are_refused() {
        use tar::EntryType::{Directory, Regular, Symlink, XHeader};
        let contents = contents();
        let list = serde_json::to_vec(&manifest(&contents)).unwrap();
        let good: Vec<(&str, tar::EntryType, &[u8])> = [(MANIFEST, Regular, list.as_slice())]
            .into_iter()
            .chain(contents.0.iter().map(|(name, bytes)| (name.as_str(), Regular, bytes.as_slice())))
            .collect();
        let with = |name, kind, bytes| tar(&[good.as_slice(), &[(name, kind, bytes)]].concat());
        let bytes = tar(&good);
        read(&bytes, &hex::encode(Sha256::digest(&bytes))).unwrap();
        let answers = [
            refused(&with(PLAN, Regular, b"plan")),
            refused(&with("/etc/passwd", Regular, b"x")),
            refused(&with("made/../../x", Regular, b"x")),
            refused(&with("made/.terraform/x", Regular, b"x")),
            refused(&with("main.tf", Regular, b"x")),
            refused(&with("made/link", Symlink, b"")),
            refused(&with("made/folder", Directory, b"")),
            refused(&with("made/pax", XHeader, b"20 path=manifest.json\n")),
            refused(&with("made/extra", Regular, b"x")),
            refused(&tar(&good[1..])),
            refused(&tar(&good[..3])),
            refused(&bytes[..bytes.len() - 2500]),
            refused(b"no tar at all"),
        ];
        insta::assert_snapshot!(answers.join("\n"));
        let mut changed = good.clone();
        changed[1].2 = b"LOCK";
        assert!(refused(&tar(&changed)).contains("is not what its manifest says"));
    }
}
