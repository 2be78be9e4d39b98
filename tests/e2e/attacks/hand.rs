//! A worker played by hand: it speaks the runner's protocol over a socket, and may say anything in any order.

use anyhow::{Context, Result, bail, ensure};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tfpilot::store::View;
use tfpilot::web::{TokenGrant, create_token};
use tfpilot_plan::{Redactor, redact};
use tfpilot_protocol::{
    ClaimAnswer, ClaimRequest, Conclusion, Job, Manifest, PROTOCOL_VERSION, PlanDocument, PlanReport, RunId,
    SidecarScope, StartRequest, TicketId, path,
};
use tfpilot_tests::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the bundles of these stories consist of: nobody unpacks them.
pub(super) const BUNDLE: &[u8] = b"a bundle";

/// An answer: its status and its body.
pub(super) type Answer = (u16, Value);

/// Speaks to the app.
#[derive(Clone)]
pub(super) struct Hand {
    base: String,
}

impl Hand {
    pub(super) fn of(world: &World) -> Self {
        Self::to(world.app_url().to_owned())
    }

    /// Speaks to any address.
    pub(super) fn to(base: String) -> Self {
        Self { base }
    }

    /// One request over a socket of its own; a body that is no JSON is told as text.
    pub(super) async fn send(&self, method: &str, path: &str, token: &str, body: &[u8]) -> Result<Answer> {
        let address = self.base.strip_prefix("http://").context("plain HTTP")?;
        let mut stream = TcpStream::connect(address).await?;
        let digest = hex::encode(Sha256::digest(body));
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nx-tfpilot-sha256: {digest}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        Ok((status, serde_json::from_str(body).unwrap_or_else(|_| Value::from(body))))
    }

    pub(super) async fn post(&self, path: &str, token: &str, body: &impl Serialize) -> Result<Answer> {
        self.send("POST", path, token, &serde_json::to_vec(body)?).await
    }

    /// A claim as the answer says it.
    pub(super) async fn asks(&self, token: &str, run: Option<RunId>) -> Result<Answer> {
        let (protocol, worker) = (PROTOCOL_VERSION, "by hand".to_owned());
        let request = ClaimRequest { protocol, worker, run, claim: None, terraform: None };
        self.post(path::CLAIM, token, &request).await
    }

    /// A claim that must give a job.
    pub(super) async fn claims(&self, token: &str, run: Option<RunId>) -> Result<Job> {
        let (status, answer) = self.asks(token, run).await?;
        ensure!(status == 200, "{status} {answer}");
        match serde_json::from_value(answer)? {
            ClaimAnswer::Job(job) => Ok(*job),
            ClaimAnswer::Nothing { .. } => bail!("there is no job"),
        }
    }

    /// Uploads a bundle and reports a plan that creates `count` resources.
    pub(super) async fn plans(&self, job: &Job, count: usize) -> Result<PlanReport> {
        let token = job.token.expose();
        let (status, answer) = self.send("PUT", &path::bundle(job.id), token, BUNDLE).await?;
        ensure!(status == 204, "{status} {answer}");
        let report = report(job, count)?;
        let (status, answer) = self.concludes(job, &Conclusion::Planned(Box::new(report.clone()))).await?;
        ensure!(status == 204, "{status} {answer}");
        Ok(report)
    }

    pub(super) async fn concludes(&self, job: &Job, conclusion: &Conclusion) -> Result<Answer> {
        self.post(&path::conclude(job.id), job.token.expose(), conclusion).await
    }

    /// Asks for leave to start with this job's token and any ticket.
    pub(super) async fn starts(&self, job: &Job, ticket: TicketId) -> Result<Answer> {
        let plan_digest = job.apply.as_ref().map(|order| order.plan_digest.clone()).unwrap_or_default();
        self.post(&path::start(job.id), job.token.expose(), &StartRequest { ticket, plan_digest }).await
    }
}

/// What a worker would report of a plan with so many resources to create.
pub(super) fn report(job: &Job, count: usize) -> Result<PlanReport> {
    let change = |number: usize| {
        json!({
            "address": format!("terraform_data.r{number}"), "mode": "managed", "type": "terraform_data",
            "name": format!("r{number}"), "provider_name": "terraform.io/builtin/terraform",
            "change": { "actions": ["create"], "before": null, "after": { "input": "x" }, "after_unknown": {} },
        })
    };
    let changes: Vec<Value> = (0..count).map(change).collect();
    let document = json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": true, "applyable": true,
        "errored": false, "resource_changes": changes,
    });
    let plan = redact(&serde_json::to_vec(&document)?, None, &Redactor::default())?.plan;
    let manifest = Manifest {
        protocol: PROTOCOL_VERSION,
        head: job.source.head.clone(),
        stack: job.stack.clone(),
        inputs_digest: job.inputs_digest.clone(),
        terraform_version: "1.11.4".to_owned(),
        argv: Vec::new(),
        environment: std::collections::BTreeMap::new(),
        account: None,
        state: None,
        plan_digest: plan.digest().to_string(),
        entries: Vec::new(),
    };
    let bundle_sha256 = hex::encode(Sha256::digest(BUNDLE));
    Ok(PlanReport {
        manifest,
        bundle_sha256,
        plan: PlanDocument::of(&plan)?,
        warnings: Vec::new(),
        lock_file: None,
        infracost: None,
    })
}

/// A sidecar's token for a scope.
pub(super) async fn sidecar(world: &World, scope: SidecarScope) -> Result<String> {
    let grant = TokenGrant::Sidecar { name: "by-hand".to_owned(), scope };
    let token = create_token(world.app().store().as_ref(), &grant).await?;
    Ok(token.expose_secret().to_owned())
}

/// A sidecar's token that opens everything, on a disk that is kept.
pub(super) async fn any_sidecar(world: &World) -> Result<String> {
    sidecar(world, SidecarScope { persistent: true, ..SidecarScope::default() }).await
}

/// Waits until so many jobs wait for a worker, and returns their rows.
pub(super) async fn queued(world: &World, count: usize) -> Result<Vec<Value>> {
    for _ in 0..12_000 {
        let rows = world.app().store().scan(View::Jobs, "", 100).await?;
        let rows: Vec<Value> =
            rows.iter().map(|(_, row)| serde_json::from_slice(row)).collect::<Result<_, _>>()?;
        let waiting: Vec<Value> = rows.into_iter().filter(|row| row["queued"] == true).collect();
        if waiting.len() == count {
            return Ok(waiting);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bail!("there were never {count} jobs waiting")
}

/// A world whose sidecar is gone: what waits for a worker waits for whoever claims it.
pub(super) async fn without_runner() -> Result<World> {
    let mut world = World::start().await?;
    world.runner().context("a runner")?.kill().await?;
    Ok(world)
}
