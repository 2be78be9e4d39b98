//! Check runs: written so that they always conclude, and read with the other checks and statuses of a commit.
//!
//! Which checks there are and what they say is the surface's. Own structs, as octocrab's builders know no buttons.

mod fit;
mod model;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

pub use model::{
    Action, Annotation, AnnotationLevel, CheckRun, CommitStatus, Conclusion, Output, Progress, SeenCheck,
    SeenOutput,
};

use super::client::{Call, Failure, GitHubError, RepoClient, Result};
use super::{CheckRunId, CommitSha};

/// Annotations that GitHub takes in one request; later requests add to them.
const ANNOTATIONS_A_REQUEST: usize = 50;
/// After a refusal the texts are halved this often, then left out.
const HALVINGS: u32 = 2;

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
