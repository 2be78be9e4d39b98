//! Workflows as the forge plays them: from dispatch over OIDC to logs, with real processes and real git.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test says what it expects"
)]

mod common;

use common::{Api, REPO, conforms, forge, send};
use http::Request;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};
use tfpilot_forge::Forge;

const PLAN: &str = r#"
name: TfPilot
on:
  workflow_dispatch:
    inputs:
      run: {required: true}
      environment: {default: ''}
      workers: {default: '[1]'}
permissions: {}
jobs:
  work:
    runs-on: ubuntu-latest
    environment: ${{ inputs.environment }}
    permissions: {id-token: write, contents: read}
    strategy: {matrix: {worker: '${{ fromJSON(inputs.workers) }}'}}
    env: {RUN: '${{ inputs.run }}'}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
        with: {persist-credentials: false}
      - id: say
        run: |
          echo "worker ${{ matrix.worker }} of $RUN in $GITHUB_REPOSITORY has $(cat live/dev/main.tf)"
          echo "secret ${{ secrets.DEPLOY }}"
          echo "::add-mask::hunter2"
          echo "password hunter2"
          echo "answer=42" >> "$GITHUB_OUTPUT"
          env | grep -c FORGE_TEST_LEAK || true
      - uses: acme/tfpilot@v1
        with: {answer: '${{ steps.say.outputs.answer }}'}
"#;

const ACTION: &str = r#"
name: greet
inputs: {answer: {required: true}}
outputs: {said: {value: '${{ steps.inner.outputs.said }}'}}
runs:
  using: composite
  steps:
    - id: inner
      shell: bash
      env: {ANSWER: '${{ inputs.answer }}'}
      run: |
        echo "action says $ANSWER"
        echo "said=$ANSWER" >> "$GITHUB_OUTPUT"
"#;

async fn ready(workflow: &str) -> (Forge, Api, tempfile::TempDir) {
    let forge = forge().await;
    forge
        .carol()
        .pushes(REPO, "main", &[(".github/workflows/tfpilot.yml", workflow)], "workflow")
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("action.yml"), ACTION).unwrap();
    forge.action("acme/tfpilot", dir.path());
    forge.secret(REPO, "DEPLOY", "s3cr3t").unwrap();
    let app = Api::app(&forge);
    (forge, app, dir)
}

async fn dispatch(app: &Api, inputs: Value) -> common::Got {
    let path = format!("/repos/{REPO}/actions/workflows/tfpilot.yml/dispatches");
    app.post(&path, json!({"ref": "main", "inputs": inputs, "return_run_details": true})).await
}

