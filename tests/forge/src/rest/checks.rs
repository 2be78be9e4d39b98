//! Owns: check runs and suites over the API. Only the app that made a check run may change it.

use serde_json::{Value, json};

use crate::json::account::merge;
use crate::state::check_input::CheckInput;
use crate::state::seed::ACTIONS_APP;
use crate::state::{CheckRun, World};

use super::{Answer, Call, Caller, Done, Reject};

fn app_of(world: &World, call: &Call) -> Result<u64, Reject> {
    match &call.caller {
        Caller::Installation { .. } => Ok(world.app.id),
        Caller::Job { .. } => Ok(ACTIONS_APP),
        _ => Err(Reject::new(403, "You must authenticate via a GitHub App.")),
    }
}

/// `POST …/check-runs`.
pub(crate) fn create(world: &mut World, call: &Call) -> Done {
    let (id, actor) = (call.repo(world)?, call.actor(world)?);
    let app = app_of(world, call)?;
    let input: CheckInput = call.json()?;
    let made = world.create_check(id, app, actor, input)?;
    Answer::created(world.check_json(id, world.check(id, made)?))
}

/// `GET …/check-runs/{id}`.
pub(crate) fn get(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    Answer::ok(world.check_json(id, world.check(id, call.number("check_run_id")?)?))
}

/// `PATCH …/check-runs/{id}`.
pub(crate) fn update(world: &mut World, call: &Call) -> Done {
    let (id, run, actor) = (call.repo(world)?, call.number("check_run_id")?, call.actor(world)?);
    let app = app_of(world, call)?;
    if world.check(id, run)?.app != app {
        return Err(Reject::new(403, "Invalid app_id for check run"));
    }
    let input: CheckInput = call.json()?;
    world.update_check(id, run, actor, input)?;
    Answer::ok(world.check_json(id, world.check(id, run)?))
}

/// `GET …/check-runs/{id}/annotations`.
pub(crate) fn annotations(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let run = world.check(id, call.number("check_run_id")?)?;
    let url = format!("{}/git/blobs/{}", world.repo_api(world.repo(id)?), run.head_sha);
    let row = |annotation| {
        let mut json = json!(annotation);
        merge(&mut json, json!({"blob_href": url}));
        json
    };
    let all = run.annotations.iter().map(row).collect();
    call.list(world, all)
}

fn filtered<'a>(call: &Call, runs: impl Iterator<Item = &'a CheckRun>) -> Vec<&'a CheckRun> {
    let app: Option<u64> = call.query("app_id").and_then(|id| id.parse().ok());
    let mut runs: Vec<&CheckRun> = runs
        .filter(|run| call.query("check_name").is_none_or(|name| name == run.name))
        .filter(|run| call.query("status").is_none_or(|status| status == run.status))
        .filter(|run| app.is_none_or(|app| app == run.app))
        .collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.id));
    if call.query("filter").unwrap_or("latest") == "latest" {
        let mut seen: Vec<(&str, u64)> = Vec::new();
        runs.retain(|run| {
            let key = (run.name.as_str(), run.app);
            let fresh = !seen.contains(&key);
            if fresh {
                seen.push(key);
            }
            fresh
        });
    }
    runs
}

/// `GET …/commits/{ref}/check-runs`.
pub(crate) fn of_ref(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let repo = world.repo(id)?;
    let sha = commit_of(world, call, id)?;
    let runs = filtered(call, repo.check_runs.iter().filter(|run| run.head_sha == sha));
    let all: Vec<Value> = runs.into_iter().map(|run| world.check_json(id, run)).collect();
    call.counted(world, "check_runs", all)
}

fn commit_of(world: &World, call: &Call, id: u64) -> Result<String, Reject> {
    let name = call.param("ref")?;
    let missing = || Reject::new(422, &format!("No commit found for SHA: {name}"));
    world.repo(id)?.git.commit_sha(name).ok_or_else(missing)
}

/// `GET …/commits/{ref}/check-suites`.
pub(crate) fn suites_of_ref(world: &mut World, call: &Call) -> Done {
    let id = call.repo(world)?;
    let sha = commit_of(world, call, id)?;
    let app: Option<u64> = call.query("app_id").and_then(|id| id.parse().ok());
    let suites = world.repo(id)?.check_suites.iter();
    let all: Vec<Value> = suites
        .filter(|suite| suite.head_sha == sha && app.is_none_or(|app| app == suite.app))
        .map(|suite| world.suite_json(id, suite))
        .collect();
    call.counted(world, "check_suites", all)
}

/// `GET …/check-suites/{id}`.
pub(crate) fn suite(world: &mut World, call: &Call) -> Done {
    let (id, wanted) = (call.repo(world)?, call.number("check_suite_id")?);
    let suite = world.repo(id)?.check_suites.iter().find(|suite| suite.id == wanted);
    Answer::ok(world.suite_json(id, suite.ok_or_else(Reject::not_found)?))
}

/// `GET …/check-suites/{id}/check-runs`.
pub(crate) fn of_suite(world: &mut World, call: &Call) -> Done {
    let (id, suite) = (call.repo(world)?, call.number("check_suite_id")?);
    let runs = filtered(call, world.repo(id)?.check_runs.iter().filter(|run| run.suite == suite));
    let all: Vec<Value> = runs.into_iter().map(|run| world.check_json(id, run)).collect();
    call.counted(world, "check_runs", all)
}
