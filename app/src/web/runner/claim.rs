//! `POST claim`: a worker proves who it is and gets one job in its scope, or nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use tfpilot_engine::{
    CommitSha, Executor, Facts, InputsDigest, Job, JobId, JobState, Operation, RunId, Signal, WorkflowRun,
    gate,
};
use tfpilot_protocol as protocol;
use tfpilot_protocol::{ClaimAnswer, ClaimRequest, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, SidecarScope};

use tokio::time::Instant;

use crate::app::App;
use crate::github::oidc::{Expected, WorkflowClaims, check_claims};
use crate::github::{RepoId, RepoName};
use crate::store::View;
use crate::web::problem::Refused;
use crate::web::token::{TokenGrant, bearer, find_grant, new_token};
use crate::worker::ledger::Settles;
use crate::worker::repositories::Repository;
use crate::worker::views::{self, JobRow};

/// A sidecar asks again after this long.
const RETRY_SECONDS: u64 = 1;

/// A claim waits this long for work, so that a job starts when it is there and not when somebody asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Open jobs looked at in one claim.
const LOOKED_AT: usize = 500;

/// Who claims.
enum Worker {
    /// A registered runner.
    Sidecar { name: String, scope: SidecarScope },
    /// A job of the workflow, proven by GitHub's token.
    Workflow { claims: Box<WorkflowClaims>, run: RunId },
}

pub(crate) async fn claim(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(request): Json<ClaimRequest>,
) -> Result<Json<ClaimAnswer>, Refused> {
    if !(OLDEST_PROTOCOL_VERSION..=PROTOCOL_VERSION).contains(&request.protocol) {
        return Err(Refused::new(
            StatusCode::UPGRADE_REQUIRED,
            "protocol-not-served",
            format!(
                "this server speaks runner protocol {OLDEST_PROTOCOL_VERSION} to {PROTOCOL_VERSION}, the runner {}; use a runner of the server's release",
                request.protocol
            ),
        ));
    }
    let worker = identify(&app, &headers, &request).await?;
    let deadline = Instant::now() + LONGEST_WAIT;
    loop {
        let woken = app.woken();
        if let Some(job) = claim_any(&app, &worker, &request).await? {
            return Ok(Json(ClaimAnswer::Job(Box::new(job))));
        }
        let sidecar = matches!(worker, Worker::Sidecar { .. });
        if !sidecar || tokio::time::timeout_at(deadline, woken).await.is_err() {
            return Ok(Json(ClaimAnswer::Nothing { retry_after_seconds: RETRY_SECONDS }));
        }
    }
}