#[tokio::test]
async fn a_dispatch_plays_the_matrix_with_checkout_and_action() {
    let (forge, app, _dir) = ready(PLAN).await;
    let started = dispatch(&app, json!({"run": "r-1", "workers": "[1,2]"})).await.is(200);
    forge.runs_ended().await;
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    assert_eq!(json!(run.id), started["workflow_run_id"]);
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{run:#?}");
    let mut jobs = run.jobs;
    jobs.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(jobs.iter().map(|job| job.name.as_str()).collect::<Vec<_>>(), ["work (1)", "work (2)"]);
    let log = &jobs[1].log;
    for line in ["worker 2 of r-1 in acme/infra has # dev", "secret ***", "password ***", "action says 42"] {
        assert!(log.lines().any(|known| known == line), "{line} not in {log}");
    }
    assert!(!log.contains("hunter2") && !log.contains("s3cr3t"), "{log}");
    let events: Vec<String> = forge
        .deliveries()
        .into_iter()
        .filter(|d| d.event.starts_with("workflow"))
        .map(|d| format!("{} {}", d.event, d.action.unwrap()))
        .collect();
    assert_eq!(events.first().map(String::as_str), Some("workflow_run requested"));
    assert_eq!(events.last().map(String::as_str), Some("workflow_run completed"));
    assert_eq!(events.iter().filter(|event| *event == "workflow_job completed").count(), 2);
    let listed = app.get(&format!("/repos/{REPO}/actions/runs/{}/jobs", run.id)).await.is(200);
    assert_eq!(listed["jobs"][0]["steps"][1]["conclusion"], "success");

    forge.reruns_run(REPO, run.id).unwrap();
    forge.runs_ended().await;
    let again = forge.runs(REPO).unwrap().pop().unwrap();
    assert_eq!((again.attempt, again.jobs.len()), (2, 4));
    conforms(&forge);
}

#[tokio::test]
async fn dispatches_are_refused_as_at_github() {
    let (forge, app, _dir) = ready(PLAN).await;
    assert_eq!(dispatch(&app, json!({})).await.is(422)["message"], "Required input 'run' not provided");
    let path = format!("/repos/{REPO}/actions/workflows");
    app.post(&format!("{path}/other.yml/dispatches"), json!({"ref": "main"})).await.is(404);
    let nowhere = json!({"ref": "nowhere", "inputs": {"run": "r"}});
    app.post(&format!("{path}/tfpilot.yml/dispatches"), nowhere).await.is(422);
    conforms(&forge);
}

const TOKEN: &str = r#"
on: {workflow_dispatch: {inputs: {environment: {default: ''}}}}
permissions: {}
jobs:
  apply:
    runs-on: ubuntu-latest
    environment: ${{ inputs.environment }}
    permissions: {id-token: write}
    steps:
      - run: |
          curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https://tfpilot.example" > "$OUT"
  none:
    runs-on: ubuntu-latest
    steps:
      - run: test -z "${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-}"
"#;

#[tokio::test]
async fn jobs_get_identity_tokens_only_with_permission_and_only_for_allowed_branches() {
    let (forge, app, dir) = ready(TOKEN).await;
    let out = dir.path().join("token.json");
    forge.runner_env("OUT", &out.to_string_lossy());
    forge.environment(REPO, "prod", &["main"]).unwrap();
    dispatch(&app, json!({"environment": "prod"})).await.is(200);
    forge.runs_ended().await;
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{run:#?}");
    let answer: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let token = answer["value"].as_str().unwrap().to_owned();
    let get = |path: &str| {
        let uri = format!("{}{path}", forge.base_url());
        send(Request::get(uri).body(axum::body::Body::empty()).unwrap())
    };
    let found = get("/.well-known/openid-configuration").await.is(200);
    assert_eq!(found["issuer"], forge.issuer());
    let keys = get("/.well-known/jwks").await.is(200)["keys"].clone();
    let check = |token: &str, key: &Value| {
        let key =
            DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_audience(&["https://tfpilot.example"]);
        rules.set_issuer(&[forge.issuer()]);
        decode::<Value>(token, &key, &rules).map(|data| data.claims)
    };
    let claims = check(&token, &keys[0]).unwrap();
    for (name, value) in [
        ("sub", "repo:acme/infra:environment:prod"),
        ("environment", "prod"),
        ("ref", "refs/heads/main"),
        ("event_name", "workflow_dispatch"),
        ("workflow_ref", "acme/infra/.github/workflows/tfpilot.yml@refs/heads/main"),
        ("run_attempt", "1"),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let old = keys[0]["kid"].clone();
    forge.rotates_issuer_key(true).unwrap();
    let keys = get("/.well-known/jwks").await.is(200)["keys"].clone();
    assert!(keys.as_array().unwrap().len() == 1 && keys[0]["kid"] != old);
    assert!(check(&token, &keys[0]).is_err());
    let odd = forge.issues_token(&json!({"iss": forge.issuer(), "aud": "https://tfpilot.example", "sub": "x", "exp": 4_102_444_800_i64})).unwrap();
    assert_eq!(check(&odd, &keys[0]).unwrap()["sub"], "x");

    forge.environment(REPO, "prod", &["release"]).unwrap();
    dispatch(&app, json!({"environment": "prod"})).await.is(200);
    forge.runs_ended().await;
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    let apply = run.jobs.iter().find(|job| job.name == "apply").unwrap();
    assert!(apply.log.contains("not allowed to deploy to prod"), "{apply:#?}");
    conforms(&forge);
}

#[tokio::test]
async fn a_cancelled_step_is_asked_to_stop() {
    let slow = "on: workflow_dispatch\njobs:\n  slow:\n    runs-on: x\n    steps:\n      - run: |\n          trap 'echo interrupted; exit 3' INT\n          echo started\n          for i in $(seq 600); do sleep 0.1; done\n      - if: always()\n        run: echo cleaned\n      - run: echo never\n";
    let (forge, app, _dir) = ready(slow).await;
    dispatch(&app, json!({})).await.is(200);
    let log = |forge: &Forge| {
        let run = forge.runs(REPO).unwrap().pop().unwrap();
        run.jobs.first().map(|job| job.log.clone()).unwrap_or_default()
    };
    let started = async {
        while !log(&forge).contains("started") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), started).await.unwrap();
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    app.post(&format!("/repos/{REPO}/actions/runs/{}/cancel", run.id), Value::Null).await.is(202);
    forge.runs_ended().await;
    assert_eq!(forge.runs(REPO).unwrap().pop().unwrap().conclusion.as_deref(), Some("cancelled"));
    let again = app.post(&format!("/repos/{REPO}/actions/runs/{}/cancel", run.id), Value::Null).await.is(409);
    assert_eq!(again["message"], "Cannot cancel a workflow run that is completed.");
    let lines: Vec<String> = log(&forge).lines().map(str::to_owned).collect();
    assert!(lines.iter().any(|line| line == "interrupted"), "{lines:?}");
    assert!(
        lines.iter().any(|line| line == "cleaned") && !lines.iter().any(|line| line == "never"),
        "{lines:?}"
    );
    conforms(&forge);
}

#[tokio::test]
async fn a_lost_machine_says_nothing_more_and_a_run_may_not_even_start() {
    let slow = "on: workflow_dispatch\njobs:\n  slow:\n    runs-on: x\n    steps:\n      - run: |\n          trap 'echo interrupted; exit 3' INT TERM\n          echo started\n          for i in $(seq 600); do sleep 0.1; done\n      - if: always()\n        run: echo cleaned\n";
    let (forge, app, _dir) = ready(slow).await;
    forge.github().starts_no_runs(1);
    dispatch(&app, json!({})).await.is(200);
    forge.runs_ended().await;
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    assert_eq!((run.conclusion.as_deref(), run.jobs.len()), (Some("startup_failure"), 0));

    dispatch(&app, json!({})).await.is(200);
    let last = |forge: &Forge| forge.runs(REPO).unwrap().pop().unwrap();
    let log = |forge: &Forge| last(forge).jobs.first().map(|job| job.log.clone()).unwrap_or_default();
    let started = async {
        while !log(&forge).contains("started") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), started).await.unwrap();
    forge.loses_machine(REPO, last(&forge).id).unwrap();
    forge.runs_ended().await;
    assert_eq!(last(&forge).conclusion.as_deref(), Some("failure"));
    let lines: Vec<String> = log(&forge).lines().map(str::to_owned).collect();
    assert!(!lines.iter().any(|line| line == "interrupted" || line == "cleaned"), "{lines:?}");
    conforms(&forge);
}

#[tokio::test]
async fn what_the_forge_does_not_play_fails_loudly() {
    let unknown = "on: workflow_dispatch\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ github.typo }}\n      - uses: someone/else@v1\n        if: always()\n";
    let (forge, app, _dir) = ready(unknown).await;
    dispatch(&app, json!({})).await.is(200);
    forge.runs_ended().await;
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    assert_eq!(run.conclusion.as_deref(), Some("failure"));
    let log = &run.jobs[0].log;
    assert!(log.contains("##[error]the forge does not know `github.typo`"), "{log}");
    assert!(log.contains("##[error]the forge was given no directory for the action someone/else"), "{log}");
    conforms(&forge);
}

#[tokio::test]
async fn pull_requests_start_the_workflows_that_listen() {
    let ci = "name: CI\non:\n  pull_request: {branches: [main]}\njobs:\n  test:\n    name: ci/test\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: test -f new.tf\n";
    let (forge, _app, _dir) = ready(ci).await;
    forge.alice().pushes(REPO, "b", &[("new.tf", "x\n")], "b").await.unwrap();
    let number = forge.alice().opens_pull(REPO, "b", "main", "b", "").await.unwrap();
    forge.runs_ended().await;
    let check = forge.check(REPO, &format!("#{number}"), "ci/test").unwrap();
    assert_eq!(check.conclusion.as_deref(), Some("success"), "{:#?}", forge.runs(REPO).unwrap());
    conforms(&forge);
}

/// A composite action that takes these inputs and does nothing.
fn stub(dir: &std::path::Path, inputs: &[&str]) {
    let inputs: String = inputs.iter().map(|name| format!("  {name}: {{default: ''}}\n")).collect();
    let text = format!("name: stub\ninputs:\n{inputs}runs:\n  using: composite\n  steps: []\n");
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join("action.yml"), text).unwrap();
}

