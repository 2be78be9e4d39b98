//! Owns: check runs and suites with GitHub's strict limits: what is too long is refused, not cut.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::rest::Reject;

use super::World;

/// The longest summary and text of an output, in characters.
const MAX_TEXT: usize = 65_535;
/// The longest title and name, in characters.
const MAX_TITLE: usize = 255;
/// The most annotations in one request.
const MAX_ANNOTATIONS: usize = 50;

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

/// A check run as asked for, on create and update alike.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CheckInput {
    pub(crate) name: Option<String>,
    pub(crate) head_sha: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) output: Option<Output>,
    pub(crate) actions: Option<Vec<Action>>,
}

impl CheckInput {
    fn validate(&self) -> Result<(), Reject> {
        let bad = |field: &str, why: &str| Err(Reject::custom("CheckRun", field, why));
        let long = |text: &Option<String>, max: usize| text.as_ref().is_some_and(|t| t.chars().count() > max);
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) || long(&self.name, MAX_TITLE) {
            return bad("name", "name is too short or too long (maximum is 255 characters)");
        }
        let status = self.status.as_deref();
        if status.is_some_and(|s| !["queued", "in_progress", "completed", "waiting", "pending"].contains(&s))
        {
            return bad("status", "status is not included in the list");
        }
        const CONCLUSIONS: [&str; 7] =
            ["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"];
        if self.conclusion.as_deref().is_some_and(|c| !CONCLUSIONS.contains(&c)) {
            return bad("conclusion", "conclusion is not included in the list");
        }
        if status == Some("completed") && self.conclusion.is_none() {
            return bad("conclusion", "conclusion is required when status is completed");
        }
        if let Some(output) = &self.output {
            if output.title.as_deref().unwrap_or_default().is_empty() || output.summary.is_none() {
                return bad("output", "output requires title and summary");
            }
            if long(&output.title, MAX_TITLE) {
                return bad("title", "title is too long (maximum is 255 characters)");
            }
            if long(&output.summary, MAX_TEXT) {
                return bad("summary", "Only 65535 characters are allowed; summary is too long");
            }
            if long(&output.text, MAX_TEXT) {
                return bad("text", "Only 65535 characters are allowed; text is too long");
            }
            if output.annotations.len() > MAX_ANNOTATIONS {
                return bad("annotations", "annotations: no more than 50 per request");
            }
            output.annotations.iter().try_for_each(Annotation::validate)?;
        }
        for action in self.actions.iter().flatten() {
            let limits = [(&action.label, 20), (&action.description, 40), (&action.identifier, 20)];
            if limits.iter().any(|(text, max)| text.is_empty() || text.chars().count() > *max) {
                return bad(
                    "actions",
                    "label (20), description (40) or identifier (20) is empty or too long",
                );
            }
        }
        if self.actions.as_ref().is_some_and(|actions| actions.len() > 3) {
            return bad("actions", "no more than 3 actions are allowed");
        }
        Ok(())
    }
}

impl Annotation {
    fn validate(&self) -> Result<(), Reject> {
        let bad = |why: &str| Err(Reject::custom("CheckRun", "annotations", why));
        if !["notice", "warning", "failure"].contains(&self.annotation_level.as_str()) {
            return bad("annotation_level is not included in the list");
        }
        if self.start_line == 0 || self.end_line < self.start_line {
            return bad("start_line must be at least 1 and not after end_line");
        }
        if (self.start_column.is_some() || self.end_column.is_some()) && self.start_line != self.end_line {
            return bad("columns are only allowed when start_line and end_line are the same");
        }
        if self.message.is_empty() || self.message.len() > 64 * 1024 || self.path.is_empty() {
            return bad("message must be between 1 byte and 64 KB, path must be present");
        }
        if self.title.as_ref().is_some_and(|title| title.chars().count() > 255) {
            return bad("title is too long (maximum is 255 characters)");
        }
        Ok(())
    }
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
