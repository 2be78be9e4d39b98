//! What stands in a repository: single files, whole trees, comparisons. Many blobs at once are a file of their own.
//!
//! What the content means, and which branch may be believed, is the caller's.

mod blobs;

pub(crate) use blobs::blob_name;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::client::{Call, Failure, GitHubError, RepoClient, Result};
use super::{CommitSha, ObjectSha};

/// A tree that needs more calls than this is not read: it would eat the hourly limit.
const MAX_TREE_CALLS: usize = 300;

/// A file as it is at some commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAt {
    /// Its blob.
    pub sha: ObjectSha,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One entry of a tree, with its whole path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeEntry {
    /// Its path from the root.
    pub path: String,
    /// Git's mode: `100644`, `100755`, `120000` (link), `160000` (submodule), `040000`.
    pub mode: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntryKind,
    /// Its id.
    pub sha: ObjectSha,
    /// Its size in bytes, for blobs.
    pub size: Option<u64>,
}

/// One entry of a folder, with its whole path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// Its path from the root.
    pub path: String,
    /// What it is; a link counts as a submodule, as its content is not what stands there.
    pub kind: EntryKind,
    /// Its id.
    pub sha: ObjectSha,
    /// Its size in bytes.
    pub size: u64,
}

/// What a tree's entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A file or link.
    Blob,
    /// A directory.
    Tree,
    /// A submodule.
    Commit,
}

/// How two commits stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Where they parted.
    pub merge_base: CommitSha,
    /// Commits which only the head has.
    pub ahead_by: u64,
    /// Commits which only the base has.
    pub behind_by: u64,
}

#[derive(Deserialize)]
struct Contents {
    #[serde(rename = "type")]
    kind: String,
    sha: ObjectSha,
    #[serde(default)]
    content: String,
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    sha: ObjectSha,
    #[serde(default)]
    size: u64,
}

#[derive(Deserialize)]
struct Tree {
    tree: Vec<TreeEntry>,
    #[serde(default)]
    truncated: bool,
}

impl RepoClient {
    /// The file at a commit or branch; none when there is no file of that path.
    pub async fn file(&self, path: &str, reference: &str) -> Result<Option<FileAt>> {
        let doing = format!("reading {path} at {reference} of {}", self.name());
        let route = self.route("/repos/{owner}/{repo}/contents/{path*}", &[&path])?.query("ref", reference);
        let Some(found) = self.find::<serde_json::Value>(route, doing.clone()).await? else {
            return Ok(None);
        };
        // A directory is answered with a list.
        let Some(found) = Some(found).filter(serde_json::Value::is_object) else {
            return Ok(None);
        };
        let found: Contents =
            serde_json::from_value(found).map_err(|error| unreadable(&doing, &error.to_string()))?;
        if found.kind != "file" {
            return Ok(None);
        }
        // Above 1 MB GitHub leaves the content out.
        let bytes = match found.encoding.as_deref() {
            Some("base64") => decode(&found.content).ok_or_else(|| unreadable(&doing, "not base64"))?,
            _ => self.blob(&found.sha).await?,
        };
        Ok(Some(FileAt { sha: found.sha, bytes }))
    }

    /// What lies in a folder at a commit or branch, or on the default branch; none when there is no such folder. GitHub lists 1,000 entries at most
    /// (<https://docs.github.com/en/rest/repos/contents#get-repository-content>).
    pub async fn folder(&self, path: &str, reference: Option<&str>) -> Result<Option<Vec<FolderEntry>>> {
        let doing = format!("reading the folder {path} of {}", self.name());
        let route = self.route("/repos/{owner}/{repo}/contents/{path*}", &[&path])?;
        let route = match reference {
            Some(reference) => route.query("ref", reference),
            None => route,
        };
        let found = self.find::<serde_json::Value>(route, doing.clone()).await?;
        let Some(listed) = found.filter(serde_json::Value::is_array) else { return Ok(None) };
        let listed: Vec<Listed> =
            serde_json::from_value(listed).map_err(|error| unreadable(&doing, &error.to_string()))?;
        let entry = |listed: Listed| {
            let kind = match listed.kind.as_str() {
                "file" => EntryKind::Blob,
                "dir" => EntryKind::Tree,
                _ => EntryKind::Commit,
            };
            FolderEntry { path: listed.path, kind, sha: listed.sha, size: listed.size }
        };
        Ok(Some(listed.into_iter().map(entry).collect()))
    }

