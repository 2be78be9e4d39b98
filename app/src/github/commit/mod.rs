//! One commit at a time through the Git Data API: tree, commit, branch. No author and no date, so GitHub signs
//! it as the app.
//!
//! Both ways to commit find their own earlier effect: whoever asks twice gets the same commit. What stands in
//! the files is the caller's.

mod content;

use http::Method;
use serde::Deserialize;
use serde_json::json;

pub use content::{CommitContent, FileMode, NewFile};

use super::client::{Call, Failure, GitHubError, RepoClient, Result};
use super::{CommitSha, ObjectSha};

/// How far back an own commit is looked for, when people may have pushed on top of it.
const LOOK_BACK: usize = 50;

/// A commit, as far as it tells whose it is.
struct Made<'a> {
    parents: &'a [&'a CommitSha],
    tree: &'a ObjectSha,
    message: &'a str,
}

#[derive(Deserialize)]
struct Object<S> {
    sha: S,
}

#[derive(Deserialize)]
struct Reference {
    object: Object<CommitSha>,
}

#[derive(Deserialize)]
struct GitCommit {
    tree: Object<ObjectSha>,
}

#[derive(Deserialize)]
struct Listed {
    sha: CommitSha,
    commit: ListedCommit,
    parents: Vec<Object<CommitSha>>,
}

#[derive(Deserialize)]
struct ListedCommit {
    message: String,
    tree: Object<ObjectSha>,
}

impl RepoClient {
    /// Commits on `base` and puts the commit on a new branch.
    ///
    /// Asked again, it returns the commit that is there: same parent, tree and trailers. A branch of that name
    /// with anything else on it is a [`Failure::Conflict`].
    pub async fn commit_branch(
        &self,
        base: &CommitSha,
        branch: &str,
        content: &CommitContent,
    ) -> Result<CommitSha> {
        let doing = format!("committing to the new branch {branch} of {}", self.name());
        check_branch(branch, &doing)?;
        let tree_before = self.tree_of(base, &doing).await?;
        let tree = self.make_tree(&tree_before, content, &doing).await?;
        if tree == tree_before {
            return Err(invalid(&doing, "the commit would change nothing"));
        }
        let made = Made { parents: &[base], tree: &tree, message: &content.message };
        let commit = self.make_commit(&made, &doing).await?;
        let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": commit });
        match self
            .write_only(Method::POST, self.route("/repos/{owner}/{repo}/git/refs", &[])?, &body, doing)
            .await
        {
            Ok(()) => Ok(commit),
            Err(error) if error.failure.refusal().is_some_and(|words| words.contains("already exists")) => {
                self.find_own(branch, &made, error).await
            }
            Err(error) => Err(error),
        }
    }

    /// Commits on the branch's head, which must be `expected`; never rewrites history.
    ///
    /// Asked again, it returns the commit that is there. A head that moved otherwise is a
    /// [`Failure::Conflict`]. When the files are as they should be already, the head itself is returned.
    pub async fn update_branch(
        &self,
        branch: &str,
        expected: &CommitSha,
        content: &CommitContent,
    ) -> Result<CommitSha> {
        self.commit_on(branch, &[expected], content).await
    }

    /// Merges `onto` into the branch, whose head must be `expected`: the tree of `onto` with these files in it.
    ///
    /// Asked again, it returns the commit that is there, and refuses as [`RepoClient::update_branch`] does.
    pub async fn renew_branch(
        &self,
        branch: &str,
        expected: &CommitSha,
        onto: &CommitSha,
        content: &CommitContent,
    ) -> Result<CommitSha> {
        self.commit_on(branch, &[expected, onto], content).await
    }

    /// Commits on the branch's head, the first of the parents, with the tree of the last one.
    async fn commit_on(
        &self,
        branch: &str,
        parents: &[&CommitSha],
        content: &CommitContent,
    ) -> Result<CommitSha> {
        let doing = format!("committing to the branch {branch} of {}", self.name());
        check_branch(branch, &doing)?;
        let (Some(expected), Some(onto)) = (parents.first(), parents.last()) else {
            return Err(invalid(&doing, "a commit on a branch has a parent"));
        };
        let Some(head) = self.branch_head(branch).await? else {
            return Err(GitHubError::new(doing, Failure::Gone));
        };
        let tree_before = self.tree_of(onto, &doing).await?;
        let tree = self.make_tree(&tree_before, content, &doing).await?;
        let made = Made { parents, tree: &tree, message: &content.message };
        if head != **expected {
            let message = format!("the branch is at {head}, not at {expected}");
            return self
                .find_own(branch, &made, GitHubError::new(doing, Failure::Conflict { message }))
                .await;
        }
        if parents.len() == 1 && tree == tree_before {
            return Ok(head);
        }
        let commit = self.make_commit(&made, &doing).await?;
        let route = self.route("/repos/{owner}/{repo}/git/refs/heads/{branch*}", &[&branch])?;
        let body = json!({ "sha": commit, "force": false });
        match self.write_only(Method::PATCH, route, &body, doing).await {
            Ok(()) => Ok(commit),
            Err(GitHubError { doing, failure: Failure::Invalid { message } })
                if message.contains("fast forward") =>
            {
                self.find_own(branch, &made, GitHubError::new(doing, Failure::Conflict { message })).await
            }
            Err(error) => Err(error),
        }
    }

