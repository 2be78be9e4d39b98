//! Owns: check runs and suites, and what pressing their buttons sends. Leaves to [`super::check_input`]: the limits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::rest::Reject;

use super::World;
use super::check_input::CheckInput;

/// One judgement on a commit.
#[derive(Debug, Clone)]
pub(crate) struct CheckRun {
    pub(crate) id: u64,
    pub(crate) app: u64,
    pub(crate) suite: u64,
    pub(crate) name: String,
    pub(crate) head_sha: String,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: String,
    pub(crate) details_url: Option<String>,
    pub(crate) started: Timestamp,
    pub(crate) completed: Option<Timestamp>,
    pub(crate) output: Output,
    pub(crate) annotations: Vec<Annotation>,
    pub(crate) actions: Vec<Action>,
}

/// The check runs of one app on one commit.
#[derive(Debug, Clone)]
pub(crate) struct CheckSuite {
    pub(crate) id: u64,
    pub(crate) app: u64,
    pub(crate) head_sha: String,
    pub(crate) head_branch: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// What a check run shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Output {
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
    #[serde(default, skip_serializing)]
    pub(crate) annotations: Vec<Annotation>,
}

/// A remark on a line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Annotation {
    pub(crate) path: String,
    pub(crate) start_line: u64,
    pub(crate) end_line: u64,
    #[serde(default)]
    pub(crate) start_column: Option<u64>,
    #[serde(default)]
    pub(crate) end_column: Option<u64>,
    pub(crate) annotation_level: String,
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) raw_details: Option<String>,
}

/// A button.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Action {
    pub(crate) label: String,
    pub(crate) description: String,
    pub(crate) identifier: String,
}

impl World {
    /// Creates a check run.
    pub(crate) fn create_check(
        &mut self,
        repo: u64,
        app: u64,
        who: u64,
        input: CheckInput,
    ) -> Result<u64, Reject> {
        input.validate()?;
        let name = input.name.clone().ok_or_else(|| Reject::field("CheckRun", "name", "missing_field"))?;
        let sha =
            input.head_sha.clone().ok_or_else(|| Reject::field("CheckRun", "head_sha", "missing_field"))?;
        if self.repo(repo)?.git.kind(&sha).as_deref() != Some("commit") {
            return Err(Reject::unprocessable(&[&format!("No commit found for SHA: {sha}")]));
        }
        let suite = self.suite_for(repo, app, &sha)?;
        let (id, now) = (self.new_id(), self.now());
        let output = Output::default();
        let run = CheckRun {
            id,
            app,
            suite,
            name,
            head_sha: sha,
            status: "queued".to_owned(),
            conclusion: None,
            external_id: String::new(),
            details_url: None,
            started: now,
            completed: None,
            output,
            annotations: Vec::new(),
            actions: Vec::new(),
        };
        self.repo_mut(repo)?.check_runs.push(run);
        self.apply_check(repo, id, input)?;
        self.send_check(repo, id, "created", who, json!({}));
        self.tell_completed(repo, id, who, false)?;
        Ok(id)
    }

    /// Changes a check run.
    pub(crate) fn update_check(
        &mut self,
        repo: u64,
        id: u64,
        who: u64,
        input: CheckInput,
    ) -> Result<(), Reject> {
        input.validate()?;
        let before = self.check(repo, id)?.status == "completed";
        self.apply_check(repo, id, input)?;
        self.tell_completed(repo, id, who, before)
    }

