//! Merging: only the head that was decided upon, and an honest word when it cannot be.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::PullRequest;
use crate::github::CommitSha;
use crate::github::client::{Failure, GitHubError, RepoClient, Result};

/// How the commits are brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeMethod {
    /// A merge commit.
    Merge,
    /// One commit.
    Squash,
    /// The same commits on the base's tip.
    Rebase,
}

/// What came of the attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeOutcome {
    /// It is merged, now or by an earlier attempt.
    Merged {
        /// The commit on the base, when GitHub names it.
        commit: Option<CommitSha>,
    },
    /// The head is not the one that was to be merged.
    HeadMoved,
    /// Rules of the branch stand against it.
    Blocked {
        /// GitHub's words.
        message: String,
    },
    /// The branch is fed by a merge queue: use [`RepoClient::enqueue`].
    QueueBranch,
}

impl RepoClient {
    /// Merges the pull request if its head is `head`.
    ///
    /// Asked again after a success it says [`MergeOutcome::Merged`]: a refusal is always compared with what
    /// the pull request has become.
    pub async fn merge(
        &self,
        number: u64,
        head: &CommitSha,
        method: MergeMethod,
        message: Option<(&str, &str)>,
    ) -> Result<MergeOutcome> {
        #[derive(Deserialize)]
        struct Merged {
            sha: Option<CommitSha>,
        }
        let route = self.route("/repos/{owner}/{repo}/pulls/{number}/merge", &[&number])?;
        let mut body =
            Map::from_iter([("sha".to_owned(), json!(head)), ("merge_method".to_owned(), json!(method))]);
        if let Some((title, text)) = message {
            body.insert("commit_title".to_owned(), Value::from(title));
            body.insert("commit_message".to_owned(), Value::from(text));
        }
        let doing = format!("merging {}#{number}", self.name());
        match self.write::<Merged>(Method::PUT, route, &body, doing).await {
            Ok(merged) => Ok(MergeOutcome::Merged { commit: merged.sha }),
            Err(error) => match error.failure.refusal() {
                Some(words) => self.explain_refusal(number, head, words).await,
                None => Err(error),
            },
        }
    }

    async fn explain_refusal(&self, number: u64, head: &CommitSha, words: &str) -> Result<MergeOutcome> {
        let pull = self.pull(number).await?;
        Ok(if pull.is_merged() {
            already_merged(pull, head)
        } else if pull.head.sha != *head {
            MergeOutcome::HeadMoved
        } else if words.to_ascii_lowercase().contains("merge queue") {
            MergeOutcome::QueueBranch
        } else {
            MergeOutcome::Blocked { message: words.to_owned() }
        })
    }

    /// Puts the pull request into the branch's merge queue if its head is `head`. In the queue already is success.
    pub async fn enqueue(&self, pull: &PullRequest, head: &CommitSha) -> Result<()> {
        const QUERY: &str = "mutation($pull: ID!, $head: GitObjectID!) { \
             enqueuePullRequest(input: {pullRequestId: $pull, expectedHeadOid: $head}) { mergeQueueEntry { id } } }";
        let doing = format!("putting {}#{} into the merge queue", self.name(), pull.number);
        let variables = json!({ "pull": pull.node_id, "head": head });
        match self.graphql::<Value>(QUERY, variables, doing).await {
            Ok(_) => Ok(()),
            Err(GitHubError { failure: Failure::Invalid { message }, .. }) if is_queued(&message) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn is_queued(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("already in the queue") || message.contains("already queued")
}

/// Somebody may have merged another head than ours: that is not our merge.
fn already_merged(pull: PullRequest, head: &CommitSha) -> MergeOutcome {
    if pull.head.sha == *head {
        MergeOutcome::Merged { commit: pull.merge_commit_sha }
    } else {
        MergeOutcome::HeadMoved
    }
}
