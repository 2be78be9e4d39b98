//! A commit's tree whose contents are loaded when a question needs them.

use tfpilot_hcl::{Missing, Mode, Tree, TreePath};

use crate::github::{CommitSha, ObjectSha, RepoClient};
use crate::stacks::objects::ObjectCache;
use crate::worker::outbox::CommandError;

/// Rounds of loading after which a question is given up: each file can lead to others only so often.
const ROUNDS: usize = 50;

/// A tree with the client that can load more of it.
pub(crate) struct LazyTree<'a> {
    tree: Tree,
    client: &'a RepoClient,
    cache: &'a ObjectCache,
}

impl<'a> LazyTree<'a> {
    /// The tree of a commit, without any contents.
    pub(crate) async fn read(
        client: &'a RepoClient,
        cache: &'a ObjectCache,
        commit: &CommitSha,
    ) -> Result<Self, CommandError> {
        Ok(Self { tree: cache.tree(client, commit).await?, client, cache })
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Puts a file in, as if the commit had it.
    pub(crate) fn add(&mut self, path: TreePath, blob: &str, content: &[u8]) {
        self.tree.insert_loaded(path, Mode::File, blob, content);
    }

    /// Asks a question, loading what it misses until it is answered.
    pub(crate) async fn ask<T>(
        &mut self,
        question: impl Fn(&Tree) -> Result<T, Missing>,
    ) -> Result<T, CommandError> {
        for _ in 0..ROUNDS {
            match question(&self.tree) {
                Ok(answer) => return Ok(answer),
                Err(missing) => self.load(&missing).await?,
            }
        }
        Err(CommandError::Impossible("the Terraform code refers to more files than can be read".to_owned()))
    }

    async fn load(&mut self, missing: &Missing) -> Result<(), CommandError> {
        let mut wanted = Vec::new();
        for path in &missing.paths {
            let sha = self.tree.entry(path).and_then(|entry| ObjectSha::parse(&entry.blob).ok());
            match sha {
                Some(sha) => wanted.push((path.clone(), sha)),
                None => return Err(CommandError::Impossible(format!("{path} has no blob to read"))),
            }
        }
        let shas: Vec<ObjectSha> = wanted.iter().map(|(_, sha)| sha.clone()).collect();
        let contents = self.cache.blobs(self.client, &shas).await?;
        for (path, sha) in wanted {
            let Some(bytes) = contents.get(&sha) else {
                return Err(CommandError::Impossible(format!("GitHub gave no content for {path}")));
            };
            self.tree.load(&path, std::sync::Arc::clone(bytes));
        }
        Ok(())
    }
}
