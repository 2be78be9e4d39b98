//! No secret in any sink: a real stack full of canaries is planned, applied, changed and made to fail, and then every
//! place is read that anybody can look at.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use secrecy::ExposeSecret;
use tfpilot::store::View;
use tfpilot::web::{TokenGrant, admin_router, create_token};
use tfpilot_tests::{REPOSITORY, World, files, tfpilot};

use super::canaries::{self, Canaries};
use super::hand::Hand;
use crate::by_hand::{approved_and_applied, stack};
use crate::told::check;

/// Where the app's log goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Everything of this process is logged there from now on, in the form of the server's own log.
    fn start() -> Result<Log> {
        let log = Log::default();
        let writer = log.clone();
        let made = tracing_subscriber::fmt()
            .json()
            .with_env_filter("info,tfpilot=trace,tfpilot_engine=trace")
            .with_writer(move || writer.clone())
            .try_init();
        // With TFPILOT_LOG set, somebody reads another log of the same.
        ensure!(made.is_ok() || std::env::var("TFPILOT_LOG").is_ok(), "another log was there already");
        Ok(log)
    }
}

/// Opens a pull request with these files in a stack, and lets it be planned.
async fn opens(world: &World, name: &str, branch: &str, files: &[(String, String)]) -> Result<u64> {
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(file, text)| {
            let text = if file == "main.tf" { stack(world, name, text) } else { text.clone() };
            (format!("live/dev/{name}/{file}"), text)
        })
        .collect();
    world.alice().pushes(REPOSITORY, branch, &files, branch).await?;
    let number = world.alice().opens_pull(REPOSITORY, branch, "main", branch, "").await?;
    world.settle().await?;
    Ok(number)
}

/// What can be read: (where, bytes).
type Sinks = Vec<(String, Vec<u8>)>;

/// On GitHub: threads, titles, labels and everything that checks show.
fn on_github(world: &World, last: u64, sinks: &mut Sinks) -> Result<()> {
    for number in 1..=last {
        sinks.push((format!("thread #{number}"), world.forge.thread(REPOSITORY, number)?.into_bytes()));
        let comments = serde_json::to_vec(&world.forge.comments(REPOSITORY, number)?)?;
        sinks.push((format!("comments #{number}"), comments));
        for check in world.forge.checks(REPOSITORY, &format!("#{number}"))? {
            sinks.push((format!("check {} #{number}", check.name), serde_json::to_vec(&check)?));
        }
    }
    Ok(())
}

/// What the app keeps: its log of events, views, files as they lie there, and blobs unsealed, but for bundles.
async fn kept(world: &World, sinks: &mut Sinks) -> Result<()> {
    let store = world.app().store();
    for record in store.log(0, 100_000).await? {
        sinks.push((format!("event {}", record.position), record.body));
    }
    for view in View::ALL {
        for (key, row) in store.scan(view, "", 100_000).await? {
            sinks.push((format!("{view:?} {key}"), [key.as_bytes(), &row].concat()));
        }
    }
    for (key, bytes) in world.blobs().await? {
        if !key.starts_with("bundles/") {
            sinks.push((format!("blob {key}"), bytes));
        }
    }
    on_disk(&world.dir().join("app"), sinks)
}

fn on_disk(root: &Path, sinks: &mut Sinks) -> Result<()> {
    for file in files(root)? {
        sinks.push((file.display().to_string(), std::fs::read(&file)?));
    }
    Ok(())
}

/// What an operator copies out of the store, and reads from it.
async fn copied(world: &World, number: u64, sinks: &mut Sinks) -> Result<()> {
    let (copy, number) = (world.copies_store("copied").await?.display().to_string(), number.to_string());
    for command in [
        &["audit", "export"][..],
        &["audit", "export", "--format", "csv"],
        &["why", "--change", &number, "--as", "alice", "--role", "admin"],
        &["why", "--change", &number, "--as", "bob", "--json"],
    ] {
        let said = tfpilot(&[command, &["--store", copy.as_str()]].concat()).await?;
        ensure!(said.code == 0 && !said.out.is_empty(), "{said:?}");
        sinks.push((format!("tfpilot {}", command.join(" ")), (said.out + &said.err).into_bytes()));
    }
    Ok(())
}

