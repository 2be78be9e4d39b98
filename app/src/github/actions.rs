//! GitHub Actions: starting the workflow, and looking after its runs. What a run may do is decided elsewhere, by
//! its OIDC token and the ticket it claims.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::{Call, Failure, GitHubError, RepoClient, Result};
use super::{CommitSha, WorkflowRunId};

/// The field which older servers do not know.
const DETAILS: &str = "return_run_details";

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowRun {
    /// Its id.
    pub id: WorkflowRunId,
    /// Which try of it this is, from 1.
    pub run_attempt: Option<u64>,
    /// What started it.
    pub event: String,
    /// The workflow's file.
    pub path: Option<String>,
    /// The commit.
    pub head_sha: CommitSha,
    /// The branch.
    pub head_branch: Option<String>,
    /// `queued`, `in_progress`, `completed` and others.
    pub status: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Where people see it.
    pub html_url: String,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowJob {
    /// Its id.
    pub id: u64,
    /// Which try of the run it belongs to.
    pub run_attempt: Option<u64>,
    /// Its name.
    pub name: String,
    /// `queued`, `waiting`, `in_progress`, `completed` and others.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Where people see it.
    pub html_url: Option<String>,
    /// The machine it runs on.
    pub runner_name: Option<String>,
}

impl RepoClient {
    /// Starts a workflow (by its file's name) on a branch. Returns the run's id where the server tells it.
    ///
    /// Every call starts a run: after an unknown outcome a second one finds nothing to claim and ends.
    pub async fn dispatch(
        &self,
        workflow_file: &str,
        branch: &str,
        inputs: &BTreeMap<String, String>,
    ) -> Result<Option<WorkflowRunId>> {
        #[derive(Deserialize)]
        struct Started {
            workflow_run_id: Option<WorkflowRunId>,
        }
        let plain = self.github().plain_dispatch();
        let with_details = !plain.load(Ordering::Relaxed);
        let answer = match self.send(&self.dispatch_call(workflow_file, branch, inputs, with_details)?).await
        {
            Err(GitHubError { failure: Failure::Invalid { message }, .. })
                if with_details && message.contains(DETAILS) =>
            {
                plain.store(true, Ordering::Relaxed);
                self.send(&self.dispatch_call(workflow_file, branch, inputs, false)?).await?
            }
            outcome => outcome?,
        };
        // An older server answers 204 without a body.
        if answer.body.is_empty() {
            return Ok(None);
        }
        Ok(answer.read::<Started>()?.workflow_run_id)
    }

    fn dispatch_call(
        &self,
        workflow_file: &str,
        branch: &str,
        inputs: &BTreeMap<String, String>,
        with_details: bool,
    ) -> Result<Call> {
        let route =
            self.route("/repos/{owner}/{repo}/actions/workflows/{workflow}/dispatches", &[&workflow_file])?;
        let mut body = json!({ "ref": branch, "inputs": inputs });
        if let Some(fields) = body.as_object_mut().filter(|_| with_details) {
            fields.insert(DETAILS.to_owned(), json!(true));
        }
        Call::json(Method::POST, route, &body, format!("starting {workflow_file} in {}", self.name()))
    }

    /// A run; none when it was deleted.
    pub async fn workflow_run(&self, id: WorkflowRunId) -> Result<Option<WorkflowRun>> {
        let route = self.route("/repos/{owner}/{repo}/actions/runs/{run}", &[&id])?;
        self.find(route, format!("reading workflow run {id} of {}", self.name())).await
    }

    /// Asks GitHub to stop a run; false when it has ended already. Never used for a run that applies.
    pub async fn cancel_run(&self, id: WorkflowRunId) -> Result<bool> {
        let route = self.route("/repos/{owner}/{repo}/actions/runs/{run}/cancel", &[&id])?;
        let call =
            Call::write(Method::POST, route, format!("cancelling workflow run {id} of {}", self.name()));
        match self.send(&call).await {
            Ok(_) => Ok(true),
            Err(GitHubError { failure: Failure::Conflict { .. }, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The jobs of a run's latest try.
    pub async fn run_jobs(&self, id: WorkflowRunId) -> Result<Vec<WorkflowJob>> {
        #[derive(Deserialize)]
        struct Page {
            jobs: Vec<WorkflowJob>,
        }
        let route =
            self.route("/repos/{owner}/{repo}/actions/runs/{run}/jobs", &[&id])?.query("filter", "latest");
        let doing = format!("listing the jobs of workflow run {id} of {}", self.name());
        self.github().pages(self.identity(), &route, &doing, 20, |page: Page| page.jobs).await
    }
}
