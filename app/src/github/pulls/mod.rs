//! Pull requests: finding, opening, reading, changing. Reviews and merging are files of their own.

mod merge;
mod reviews;

use http::Method;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

pub use merge::{MergeMethod, MergeOutcome};
pub use reviews::{Review, ReviewState};

use super::client::{GitHubError, RepoClient, Result};
use super::{Account, CommitSha, RepoId};

/// GitHub lists at most this many files of a pull request.
const MAX_FILES: usize = 3000;
/// GitHub lists at most this many commits of a pull request; a comparison is not cut.
const MAX_COMMITS: usize = 250;

/// A pull request as GitHub shows it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its id for GraphQL.
    pub node_id: String,
    /// Its title.
    pub title: String,
    /// Its text.
    #[serde(default, deserialize_with = "nullable")]
    pub body: String,
    /// Open or closed.
    pub state: PullState,
    /// Merged; lists do not say it, but give the time.
    #[serde(default, deserialize_with = "nullable")]
    pub merged: bool,
    /// When it was merged.
    pub merged_at: Option<jiff::Timestamp>,
    /// Still a draft.
    #[serde(default, deserialize_with = "nullable")]
    pub draft: bool,
    /// Who opened it; none when the account is gone.
    pub user: Option<Account>,
    /// What is to be merged.
    pub head: Branch,
    /// Where to.
    pub base: Branch,
    /// Without conflict; none while GitHub computes it.
    pub mergeable: Option<bool>,
    /// The commit which the merge made.
    pub merge_commit_sha: Option<CommitSha>,
    /// How many files it changes; lists do not say it.
    pub changed_files: Option<u64>,
}

/// Open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PullState {
    /// Open.
    Open,
    /// Closed, merged or not.
    Closed,
}

/// One side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// The branch's name.
    #[serde(rename = "ref")]
    pub name: String,
    /// Its tip.
    pub sha: CommitSha,
    /// Where it lives; none when the fork is gone.
    #[serde(rename = "repo", deserialize_with = "only_id", default)]
    pub repository: Option<RepoId>,
}

/// A pull request to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPull {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Our branch.
    pub head: String,
    /// The branch it is for.
    pub base: String,
    /// Open it as a draft.
    pub draft: bool,
}

/// What is to be changed; none leaves as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullEdit {
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// Close or reopen.
    pub state: Option<PullState>,
}

/// One file that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullFile {
    /// Its path.
    pub filename: String,
    /// Its path before a rename.
    pub previous_filename: Option<String>,
    /// `added`, `removed`, `modified`, `renamed` and others.
    pub status: String,
}

/// The files of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullFiles {
    /// The files.
    pub files: Vec<PullFile>,
    /// False when there are more than GitHub lists: compare the trees instead.
    pub complete: bool,
}

/// One commit of a pull request and the accounts behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullCommit {
    /// The commit.
    pub sha: CommitSha,
    /// Who wrote it; none when the address belongs to no account.
    #[serde(default, deserialize_with = "account_or_none")]
    pub author: Option<Account>,
    /// Who committed it.
    #[serde(default, deserialize_with = "account_or_none")]
    pub committer: Option<Account>,
}

impl PullRequest {
    /// True when it is merged, however it was read.
    pub fn is_merged(&self) -> bool {
        self.merged || self.merged_at.is_some()
    }

    /// True when the head lives elsewhere, or nowhere any more.
    pub fn is_fork(&self) -> bool {
        self.head.repository.is_none() || self.head.repository != self.base.repository
    }

    /// The head's branch, where it lies in the repository itself.
    pub fn own_branch(&self) -> Option<&str> {
        (!self.is_fork()).then_some(self.head.name.as_str())
    }
}

