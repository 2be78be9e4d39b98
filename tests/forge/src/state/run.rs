//! Owns: workflow runs, their jobs and logs, as recorded; and what starts, cancels and repeats them.
//! Leaves to [`crate::actions`]: playing them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::actions::workflow::{self, Workflow};
use crate::rest::Reject;

use super::World;
use super::seed::{ACTIONS_APP, ACTIONS_BOT};

/// A run of a workflow.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) attempt: u64,
    /// `.github/workflows/tfpilot.yml`.
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) event: String,
    pub(crate) branch: String,
    pub(crate) sha: String,
    pub(crate) actor: u64,
    pub(crate) inputs: Map<String, Value>,
    /// What the event said, for `github.event`.
    pub(crate) payload: Value,
    pub(crate) status: &'static str,
    pub(crate) conclusion: Option<&'static str>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Jobs of all attempts.
    pub(crate) jobs: Vec<JobRun>,
    /// Why it could not start.
    pub(crate) trouble: Option<String>,
    pub(crate) cancel: watch::Sender<bool>,
    /// Set when its machine is gone.
    pub(crate) gone: watch::Sender<bool>,
}

/// A job of a run.
#[derive(Debug, Clone)]
pub(crate) struct JobRun {
    pub(crate) id: u64,
    pub(crate) attempt: u64,
    pub(crate) name: String,
    pub(crate) environment: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) conclusion: Option<&'static str>,
    pub(crate) created: Timestamp,
    pub(crate) started: Option<Timestamp>,
    pub(crate) completed: Option<Timestamp>,
    pub(crate) steps: Vec<StepRun>,
    /// With secrets masked.
    pub(crate) log: Vec<String>,
    pub(crate) check: Option<u64>,
}

/// A step of a job.
#[derive(Debug, Clone)]
pub(crate) struct StepRun {
    pub(crate) name: String,
    pub(crate) status: &'static str,
    pub(crate) conclusion: Option<&'static str>,
    pub(crate) started: Timestamp,
    pub(crate) completed: Option<Timestamp>,
}

/// What a repository gives its workflows.
#[derive(Debug, Clone, Default)]
pub(crate) struct ActionsSettings {
    pub(crate) secrets: BTreeMap<String, String>,
    /// By environment: the branches that may use it; none means all.
    pub(crate) environments: BTreeMap<String, Vec<String>>,
    pub(crate) runs: BTreeMap<u64, Run>,
}

/// What starts a run.
pub(crate) struct Trigger<'a> {
    pub(crate) event: &'a str,
    pub(crate) branch: &'a str,
    pub(crate) sha: &'a str,
    pub(crate) actor: u64,
    pub(crate) inputs: Map<String, Value>,
    pub(crate) payload: Value,
}

impl World {
    /// The workflows at a commit, by path; those that cannot be read come as their trouble.
    pub(crate) fn workflows(&self, repo: u64, sha: &str) -> Vec<(String, Result<Workflow, String>)> {
        let Ok(home) = self.repo(repo) else { return Vec::new() };
        let Some(dir) = home.git.at(sha, ".github/workflows") else { return Vec::new() };
        let entries = home.git.tree(&dir, false).unwrap_or_default();
        let yaml =
            entries.into_iter().filter(|entry| entry.path.ends_with(".yml") || entry.path.ends_with(".yaml"));
        yaml.filter_map(|entry| {
            let path = format!(".github/workflows/{}", entry.path);
            let text = String::from_utf8_lossy(&home.git.blob(&entry.sha)?).into_owned();
            let parsed = workflow::parse(&path, &text).map_err(|trouble| trouble.to_string());
            Some((path, parsed))
        })
        .collect()
    }

