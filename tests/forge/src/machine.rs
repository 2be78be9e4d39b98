//! Owns: what a test sets and asks about Actions and the issuer: secrets, environments, actions, runs, odd tokens.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::{Forge, ForgeError};

/// A run of a workflow.
#[derive(Debug, Clone, Serialize)]
pub struct RunView {
    /// The id.
    pub id: u64,
    /// The file: `.github/workflows/tfpilot.yml`.
    pub path: String,
    /// What started it.
    pub event: String,
    /// 1, and one more for each rerun.
    pub attempt: u64,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Why it could not start.
    pub trouble: Option<String>,
    /// Its jobs, of all attempts.
    pub jobs: Vec<JobView>,
}

/// A job of a run.
#[derive(Debug, Clone, Serialize)]
pub struct JobView {
    /// The name with its matrix values.
    pub name: String,
    /// The environment.
    pub environment: Option<String>,
    /// How it stands.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Its log with secrets masked.
    pub log: String,
}

impl Forge {
    /// Gives a repository's workflows a secret.
    pub fn secret(&self, repo: &str, name: &str, value: &str) -> Result<(), ForgeError> {
        self.change(repo, |repo| drop(repo.actions.secrets.insert(name.to_owned(), value.to_owned())))
    }

    /// Makes a label, unless there is one of that name.
    pub fn label(&self, repo: &str, name: &str) -> Result<(), ForgeError> {
        self.world(&format!("making the label {name}"), |world| {
            let repo = world.named(repo)?.id;
            world.ensure_label(repo, name, "0e8a16", None).map(drop)
        })
    }

    /// Makes an environment that only these branches may use; none means all.
    pub fn environment(&self, repo: &str, name: &str, branches: &[&str]) -> Result<(), ForgeError> {
        let branches = branches.iter().map(|name| (*name).to_owned()).collect();
        self.change(repo, |repo| drop(repo.actions.environments.insert(name.to_owned(), branches)))
    }

    /// Plays `uses: NAME@…` from a directory with an `action.yml`. Names are `owner/repo` or `owner/repo/path`.
    pub fn action(&self, name: &str, dir: &Path) {
        self.inner.shared.world().actions.insert(name.to_owned(), dir.to_owned());
    }

    /// Sets a variable which the runner's machine has, as its image would.
    pub fn runner_env(&self, name: &str, value: &str) {
        self.inner.shared.world().runner_env.insert(name.to_owned(), value.to_owned());
    }

    /// All runs of a repository's workflows, oldest first.
    pub fn runs(&self, repo: &str) -> Result<Vec<RunView>, ForgeError> {
        self.world("looking at runs", |world| {
            let runs = world.named(repo)?.actions.runs.values();
            Ok(runs
                .map(|run| RunView {
                    id: run.id,
                    path: run.path.clone(),
                    event: run.event.clone(),
                    attempt: run.attempt,
                    status: run.status.to_owned(),
                    conclusion: run.conclusion.map(str::to_owned),
                    trouble: run.trouble.clone(),
                    jobs: run
                        .jobs
                        .iter()
                        .map(|job| JobView {
                            name: job.name.clone(),
                            environment: job.environment.clone(),
                            status: job.status.to_owned(),
                            conclusion: job.conclusion.map(str::to_owned),
                            log: job.log.join("\n"),
                        })
                        .collect(),
                })
                .collect())
        })
    }

    /// How many runs are being played.
    pub fn runs_active(&self) -> usize {
        *self.inner.shared.world().playing.borrow()
    }

    /// Waits until no run is being played.
    pub async fn runs_ended(&self) {
        let mut playing = self.inner.shared.world().playing.subscribe();
        // The other end lives as long as the forge, so this can only end with zero.
        let _ = playing.wait_for(|count| *count == 0).await;
    }

    /// Stops a run, as a person does on its page.
    pub fn cancels_run(&self, repo: &str, run: u64) -> Result<(), ForgeError> {
        self.world("cancelling a run", |world| {
            let repo = world.named(repo)?.id;
            world.cancel_run(repo, run)
        })
    }

    /// Takes the machine away under a run: its processes end without a word, and GitHub calls the run a failure.
    pub fn loses_machine(&self, repo: &str, run: u64) -> Result<(), ForgeError> {
        self.world("losing a machine", |world| {
            let repo = world.named(repo)?.id;
            world.lose_machine(repo, run)
        })
    }

    /// Plays a run again, as a person does on its page.
    pub fn reruns_run(&self, repo: &str, run: u64) -> Result<(), ForgeError> {
        self.world("repeating a run", |world| {
            let repo = world.named(repo)?.id;
            world.rerun(repo, run)
        })
    }

    /// The issuer of workflow tokens.
    pub fn issuer(&self) -> &str {
        self.base_url()
    }

    /// Signs any claims with the issuer's key: for the tokens that must be refused.
    pub fn issues_token(&self, claims: &Value) -> Result<String, ForgeError> {
        Ok(self.inner.shared.world().oidc.sign(claims)?)
    }

    /// Signs with a new key from now on; the old one stays published unless it is forgotten.
    pub fn rotates_issuer_key(&self, forget: bool) -> Result<(), ForgeError> {
        let mut world = self.inner.shared.world();
        world.oidc.rotate()?;
        if forget {
            world.oidc.forget_old_keys();
        }
        Ok(())
    }
}
