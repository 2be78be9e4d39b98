//! A workflow's proof of who it is, over HTTP: each claim that ties a job to its run is changed once. The forms of a
//! token (algorithms, keys, times) are a table of their own in `app/src/github/oidc/tests.rs`; a few are tried here too.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tfpilot_protocol::{Conclusion, Phase, RunId};
use tfpilot_tests::{REPOSITORY, World};

use super::hand::{Answer, Hand, any_sidecar, queued, without_runner};
use crate::told::told;

/// A workflow that claims nothing, so that the jobs of its run wait for whoever does.
const SLEEPER: &str = "name: TfPilot\non:\n  workflow_dispatch:\n    inputs:\n      run:\n        required: true\n        type: string\n      environment:\n        required: false\n        default: \"\"\n        type: string\n      workers:\n        required: false\n        default: \"[1]\"\n        type: string\npermissions: {}\njobs:\n  wait:\n    runs-on: ubuntu-latest\n    steps:\n      - run: sleep 900\n        shell: bash\n";

/// The environment dev is worked on in the workflow, and a pull request with one stack waits for its plan.
async fn dispatched(world: &World) -> Result<u64> {
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let config = config.replacen("    runner: sidecar\n", "", 1);
    let files = [(".github/tfpilot.yml", config.as_str()), (".github/workflows/tfpilot.yml", SLEEPER)];
    world.forge.carol().pushes(REPOSITORY, "main", &files, "in the workflow").await?;
    world.forge.environment(REPOSITORY, "dev", &["main"])?;
    let main = "terraform {\n  backend \"s3\" {\n    bucket = \"acme-state\"\n    key    = \"notes\"\n    region = \"eu-central-1\"\n  }\n}\n\nresource \"terraform_data\" \"this\" {}\n";
    world.alice().pushes(REPOSITORY, "notes", &[("live/dev/notes/main.tf", main)], "notes").await?;
    Ok(world.alice().opens_pull(REPOSITORY, "notes", "main", "notes", "by hand").await?)
}

/// The run that waits, and the workflow run that was started for it.
async fn waiting(world: &World) -> Result<(RunId, u64)> {
    let rows = queued(world, 1).await?;
    let run = rows.first().and_then(|row| row["run"].as_str()).context("a run")?;
    for _ in 0..2_000 {
        if let Some(last) = world.forge.runs(REPOSITORY)?.last().filter(|last| last.status != "completed") {
            return Ok((run.parse()?, last.id));
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    anyhow::bail!("no workflow run was started")
}

/// What GitHub would say of the job of this workflow run.
fn genuine(world: &World, workflow_run: u64) -> Result<Value> {
    let now = world.forge.now().as_second();
    let file = format!("{REPOSITORY}/.github/workflows/tfpilot.yml@refs/heads/main");
    Ok(json!({
        "iss": world.forge.issuer(), "aud": world.app_url(), "sub": format!("repo:{REPOSITORY}:ref:refs/heads/main"),
        "exp": now + 300, "nbf": now - 5, "iat": now, "jti": "j", "sha": world.forge.tip(REPOSITORY, "main")?,
        "repository": REPOSITORY, "repository_id": world.forge.repository_id(REPOSITORY)?.to_string(),
        "ref": "refs/heads/main", "workflow_ref": file, "job_workflow_ref": file,
        "event_name": "workflow_dispatch", "run_id": workflow_run.to_string(), "run_attempt": "1",
        "runner_environment": "github-hosted",
    }))
}

fn with(claims: &Value, changes: &[(&str, Value)]) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims
}

/// The same claims in a token that says it needs no signature.
fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(claims))
}