    /// Starts a workflow by dispatch, with GitHub's refusals.
    pub(crate) fn dispatch(
        &mut self,
        repo: u64,
        actor: u64,
        file: &str,
        name: &str,
        given: &Map<String, Value>,
    ) -> Result<u64, Reject> {
        let home = self.repo(repo)?;
        let default = home.branch(&home.default_branch).ok_or_else(Reject::not_found)?;
        let path = format!(".github/workflows/{}", file.rsplit('/').next().unwrap_or(file));
        home.git.at(&default, &path).ok_or_else(Reject::not_found)?;
        let branch = name.trim_start_matches("refs/heads/").to_owned();
        let sha =
            home.branch(&branch).ok_or_else(|| Reject::new(422, &format!("No ref found for: {name}")))?;
        let missing = || Reject::new(422, "Workflow does not exist on this ref");
        let parsed =
            self.workflows(repo, &sha).into_iter().find(|(known, _)| *known == path).ok_or_else(missing)?.1;
        let parsed =
            parsed.map_err(|trouble| Reject::new(422, &format!("Workflow could not be read: {trouble}")))?;
        let size: usize = given.iter().map(|(key, value)| key.len() + value.to_string().len()).sum();
        if given.len() > 25 || size > 65_535 {
            return Err(Reject::new(422, "inputs are too large."));
        }
        let inputs =
            workflow::dispatch_inputs(&parsed, given).map_err(|trouble| Reject::new(422, &trouble.0))?;
        let payload = json!({
            "inputs": inputs, "ref": format!("refs/heads/{branch}"), "workflow": path,
            "repository": self.repo_json(repo), "sender": self.user_json(actor),
        });
        let (branch, sha) = (branch.as_str(), sha.as_str());
        let trigger = Trigger { event: "workflow_dispatch", branch, sha, actor, inputs, payload };
        Ok(self.start_run(repo, &path, &parsed.name, trigger))
    }

    /// Starts whatever listens to an event of the repository.
    pub(crate) fn trigger(
        &mut self,
        repo: u64,
        event: &str,
        branch: &str,
        sha: &str,
        actor: u64,
        payload: &Value,
    ) {
        for (path, parsed) in self.workflows(repo, sha) {
            let Ok(parsed) = parsed else { continue };
            let Some(on) = parsed.on.get(event) else { continue };
            let against = payload.pointer("/pull_request/base/ref").and_then(Value::as_str).unwrap_or(branch);
            let branches = on.get("branches").and_then(Value::as_array);
            let listed = |list: &Vec<Value>| {
                list.iter().any(|one| one.as_str().is_some_and(|one| one == against || one == "**"))
            };
            if branches.is_none_or(listed) {
                let (inputs, payload) = (Map::new(), payload.clone());
                self.start_run(
                    repo,
                    &path,
                    &parsed.name,
                    Trigger { event, branch, sha, actor, inputs, payload },
                );
            }
        }
    }

    fn start_run(&mut self, repo: u64, path: &str, name: &str, trigger: Trigger<'_>) -> u64 {
        let (id, now) = (self.new_id(), self.now());
        let Some(home) = self.repos.get_mut(&repo) else { return id };
        let number = home.actions.runs.values().filter(|run| run.path == path).count() as u64 + 1;
        let (cancel, _) = watch::channel(false);
        let (gone, _) = watch::channel(false);
        let run = Run {
            id,
            number,
            attempt: 1,
            path: path.to_owned(),
            name: name.to_owned(),
            event: trigger.event.to_owned(),
            branch: trigger.branch.to_owned(),
            sha: trigger.sha.to_owned(),
            actor: trigger.actor,
            inputs: trigger.inputs,
            payload: trigger.payload,
            status: "queued",
            conclusion: None,
            created: now,
            updated: now,
            jobs: Vec::new(),
            trouble: None,
            cancel,
            gone,
        };
        home.actions.runs.insert(id, run);
        self.send_run(repo, id, "requested");
        self.play(repo, id);
        id
    }

    fn play(&mut self, repo: u64, run: u64) {
        self.playing.send_modify(|count| *count += 1);
        if self.starts.send((repo, run)).is_err() {
            // Only while shutting down.
            self.playing.send_modify(|count| *count = count.saturating_sub(1));
        }
    }

