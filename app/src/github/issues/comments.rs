//! Comments on issues and pull requests: listing, writing, hiding. Which comment is ours is told by its author
//! and marker, which the caller knows.

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::github::client::{Call, Failure, GitHubError, RepoClient, Result};
use crate::github::webhook::HasId;
use crate::github::{Account, CommentId};

/// What GitHub accepts as a comment.
const MAX_CHARS: usize = 65_536;
/// What stands where a comment had to be cut.
const CUT: &str = "\n\n…\n";

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Its id for GraphQL.
    pub node_id: String,
    /// Its text.
    pub body: Option<String>,
    /// Who wrote it; none when the account is gone.
    pub user: Option<Account>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Where people read it.
    pub html_url: String,
    /// The app that wrote it, which may be us.
    pub performed_via_github_app: Option<HasId>,
}

/// Why a comment is folded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MinimizeReason {
    /// What it asked for is settled.
    Resolved,
    /// Something newer says it.
    Outdated,
}

impl RepoClient {
    /// All comments, oldest first.
    pub async fn comments(&self, number: u64) -> Result<Vec<Comment>> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}/comments", &[&number])?;
        self.list(route, format!("listing the comments of {}#{number}", self.name())).await
    }

    /// One comment; none when it was deleted.
    pub async fn comment(&self, id: CommentId) -> Result<Option<Comment>> {
        let route = self.route("/repos/{owner}/{repo}/issues/comments/{comment}", &[&id])?;
        self.find(route, format!("reading a comment in {}", self.name())).await
    }

    /// Writes a comment. After an unknown outcome, list before writing again.
    pub async fn create_comment(&self, number: u64, body: &str) -> Result<Comment> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}/comments", &[&number])?;
        let body = json!({ "body": fit(body) });
        self.write(Method::POST, route, &body, format!("commenting on {}#{number}", self.name())).await
    }

    /// Replaces a comment's text.
    pub async fn edit_comment(&self, id: CommentId, body: &str) -> Result<Comment> {
        let route = self.route("/repos/{owner}/{repo}/issues/comments/{comment}", &[&id])?;
        self.write(
            Method::PATCH,
            route,
            &json!({ "body": fit(body) }),
            format!("editing a comment in {}", self.name()),
        )
        .await
    }

    /// Removes a comment; gone already is success.
    pub async fn delete_comment(&self, id: CommentId) -> Result<()> {
        let route = self.route("/repos/{owner}/{repo}/issues/comments/{comment}", &[&id])?;
        let call = Call::write(Method::DELETE, route, format!("deleting a comment in {}", self.name()));
        match self.send(&call).await {
            Ok(_) | Err(GitHubError { failure: Failure::Gone, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Folds a comment away, by its id for GraphQL.
    pub async fn minimize_comment(&self, node_id: &str, reason: MinimizeReason) -> Result<()> {
        const QUERY: &str = "mutation($comment: ID!, $reason: ReportedContentClassifiers!) { \
             minimizeComment(input: {subjectId: $comment, classifier: $reason}) { minimizedComment { isMinimized } } }";
        let variables = json!({ "comment": node_id, "reason": reason });
        self.graphql::<Value>(QUERY, variables, format!("folding a comment in {}", self.name()))
            .await
            .map(drop)
    }
}

/// Cuts what GitHub would refuse. The surface keeps its texts shorter; this is the last net.
pub(super) fn fit(body: &str) -> String {
    if body.chars().nth(MAX_CHARS).is_none() {
        return body.to_owned();
    }
    body.chars().take(MAX_CHARS - CUT.chars().count()).chain(CUT.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_fits_exactly() {
        assert_eq!(fit("short"), "short");
        let exact = "ä".repeat(MAX_CHARS);
        assert_eq!(fit(&exact), exact);
        let cut = fit(&"ä".repeat(MAX_CHARS + 1));
        assert_eq!(cut.chars().count(), MAX_CHARS);
        assert!(cut.ends_with(CUT));
    }
}
