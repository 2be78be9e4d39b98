//! Issues: reading and changing them, labels, people, reactions. Comments are a file of their own.
//!
//! All of it works on pull requests too, which GitHub counts as issues here.

mod comments;

use http::Method;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

pub use comments::{Comment, MinimizeReason};

use super::client::{Call, RepoClient, Result};
use super::{Account, CommentId};

/// An issue as GitHub shows it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its id for GraphQL.
    pub node_id: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// Who opened it; none when the account is gone.
    pub user: Option<Account>,
    /// Names of its labels.
    #[serde(default, deserialize_with = "names")]
    pub labels: Vec<String>,
    /// Who is assigned.
    #[serde(default)]
    pub assignees: Vec<Account>,
    /// Nobody without write access may comment.
    #[serde(default)]
    pub locked: bool,
    /// There when it is a pull request.
    pub pull_request: Option<Value>,
}

/// What is to be changed; none leaves as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueEdit {
    /// The title.
    pub title: Option<String>,
    /// Close it, as done or as not planned, or reopen it.
    pub state: Option<IssueState>,
}

/// A state to bring an issue into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueState {
    /// Open again.
    Open,
    /// Closed, and done.
    Completed,
    /// Closed, and not to be done.
    NotPlanned,
}

/// The reactions we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Reaction {
    /// Seen.
    #[serde(rename = "eyes")]
    Eyes,
    /// Done.
    #[serde(rename = "+1")]
    ThumbsUp,
    /// Refused.
    #[serde(rename = "-1")]
    ThumbsDown,
    /// Not understood.
    #[serde(rename = "confused")]
    Confused,
    /// Under way.
    #[serde(rename = "rocket")]
    Rocket,
}

/// A label of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Six hex digits.
    pub color: String,
    /// What it means.
    pub description: Option<String>,
}

impl RepoClient {
    /// The issue.
    pub async fn issue(&self, number: u64) -> Result<Issue> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}", &[&number])?;
        self.get(route, format!("reading issue {}#{number}", self.name())).await
    }

    /// All open issues (and pull requests); for sweeps after an outage.
    pub async fn open_issues(&self) -> Result<Vec<Issue>> {
        let route = self.route("/repos/{owner}/{repo}/issues", &[])?.query("state", "open");
        self.list(route, format!("listing the open issues of {}", self.name())).await
    }

    /// Opens an issue; the mirror of a request made elsewhere.
    pub async fn create_issue(&self, title: &str, body: &str, labels: &[String]) -> Result<Issue> {
        let route = self.route("/repos/{owner}/{repo}/issues", &[])?;
        let body = json!({ "title": title, "body": comments::fit(body), "labels": labels });
        self.write(Method::POST, route, &body, format!("opening an issue in {}", self.name())).await
    }

    /// Changes title or state.
    pub async fn edit_issue(&self, number: u64, edit: &IssueEdit) -> Result<Issue> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}", &[&number])?;
        let mut body = Map::new();
        body.extend(edit.title.as_deref().map(|title| ("title".to_owned(), Value::from(title))));
        if let Some(state) = edit.state {
            let (state, reason) = match state {
                IssueState::Open => ("open", "reopened"),
                IssueState::Completed => ("closed", "completed"),
                IssueState::NotPlanned => ("closed", "not_planned"),
            };
            body.insert("state".to_owned(), Value::from(state));
            body.insert("state_reason".to_owned(), Value::from(reason));
        }
        self.write(Method::PATCH, route, &body, format!("editing issue {}#{number}", self.name())).await
    }

    /// Reacts to an issue's first post. The same reaction again changes nothing.
    pub async fn react(&self, number: u64, reaction: Reaction) -> Result<()> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}/reactions", &[&number])?;
        let body = json!({ "content": reaction });
        self.write_only(Method::POST, route, &body, format!("reacting to {}#{number}", self.name())).await
    }

    /// Reacts to a comment. The same reaction again changes nothing.
    pub async fn react_to_comment(&self, comment: CommentId, reaction: Reaction) -> Result<()> {
        let route = self.route("/repos/{owner}/{repo}/issues/comments/{comment}/reactions", &[&comment])?;
        let body = json!({ "content": reaction });
        self.write_only(Method::POST, route, &body, format!("reacting to a comment in {}", self.name())).await
    }

    /// Makes sure that the repository has the label; one that people recoloured stays as it is.
    pub async fn ensure_label(&self, label: &Label) -> Result<()> {
        let doing = format!("creating the label {} in {}", label.name, self.name());
        let found: Option<Label> = self
            .find(self.route("/repos/{owner}/{repo}/labels/{name}", &[&label.name])?, doing.clone())
            .await?;
        if found.is_some() {
            return Ok(());
        }
        match self
            .write_only(Method::POST, self.route("/repos/{owner}/{repo}/labels", &[])?, label, doing)
            .await
        {
            Err(error) if error.failure.refusal().is_some_and(|words| words.contains("already_exists")) => {
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// Gives the issue exactly these labels. Read them first: people's own labels are theirs.
    pub async fn set_labels(&self, number: u64, labels: &[String]) -> Result<()> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}/labels", &[&number])?;
        let doing = format!("labelling {}#{number}", self.name());
        if labels.is_empty() {
            // GitHub describes a list of at least one here.
            return self.send(&Call::write(Method::DELETE, route, doing)).await.map(drop);
        }
        self.write_only(Method::PUT, route, &json!({ "labels": labels }), doing).await
    }

    /// Assigns people. Who cannot be assigned is left out by GitHub without a word.
    pub async fn assign(&self, number: u64, logins: &[String]) -> Result<()> {
        let route = self.route("/repos/{owner}/{repo}/issues/{number}/assignees", &[&number])?;
        let body = json!({ "assignees": logins });
        self.write_only(Method::POST, route, &body, format!("assigning people to {}#{number}", self.name()))
            .await
    }
}

/// Labels are objects, or mere names on old servers.
fn names<'de, D: Deserializer<'de>>(input: D) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        Label { name: Option<String> },
        Name(String),
    }
    let name = |label| match label {
        Named::Label { name } => name,
        Named::Name(name) => Some(name),
    };
    Ok(Vec::<Named>::deserialize(input)?.into_iter().filter_map(name).collect())
}