impl RepoClient {
    /// The pull request.
    pub async fn pull(&self, number: u64) -> Result<PullRequest> {
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}", &[&number])?;
        self.get(route, format!("reading pull request {}#{number}", self.name())).await
    }

    /// All pull requests from a branch of this repository, open or not, newest first.
    pub async fn pulls_from(&self, branch: &str) -> Result<Vec<PullRequest>> {
        let route = self
            .route("/repos/{owner}/{repo}/pulls", &[])?
            .query("head", format!("{}:{branch}", self.name().owner()))
            .query("state", "all");
        self.list(route, format!("looking for pull requests from {branch} in {}", self.name())).await
    }

    /// All open pull requests; for sweeps after an outage.
    pub async fn open_pulls(&self) -> Result<Vec<PullRequest>> {
        let route = self.route("/repos/{owner}/{repo}/pulls", &[])?.query("state", "open");
        self.list(route, format!("listing the open pull requests of {}", self.name())).await
    }

    /// The pull request from this branch, opened if there never was one. One that a person closed stays closed
    /// and is returned as it is.
    pub async fn ensure_pull(&self, new: &NewPull) -> Result<PullRequest> {
        if let Some(found) =
            self.pulls_from(&new.head).await?.into_iter().find(|pull| pull.base.name == new.base)
        {
            return Ok(found);
        }
        let route = self.route("/repos/{owner}/{repo}/pulls", &[])?;
        let doing = format!("opening a pull request from {} in {}", new.head, self.name());
        match self.write(Method::POST, route, new, doing).await {
            Err(GitHubError { doing, failure })
                if failure.refusal().is_some_and(|words| words.contains("already exists")) =>
            {
                // The list lagged behind: somebody, likely we ourselves, opened it a moment ago.
                let found =
                    self.pulls_from(&new.head).await?.into_iter().find(|pull| pull.base.name == new.base);
                found.ok_or(GitHubError { doing, failure })
            }
            outcome => outcome,
        }
    }

    /// Changes title, text or state.
    pub async fn edit_pull(&self, number: u64, edit: &PullEdit) -> Result<PullRequest> {
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}", &[&number])?;
        let mut body = Map::new();
        let mut set =
            |name: &str, value: Option<Value>| body.extend(value.map(|value| (name.to_owned(), value)));
        set("title", edit.title.as_deref().map(Value::from));
        set("body", edit.body.as_deref().map(Value::from));
        set("state", edit.state.map(|state| json!(state)));
        self.write(Method::PATCH, route, &body, format!("editing pull request {}#{number}", self.name()))
            .await
    }

    /// The files it changes.
    pub async fn pull_files(&self, number: u64) -> Result<PullFiles> {
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}/files", &[&number])?;
        let files: Vec<PullFile> =
            self.list(route, format!("listing the files of {}#{number}", self.name())).await?;
        let complete = files.len() < MAX_FILES;
        Ok(PullFiles { files, complete })
    }

    /// All its commits: who wrote one may not approve, so none may be missing.
    pub async fn pull_commits(&self, number: u64) -> Result<Vec<PullCommit>> {
        #[derive(Deserialize)]
        struct Page {
            commits: Vec<PullCommit>,
        }
        let doing = format!("listing the commits of {}#{number}", self.name());
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}/commits", &[&number])?;
        let listed: Vec<PullCommit> = self.list(route, doing.clone()).await?;
        if listed.len() < MAX_COMMITS {
            return Ok(listed);
        }
        let pull = self.pull(number).await?;
        let both = format!("{}...{}", pull.base.sha, pull.head.sha);
        let route = self.route("/repos/{owner}/{repo}/compare/{basehead}", &[&both])?;
        self.github().pages(self.identity(), &route, &doing, 100, |page: Page| page.commits).await
    }
}

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    input: D,
) -> std::result::Result<T, D::Error> {
    Option::deserialize(input).map(Option::unwrap_or_default)
}

fn only_id<'de, D: Deserializer<'de>>(input: D) -> std::result::Result<Option<RepoId>, D::Error> {
    #[derive(Deserialize)]
    struct Only {
        id: RepoId,
    }
    Option::<Only>::deserialize(input).map(|repository| repository.map(|Only { id }| id))
}

/// GitHub writes `{}` for an address which belongs to no account.
fn account_or_none<'de, D: Deserializer<'de>>(input: D) -> std::result::Result<Option<Account>, D::Error> {
    let value = Option::<Value>::deserialize(input)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}