fn refused((status, answer): &Answer, about: &str) -> Result<()> {
    ensure!(*status == 401, "{about}: {status} {answer}");
    ensure!(answer["message"].as_str().is_some_and(|why| why.contains("refused")), "{about}: {answer}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_proven_in_every_part() -> Result<()> {
    let world = without_runner().await?;
    let number = dispatched(&world).await?;
    let (run, workflow_run) = waiting(&world).await?;
    let hand = Hand::of(&world);
    let claims = genuine(&world, workflow_run)?;
    let other_file = json!(format!("{REPOSITORY}/.github/workflows/other.yml@refs/heads/main"));
    let other_ref = json!(format!("{REPOSITORY}/.github/workflows/tfpilot.yml@refs/heads/notes"));
    let table: Vec<(&str, Vec<(&str, Value)>)> = vec![
        ("issuer", vec![("iss", json!("https://token.actions.evil.example"))]),
        ("audience", vec![("aud", json!("https://github.com/acme"))]),
        ("repository", vec![("repository_id", json!("1"))]),
        ("ref", vec![("ref", json!("refs/heads/notes"))]),
        ("pull request's ref", vec![("ref", json!(format!("refs/pull/{number}/merge")))]),
        ("workflow", vec![("workflow_ref", other_file.clone()), ("job_workflow_ref", other_file.clone())]),
        ("workflow's ref", vec![("workflow_ref", other_ref)]),
        ("reused workflow", vec![("job_workflow_ref", other_file)]),
        ("event", vec![("event_name", json!("pull_request_target"))]),
        ("expired", vec![("exp", json!(world.forge.now().as_second() - 120))]),
        ("environment of a plan", vec![("environment", json!("dev"))]),
    ];
    for (about, changes) in table {
        let token = world.forge.issues_token(&with(&claims, &changes))?;
        refused(&hand.asks(&token, Some(run)).await?, about)?;
    }
    refused(&hand.asks(&unsigned(&claims), Some(run)).await?, "no signature")?;

    // What nobody can know without a forged key: another key under no known name, and one that was withdrawn.
    let withdrawn = world.forge.issues_token(&claims)?;
    world.forge.rotates_issuer_key(true)?;
    world.advance(std::time::Duration::from_secs(61));
    let claims = genuine(&world, workflow_run)?;
    let rotated = world.forge.issues_token(&claims)?;

    // Proven, and for a run that is not there or not this workflow run's: nothing.
    let nothing = json!("nothing");
    let nowhere = "019b0000-0000-7000-8000-000000000000".parse()?;
    assert_eq!(hand.asks(&rotated, Some(nowhere)).await?.1["answer"], nothing);
    let another = with(&claims, &[("run_id", json!((workflow_run + 1).to_string()))]);
    assert_eq!(hand.asks(&world.forge.issues_token(&another)?, Some(run)).await?.1["answer"], nothing);
    assert_eq!(hand.asks(&rotated, None).await?.0, 401, "a workflow names its run");
    assert_eq!(hand.asks(&withdrawn, Some(run)).await?.0, 401, "a withdrawn key");

    // A sidecar is not given what the workflow is to do, and the workflow claims its job once.
    let sidecar = any_sidecar(&world).await?;
    let waits = {
        let hand = hand.clone();
        tokio::spawn(async move { hand.asks(&sidecar, None).await })
    };
    assert_eq!(waits.await??.1["answer"], nothing);
    let job = hand.claims(&rotated, Some(run)).await?;
    assert_eq!(hand.asks(&rotated, Some(run)).await?.1["answer"], nothing, "a second claim");
    hand.plans(&job, 1).await?;
    world.forge.cancels_run(REPOSITORY, workflow_run)?;
    world.settle().await?;

    // An apply: its environment, and the first attempt only.
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    let (run, workflow_run) = waiting(&world).await?;
    let claims = with(&genuine(&world, workflow_run)?, &[("environment", json!("dev"))]);
    for (about, value) in [("no environment", Value::Null), ("another environment", json!("prod"))] {
        let token = world.forge.issues_token(&with(&claims, &[("environment", value)]))?;
        refused(&hand.asks(&token, Some(run)).await?, about)?;
    }
    let again = with(&claims, &[("run_attempt", json!("2"))]);
    assert_eq!(hand.asks(&world.forge.issues_token(&again)?, Some(run)).await?.1["answer"], nothing);
    let job = hand.claims(&world.forge.issues_token(&claims)?, Some(run)).await?;
    let (diagnostics, cancelled, stale) = (Vec::new(), true, false);
    let stopped = Conclusion::Failed { phase: Phase::Checkout, diagnostics, cancelled, stale };
    assert_eq!(hand.concludes(&job, &stopped).await?.0, 204);
    assert_eq!(world.recorded("ticket-spent").await?, 0);
    world.forge.cancels_run(REPOSITORY, workflow_run)?;
    world.settle().await?;
    told(&world, number, "@alice")?;
    world.finish().await
}
