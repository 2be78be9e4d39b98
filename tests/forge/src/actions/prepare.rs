//! Owns: what a job is given before its first step: contexts, tokens, directories, environment, masks.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::server::Shared;
use crate::state::app::{Access, Permissions};
use crate::state::run::{JobRun, Run};
use crate::state::{Token, World};

use super::Trouble;
use super::expr::{Scope, shown};
use super::job::Stage;
use super::log::JobLog;
use super::workflow::{Job, Workflow};

/// What a job may see before it runs.
pub(super) fn base_scope(world: &World, repo: u64, run: &Run, job: &Job) -> Result<Scope, Trouble> {
    let home = world.repo(repo).map_err(|_| Trouble::new("the repository is gone"))?;
    let name = world.full_name(home);
    let full_ref = format!("refs/heads/{}", run.branch);
    let (head, base) = ("/pull_request/head/ref", "/pull_request/base/ref");
    let of_event = |pointer: &str| run.payload.pointer(pointer).cloned().unwrap_or_else(|| json!(""));
    let mut scope = Scope::default();
    scope.set("github", json!({
        "repository": name, "repository_id": repo.to_string(), "repository_owner": world.login_of(home.owner),
        "repository_owner_id": home.owner.to_string(), "sha": run.sha, "ref": full_ref, "ref_name": run.branch,
        "ref_type": "branch", "event_name": run.event, "event": run.payload, "run_id": run.id.to_string(),
        "run_number": run.number.to_string(), "run_attempt": run.attempt.to_string(),
        "actor": world.login_of(run.actor), "actor_id": run.actor.to_string(),
        "triggering_actor": world.login_of(run.actor), "workflow": run.name,
        "workflow_ref": format!("{name}/{}@{full_ref}", run.path), "workflow_sha": run.sha, "job": job.key,
        "server_url": world.base, "api_url": world.api(), "graphql_url": format!("{}/api/graphql", world.base),
        "head_ref": of_event(head), "base_ref": of_event(base),
    }));
    scope.set("inputs", Value::Object(run.inputs.clone()));
    scope.set("steps", json!({}));
    scope.set(
        "runner",
        json!({"os": "Linux", "arch": "X64", "name": "forge", "environment": "github-hosted"}),
    );
    Ok(scope)
}

/// Where a job plays, what it sees, and why it may not.
pub(super) type Prepared = (Stage, Scope, Option<String>);

