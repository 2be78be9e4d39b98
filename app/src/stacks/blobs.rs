//! Contents of blobs, kept by their id: what was read for one pull request is not read again for the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::github::{GitHubError, ObjectSha, RepoClient};

/// Bytes kept; then the memory starts anew.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

/// A bounded memory of blob contents.
#[derive(Default)]
pub(crate) struct BlobCache {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: usize,
    blobs: HashMap<ObjectSha, Arc<[u8]>>,
}

impl BlobCache {
    /// The contents of all wanted blobs, read where they are not kept.
    pub(crate) async fn load(
        &self,
        client: &RepoClient,
        wanted: &[ObjectSha],
    ) -> Result<HashMap<ObjectSha, Arc<[u8]>>, GitHubError> {
        let mut found = self.kept(wanted);
        let missing: Vec<ObjectSha> =
            wanted.iter().filter(|sha| !found.contains_key(*sha)).cloned().collect();
        if !missing.is_empty() {
            for (sha, bytes) in client.blobs(&missing).await? {
                let bytes: Arc<[u8]> = bytes.into();
                self.keep(&sha, &bytes);
                found.insert(sha, bytes);
            }
        }
        Ok(found)
    }

    fn kept(&self, wanted: &[ObjectSha]) -> HashMap<ObjectSha, Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.iter().filter_map(|sha| Some((sha.clone(), Arc::clone(kept.blobs.get(sha)?)))).collect()
    }

    fn keep(&self, sha: &ObjectSha, bytes: &Arc<[u8]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + bytes.len() > KEPT_BYTES {
            *kept = Kept::default();
        }
        if bytes.len() <= KEPT_BYTES && kept.blobs.insert(sha.clone(), Arc::clone(bytes)).is_none() {
            kept.bytes += bytes.len();
        }
    }
}
