//! Modules of repositories' own: from directories of their default branches, and from other repositories at a commit.
//!
//! This concern finds them, reads each tree once and keeps what was read. Which files are read is said in `read`, how
//! they join the shipped modules in `merge`, how stacks keep the versions they have in `pinned`. When they are looked for is the business of `repositories`.

mod merge;
mod pinned;
mod read;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tfpilot_modules::Catalog;
use tracing::info;

use crate::config::repository::catalog::CatalogRepository;
use crate::config::{Diagnostic, RepositoryConfig, Severity, repository};
use crate::github::{CommitSha, Failure, GitHub, GitHubError, ObjectSha, RepoClient, RepoName};
use crate::store::Blobs;
use crate::worker::repositories::LoadError;
use crate::worker::views;

pub(crate) use self::merge::{Offered, Own, merge};
use self::read::Files;

/// Trees and catalogs kept in memory; then the memory starts anew.
const KEPT: usize = 64;

/// Digits of a commit that people are shown.
const SHORT: usize = 7;

/// Modules as they were found: a tree of this repository, or of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// The other repository and its commit; none for a directory of this one.
    pub(crate) other: Option<(String, String)>,
    /// The directory; empty for the root.
    pub(crate) path: String,
    /// Git's name of its tree, or of the commit whose root it is.
    pub(crate) tree: String,
}

impl Found {
    /// As people know it: `infra/modules`, `acme/modules@0123456/catalog`.
    fn place(&self) -> String {
        match &self.other {
            None => self.path.clone(),
            Some((repository, commit)) => place_of(repository, commit, &self.path),
        }
    }
}

fn place_of(repository: &str, commit: &str, path: &str) -> String {
    let short = commit.get(..SHORT).unwrap_or(commit);
    let path = path.trim_matches('/');
    if path.is_empty() { format!("{repository}@{short}") } else { format!("{repository}@{short}/{path}") }
}

/// The repository whose modules are looked for.
pub(crate) struct Asking<'a> {
    /// Its number.
    pub(crate) id: u64,
    /// It, through its installation.
    pub(crate) client: &'a RepoClient,
    /// Its default branch.
    pub(crate) branch: &'a str,
}

/// Finds and keeps modules.
pub(crate) struct Catalogs {
    shipped: Arc<Catalog>,
    github: GitHub,
    blobs: Arc<dyn Blobs>,
    /// Modules by the key of their tree.
    own: Mutex<HashMap<String, Arc<Own>>>,
    /// Whole catalogs by what they are made of.
    offered: Mutex<HashMap<String, Arc<Offered>>>,
    /// Files of vendored modules, by repository, id and version.
    vendored: Mutex<HashMap<String, Arc<pinned::Files>>>,
}

impl Catalogs {
    pub(crate) fn new(shipped: Arc<Catalog>, github: GitHub, blobs: Arc<dyn Blobs>) -> Self {
        Self {
            shipped,
            github,
            blobs,
            own: Mutex::default(),
            offered: Mutex::default(),
            vendored: Mutex::default(),
        }
    }

    /// Looks where the modules of a configuration are now, and reads what was not read before. A place that cannot be read
    /// is a diagnostic, and the others are not affected. `known` is what was found the last time.
    pub(crate) async fn look(
        &self,
        asking: &Asking<'_>,
        config: &RepositoryConfig,
        known: &[Found],
    ) -> Result<(Vec<Found>, Vec<Diagnostic>), LoadError> {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        let (directories, others) = (&config.catalog.directories, &config.catalog.repositories);
        let head = match directories.is_empty() {
            true => None,
            false => asking.client.branch_head(asking.branch).await?,
        };
        for (index, path) in directories.iter().enumerate() {
            let Some(head) = &head else { break };
            let path = path.trim_matches('/');
            let at = format!("catalog.directories, entry {}", index + 1);
            let missing = || format!("there is no directory {path} on {}", asking.branch);
            match lasting(asking.client.directory(head, path).await)? {
                Ok(Some(tree)) => {
                    found.push(Found { other: None, path: path.to_owned(), tree: tree.to_string() });
                }
                Ok(None) => problems.push(unread(&at, missing())),
                Err(why) => problems.push(unread(&at, why)),
            }
        }
        for (index, source) in others.iter().enumerate() {
            let at = format!("catalog.repositories, entry {}", index + 1);
            match self.pinned(asking, source, known).await? {
                Ok(one) => found.push(one),
                Err(why) => problems.push(unread(&at, why)),
            }
        }
        let mut readable = Vec::new();
        for one in found {
            match self.own(asking, &one).await? {
                Ok(_) => readable.push(one),
                Err(why) => problems.push(unread(&one.place(), why)),
            }
        }
        for gone in known.iter().filter(|gone| readable.iter().all(|one| one.tree != gone.tree)) {
            self.blobs.delete(&key(asking.id, gone)).await?;
        }
        Ok((readable, problems))
    }

