//! Reviews of pull requests: who gave which on which commit, and asking for them.

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::github::client::{RepoClient, Result};
use crate::github::{Account, CommitSha};

/// A review, in the order they were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: u64,
    /// Who gave it; none when the account is gone.
    pub user: Option<Account>,
    /// What it says.
    pub state: ReviewState,
    /// The commit it was given on; none when that was thrown away.
    pub commit_id: Option<CommitSha>,
    /// When; none while it is pending.
    pub submitted_at: Option<Timestamp>,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewState {
    /// Approved.
    Approved,
    /// Changes are asked for.
    ChangesRequested,
    /// A comment.
    Commented,
    /// Withdrawn by somebody with the right to.
    Dismissed,
    /// Not submitted yet, or a word this version does not know: never an approval.
    #[serde(other)]
    Pending,
}

impl RepoClient {
    /// All reviews of a pull request.
    pub async fn reviews(&self, number: u64) -> Result<Vec<Review>> {
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}/reviews", &[&number])?;
        self.list(route, format!("listing the reviews of {}#{number}", self.name())).await
    }

    /// Asks people and teams (their short names) for a review. Who was asked already is not asked again.
    pub async fn request_reviewers(&self, number: u64, logins: &[String], teams: &[String]) -> Result<()> {
        if logins.is_empty() && teams.is_empty() {
            return Ok(());
        }
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}/requested_reviewers", &[&number])?;
        let body = json!({ "reviewers": logins, "team_reviewers": teams });
        self.write_only(
            Method::POST,
            route,
            &body,
            format!("asking for a review of {}#{number}", self.name()),
        )
        .await
    }
}
