//! Owns: the pages of workflow runs: the list, and one run with its jobs, steps and logs.

use askama::Template;

use crate::state::run::{JobRun, Run, StepRun};

use super::{Frame, Page, Visit, html};

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage {
    frame: Frame,
    /// Address, name, state, its class, what started it.
    rows: Vec<(String, String, String, &'static str, String)>,
}

struct JobRow {
    id: u64,
    name: String,
    state: String,
    class: &'static str,
    environment: Option<String>,
    steps: Vec<(String, String, &'static str)>,
    log: Vec<(&'static str, String)>,
    open: bool,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    frame: Frame,
    here: String,
    name: String,
    number: u64,
    attempt: u64,
    state: String,
    class: &'static str,
    event: String,
    branch: String,
    actor: String,
    trouble: Option<String>,
    running: bool,
    jobs: Vec<JobRow>,
}

/// A state in words, and its colour.
fn state(status: &str, conclusion: Option<&str>) -> (String, &'static str) {
    let class = match conclusion {
        Some("success") => "good",
        Some("skipped") => "soft",
        Some(_) => "bad",
        None => "wait",
    };
    (conclusion.unwrap_or(status).replace('_', " "), class)
}

/// All runs, newest first.
pub(crate) fn list(visit: &mut Visit<'_>, repo: u64) -> Page {
    let world = &visit.world;
    let home = world.repo(repo)?;
    let page = format!("/{}/actions", world.full_name(home));
    let row = |run: &Run| {
        let (state, class) = state(run.status, run.conclusion);
        let what = format!("{} on {} by {}", run.event, run.branch, world.login_of(run.actor));
        (format!("{page}/runs/{}", run.id), format!("{} {}", run.name, run.number), state, class, what)
    };
    let rows = home.actions.runs.values().rev().map(row).collect();
    html(
        200,
        &RunsPage { frame: visit.frame("Workflow runs", Some(repo), &[("actions", page.clone())]), rows },
    )
}

/// One run.
pub(crate) fn show(visit: &mut Visit<'_>, repo: u64, id: u64) -> Page {
    let world = &visit.world;
    let page = format!("/{}/actions", world.full_name(world.repo(repo)?));
    let run = world.run(repo, id)?;
    let here = format!("{page}/runs/{id}");
    let (words, class) = state(run.status, run.conclusion);
    let path = [("actions", page), ("run", here.clone())];
    let shown = RunPage {
        frame: visit.frame(&format!("{} {}", run.name, run.number), Some(repo), &path),
        here,
        name: run.name.clone(),
        number: run.number,
        attempt: run.attempt,
        state: words,
        class,
        event: run.event.clone(),
        branch: run.branch.clone(),
        actor: world.login_of(run.actor),
        trouble: run.trouble.clone(),
        running: run.status != "completed",
        jobs: run.jobs.iter().filter(|job| job.attempt == run.attempt).map(row).collect(),
    };
    html(200, &shown)
}

fn row(job: &JobRun) -> JobRow {
    let (words, class) = state(job.status, job.conclusion);
    let step = |step: &StepRun| {
        let (words, class) = state(step.status, step.conclusion);
        (step.name.clone(), words, class)
    };
    let line = |line: &String| {
        let class = if line.starts_with("##[error]") { "del" } else { "same" };
        (class, if line.is_empty() { " ".to_owned() } else { line.clone() })
    };
    JobRow {
        id: job.id,
        name: job.name.clone(),
        state: words,
        class,
        environment: job.environment.clone(),
        steps: job.steps.iter().map(step).collect(),
        log: job.log.iter().map(line).collect(),
        open: !matches!(job.conclusion, Some("success" | "skipped")),
    }
}
