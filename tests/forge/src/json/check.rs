//! Owns: the JSON of check runs, check suites and annotations.

use serde_json::{Value, json};

use crate::clock::written;
use crate::state::{CheckRun, CheckSuite, World};

use super::account::merge;
use super::{node_id, time};

impl World {
    /// A check run.
    pub(crate) fn check_json(&self, repo_id: u64, run: &CheckRun) -> Value {
        let Ok(repo) = self.repo(repo_id) else { return Value::Null };
        let url = format!("{}/check-runs/{}", self.repo_api(repo), run.id);
        let page = format!("{}/runs/{}", self.repo_page(repo), run.id);
        let output = &run.output;
        json!({
            "id": run.id, "name": run.name, "node_id": node_id("CR", run.id), "head_sha": run.head_sha,
            "external_id": run.external_id, "url": url, "html_url": page,
            "details_url": run.details_url.clone().unwrap_or(page), "status": run.status,
            "conclusion": run.conclusion, "started_at": written(run.started), "completed_at": time(run.completed),
            "output": {
                "title": output.title, "summary": output.summary, "text": output.text,
                "annotations_count": run.annotations.len(), "annotations_url": format!("{url}/annotations"),
            },
            "check_suite": {"id": run.suite}, "app": self.app_json(run.app),
            "pull_requests": self.check_pulls(repo_id, &run.head_sha),
        })
    }

    /// A check run as webhooks carry it: with its suite and its buttons.
    pub(crate) fn hook_check_json(&self, repo_id: u64, run: &CheckRun) -> Value {
        let mut json = self.check_json(repo_id, run);
        let suites = self.repo(repo_id).map(|repo| repo.check_suites.as_slice()).unwrap_or_default();
        if let Some(suite) = suites.iter().find(|suite| suite.id == run.suite) {
            merge(&mut json, json!({"check_suite": self.suite_json(repo_id, suite)}));
        }
        json
    }

    /// The pull requests of a commit; GitHub leaves out those of forks.
    fn check_pulls(&self, repo_id: u64, sha: &str) -> Vec<Value> {
        let Ok(repo) = self.repo(repo_id) else { return Vec::new() };
        let api = self.repo_api(repo);
        let small = json!({"id": repo_id, "url": api, "name": repo.name});
        let pulls = repo.issues.values().filter(|issue| issue.open);
        pulls
            .filter_map(|issue| issue.pull.as_ref().map(|pull| (issue.number, pull)))
            .filter(|(_, pull)| pull.head_sha == sha && pull.head_repo == repo_id)
            .map(|(number, pull)| {
                json!({
                    "id": pull.id, "number": number, "url": format!("{api}/pulls/{number}"),
                    "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": small},
                    "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": small},
                })
            })
            .collect()
    }

    /// A check suite; its status and conclusion are drawn from its runs.
    pub(crate) fn suite_json(&self, repo_id: u64, suite: &CheckSuite) -> Value {
        let Ok(repo) = self.repo(repo_id) else { return Value::Null };
        let url = format!("{}/check-suites/{}", self.repo_api(repo), suite.id);
        let runs: Vec<&CheckRun> = repo.check_runs.iter().filter(|run| run.suite == suite.id).collect();
        let done = !runs.is_empty() && runs.iter().all(|run| run.status == "completed");
        let worst = ["failure", "timed_out", "cancelled", "action_required", "success", "neutral", "skipped"]
            .into_iter()
            .find(|name| runs.iter().any(|run| run.conclusion.as_deref() == Some(name)));
        let status = match (runs.is_empty(), done) {
            (true, _) => "queued",
            (_, true) => "completed",
            _ => "in_progress",
        };
        let commit = repo.git.commit(&suite.head_sha).map(|commit| self.hook_commit_json(repo, &commit));
        json!({
            "id": suite.id, "node_id": node_id("CS", suite.id), "head_branch": suite.head_branch,
            "head_sha": suite.head_sha, "status": status, "conclusion": if done { worst } else { None },
            "url": url, "before": suite.before, "after": suite.head_sha,
            "pull_requests": self.check_pulls(repo_id, &suite.head_sha), "app": self.app_json(suite.app),
            "created_at": written(suite.created), "updated_at": written(suite.updated),
            "rerequestable": true, "runs_rerequestable": true, "latest_check_runs_count": runs.len(),
            "check_runs_url": format!("{url}/check-runs"), "head_commit": commit,
            "repository": self.repo_json(repo_id),
        })
    }
}
