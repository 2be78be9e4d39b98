//! Owns: Actions over the API: dispatch, runs, jobs, logs, cancel, rerun.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::json::run::workflow_id;
use crate::state::World;
use crate::state::run::Run;

use super::{Answer, Call, Done, Reject};

#[derive(Deserialize)]
struct Dispatch {
    r#ref: String,
    #[serde(default)]
    inputs: Map<String, Value>,
    #[serde(default)]
    return_run_details: bool,
}

/// The workflows on the default branch: path and name.
fn known(world: &World, repo: u64) -> Result<Vec<(String, String)>, Reject> {
    let home = world.repo(repo)?;
    let sha = home.branch(&home.default_branch).ok_or_else(Reject::not_found)?;
    let all = world.workflows(repo, &sha).into_iter();
    Ok(all.map(|(path, parsed)| (path.clone(), parsed.map_or(path, |parsed| parsed.name))).collect())
}

fn named(world: &World, call: &Call, repo: u64) -> Result<(String, String), Reject> {
    let wanted = call.param("workflow_id")?;
    let fits = |path: &str| {
        path.rsplit('/').next() == Some(wanted) || path == wanted || workflow_id(path).to_string() == wanted
    };
    known(world, repo)?.into_iter().find(|(path, _)| fits(path)).ok_or_else(Reject::not_found)
}

/// `POST …/actions/workflows/{id}/dispatches`: 204, or 200 with the run when asked for it.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Done {
    let (repo, actor) = (call.repo(world)?, call.actor(world)?);
    let ask: Dispatch = call.json()?;
    let (path, _) = named(world, call, repo)?;
    let run = world.dispatch(repo, actor, &path, &ask.r#ref, &ask.inputs)?;
    if !ask.return_run_details {
        return Answer::none();
    }
    let home = world.repo(repo)?;
    let url = format!("{}/actions/runs/{run}", world.repo_api(home));
    let page = format!("{}/actions/runs/{run}", world.repo_page(home));
    Answer::ok(json!({"workflow_run_id": run, "run_url": url, "html_url": page}))
}

/// `GET …/actions/workflows`.
pub(crate) fn workflows(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    let all = known(world, repo)?.iter().map(|(path, name)| world.workflow_json(repo, path, name)).collect();
    call.counted(world, "workflows", all)
}

/// `GET …/actions/workflows/{id}`.
pub(crate) fn workflow(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    let (path, name) = named(world, call, repo)?;
    Answer::ok(world.workflow_json(repo, &path, &name))
}

fn runs_where(world: &World, call: &Call, repo: u64, fits: impl Fn(&Run) -> bool) -> Done {
    let runs = world.repo(repo)?.actions.runs.values().rev();
    let all = runs
        .filter(|run| fits(run))
        .filter(|run| call.query("event").is_none_or(|event| event == run.event))
        .filter(|run| call.query("branch").is_none_or(|branch| branch == run.branch))
        .filter(|run| call.query("head_sha").is_none_or(|sha| sha == run.sha))
        .filter(|run| call.query("status").is_none_or(|is| is == run.status || Some(is) == run.conclusion))
        .map(|run| world.run_json(repo, run))
        .collect();
    call.counted(world, "workflow_runs", all)
}

/// `GET …/actions/runs`, newest first.
pub(crate) fn runs(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    runs_where(world, call, repo, |_| true)
}

/// `GET …/actions/workflows/{id}/runs`.
pub(crate) fn runs_of(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    let (path, _) = named(world, call, repo)?;
    runs_where(world, call, repo, |run| run.path == path)
}

/// `GET …/actions/runs/{id}`.
pub(crate) fn run(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    Answer::ok(world.run_json(repo, world.run(repo, call.number("run_id")?)?))
}

/// `GET …/actions/runs/{id}/jobs`: of the last attempt, or of all.
pub(crate) fn jobs(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    let run = world.run(repo, call.number("run_id")?)?;
    let all = call.query("filter") == Some("all");
    let jobs = run.jobs.iter().filter(|job| all || job.attempt == run.attempt);
    let list = jobs.map(|job| world.job_json(repo, run, job)).collect();
    call.counted(world, "jobs", list)
}

/// `GET …/actions/jobs/{id}`.
pub(crate) fn job(world: &mut World, call: &Call) -> Done {
    let (repo, id) = (call.repo(world)?, call.number("job_id")?);
    let mut runs = world.repo(repo)?.actions.runs.values();
    let found = runs.find_map(|run| Some((run, run.jobs.iter().find(|job| job.id == id)?)));
    let (run, job) = found.ok_or_else(Reject::not_found)?;
    Answer::ok(world.job_json(repo, run, job))
}

/// `GET …/actions/jobs/{id}/logs`: GitHub redirects to a file; here it is the file.
pub(crate) fn logs(world: &mut World, call: &Call) -> Done {
    let (repo, id) = (call.repo(world)?, call.number("job_id")?);
    let mut jobs = world.repo(repo)?.actions.runs.values().flat_map(|run| &run.jobs);
    let job = jobs.find(|job| job.id == id).ok_or_else(Reject::not_found)?;
    let text = job.log.iter().map(|line| format!("{line}\n")).collect::<String>();
    Ok(Answer { status: 200, body: None, raw: Some(text.into_bytes()), link: None })
}

/// `POST …/actions/runs/{id}/cancel`.
pub(crate) fn cancel(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    world.cancel_run(repo, call.number("run_id")?)?;
    Answer::accepted()
}

/// `POST …/actions/runs/{id}/rerun`.
pub(crate) fn rerun(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    world.rerun(repo, call.number("run_id")?)?;
    Answer::created(json!({}))
}

/// `GET …/environments`.
pub(crate) fn environments(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    let home = world.repo(repo)?;
    let created = crate::clock::written(home.created);
    let row = |(name, branches): (&String, &Vec<String>)| {
        let policy = (!branches.is_empty())
            .then(|| json!({"protected_branches": false, "custom_branch_policies": true}));
        json!({
            "id": workflow_id(name), "node_id": crate::json::node_id("EN", workflow_id(name)), "name": name,
            "url": format!("{}/environments/{name}", world.repo_api(home)),
            "html_url": format!("{}/settings/environments", world.repo_page(home)), "created_at": created,
            "updated_at": created, "protection_rules": [], "deployment_branch_policy": policy,
        })
    };
    let all = home.actions.environments.iter().map(row).collect();
    call.counted(world, "environments", all)
}

/// `GET …/environments/{name}/deployment-branch-policies`.
pub(crate) fn branch_policies(world: &mut World, call: &Call) -> Done {
    let repo = call.repo(world)?;
    let environments = &world.repo(repo)?.actions.environments;
    let branches = environments.get(call.param("environment_name")?).ok_or_else(Reject::not_found)?;
    let row =
        |name: &String| json!({"id": workflow_id(name), "node_id": "DBP", "name": name, "type": "branch"});
    let all = branches.iter().map(row).collect();
    call.counted(world, "branch_policies", all)
}
