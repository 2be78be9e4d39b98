//! The action as a workflow starts it: the script of `action.yml`, a double of GitHub's token endpoint and of
//! the app.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri};

const RUN: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Answers tokens and claims.
#[derive(Clone, Default)]
struct Double {
    requests: Arc<Mutex<Vec<String>>>,
    refuse: bool,
    environ: Arc<Mutex<String>>,
}

impl Double {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }
}

async fn answer(State(double): State<Double>, uri: Uri, headers: HeaderMap, body: String) -> Response<Body> {
    let bearer = headers.get("authorization").unwrap().to_str().unwrap().to_owned();
    double.requests.lock().unwrap().push(format!("{uri} {bearer} {body}"));
    if uri.path() == "/token" {
        return Response::new(Body::from(r#"{"count":1,"value":"oidc-token-of-this-claim"}"#));
    }
    // While the worker waits for this answer its environment can be looked at.
    let parent = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let (Some((_, rest)), true) = (stat.rsplit_once(')'), stat.contains("(tfpilot-action)")) else {
            continue;
        };
        if rest.split(' ').nth(2) == Some(parent.as_str()) {
            let text = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            double.environ.lock().unwrap().push_str(&String::from_utf8_lossy(&text).replace('\0', "\n"));
        }
    }
    if double.refuse {
        let problem =
            r#"{"code":"protocol-not-served","message":"this server speaks runner protocol 2 to 3"}"#;
        let mut response = Response::new(Body::from(problem));
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        return response;
    }
    Response::new(Body::from(r#"{"answer":"nothing","retry_after_seconds":5}"#))
}

/// The `run` step of `action.yml`.
fn script() -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap();
    let (_, script) = text.split_once("run: |\n").unwrap();
    assert!(!script.contains("${{"), "values of others must not become part of a script");
    script.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

async fn act(url: &str, more: &[(&str, &str)]) -> Output {
    let temp = tempfile::tempdir().unwrap();
    let mut command = tokio::process::Command::new("bash");
    command
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script()])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("INPUT_APP_URL", url)
        .env("INPUT_RUN", RUN)
        .env("INPUT_WORKER", "2")
        .env("INPUT_TOKEN", "ghs_TokenOfTheWorkflow0123")
        .env("INPUT_BINARY", env!("CARGO_BIN_EXE_tfpilot-action"))
        .env("INPUT_TERRAFORM", std::env::var_os("TFPILOT_TERRAFORM").unwrap_or_default())
        .env("ACTION_PATH", temp.path())
        .env("RUNNER_TEMP", temp.path())
        .env("GITHUB_RUN_ID", "318")
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{url}/token?api-version=2"))
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "oidc-request-token-0123")
        .envs(more.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap().wait_with_output().await.unwrap()
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_with_nothing_to_claim_is_green_and_proved_itself_for_this_app() {
    let double = Double::default();
    let url = double.start().await;
    let output = act(&url, &[]).await;
    assert!(output.status.success(), "{}", shown(&output));
    insta::assert_snapshot!(shown(&output), @r"
    ::add-mask::oidc-request-token-0123
    ::add-mask::ghs_TokenOfTheWorkflow0123
    Nothing to claim: other workers have it all, or the run is over.
    ");
    let requests = double.requests.lock().unwrap().join("\n");
    let audience = url.replace(':', "%3A").replace('/', "%2F");
    assert!(
        requests
            .contains(&format!("/token?api-version=2&audience={audience} Bearer oidc-request-token-0123")),
        "{requests}"
    );
    assert!(requests.contains("/runner/v1/claim Bearer oidc-token-of-this-claim"), "{requests}");
    assert!(requests.contains(&format!(r#""worker":"run 318, worker 2","run":"{RUN}""#)), "{requests}");
    let environ = double.environ.lock().unwrap().clone();
    assert!(environ.contains("GITHUB_RUN_ID=318") && !environ.contains("0123"), "{environ}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_check_shows_is_red_with_its_reason() {
    let double = Double { refuse: true, ..Double::default() };
    let url = double.start().await;
    let output = act(&url, &[]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = shown(&output);
    assert!(
        text.contains("::error title=TfPilot::")
            && text.contains("this server speaks runner protocol 2 to 3"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_for_tokens_it_says_which() {
    let double = Double::default();
    let url = double.start().await;
    let output = act(&url, &[("ACTIONS_ID_TOKEN_REQUEST_URL", "")]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(shown(&output).contains("id-token: write"), "{}", shown(&output));
    assert!(double.requests.lock().unwrap().is_empty());
}

#[test]
fn the_workflow_gives_each_job_no_more_than_it_needs() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("workflow.yml")).unwrap();
    assert!(text.contains("\npermissions: {}\n"));
    let (plan, apply) = text.split_once("\n  apply:\n").unwrap();
    assert!(!plan.contains("environment: ${{") && apply.contains("environment: ${{ inputs.environment }}"));
    for job in [plan, apply] {
        assert!(job.contains("    permissions:\n      contents: read\n      id-token: write\n    strategy:"));
    }
    for line in text.lines().filter(|line| line.trim_start().starts_with("- uses: ")) {
        let (_, reference) = line.split_once("uses: ").unwrap();
        let pinned = reference
            .split_once('@')
            .is_some_and(|(_, at)| at.split(' ').next().is_some_and(|sha| sha.len() == 40));
        assert!(pinned || reference == "<action>", "{line}");
    }
}