    /// A run by id.
    pub(crate) fn run(&self, repo: u64, id: u64) -> Result<&Run, Reject> {
        self.repo(repo)?.actions.runs.get(&id).ok_or_else(Reject::not_found)
    }

    /// A run by id, to change it.
    pub(crate) fn run_mut(&mut self, repo: u64, id: u64) -> Result<&mut Run, Reject> {
        self.repo_mut(repo)?.actions.runs.get_mut(&id).ok_or_else(Reject::not_found)
    }

    /// Asks a run to stop.
    pub(crate) fn cancel_run(&mut self, repo: u64, id: u64) -> Result<(), Reject> {
        let run = self.run_mut(repo, id)?;
        if run.status == "completed" {
            return Err(Reject::new(409, "Cannot cancel a workflow run that is completed."));
        }
        run.cancel.send_replace(true);
        Ok(())
    }

    /// The machine under a run goes away: nothing on it says a word any more.
    pub(crate) fn lose_machine(&mut self, repo: u64, id: u64) -> Result<(), Reject> {
        self.run_mut(repo, id)?.gone.send_replace(true);
        Ok(())
    }

    /// Plays a run once more: the same id, the next attempt.
    pub(crate) fn rerun(&mut self, repo: u64, id: u64) -> Result<(), Reject> {
        let now = self.now();
        let run = self.run_mut(repo, id)?;
        if run.status != "completed" {
            return Err(Reject::new(403, "This workflow is already running"));
        }
        run.attempt += 1;
        (run.status, run.conclusion, run.updated, run.trouble) = ("queued", None, now, None);
        run.cancel.send_replace(false);
        run.gone.send_replace(false);
        self.send_run(repo, id, "requested");
        self.play(repo, id);
        Ok(())
    }

    /// Records that a run moved on, and tells.
    pub(crate) fn run_moved(
        &mut self,
        repo: u64,
        id: u64,
        status: &'static str,
        conclusion: Option<&'static str>,
    ) {
        let now = self.now();
        let Ok(run) = self.run_mut(repo, id) else { return };
        (run.status, run.conclusion, run.updated) = (status, conclusion, now);
        self.send_run(repo, id, status);
    }

    /// A job of a run, to change it.
    pub(crate) fn job_mut(&mut self, repo: u64, run: u64, job: u64) -> Option<&mut JobRun> {
        self.run_mut(repo, run).ok()?.jobs.iter_mut().find(|known| known.id == job)
    }

    /// Records a new job, with the check run GitHub makes for it, and tells.
    pub(crate) fn job_queued(&mut self, repo: u64, run: u64, mut job: JobRun) -> u64 {
        let id = self.new_id();
        job.id = id;
        let (name, sha) =
            (job.name.clone(), self.run(repo, run).map(|run| run.sha.clone()).unwrap_or_default());
        let input =
            super::check_input::CheckInput { name: Some(name), head_sha: Some(sha), ..Default::default() };
        job.check = self.create_check(repo, ACTIONS_APP, ACTIONS_BOT, input).ok();
        if let Ok(run) = self.run_mut(repo, run) {
            run.jobs.push(job);
        }
        self.send_job(repo, run, id, "queued");
        id
    }

    /// Records that a job moved on, and tells.
    pub(crate) fn job_moved(
        &mut self,
        repo: u64,
        run: u64,
        id: u64,
        status: &'static str,
        conclusion: Option<&'static str>,
    ) {
        let now = self.now();
        let Some(job) = self.job_mut(repo, run, id) else { return };
        (job.status, job.conclusion) = (status, conclusion);
        match status {
            "completed" => job.completed = Some(now),
            _ => job.started = job.started.or(Some(now)),
        }
        let check = job.check;
        if let Some(check) = check {
            let (status, conclusion) = (Some(status.to_owned()), conclusion.map(str::to_owned));
            let input = super::check_input::CheckInput { status, conclusion, ..Default::default() };
            // The check run was made by us and the values are GitHub's own: nothing can be refused.
            let _ = self.update_check(repo, check, ACTIONS_BOT, input);
        }
        self.send_job(repo, run, id, status);
    }
}
