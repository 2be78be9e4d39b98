//! Check runs: written so that they always conclude, and read with the other checks and statuses of a commit.
//!
//! Which checks there are and what they say is the surface's. Own structs, as octocrab's builders know no buttons.

mod fit;

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::{Call, Failure, GitHubError, RepoClient, Result};
use super::webhook::HasId;
use super::{CheckRunId, CommitSha};

/// Annotations that GitHub takes in one request; later requests add to them.
const ANNOTATIONS_A_REQUEST: usize = 50;
/// After a refusal the texts are halved this often, then left out.
const HALVINGS: u32 = 2;

/// What a check run is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its fixed name.
    pub name: String,
    /// The commit.
    pub head_sha: CommitSha,
    /// By what we find it again.
    pub external_id: String,
    /// Where "Details" leads.
    pub details_url: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// When the work started.
    pub started_at: Option<Timestamp>,
    /// What people read.
    pub output: Output,
    /// Buttons, at most three.
    pub actions: Vec<Action>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It waits.
    Queued,
    /// It runs.
    InProgress,
    /// It ended.
    Completed(Conclusion),
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Good.
    Success,
    /// Bad.
    Failure,
    /// Neither; counts as good.
    Neutral,
    /// Stopped.
    Cancelled,
    /// Somebody must act.
    ActionRequired,
    /// Not needed; counts as good.
    Skipped,
    /// Took too long.
    TimedOut,
    /// Given up by GitHub, or a word this version does not know: never good.
    #[serde(other)]
    Stale,
}

/// What people read of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Output {
    /// One line.
    pub title: String,
    /// Markdown above.
    pub summary: String,
    /// Markdown below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Remarks at lines of files.
    pub annotations: Vec<Annotation>,
}

/// A remark at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// First line, from 1.
    pub start_line: u32,
    /// Last line.
    pub end_line: u32,
    /// How grave.
    pub annotation_level: AnnotationLevel,
    /// What.
    pub title: String,
    /// Why, and what to do.
    pub message: String,
}

/// How grave a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationLevel {
    /// To know.
    Notice,
    /// To consider.
    Warning,
    /// To repair.
    Failure,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// At most 20 characters.
    pub label: String,
    /// At most 40 characters.
    pub description: String,
    /// What its press is called, at most 20 characters.
    pub identifier: String,
}

/// A check run as GitHub shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenCheck {
    /// Its id.
    pub id: CheckRunId,
    /// Its name.
    pub name: String,
    /// What its app wrote there.
    pub external_id: Option<String>,
    /// The commit.
    pub head_sha: CommitSha,
    /// `queued`, `in_progress`, `completed` and others.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// Whose it is.
    pub app: Option<HasId>,
    /// What it says.
    #[serde(default)]
    pub output: SeenOutput,
}

/// What a check run says, as far as we compare it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenOutput {
    /// One line.
    pub title: Option<String>,
    /// Markdown above.
    pub summary: Option<String>,
    /// Markdown below.
    pub text: Option<String>,
    /// How many remarks it has.
    pub annotations_count: usize,
}

/// A commit status: what older tools post instead of checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// Its name.
    pub context: String,
    /// `success`, `pending`, `failure` or `error`.
    pub state: String,
}

impl RepoClient {
    /// Creates a check run. A later one of the same name hides it; its id is how it is updated.
    pub async fn create_check(&self, check: &CheckRun) -> Result<CheckRunId> {
        let route = self.route("/repos/{owner}/{repo}/check-runs", &[])?;
        let doing = format!("posting check {} in {}", check.name, self.name());
        let (id, sent) = self.write_check(Method::POST, &route, check, 0, &doing).await?;
        self.append_annotations(id, check, sent, &doing).await?;
        Ok(id)
    }

    /// Brings a check run up to date. GitHub adds remarks to the `already` there ([`SeenOutput`]'s count), so
    /// these are left out.
    pub async fn update_check(&self, id: CheckRunId, check: &CheckRun, already: usize) -> Result<()> {
        let route = self.route("/repos/{owner}/{repo}/check-runs/{check}", &[&id])?;
        let doing = format!("updating check {} in {}", check.name, self.name());
        let (_, sent) = self.write_check(Method::PATCH, &route, check, already, &doing).await?;
        self.append_annotations(id, check, sent, &doing).await
    }

