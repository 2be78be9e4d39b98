//! Owns: a run from start to end: its jobs in the order of `needs`, the instances of a matrix side by side, and how
//! the whole concludes. Leaves to [`super::prepare`]: what each job is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::server::Shared;
use crate::state::run::Run;

use super::Trouble;
use super::expr::{Scope, shown};
use super::job::{self, Stage};
use super::prepare::{base_scope, prepare};
use super::workflow::{Job, Workflow, parse};

/// Plays a run to its end and records how it ended.
pub(crate) async fn play(shared: Arc<Shared>, repo: u64, run: u64) {
    let conclusion = match attempt(&shared, repo, run).await {
        Ok(conclusion) => conclusion,
        Err(trouble) => {
            if let Ok(run) = shared.world().run_mut(repo, run) {
                run.trouble = Some(trouble.to_string());
            }
            "startup_failure"
        }
    };
    let mut world = shared.world();
    world.run_moved(repo, run, "completed", Some(conclusion));
    world.playing.send_modify(|count| *count = count.saturating_sub(1));
}

async fn attempt(shared: &Arc<Shared>, repo: u64, id: u64) -> Result<&'static str, Trouble> {
    let (run, workflow) = {
        let mut world = shared.world();
        let gone = |_| Trouble::new("the run is gone");
        let run = world.run(repo, id).map_err(gone)?.clone();
        let git = &world.repo(repo).map_err(gone)?.git;
        let blob = git.at(&run.sha, &run.path).and_then(|sha| git.blob(&sha));
        let text = blob.ok_or_else(|| Trouble::new(format!("{} is not at {}", run.path, run.sha)))?;
        let workflow = parse(&run.path, &String::from_utf8_lossy(&text))?;
        if world.faults.runs > 0 {
            world.faults.runs -= 1;
            return Err(Trouble::new("no machine could be had for it"));
        }
        world.run_moved(repo, id, "in_progress", None);
        (run, workflow)
    };
    let mut done: BTreeMap<String, &'static str> = BTreeMap::new();
    while done.len() < workflow.jobs.len() {
        let ready: Vec<&Job> = workflow
            .jobs
            .iter()
            .filter(|job| {
                !done.contains_key(&job.key) && job.needs.iter().all(|need| done.contains_key(need))
            })
            .collect();
        if ready.is_empty() {
            return Err(Trouble::new("jobs need each other, or one that does not exist"));
        }
        let mut side_by_side = JoinSet::new();
        for job in ready {
            let (shared, run, workflow, job) = (shared.clone(), run.clone(), workflow.clone(), job.clone());
            let needs: BTreeMap<String, &'static str> = done
                .iter()
                .filter(|(key, _)| job.needs.contains(key))
                .map(|(key, end)| (key.clone(), *end))
                .collect();
            side_by_side.spawn(async move {
                (job.key.clone(), play_job(&shared, repo, &run, &workflow, &job, &needs).await)
            });
        }
        while let Some(ended) = side_by_side.join_next().await {
            let (key, conclusion) =
                ended.map_err(|error| Trouble::new(format!("a job's task ended: {error}")))?;
            done.insert(key, conclusion?);
        }
    }
    let worst = ["failure", "cancelled", "success"].into_iter().find(|end| done.values().any(|is| is == end));
    Ok(worst.unwrap_or("skipped"))
}

async fn play_job(
    shared: &Arc<Shared>,
    repo: u64,
    run: &Run,
    workflow: &Workflow,
    job: &Job,
    needs: &BTreeMap<String, &'static str>,
) -> Result<&'static str, Trouble> {
    let mut scope = base_scope(&shared.world(), repo, run, job)?;
    scope.failed = needs.values().any(|end| *end == "failure" || *end == "skipped");
    scope.cancelled = *run.cancel.borrow();
    let results: Map<String, Value> =
        needs.iter().map(|(key, end)| (key.clone(), json!({"result": end}))).collect();
    scope.set("needs", Value::Object(results));
    let wanted = scope.holds(job.condition.as_deref())?;
    (scope.failed, scope.cancelled) = (false, false);
    let mut instances = JoinSet::new();
    for cell in matrix(&scope, &job.matrix)? {
        let mut scope = scope.clone();
        scope.set("matrix", Value::Object(cell.clone()));
        let prepared = prepare(shared, repo, run, workflow, job, scope, &cell)?;
        let (stage, scope, refused) = prepared;
        let job = job.clone();
        if !wanted {
            conclude(&stage, "skipped");
            continue;
        }
        instances.spawn(async move {
            let (repo, run, id) = stage.ids;
            stage.shared.world().job_moved(repo, run, id, "in_progress", None);
            let limit = std::time::Duration::from_secs_f64((job.timeout_minutes * 60.0).clamp(1.0, 1e6));
            let conclusion = match refused {
                Some(words) => {
                    stage.log.line(&format!("##[error]{words}"));
                    "failure"
                }
                None => {
                    tokio::time::timeout(limit, job::play(&stage, &job, scope)).await.unwrap_or("cancelled")
                }
            };
            conclude(&stage, conclusion);
            // A workspace that cannot be removed goes with the forge's directory.
            let _ = std::fs::remove_dir_all(&stage.temp);
            (conclusion, job.fail_fast)
        });
    }
    if !wanted {
        return Ok("skipped");
    }
    let mut ends = Vec::new();
    while let Some(ended) = instances.join_next().await {
        ends.push(ended.map_err(|error| Trouble::new(format!("a job's task ended: {error}")))?.0);
    }
    let worst = ["failure", "cancelled", "success"].into_iter().find(|end| ends.contains(end));
    Ok(worst.unwrap_or("success"))
}

fn conclude(stage: &Stage, conclusion: &'static str) {
    let (repo, run, job) = stage.ids;
    let mut world = stage.shared.world();
    // Both tokens end with the job.
    world.tokens.remove(&stage.token);
    world.oidc.requests.retain(|_, ids| *ids != stage.ids);
    world.job_moved(repo, run, job, "completed", Some(conclusion));
}

/// The cells of a matrix; one without keys has one cell.
fn matrix(scope: &Scope, matrix: &Map<String, Value>) -> Result<Vec<Map<String, Value>>, Trouble> {
    let whole = matrix.get("").map(|text| scope.fill(&shown(text))).transpose()?;
    let matrix = whole.as_ref().and_then(Value::as_object).unwrap_or(matrix);
    let mut cells = vec![Map::new()];
    for (key, values) in matrix {
        if key == "include" || key == "exclude" {
            return Err(Trouble::new(format!("the forge does not play `{key}` of a matrix")));
        }
        let filled = match values {
            Value::String(text) => scope.fill(text)?,
            other => other.clone(),
        };
        let list = filled.as_array().ok_or_else(|| Trouble::new(format!("matrix.{key} is not a list")))?;
        cells = cells
            .iter()
            .flat_map(|cell| {
                list.iter().map(move |value| {
                    let mut cell = cell.clone();
                    cell.insert(key.clone(), value.clone());
                    cell
                })
            })
            .collect();
    }
    if cells.is_empty() || cells.len() > 256 {
        return Err(Trouble::new("a matrix must have between 1 and 256 jobs"));
    }
    Ok(cells)
}