    /// The branch's tip, if there is such a branch.
    pub async fn branch_head(&self, branch: &str) -> Result<Option<CommitSha>> {
        let doing = format!("reading the branch {branch} of {}", self.name());
        check_branch(branch, &doing)?;
        let route = self.route("/repos/{owner}/{repo}/git/ref/heads/{branch*}", &[&branch])?;
        Ok(self.find(route, doing).await?.map(|Reference { object }| object.sha))
    }

    /// Removes a branch if its tip is still `expected`; false when it is gone already or has moved.
    pub async fn delete_branch(&self, branch: &str, expected: &CommitSha) -> Result<bool> {
        if self.branch_head(branch).await?.as_ref() != Some(expected) {
            return Ok(false);
        }
        let route = self.route("/repos/{owner}/{repo}/git/refs/heads/{branch*}", &[&branch])?;
        let call =
            Call::write(Method::DELETE, route, format!("deleting the branch {branch} of {}", self.name()));
        match self.send(&call).await {
            Ok(_) => Ok(true),
            Err(GitHubError { failure: Failure::Gone, .. }) => Ok(false),
            // GitHub says 422 where the branch went in between.
            Err(error) if error.failure.refusal().is_some_and(|words| words.contains("does not exist")) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn tree_of(&self, commit: &CommitSha, doing: &str) -> Result<ObjectSha> {
        let route = self.route("/repos/{owner}/{repo}/git/commits/{sha}", &[commit])?;
        let commit: GitCommit = self.send(&Call::get_once(route, doing)).await?.read()?;
        Ok(commit.tree.sha)
    }

    async fn make_tree(&self, base: &ObjectSha, content: &CommitContent, doing: &str) -> Result<ObjectSha> {
        content.check().map_err(|why| invalid(doing, why))?;
        let mut entries = Vec::new();
        for file in &content.files {
            let entry = match file.as_text() {
                Some(text) => {
                    json!({ "path": file.path, "mode": file.mode, "type": "blob", "content": text })
                }
                None => {
                    let sha = self.make_blob(file, doing).await?;
                    json!({ "path": file.path, "mode": file.mode, "type": "blob", "sha": sha })
                }
            };
            entries.push(entry);
        }
        let gone = |path| json!({ "path": path, "mode": FileMode::Regular, "type": "blob", "sha": null });
        entries.extend(content.deletions.iter().map(gone));
        let route = self.route("/repos/{owner}/{repo}/git/trees", &[])?;
        let body = json!({ "base_tree": base, "tree": entries });
        let tree: Object<ObjectSha> = self.write(Method::POST, route, &body, doing.to_owned()).await?;
        Ok(tree.sha)
    }

    async fn make_blob(&self, file: &NewFile, doing: &str) -> Result<ObjectSha> {
        let route = self.route("/repos/{owner}/{repo}/git/blobs", &[])?;
        let body = json!({ "content": file.as_base64(), "encoding": "base64" });
        let blob: Object<ObjectSha> = self.write(Method::POST, route, &body, doing.to_owned()).await?;
        Ok(blob.sha)
    }

    async fn make_commit(&self, made: &Made<'_>, doing: &str) -> Result<CommitSha> {
        let route = self.route("/repos/{owner}/{repo}/git/commits", &[])?;
        let body = json!({ "message": made.message, "tree": made.tree, "parents": made.parents });
        let commit: Object<CommitSha> = self.write(Method::POST, route, &body, doing.to_owned()).await?;
        Ok(commit.sha)
    }

    /// Looks for the same commit on the branch; without it, `otherwise` stands as a conflict.
    async fn find_own(&self, branch: &str, made: &Made<'_>, otherwise: GitHubError) -> Result<CommitSha> {
        let route = self
            .route("/repos/{owner}/{repo}/commits", &[])?
            .query("sha", format!("heads/{branch}"))
            .query("per_page", LOOK_BACK);
        let listed: Vec<Listed> = self.get(route, otherwise.doing.clone()).await?;
        match listed.into_iter().find(|commit| is_same(commit, made)) {
            Some(commit) => Ok(commit.sha),
            None => {
                let message = format!("the branch {branch} holds other commits");
                Err(GitHubError::new(otherwise.doing, Failure::Conflict { message }))
            }
        }
    }
}

fn is_same(listed: &Listed, made: &Made<'_>) -> bool {
    let parents = listed.parents.iter().map(|parent| &parent.sha);
    parents.eq(made.parents.iter().copied())
        && listed.commit.tree.sha == *made.tree
        && content::same_message(&listed.commit.message, made.message)
}

/// The names which Git and our paths allow; narrower than Git, which knows more separators.
fn check_branch(branch: &str, doing: &str) -> Result<()> {
    let odd = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && !part.ends_with(['.'])
            && !part.ends_with(".lock")
    };
    let good = branch.len() <= 240
        && !branch.contains(odd)
        && !branch.contains("..")
        && !branch.contains("@{")
        && branch.split('/').all(part);
    if good { Ok(()) } else { Err(invalid(doing, "this is not a name for a branch")) }
}

fn invalid(doing: &str, message: impl Into<String>) -> GitHubError {
    GitHubError::new(doing, Failure::Invalid { message: message.into() })
}