    /// The catalog of a repository: the shipped modules and those that were found.
    pub(crate) async fn offered(
        &self,
        asking: &Asking<'_>,
        config: &RepositoryConfig,
        found: &[Found],
    ) -> Result<Arc<Offered>, LoadError> {
        let rules = &config.catalog;
        if found.is_empty() && rules.words.is_empty() {
            return Ok(Arc::new(merge(&self.shipped, &rules.hide, &[])));
        }
        let made_of = serde_json::json!([asking.id, found, rules.hide, rules.words]).to_string();
        if let Some(known) = lock(&self.offered).get(&made_of) {
            return Ok(Arc::clone(known));
        }
        let mut own = Vec::new();
        let mut all = true;
        for one in found {
            match self.own(asking, one).await? {
                Ok(modules) => own.push((one.place(), modules)),
                Err(_) => all = false,
            }
        }
        let offered = Arc::new(merge(&self.shipped, &rules.hide, &own).speaking(config));
        if all {
            keep(&self.offered, made_of, &offered);
        }
        Ok(offered)
    }

    /// The tree of a directory in another repository; what it is known by never changes, so it is asked for once.
    async fn pinned(
        &self,
        asking: &Asking<'_>,
        source: &CatalogRepository,
        known: &[Found],
    ) -> Result<Result<Found, String>, LoadError> {
        let CatalogRepository { repository, commit, path } = source;
        let path = path.trim_matches('/');
        let other = Some((repository.clone(), commit.clone()));
        if let Some(same) = known.iter().find(|known| known.other == other && known.path == path) {
            return Ok(Ok(same.clone()));
        }
        let place = place_of(repository, commit, path);
        let unreadable =
            || format!("{place} cannot be read; the App has to be installed on {repository} too");
        let (Ok(name), Ok(at)) = (RepoName::parse(repository), CommitSha::parse(commit)) else {
            return Ok(Err(unreadable()));
        };
        let client = self.github.repository(asking.client.installation(), name);
        Ok(match lasting(client.directory(&at, path).await)? {
            Ok(Some(tree)) => Ok(Found { other, path: path.to_owned(), tree: tree.to_string() }),
            Ok(None) => Err(unreadable()),
            Err(why) => Err(why),
        })
    }

    /// The modules of a tree: from memory, from what was kept, else from GitHub.
    async fn own(&self, asking: &Asking<'_>, found: &Found) -> Result<Result<Arc<Own>, String>, LoadError> {
        let key = key(asking.id, found);
        if let Some(known) = lock(&self.own).get(&key) {
            return Ok(Ok(Arc::clone(known)));
        }
        let kept = self.blobs.get(&key).await?;
        let files: Files = match kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(files) => files,
            None => match self.read(asking, found).await? {
                Ok(files) => {
                    self.blobs.put(&key, views::write(&files)?).await?;
                    files
                }
                Err(why) => return Ok(Err(why)),
            },
        };
        let own = Arc::new(Own::new(files));
        keep(&self.own, key, &own);
        Ok(Ok(own))
    }

    /// The files of a tree, from GitHub.
    async fn read(&self, asking: &Asking<'_>, found: &Found) -> Result<Result<Files, String>, LoadError> {
        let client = match &found.other {
            None => asking.client.clone(),
            Some((repository, _)) => {
                self.github.repository(asking.client.installation(), RepoName::parse(repository)?)
            }
        };
        let tree = ObjectSha::parse(&found.tree)?;
        let entries = match lasting(client.entries(&tree).await)? {
            Ok(entries) => entries,
            Err(why) => return Ok(Err(why)),
        };
        let wanted = match read::wanted(&entries) {
            Ok(wanted) => wanted,
            Err(why) => return Ok(Err(why)),
        };
        let contents = client.blobs(&wanted.objects()).await?;
        info!(place = found.place(), files = contents.len(), "modules of a repository's own read");
        Ok(Ok(wanted.files(&contents)))
    }
}

/// Names what is kept of a tree. Each repository keeps its own copy, as another may not see the tree.
fn key(repository: u64, found: &Found) -> String {
    format!("catalogs/{repository}/{}", found.tree)
}

/// A refusal that stays until somebody does something is a value; any other is tried again as a whole.
fn lasting<T>(outcome: Result<T, GitHubError>) -> Result<Result<T, String>, GitHubError> {
    match outcome {
        Ok(found) => Ok(Ok(found)),
        Err(error)
            if matches!(
                error.failure,
                Failure::Gone | Failure::Forbidden { .. } | Failure::Invalid { .. }
            ) =>
        {
            Ok(Err(error.to_string()))
        }
        Err(error) => Err(error),
    }
}

/// A place whose modules are not offered.
fn unread(at: &str, why: String) -> Diagnostic {
    Diagnostic {
        file: repository::FILE.to_owned(),
        line: 0,
        column: 0,
        what: format!("{at}: {why}"),
        hint: "repair it, and push to the default branch to have it read again".to_owned(),
        severity: Severity::Warning,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep<T>(kept: &Mutex<HashMap<String, Arc<T>>>, key: String, value: &Arc<T>) {
    let mut kept = lock(kept);
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, Arc::clone(value));
}