#[tokio::test]
async fn the_shipped_workflow_runs_the_shipped_action() {
    use std::os::unix::fs::PermissionsExt;
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../action");
    let mut workflow = std::fs::read_to_string(shipped.join("workflow.yml")).unwrap();
    for (word, value) in
        [("<action>", "acme/tfpilot@v1"), ("<app-url>", "http://127.0.0.1:1"), ("<region>", "eu-central-1")]
    {
        workflow = workflow.replace(word, value);
    }
    let (forge, app, dir) = ready(&workflow).await;
    let action = dir.path().join("action");
    std::fs::create_dir(&action).unwrap();
    std::fs::copy(shipped.join("action.yml"), action.join("action.yml")).unwrap();
    let program = action.join("tfpilot-action");
    std::fs::write(&program, "#!/bin/bash\necho \"run $INPUT_RUN worker $INPUT_WORKER at $INPUT_APP_URL\"\ntest -n \"$ACTIONS_ID_TOKEN_REQUEST_URL\"\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    forge.action("acme/tfpilot", &action);
    let (terraform, aws) = (dir.path().join("terraform"), dir.path().join("aws"));
    stub(&terraform, &["terraform_version", "terraform_wrapper"]);
    stub(&aws, &["role-to-assume", "aws-region", "role-duration-seconds"]);
    forge.action("hashicorp/setup-terraform", &terraform);
    forge.action("aws-actions/configure-aws-credentials", &aws);
    dispatch(&app, json!({"run": "run-1", "workers": "[1,2]"})).await.is(200);
    forge.runs_ended().await;
    let run = forge.runs(REPO).unwrap().pop().unwrap();
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{run:#?}");
    let ended = |name: &str| run.jobs.iter().find(|job| job.name.starts_with(name)).unwrap();
    assert_eq!(ended("apply").conclusion.as_deref(), Some("skipped"));
    let second = ended("plan (2)");
    assert!(second.log.contains("run run-1 worker 2 at http://127.0.0.1:1"), "{}", second.log);
}