/// The job that this claim was given already, else the most urgent open one in the worker's scope: applies first, then
/// the oldest.
async fn claim_any(
    app: &App,
    worker: &Worker,
    request: &ClaimRequest,
) -> Result<Option<protocol::Job>, Refused> {
    let name = worker_name(worker, request);
    let mut open = Vec::new();
    for (key, bytes) in app.store.scan(View::Jobs, "", LOOKED_AT).await? {
        let row: JobRow = views::read(View::Jobs, &key, &bytes)?;
        if let Ok(id) = key.parse::<uuid::Uuid>()
            && (row.queued || row.worker.as_ref() == Some(&name))
        {
            open.push((JobId(id), row));
        }
    }
    open.sort_by_key(|(id, row)| (row.queued, row.operation != Operation::Apply, row.requested_at, *id));
    for (id, row) in open {
        if let Some(job) = try_claim(app, worker, &name, id, &row).await? {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

/// Each claim is a worker of its own: a runner that restarts must not take its own old job for its new one.
fn worker_name(worker: &Worker, request: &ClaimRequest) -> String {
    let name = match worker {
        Worker::Sidecar { name, .. } => name.clone(),
        Worker::Workflow { claims, .. } => format!("workflow run {}", claims.run_id),
    };
    let claim = request.claim.map_or_else(uuid::Uuid::now_v7, |claim| claim.0);
    format!("{name}/{}/{claim}", request.worker)
}

async fn identify(app: &App, headers: &HeaderMap, request: &ClaimRequest) -> Result<Worker, Refused> {
    match find_grant(app.store.as_ref(), headers).await? {
        Some(TokenGrant::Sidecar { name, scope }) => return Ok(Worker::Sidecar { name, scope }),
        Some(_) => return Err(Refused::unauthorized("this token claims nothing")),
        None => {}
    }
    let (Some(token), Some(run)) = (bearer(headers), request.run) else {
        let message = "no valid runner token; register the runner with `tfpilot token create`";
        return Err(Refused::unauthorized(message));
    };
    let claims = app.oidc.verify(token, app.clock.now()).await.map_err(|error| {
        tracing::warn!(%error, "a workflow's token was refused");
        Refused::unauthorized(format!("the workflow's token is refused: {error}"))
    })?;
    Ok(Worker::Workflow { claims: Box::new(claims), run: RunId(run.0) })
}

/// Claims one job if it is in the worker's scope and still free, or this very worker's.
async fn try_claim(
    app: &App,
    worker: &Worker,
    name: &str,
    id: JobId,
    row: &JobRow,
) -> Result<Option<protocol::Job>, Refused> {
    let repository = app.repositories.of_stream(&row.stream).await.map_err(|error| {
        tracing::error!(%error, stream = %row.stream, "a job's repository cannot be loaded");
        Refused::unavailable("the job's repository cannot be loaded")
    })?;
    let (workflow, persistent) = match worker {
        Worker::Sidecar { scope, .. } => {
            if row.executor != Executor::Sidecar || !in_scope(scope, &repository, row) {
                return Ok(None);
            }
            (None, scope.persistent)
        }
        Worker::Workflow { claims, run } => {
            if row.executor != Executor::Actions || row.run != *run {
                return Ok(None);
            }
            check_workflow(claims, &repository, row)?;
            (Some(WorkflowRun { id: claims.run_id, attempt: claims.run_attempt }), false)
        }
    };
    let grant = TokenGrant::Job { job: id, stream: row.stream.clone(), worker: name.to_owned() };
    let (token, change) = new_token(&grant)?;
    // A claim whose answer was lost changes nothing the second time, but for the token.
    let signal = Signal::Claimed { job: id, worker: name.to_owned(), workflow };
    let settles = Settles { views: vec![change], ..Settles::default() };
    let facts = app.decide(&row.stream, &repository, &signal, settles).await?;
    let ours = facts
        .job(id)
        .is_some_and(|(_, job)| matches!(&job.state, JobState::Claimed { worker, .. } if worker == name));
    if !ours {
        return Ok(None);
    }
    let token = protocol::Secret::new(token.expose_secret());
    describe(app, &repository, &facts, id, token, persistent).await.map(Some)
}

/// Whether the token belongs to our workflow on the default branch, and to the environment where something is applied.
///
/// Which repository that is, its number says. The name in the token's references is GitHub's word for it when the token
/// was made: a repository that was renamed a moment ago, of which we did not hear yet, is the same one.
fn check_workflow(claims: &WorkflowClaims, repository: &Repository, row: &JobRow) -> Result<(), Refused> {
    let environment = match row.operation {
        Operation::Plan => None,
        Operation::Apply => row.environment.as_deref().map(|name| {
            let settings = repository.config.environments.get(name);
            settings
                .and_then(|settings| settings.apply_environment.clone())
                .unwrap_or_else(|| name.to_owned())
        }),
    };
    let branch = &repository.default_branch;
    let same = claims.repository_id == repository.id;
    let called = RepoName::parse(&claims.repository).ok().filter(|_| same);
    let called = called.unwrap_or_else(|| repository.name.clone());
    let expected = Expected {
        repository_id: repository.id,
        git_ref: format!("refs/heads/{branch}"),
        workflow_ref: Expected::workflow_ref(&called, repository.config.workflow(), branch),
        event_name: "workflow_dispatch".to_owned(),
        run_id: None,
        run_attempt: None,
        environment,
    };
    check_claims(claims, &expected).map_err(|problem| {
        tracing::warn!(%problem, repository = %repository.name, "a workflow's token was refused");
        Refused::unauthorized(format!("the workflow's token is refused: {problem}"))
    })
}

fn in_scope(scope: &SidecarScope, repository: &Repository, row: &JobRow) -> bool {
    let allows = |list: &[String], value: Option<&str>| {
        list.is_empty() || value.is_some_and(|value| list.iter().any(|known| known == value))
    };
    let operation = match row.operation {
        Operation::Plan => protocol::Operation::Plan,
        Operation::Apply => protocol::Operation::Apply,
    };
    // A scope that names a repository means the repository: it stays in it under another name.
    let name = repository.name.to_string();
    let mut names = repository.former_names.iter().chain([&name]);
    names.any(|name| allows(&scope.repositories, Some(name)))
        && allows(&scope.environments, row.environment.as_deref())
        && (scope.operations.is_empty() || scope.operations.contains(&operation))
}

/// The inputs digest that the job's manifest bears. An apply repeats that of its plan: a lock file that was committed
/// since is part of the ticket's digest and was part of the plan.
fn planned_digest<'f>(facts: &'f Facts, job: &'f Job) -> &'f InputsDigest {
    let ticket = job.ticket.and_then(|ticket| facts.tickets.get(&ticket));
    let planned = ticket.and_then(|ticket| facts.job(ticket.plan_job));
    planned.map_or(&job.inputs_digest, |(_, planned)| &planned.inputs_digest)
}

/// The allow-list, and beside its keys the rules that admins overrode for this head, where there are any.
fn admission(
    repository: &Repository,
    facts: &Facts,
    head: &CommitSha,
    persistent: bool,
) -> serde_json::Value {
    let mut list = repository.allow_list(persistent);
    let overridden: Vec<&str> = gate::overridden_admissions(facts, head).into_keys().collect();
    if let Some(keys) = list.as_object_mut().filter(|_| !overridden.is_empty()) {
        keys.insert("overridden".to_owned(), overridden.into());
    }
    list
}

/// Everything the worker needs, with a token that reads this repository and nothing else.
async fn describe(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    id: JobId,
    token: protocol::Secret,
    persistent: bool,
) -> Result<protocol::Job, Refused> {
    let Some((run, job)) = facts.job(id) else {
        return Err(Refused::conflict("job-gone", "the job is not there any more"));
    };
    let installation = repository.client.installation();
    let (number, known) = (RepoId(repository.id), &repository.name);
    let git = app.github.git_read_token(installation, number, known).await.map_err(|error| {
        tracing::warn!(%error, "no token for a runner");
        Refused::unavailable("GitHub gives no token for the repository now; ask again in a moment")
    })?;
    // Git follows no redirect with a token in hand, so its address must be today's.
    let name = git.name.as_ref().unwrap_or(known);
    let ticket = job.ticket.and_then(|ticket| facts.tickets.get(&ticket));
    let environment = run.environment.as_ref().map(ToString::to_string).unwrap_or_default();
    let settings = repository.config.environments.get(&environment);
    let operation = match run.operation {
        Operation::Plan => protocol::Operation::Plan,
        Operation::Apply => protocol::Operation::Apply,
    };
    Ok(protocol::Job {
        protocol: PROTOCOL_VERSION,
        id: protocol::JobId(id.0),
        run: protocol::RunId(run.id.0),
        operation,
        token,
        lease_seconds: u64::try_from(tfpilot_engine::LEASE.as_secs()).unwrap_or_default(),
        repository: protocol::Repository { id: repository.id, full_name: name.to_string() },
        source: protocol::Source {
            clone_url: format!("{}/{name}.git", app.web_url),
            head: run.head.to_string(),
            token: Some(protocol::Secret::new(git.token.expose_secret())),
        },
        stack: job.stack.to_string(),
        inputs_digest: planned_digest(facts, job).to_string(),
        terraform_version: repository.config.terraform_version.clone(),
        admission: admission(repository, facts, &run.head, persistent),
        account: settings.and_then(|settings| settings.account.clone()),
        environment,
        limits: protocol::JobLimits::default(),
        apply: ticket.map(|ticket| protocol::ApplyOrder {
            ticket: protocol::TicketId(ticket.id.0),
            bundle_sha256: ticket.bundle_sha256.clone(),
            plan_digest: ticket.plan_digest.to_string(),
        }),
    })
}
