//! Git's objects read so far, kept by their id, which never means anything else: what was read for one pull request is
//! not read again for the next.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tfpilot_hcl::{Mode, Tree, TreePath};

use crate::github::content::TreeEntry;
use crate::github::{CommitSha, GitHubError, ObjectSha, RepoClient};

/// Bytes of contents kept; then the memory starts anew.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

/// Entries of all trees kept, some 100 bytes each; the tree kept longest goes first.
const KEPT_ENTRIES: usize = 50_000;

/// A bounded memory of blobs and of commits' trees.
#[derive(Default)]
pub(crate) struct ObjectCache {
    blobs: Mutex<Blobs>,
    trees: Mutex<Trees>,
}

#[derive(Default)]
struct Blobs {
    bytes: usize,
    contents: HashMap<ObjectSha, Arc<[u8]>>,
}

/// The oldest first.
#[derive(Default)]
struct Trees {
    entries: usize,
    trees: VecDeque<(CommitSha, Tree)>,
}

impl ObjectCache {
    /// The tree of a commit without any contents, read where it is not kept.
    pub(crate) async fn tree(&self, client: &RepoClient, commit: &CommitSha) -> Result<Tree, GitHubError> {
        if let Some(tree) = lock(&self.trees).find(commit) {
            return Ok(tree);
        }
        let mut tree = Tree::new();
        for entry in client.tree(commit).await? {
            insert(&mut tree, &entry);
        }
        lock(&self.trees).keep(commit, &tree);
        Ok(tree)
    }

    /// The contents of all wanted blobs, read where they are not kept.
    pub(crate) async fn blobs(
        &self,
        client: &RepoClient,
        wanted: &[ObjectSha],
    ) -> Result<HashMap<ObjectSha, Arc<[u8]>>, GitHubError> {
        let mut found = lock(&self.blobs).find(wanted);
        let missing: Vec<ObjectSha> =
            wanted.iter().filter(|sha| !found.contains_key(*sha)).cloned().collect();
        if !missing.is_empty() {
            for (sha, bytes) in client.blobs(&missing).await? {
                let bytes: Arc<[u8]> = bytes.into();
                lock(&self.blobs).keep(&sha, &bytes);
                found.insert(sha, bytes);
            }
        }
        Ok(found)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Blobs {
    fn find(&self, wanted: &[ObjectSha]) -> HashMap<ObjectSha, Arc<[u8]>> {
        wanted.iter().filter_map(|sha| Some((sha.clone(), Arc::clone(self.contents.get(sha)?)))).collect()
    }

    fn keep(&mut self, sha: &ObjectSha, bytes: &Arc<[u8]>) {
        if self.bytes + bytes.len() > KEPT_BYTES {
            *self = Self::default();
        }
        if bytes.len() <= KEPT_BYTES && self.contents.insert(sha.clone(), Arc::clone(bytes)).is_none() {
            self.bytes += bytes.len();
        }
    }
}

impl Trees {
    fn find(&self, commit: &CommitSha) -> Option<Tree> {
        self.trees.iter().find(|(kept, _)| kept == commit).map(|(_, tree)| tree.clone())
    }

    fn keep(&mut self, commit: &CommitSha, tree: &Tree) {
        let size = tree.entries().count();
        if size > KEPT_ENTRIES || self.find(commit).is_some() {
            return;
        }
        self.entries += size;
        self.trees.push_back((commit.clone(), tree.clone()));
        while self.entries > KEPT_ENTRIES
            && let Some((_, oldest)) = self.trees.pop_front()
        {
            self.entries -= oldest.entries().count();
        }
    }
}

/// A path that cannot stand in a tree is left out of it: Git itself would refuse it too.
fn insert(tree: &mut Tree, entry: &TreeEntry) {
    let (Ok(path), Some(mode)) = (TreePath::parse(&entry.path), Mode::from_octal(&entry.mode)) else {
        return;
    };
    if mode != Mode::Tree {
        tree.insert(path, mode, entry.sha.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(number: usize) -> CommitSha {
        CommitSha::parse(&format!("{number:040x}")).unwrap()
    }

    fn tree(size: usize) -> Tree {
        let mut tree = Tree::new();
        for number in 0..size {
            tree.insert(TreePath::parse(format!("{number}.tf")).unwrap(), Mode::File, "b10b");
        }
        tree
    }

    #[test]
    fn the_trees_kept_are_bounded_by_their_entries_and_the_oldest_go_first() {
        let mut trees = Trees::default();
        for number in 0..3 {
            trees.keep(&commit(number), &tree(KEPT_ENTRIES / 2));
            trees.keep(&commit(number), &tree(KEPT_ENTRIES / 2));
        }
        assert!(trees.find(&commit(0)).is_none());
        assert!(trees.find(&commit(1)).is_some() && trees.find(&commit(2)).is_some());
        trees.keep(&commit(3), &tree(KEPT_ENTRIES + 1));
        assert!(trees.find(&commit(3)).is_none());
        assert_eq!(trees.entries, KEPT_ENTRIES);
    }
}