    /// The check runs of a commit, the latest of each name and app.
    pub async fn checks(&self, commit: &CommitSha) -> Result<Vec<SeenCheck>> {
        #[derive(Deserialize)]
        struct Page {
            check_runs: Vec<SeenCheck>,
        }
        let route = self
            .route("/repos/{owner}/{repo}/commits/{sha}/check-runs", &[commit])?
            .query("filter", "latest");
        let doing = format!("listing the checks of {commit} in {}", self.name());
        self.github().pages(self.identity(), &route, &doing, 20, |page: Page| page.check_runs).await
    }

    /// The latest commit status of each name.
    pub async fn statuses(&self, commit: &CommitSha) -> Result<Vec<CommitStatus>> {
        #[derive(Deserialize)]
        struct Page {
            statuses: Vec<CommitStatus>,
        }
        let route = self.route("/repos/{owner}/{repo}/commits/{sha}/status", &[commit])?;
        let doing = format!("listing the statuses of {commit} in {}", self.name());
        self.github().pages(self.identity(), &route, &doing, 20, |page: Page| page.statuses).await
    }

    /// Writes a check; a refusal of its texts must not leave it without its conclusion. Returns how many
    /// remarks GitHub has now.
    async fn write_check(
        &self,
        method: Method,
        route: &super::client::Route,
        check: &CheckRun,
        already: usize,
        doing: &str,
    ) -> Result<(CheckRunId, usize)> {
        #[derive(Deserialize)]
        struct Written {
            id: CheckRunId,
        }
        let mut attempt = fit::fit(check);
        attempt.output.annotations =
            attempt.output.annotations.split_off(already.min(attempt.output.annotations.len()));
        attempt.output.annotations.truncate(ANNOTATIONS_A_REQUEST);
        for halving in 0..=HALVINGS + 1 {
            let call = Call::json(method.clone(), route.clone(), &body(&attempt, &method), doing)?;
            match self.send(&call).await {
                Ok(answer) => {
                    let written: Written = answer.read()?;
                    // After a refusal nothing more is added: the conclusion stands, and that is what counts.
                    let sent = match halving {
                        0 => already + attempt.output.annotations.len(),
                        _ => usize::MAX,
                    };
                    return Ok((written.id, sent));
                }
                Err(error) if halving > HALVINGS || !is_about_content(&error.failure) => return Err(error),
                Err(_) if halving < HALVINGS => fit::halve(&mut attempt),
                Err(_) => fit::bare(&mut attempt),
            }
        }
        Err(GitHubError::new(
            doing,
            Failure::Invalid { message: "GitHub refuses every form of this check".to_owned() },
        ))
    }

    /// Sends the remarks which one request does not take. The conclusion stands already.
    async fn append_annotations(
        &self,
        id: CheckRunId,
        check: &CheckRun,
        sent: usize,
        doing: &str,
    ) -> Result<()> {
        let check = fit::fit(check);
        for batch in check.output.annotations.get(sent..).unwrap_or_default().chunks(ANNOTATIONS_A_REQUEST) {
            let route = self.route("/repos/{owner}/{repo}/check-runs/{check}", &[&id])?;
            let output = Output { annotations: batch.to_vec(), ..check.output.clone() };
            self.write_only(Method::PATCH, route, &json!({ "output": output }), doing.to_owned()).await?;
        }
        Ok(())
    }
}

/// A commit that does not exist is refused whatever we say about it.
fn is_about_content(failure: &Failure) -> bool {
    matches!(failure, Failure::Invalid { message } if !message.contains("No commit found"))
}

fn body(check: &CheckRun, method: &Method) -> Value {
    let mut body = json!({
        "name": check.name,
        "external_id": check.external_id,
        "output": check.output,
        "actions": check.actions,
    });
    let mut set = |name: &str, value: Value| {
        body.as_object_mut().map(|fields| fields.insert(name.to_owned(), value));
    };
    if method == Method::POST {
        set("head_sha", json!(check.head_sha));
    }
    check.details_url.iter().for_each(|url| set("details_url", json!(url)));
    check.started_at.iter().for_each(|at| set("started_at", json!(at)));
    match check.progress {
        Progress::Queued => set("status", json!("queued")),
        Progress::InProgress => set("status", json!("in_progress")),
        Progress::Completed(conclusion) => {
            set("status", json!("completed"));
            set("conclusion", json!(conclusion));
        }
    }
    body
}