/// Makes a job's record, tokens, directories and environment.
pub(super) fn prepare(
    shared: &Arc<Shared>,
    repo: u64,
    run: &Run,
    workflow: &Workflow,
    job: &Job,
    mut scope: Scope,
    cell: &Map<String, Value>,
) -> Result<Prepared, Trouble> {
    let environment = job.environment.as_deref().map(|name| scope.text(name)).transpose()?;
    let environment = environment.filter(|name| !name.is_empty());
    let values: Vec<String> = cell.values().map(shown).collect();
    let plain =
        if values.is_empty() { job.key.clone() } else { format!("{} ({})", job.key, values.join(", ")) };
    let name = job.name.as_deref().map(|name| scope.text(name)).transpose()?.unwrap_or(plain);
    let default =
        || Permissions::from([("contents".into(), Access::Read), ("metadata".into(), Access::Read)]);
    let mut permissions =
        job.permissions.clone().or_else(|| workflow.permissions.clone()).unwrap_or_else(default);
    permissions.insert("metadata".into(), Access::Read);
    let identity = permissions.remove("id-token") == Some(Access::Write);
    let mut world = shared.world();
    let created = world.now();
    let record = JobRun {
        id: 0,
        attempt: run.attempt,
        name,
        environment: environment.clone(),
        status: "queued",
        conclusion: None,
        created,
        started: None,
        completed: None,
        steps: Vec::new(),
        log: Vec::new(),
        check: None,
    };
    let id = world.job_queued(repo, run.id, record);
    let token = format!("ghs_{}", uuid::Uuid::new_v4().simple());
    world.tokens.insert(token.clone(), Token::Job { repo, permissions });
    let gone = |_| Trouble::new("the repository is gone");
    let mut refused = None;
    if let Some(name) = &environment {
        let environments = &mut world.repo_mut(repo).map_err(gone)?.actions.environments;
        let branches = environments.entry(name.clone()).or_default();
        if !branches.is_empty() && !branches.contains(&run.branch) {
            let branch = &run.branch;
            refused = Some(format!(
                "Branch \"{branch}\" is not allowed to deploy to {name} due to environment protection rules."
            ));
        }
    }
    let mut secrets = world.repo(repo).map_err(gone)?.actions.secrets.clone();
    secrets.insert("GITHUB_TOKEN".into(), token.clone());
    let temp = world.root.join("runs").join(format!("{}-{}-{id}", run.id, run.attempt));
    let workspace = temp.join("work");
    for dir in [&workspace, &temp.join("temp"), &temp.join("home")] {
        std::fs::create_dir_all(dir).map_err(|error| Trouble::new(format!("{}: {error}", dir.display())))?;
    }
    let event = temp.join("event.json");
    std::fs::write(&event, run.payload.to_string())
        .map_err(|error| Trouble::new(format!("event.json: {error}")))?;
    let mut env = world.runner_env.clone();
    let path = env.remove("PATH").or_else(|| std::env::var("PATH").ok()).unwrap_or_default();
    if let Some(Value::Object(github)) = scope.contexts.get_mut("github") {
        github.insert("workspace".into(), json!(workspace.to_string_lossy()));
        for (key, value) in github.iter().filter(|(key, value)| *key != "event" && !value.is_object()) {
            env.insert(format!("GITHUB_{}", key.to_uppercase()), shown(value));
        }
        github.insert("token".into(), json!(token));
    }
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    for (key, value) in [
        ("CI", "true".to_owned()),
        ("GITHUB_ACTIONS", "true".into()),
        ("GITHUB_EVENT_PATH", text(&event)),
        ("HOME", text(&temp.join("home"))),
        ("PATH", path),
        ("RUNNER_TEMP", text(&temp.join("temp"))),
        ("RUNNER_TOOL_CACHE", text(&temp.join("tools"))),
        ("RUNNER_OS", "Linux".into()),
        ("RUNNER_ARCH", "X64".into()),
        ("RUNNER_NAME", "forge".into()),
        ("RUNNER_ENVIRONMENT", "github-hosted".into()),
        ("LANG", "C.UTF-8".into()),
    ] {
        env.insert(key.to_owned(), value);
    }
    let mut hidden: Vec<String> = secrets.values().cloned().collect();
    if identity {
        let request = uuid::Uuid::new_v4().simple().to_string();
        hidden.push(request.clone());
        let query = format!("{}{}?api-version=2.0", world.base, crate::oidc::TOKEN_PATH);
        env.insert("ACTIONS_ID_TOKEN_REQUEST_URL".into(), query);
        env.insert("ACTIONS_ID_TOKEN_REQUEST_TOKEN".into(), request.clone());
        world.oidc.requests.insert(request, (repo, run.id, id));
    }
    scope.set("secrets", json!(secrets));
    let ids = (repo, run.id, id);
    let (base, actions) = (world.base.clone(), world.actions.clone());
    let full_name = world.full_name(world.repo(repo).map_err(gone)?);
    drop(world);
    // Variables may use what stands above them.
    let mut own = Map::new();
    for (key, value) in workflow.env.iter().chain(&job.env) {
        scope.set("env", Value::Object(own.clone()));
        let value = scope.text(&shown(value))?;
        env.insert(key.clone(), value.clone());
        own.insert(key.clone(), Value::String(value));
    }
    scope.set("env", Value::Object(own));
    let log = Arc::new(JobLog::new(shared.clone(), ids, hidden));
    let (shared, sha) = (shared.clone(), run.sha.clone());
    let (cancel, gone) = (run.cancel.subscribe(), run.gone.subscribe());
    Ok((
        Stage { shared, ids, base, full_name, sha, workspace, temp, token, actions, log, cancel, gone, env },
        scope,
        refused,
    ))
}