    fn apply_check(&mut self, repo: u64, id: u64, input: CheckInput) -> Result<(), Reject> {
        let now = self.now();
        let run = self.check_mut(repo, id)?;
        if let Some(name) = input.name {
            run.name = name;
        }
        if let Some(text) = input.external_id {
            run.external_id = text;
        }
        run.details_url = input.details_url.or(run.details_url.take());
        run.started = input.started_at.unwrap_or(run.started);
        if let Some(status) = input.status {
            run.status = status;
        }
        if let Some(conclusion) = input.conclusion {
            run.status = "completed".to_owned();
            run.conclusion = Some(conclusion);
        }
        if run.status == "completed" {
            run.completed = input.completed_at.or(run.completed).or(Some(now));
        } else {
            (run.conclusion, run.completed) = (None, None);
        }
        if let Some(mut output) = input.output {
            // Annotations of later requests are added to the earlier ones.
            run.annotations.append(&mut output.annotations);
            run.output = output;
        }
        if let Some(actions) = input.actions {
            run.actions = actions;
        }
        Ok(())
    }

    fn tell_completed(&mut self, repo: u64, id: u64, who: u64, before: bool) -> Result<(), Reject> {
        let run = self.check(repo, id)?;
        if run.status != "completed" || before {
            return Ok(());
        }
        let (suite, sha) = (run.suite, run.head_sha.clone());
        self.send_check(repo, id, "completed", who, json!({}));
        let mut all = self.repo(repo)?.check_runs.iter().filter(|run| run.suite == suite);
        if all.all(|run| run.status == "completed") {
            self.send_suite(repo, suite, "completed", who);
        }
        self.settle_queue(repo, &sha)
    }

    fn suite_for(&mut self, repo: u64, app: u64, sha: &str) -> Result<u64, Reject> {
        let known =
            self.repo(repo)?.check_suites.iter().find(|suite| suite.head_sha == sha && suite.app == app);
        if let Some(suite) = known {
            return Ok(suite.id);
        }
        let (id, now) = (self.new_id(), self.now());
        let git = &self.repo(repo)?.git;
        let tips = git.refs("refs/heads");
        let tip =
            tips.iter().find(|(_, tip)| tip == sha).map(|(name, _)| name.trim_start_matches("refs/heads/"));
        let head_branch = tip.map(str::to_owned);
        let (head_sha, before) = (sha.to_owned(), None);
        let suite = CheckSuite { id, app, head_sha, head_branch, before, created: now, updated: now };
        self.repo_mut(repo)?.check_suites.push(suite);
        Ok(id)
    }

    /// A check run by id.
    pub(crate) fn check(&self, repo: u64, id: u64) -> Result<&CheckRun, Reject> {
        self.repo(repo)?.check_runs.iter().find(|run| run.id == id).ok_or_else(Reject::not_found)
    }

    fn check_mut(&mut self, repo: u64, id: u64) -> Result<&mut CheckRun, Reject> {
        self.repo_mut(repo)?.check_runs.iter_mut().find(|run| run.id == id).ok_or_else(Reject::not_found)
    }

    /// The newest check run of each name on a commit, by name.
    pub(crate) fn latest_checks(&self, repo: u64, sha: &str) -> Vec<&CheckRun> {
        let mut runs: Vec<&CheckRun> = self
            .repo(repo)
            .map(|home| home.check_runs.iter().filter(|run| run.head_sha == sha).collect())
            .unwrap_or_default();
        runs.sort_by(|a, b| (&a.name, b.id).cmp(&(&b.name, a.id)));
        runs.dedup_by(|later, kept| later.name == kept.name && later.app == kept.app);
        runs
    }

    /// Somebody presses a button of a check run.
    pub(crate) fn press(&mut self, repo: u64, id: u64, who: u64, button: &str) -> Result<(), Reject> {
        let run = self.check(repo, id)?;
        let action = run.actions.iter().find(|action| action.label == button || action.identifier == button);
        let identifier = action.map(|action| action.identifier.clone()).ok_or_else(Reject::not_found)?;
        let more = json!({"requested_action": {"identifier": identifier}});
        self.send_check(repo, id, "requested_action", who, more);
        Ok(())
    }

    /// Somebody asks for a check run again.
    pub(crate) fn rerequest(&mut self, repo: u64, id: u64, who: u64) -> Result<(), Reject> {
        self.check(repo, id)?;
        self.send_check(repo, id, "rerequested", who, json!({}));
        Ok(())
    }
}