    /// All entries below the root of a commit, whole even where GitHub cuts its answer short.
    pub async fn tree(&self, commit: &CommitSha) -> Result<Vec<TreeEntry>> {
        let doing = format!("reading the tree of {commit} in {}", self.name());
        let mut entries = Vec::new();
        let mut waiting = vec![(String::new(), commit.as_str().to_owned())];
        let mut calls = 0;
        while let Some((prefix, sha)) = waiting.pop() {
            let mut tree = self.one_tree(&sha, true, &doing).await?;
            calls += 1;
            if tree.truncated {
                // Its directories one by one: each may fit, or is divided again.
                tree = self.one_tree(&sha, false, &doing).await?;
                calls += 1;
                let directories = tree.tree.iter().filter(|entry| entry.kind == EntryKind::Tree);
                waiting.extend(
                    directories.map(|entry| (format!("{prefix}{}/", entry.path), entry.sha.to_string())),
                );
            }
            if tree.truncated || calls + waiting.len() > MAX_TREE_CALLS {
                let message = "the repository is too large to be read through GitHub's API".to_owned();
                return Err(GitHubError::new(doing, Failure::Invalid { message }));
            }
            entries.extend(
                tree.tree
                    .into_iter()
                    .map(|entry| TreeEntry { path: format!("{prefix}{}", entry.path), ..entry }),
            );
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// The tree of a directory at a commit; none when there is no directory of that path. One call for each step of it.
    pub async fn directory(&self, commit: &CommitSha, path: &str) -> Result<Option<ObjectSha>> {
        let doing = format!("reading the directory {path} at {commit} of {}", self.name());
        let mut tree = commit.as_str().to_owned();
        for step in path.split('/').filter(|step| !step.is_empty()) {
            let found = match self.one_tree(&tree, false, &doing).await {
                Ok(found) => found,
                Err(GitHubError { failure: Failure::Gone, .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            let entry = found.tree.into_iter().find(|entry| entry.path == step);
            match entry.filter(|entry| entry.kind == EntryKind::Tree) {
                Some(entry) => tree = entry.sha.to_string(),
                None => return Ok(None),
            }
        }
        Ok(ObjectSha::parse(&tree).ok())
    }

    /// All entries below a tree, or below a commit's root. More than one answer holds is refused.
    pub async fn entries(&self, tree: &ObjectSha) -> Result<Vec<TreeEntry>> {
        let doing = format!("reading the tree {tree} of {}", self.name());
        let found = self.one_tree(tree.as_str(), true, &doing).await?;
        if found.truncated {
            let message = "there are more files than GitHub lists at once".to_owned();
            return Err(GitHubError::new(doing, Failure::Invalid { message }));
        }
        Ok(found.tree)
    }

    /// Where two commits parted, and how far they are from there.
    pub async fn compare(&self, base: &CommitSha, head: &CommitSha) -> Result<Comparison> {
        #[derive(Deserialize)]
        struct Base {
            sha: CommitSha,
        }
        #[derive(Deserialize)]
        struct Compared {
            merge_base_commit: Base,
            ahead_by: u64,
            behind_by: u64,
        }
        let both = format!("{base}...{head}");
        // The list of commits is not needed, so it is kept short.
        let route = self.route("/repos/{owner}/{repo}/compare/{basehead}", &[&both])?.query("per_page", 1);
        let call = Call::get_once(route, format!("comparing {both} in {}", self.name()));
        let Compared { merge_base_commit, ahead_by, behind_by } = self.send(&call).await?.read()?;
        Ok(Comparison { merge_base: merge_base_commit.sha, ahead_by, behind_by })
    }

    async fn one_tree(&self, sha: &str, recursive: bool, doing: &str) -> Result<Tree> {
        let mut route = self.route("/repos/{owner}/{repo}/git/trees/{tree}", &[&sha])?;
        if recursive {
            route = route.query("recursive", 1);
        }
        self.send(&Call::get_once(route, doing)).await?.read()
    }
}

/// GitHub breaks base64 into lines.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

fn unreadable(doing: &str, why: &str) -> GitHubError {
    let detail = format!("GitHub's answer cannot be read ({why})");
    GitHubError::new(doing, Failure::Transient { detail })
}
