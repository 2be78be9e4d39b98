//! Owns: the JSON of workflows, runs and jobs.

use serde_json::{Value, json};

use crate::clock::written;
use crate::state::World;
use crate::state::run::{JobRun, Run};

use super::{node_id, time};

/// A workflow's id: drawn from its path, as it has no other identity here.
pub(crate) fn workflow_id(path: &str) -> u64 {
    path.bytes().fold(7_000_000, |id: u64, byte| (id * 31 + u64::from(byte)) % 90_000_000)
}

impl World {
    /// A workflow.
    pub(crate) fn workflow_json(&self, repo: u64, path: &str, name: &str) -> Value {
        let Ok(home) = self.repo(repo) else { return Value::Null };
        let (id, created) = (workflow_id(path), written(home.created));
        let (api, page) = (self.repo_api(home), self.repo_page(home));
        json!({
            "id": id, "node_id": node_id("W", id), "name": name, "path": path, "state": "active",
            "created_at": created, "updated_at": created, "url": format!("{api}/actions/workflows/{id}"),
            "html_url": format!("{page}/blob/{}/{path}", home.default_branch),
            "badge_url": format!("{page}/workflows/{id}/badge.svg"),
        })
    }

    /// A run.
    pub(crate) fn run_json(&self, repo: u64, run: &Run) -> Value {
        let Ok(home) = self.repo(repo) else { return Value::Null };
        let (api, page) = (self.repo_api(home), self.repo_page(home));
        let (url, workflow) = (format!("{api}/actions/runs/{}", run.id), workflow_id(&run.path));
        let suite = format!("{api}/check-suites/{}", run.id);
        let commit = home.git.commit(&run.sha);
        let who = |ident: &crate::git::Ident| json!({"name": ident.name, "email": ident.email});
        let head = commit.map(|commit| {
            let at = jiff::Timestamp::from_second(commit.committer.seconds).map(written).unwrap_or_default();
            json!({"id": commit.sha, "tree_id": commit.tree, "message": commit.message, "timestamp": at,
                   "author": who(&commit.author), "committer": who(&commit.committer)})
        });
        json!({
            "id": run.id, "name": run.name, "node_id": node_id("WFR", run.id), "head_branch": run.branch,
            "head_sha": run.sha, "path": run.path, "display_title": run.name, "run_number": run.number,
            "event": run.event, "status": run.status, "conclusion": run.conclusion, "workflow_id": workflow,
            "check_suite_id": run.id, "check_suite_node_id": node_id("CS", run.id), "url": url,
            "html_url": format!("{page}/actions/runs/{}", run.id), "pull_requests": [],
            "created_at": written(run.created), "updated_at": written(run.updated),
            "run_started_at": written(run.created), "actor": self.user_json(run.actor),
            "triggering_actor": self.user_json(run.actor), "run_attempt": run.attempt, "referenced_workflows": [],
            "previous_attempt_url": null, "jobs_url": format!("{url}/jobs"), "logs_url": format!("{url}/logs"),
            "check_suite_url": suite, "artifacts_url": format!("{url}/artifacts"),
            "cancel_url": format!("{url}/cancel"), "rerun_url": format!("{url}/rerun"),
            "workflow_url": format!("{api}/actions/workflows/{workflow}"), "head_commit": head,
            "repository": self.repo_json(repo), "head_repository": self.repo_json(repo),
        })
    }

    /// A job.
    pub(crate) fn job_json(&self, repo: u64, run: &Run, job: &JobRun) -> Value {
        let Ok(home) = self.repo(repo) else { return Value::Null };
        let (api, page) = (self.repo_api(home), self.repo_page(home));
        let steps: Vec<Value> = job
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| {
                json!({"name": step.name, "status": step.status, "conclusion": step.conclusion, "number": at + 1,
                       "started_at": written(step.started), "completed_at": time(step.completed)})
            })
            .collect();
        json!({
            "id": job.id, "run_id": run.id, "workflow_name": run.name, "head_branch": run.branch,
            "run_url": format!("{api}/actions/runs/{}", run.id), "run_attempt": job.attempt,
            "node_id": node_id("CR", job.id), "head_sha": run.sha, "url": format!("{api}/actions/jobs/{}", job.id),
            "html_url": format!("{page}/actions/runs/{}/job/{}", run.id, job.id), "status": job.status,
            "conclusion": job.conclusion, "created_at": written(job.created),
            "started_at": written(job.started.unwrap_or(job.created)), "completed_at": time(job.completed),
            "name": job.name, "steps": steps, "labels": ["ubuntu-latest"], "runner_id": 1,
            "check_run_url": format!("{api}/check-runs/{}", job.check.unwrap_or(job.id)),
            "runner_name": "forge", "runner_group_id": 1, "runner_group_name": "forge",
        })
    }

    /// `workflow_run`.
    pub(crate) fn send_run(&mut self, repo: u64, id: u64, action: &str) {
        let Ok(run) = self.run(repo, id) else { return };
        let actor = run.actor;
        let workflow = self.workflow_json(repo, &run.path, &run.name);
        let body = json!({"workflow_run": self.run_json(repo, run), "workflow": workflow});
        self.send(repo, "workflow_run", Some(action), actor, body);
    }

    /// `workflow_job`.
    pub(crate) fn send_job(&mut self, repo: u64, id: u64, job: u64, action: &str) {
        let Ok(run) = self.run(repo, id) else { return };
        let Some(job) = run.jobs.iter().find(|known| known.id == job) else { return };
        let (actor, body) = (run.actor, json!({"workflow_job": self.job_json(repo, run, job)}));
        self.send(repo, "workflow_job", Some(action), actor, body);
    }
}