/// What machines are told.
async fn answered(world: &World, last: u64, sinks: &mut Sinks) -> Result<()> {
    let token = create_token(world.app().store().as_ref(), &TokenGrant::Api { name: "r".to_owned() }).await?;
    let repository = world.forge.repository_id(REPOSITORY)?;
    let mut paths: Vec<String> =
        ["requests", "changes", "runs", "events?limit=200"].map(|path| format!("/api/v1/{path}")).into();
    paths.extend((1..=last).map(|number| format!("/api/v1/changes/{repository}/{number}")));
    let hand = Hand::of(world);
    for path in paths {
        let (status, body) = hand.send("GET", &path, token.expose_secret(), b"").await?;
        ensure!(status == 200, "{path}: {status} {body}");
        sinks.push((path, body.to_string().into_bytes()));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let admin = Hand::to(format!("http://{}", listener.local_addr()?));
    tokio::spawn(axum::serve(listener, admin_router(Arc::clone(world.app()))).into_future());
    for path in ["/metrics", "/healthz", "/readyz"] {
        let (status, body) = admin.send("GET", path, "", b"").await?;
        ensure!(status == 200, "{path}: {status} {body}");
        sinks.push((path.to_owned(), body.to_string().into_bytes()));
    }
    Ok(())
}

/// Secrets in the environment of whoever runs Terraform.
fn environment(canaries: &mut Canaries) -> Vec<(String, String)> {
    [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "GOOGLE_CREDENTIALS",
        "ARM_CLIENT_SECRET",
        "TF_VAR_password",
        "GITHUB_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "DATABASE_URL",
    ]
    .map(|name| (name.to_owned(), canaries.make(format!("environment: {name}"))))
    .into()
}

/// CVE-2024-52009 (tokens in logs); atlantis #163, digger #2677, stategraph #389 (secrets found by their look only).
#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_seen_in_any_sink() -> Result<()> {
    let log = Log::start()?;
    let mut canaries = Canaries::default();
    let mut world = World::start().await?;
    world.runner().context("a runner")?.kill().await?;
    world.restart_runner_with(&environment(&mut canaries)).await?;

    // Created, and then every value is another one: what was and what comes are both shown by nobody.
    let first: Vec<_> = canaries::stack(&mut canaries, "first").into_iter().collect();
    let number = opens(&world, "birds", "birds", &first).await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success ") && plan.ends_with("create in live/dev/birds"), "{plan}");
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    let second: Vec<_> = canaries::stack(&mut canaries, "second").into_iter().collect();
    let number = opens(&world, "birds", "birds-2", &second).await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success ") && plan.contains("change"), "{plan}");

    // A plan and an apply that fail, and say why.
    let variable = |canary: &str| {
        format!("variable \"v\" {{\n  type = string\n  sensitive = true\n  default = \"{canary}\"\n}}\n")
    };
    let fails = |condition: &str, kind: &str| {
        format!(
            "resource \"terraform_data\" \"this\" {{\n  input = \"x\"\n\n  lifecycle {{\n    {kind} {{\n      condition     = {condition}\n      error_message = \"It is ${{nonsensitive(var.v)}}, ${{base64encode(nonsensitive(var.v))}}.\"\n    }}\n  }}\n}}\n"
        )
    };
    let canary = canaries.make("error of a plan");
    let main = variable(&canary) + &fails("nonsensitive(var.v) == \"\"", "precondition");
    let number = opens(&world, "noplan", "noplan", &[("main.tf".to_owned(), main)]).await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure Failed in live/dev/noplan"), "{plan}");
    let canary = canaries.make("error of an apply");
    let main = variable(&canary) + &fails("self.output == \"never\"", "postcondition");
    let number = opens(&world, "noapply", "noapply", &[("main.tf".to_owned(), main)]).await?;
    approved_and_applied(&world, number).await?;
    let apply = check(&world, number, "tfpilot/apply")?;
    ensure!(apply.starts_with("failure Failed after"), "{apply}");
    for text in ["/tfpilot explain", "/tfpilot why", "/tfpilot cost", "/tfpilot status"] {
        world.alice().comments(REPOSITORY, number, text).await?;
    }
    world.settle().await?;

    // Nothing is looked for in vain: the stack was as large as it is meant to be, and its error was told.
    ensure!(canaries.count() > 200, "only {} canaries", canaries.count());
    let thread = world.forge.thread(REPOSITORY, number)?;
    ensure!(thread.contains("redacted:string"), "{thread}");
    let state = std::fs::read(world.dir().join("state/live/dev/birds.tfstate"))?;
    ensure!(canaries.seen_in(&state).len() > 80, "the state is where they are");

    let mut sinks = Sinks::new();
    on_github(&world, number, &mut sinks)?;
    kept(&world, &mut sinks).await?;
    answered(&world, number, &mut sinks).await?;
    // The runner's folder: its log, and whatever jobs left behind.
    on_disk(&world.dir().join("runner"), &mut sinks)?;
    copied(&world, number, &mut sinks).await?;
    let app_log = log.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    ensure!(app_log.len() > 1_000 || std::env::var("TFPILOT_LOG").is_ok(), "the app logged nothing");
    sinks.push(("the app's log".to_owned(), app_log));
    ensure!(sinks.len() > 100, "only {} sinks", sinks.len());

    let mut seen: Vec<String> = Vec::new();
    for (place, bytes) in &sinks {
        seen.extend(canaries.seen_in(bytes).into_iter().map(|shape| format!("{place}: {shape}")));
    }
    ensure!(seen.is_empty(), "{} canaries were seen:\n{}", seen.len(), seen.join("\n"));

    // Nor any of the tokens that the parts hold or hand to each other.
    for (place, bytes) in &sinks {
        let text = String::from_utf8_lossy(bytes);
        let own = place.ends_with("runner/token");
        let found = token_in(&text).filter(|_| !own);
        ensure!(found.is_none(), "{place} holds a token: {found:?}");
        ensure!(!text.contains(&world.forge.webhook_secret()), "{place} holds the webhook's secret");
        let key = world.forge.app_key_pem();
        let line = key.lines().nth(3).context("a line of the key")?;
        ensure!(!text.contains(line), "{place} holds the app's key");
    }
    world.finish().await
}

/// A token of GitHub's or of ours.
fn token_in(text: &str) -> Option<&str> {
    ["tfp_", "ghs_", "ghp_"].into_iter().find_map(|start| {
        let at = text.match_indices(start).find(|(at, _)| {
            let rest = text.get(at + start.len()..).unwrap_or_default();
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte)).count() >= 30
        })?;
        text.get(at.0..at.0 + 16)
    })
}
