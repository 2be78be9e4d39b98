//! Blobs, one or many. Many are read by GraphQL, fifty a call: a repository of thousands of stacks would
//! otherwise spend its hourly limit at the first look.
//!
//! Every blob is hashed and compared with its name, because GraphQL hands out decoded text: what is judged here
//! must be, byte for byte, what a runner checks out.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::digest;
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;

use super::{decode, unreadable};
use crate::github::ObjectSha;
use crate::github::client::{Call, Failure, GitHubError, RepoClient, Result};

/// Blobs a query; GitHub allows more, but answers of many megabytes come late.
const BATCH: usize = 50;
/// Below this, single calls are as good.
const WORTH_A_QUERY: usize = 4;
/// Single reads at a time.
const AT_ONCE: usize = 8;

#[derive(Deserialize)]
struct Found {
    repository: Option<HashMap<String, Option<Blob>>>,
}

#[derive(Deserialize)]
struct Blob {
    text: Option<String>,
}

impl RepoClient {
    /// The bytes of a blob.
    pub async fn blob(&self, sha: &ObjectSha) -> Result<Vec<u8>> {
        #[derive(Deserialize)]
        struct Encoded {
            content: String,
        }
        let doing = format!("reading blob {sha} of {}", self.name());
        let route = self.route("/repos/{owner}/{repo}/git/blobs/{sha}", &[sha])?;
        let encoded: Encoded = self.send(&Call::get_once(route, doing.clone())).await?.read()?;
        decode(&encoded.content)
            .filter(|bytes| is_named(bytes, sha))
            .ok_or_else(|| unreadable(&doing, "the content is not what its name says"))
    }

    /// The bytes of many blobs.
    pub async fn blobs(&self, wanted: &[ObjectSha]) -> Result<BTreeMap<ObjectSha, Vec<u8>>> {
        let mut found = BTreeMap::new();
        for batch in wanted.chunks(BATCH) {
            if batch.len() >= WORTH_A_QUERY {
                self.read_batch(batch, &mut found).await?;
            }
        }
        let mut missing: Vec<ObjectSha> =
            wanted.iter().filter(|sha| !found.contains_key(*sha)).cloned().collect();
        missing.sort();
        missing.dedup();
        for group in missing.chunks(AT_ONCE) {
            self.read_singly(group, &mut found).await?;
        }
        Ok(found)
    }

    /// Takes from one query what it gives exactly: binary, cut or recoded content is left for single reads, and
    /// so is all of it where the server does not answer such queries.
    async fn read_batch(&self, batch: &[ObjectSha], found: &mut BTreeMap<ObjectSha, Vec<u8>>) -> Result<()> {
        let objects: String = batch
            .iter()
            .enumerate()
            .map(|(n, sha)| format!("o{n}: object(oid: \"{sha}\") {{ ... on Blob {{ text }} }} "))
            .collect();
        let query = format!(
            "query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {objects}}} }}"
        );
        let variables = json!({ "owner": self.name().owner(), "name": self.name().name() });
        let doing = format!("reading {} files of {}", batch.len(), self.name());
        let answer: Found = match self.graphql(&query, variables, doing).await {
            Ok(answer) => answer,
            Err(GitHubError { failure: Failure::Invalid { .. } | Failure::Gone, .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut blobs = answer.repository.unwrap_or_default();
        for (n, sha) in batch.iter().enumerate() {
            let text = blobs.remove(&format!("o{n}")).flatten().and_then(|blob| blob.text);
            if let Some(bytes) = text.map(String::into_bytes).filter(|bytes| is_named(bytes, sha)) {
                found.insert(sha.clone(), bytes);
            }
        }
        Ok(())
    }

    async fn read_singly(&self, group: &[ObjectSha], found: &mut BTreeMap<ObjectSha, Vec<u8>>) -> Result<()> {
        let mut reads = JoinSet::new();
        for sha in group.iter().cloned() {
            let repository = self.clone();
            reads.spawn(async move { repository.blob(&sha).await.map(|bytes| (sha, bytes)) });
        }
        while let Some(read) = reads.join_next().await {
            let (sha, bytes) = read.map_err(|error| {
                let detail = format!("the read was broken off ({error})");
                GitHubError::new(format!("reading files of {}", self.name()), Failure::Transient { detail })
            })??;
            found.insert(sha, bytes);
        }
        Ok(())
    }
}

/// True when Git would give these bytes this name.
fn is_named(bytes: &[u8], sha: &ObjectSha) -> bool {
    blob_name(bytes, sha.as_str().len()) == sha.as_str()
}

/// The name Git gives these bytes as a blob, in a repository whose names have this many digits (40 or 64).
pub(crate) fn blob_name(bytes: &[u8], digits: usize) -> String {
    let algorithm = match digits {
        64 => &digest::SHA256,
        _ => &digest::SHA1_FOR_LEGACY_USE_ONLY,
    };
    let mut hash = digest::Context::new(algorithm);
    hash.update(format!("blob {}\0", bytes.len()).as_bytes());
    hash.update(bytes);
    hex::encode(hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_gits_own() {
        let check = |bytes: &[u8], name: &str| is_named(bytes, &ObjectSha::parse(name).expect("an id"));
        assert!(check(b"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"));
        assert!(check(b"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"));
        assert!(check(b"", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"));
        assert!(!check(b"hello\r\n", "ce013625030ba8dba906f756967f9e9ca394464a"));
    }
}
