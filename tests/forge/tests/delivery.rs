//! Webhooks and git over HTTP, with a real receiver and a real git.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test says what it expects"
)]

mod common;

use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use common::{Api, REPO, conforms, forge, jwt};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tfpilot_forge::Forge;

#[derive(Clone, Default)]
struct Inbox {
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    broken: Arc<Mutex<bool>>,
}

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> StatusCode {
    inbox.got.lock().unwrap().push((headers, body));
    if *inbox.broken.lock().unwrap() { StatusCode::BAD_GATEWAY } else { StatusCode::ACCEPTED }
}

async fn listen(forge: &Forge) -> Inbox {
    let inbox = Inbox::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    forge.set_webhook_url(&format!("http://{}/hook", listener.local_addr().unwrap()));
    let router = axum::Router::new().route("/hook", axum::routing::post(receive)).with_state(inbox.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    inbox
}

#[tokio::test]
async fn webhooks_are_signed_ordered_and_recorded() {
    let forge = forge().await;
    let inbox = listen(&forge).await;
    let number = forge.alice().opens_issue(REPO, "a bucket", "please").await.unwrap();
    forge.bob().comments(REPO, number, "/tfpilot help").await.unwrap();
    *inbox.broken.lock().unwrap() = false;
    forge.settled().await;
    assert!(forge.quiet());
    let got = inbox.got.lock().unwrap().clone();
    let kinds: Vec<&str> =
        got.iter().map(|(headers, _)| headers["x-github-event"].to_str().unwrap()).collect();
    assert_eq!(kinds, ["issues", "issue_comment"]);
    let (headers, body) = &got[1];
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(forge.webhook_secret().as_bytes()).unwrap();
    mac.update(body);
    let expected = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(headers["x-hub-signature-256"], expected);
    let payload: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(payload["comment"]["body"], "/tfpilot help");
    assert_eq!((&payload["sender"]["login"], &payload["sender"]["id"]), (&"bob".into(), &1002.into()));
    assert_eq!(payload["installation"]["id"], forge.installation_id());
    assert_eq!(payload["repository"]["full_name"], REPO);

    *inbox.broken.lock().unwrap() = true;
    forge.alice().comments(REPO, number, "lost?").await.unwrap();
    forge.settled().await;
    let app = Api { base: forge.api_url(), token: jwt(&forge, forge.now().as_second(), 60) };
    let listed = app.get("/app/hook/deliveries?per_page=1").await;
    assert!(listed.header("link").contains("cursor="), "{:?}", listed.headers);
    let last = listed.is(200)[0].clone();
    assert_eq!((&last["status_code"], &last["event"]), (&502.into(), &"issue_comment".into()));
    *inbox.broken.lock().unwrap() = false;
    app.post(&format!("/app/hook/deliveries/{}/attempts", last["id"]), Value::Null).await.is(202);
    forge.settled().await;
    let again = app.get("/app/hook/deliveries").await.is(200)[0].clone();
    assert_eq!(
        (&again["guid"], &again["redelivery"], &again["status_code"]),
        (&last["guid"], &true.into(), &202.into())
    );
    assert_eq!(inbox.got.lock().unwrap().len(), 4);
    conforms(&forge);
}

#[track_caller]
fn git(dir: &std::path::Path, args: &[&str], works: bool) -> String {
    let mut command = Command::new("git");
    command.current_dir(dir).args(args).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "alice")
            .env(format!("GIT_{role}_EMAIL"), "1001+alice@users.noreply.github.com");
    }
    let output = command.env("GIT_TERMINAL_PROMPT", "0").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), works, "git {args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn git_clones_and_pushes_with_a_token() {
    let forge = forge().await;
    let dir = tempfile::tempdir().unwrap();
    let bare = forge.base_url().replace("http://", "");
    let with = |token: &str| format!("http://x-access-token:{token}@{bare}/{REPO}.git");
    git(dir.path(), &["clone", &format!("http://{bare}/{REPO}.git"), "none"], false);
    git(dir.path(), &["clone", &with(&forge.mallory().token().unwrap()), "none"], false);
    git(dir.path(), &["clone", &with(&forge.alice().token().unwrap()), "infra"], true);
    let work = dir.path().join("infra");
    let first = git(&work, &["rev-parse", "HEAD"], true);
    git(&work, &["checkout", "-b", "feature"], true);
    std::fs::write(work.join("new.tf"), "new\n").unwrap();
    git(&work, &["add", "."], true);
    git(&work, &["commit", "-m", "new"], true);
    git(&work, &["push", "origin", "feature"], true);
    let sha = git(&work, &["rev-parse", "HEAD"], true);
    assert_eq!(forge.tip(REPO, "feature").unwrap(), sha);
    let push = forge.deliveries().into_iter().rfind(|d| d.event == "push").unwrap();
    assert_eq!(
        (&push.payload["after"], &push.payload["sender"]["login"]),
        (&sha.clone().into(), &"alice".into())
    );
    assert_eq!(push.payload["commits"][0]["added"][0], "new.tf");
    git(&work, &["push", &with(&forge.victor().token().unwrap()), "HEAD:refs/heads/victor"], false);

    let rules = tfpilot_forge::BranchRules { pull_request: true, ..Default::default() };
    forge.protect(REPO, "main", rules).unwrap();
    git(&work, &["push", "origin", "HEAD:main"], false);
    assert_eq!(forge.tip(REPO, "main").unwrap(), first);
    // A commit no branch holds any more can be fetched by its name.
    forge.alice().deletes_branch(REPO, "feature").await.unwrap();
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    git(&empty, &["init", "--quiet"], true);
    git(&empty, &["fetch", "--depth=1", &with(&forge.installation_token()), &sha], true);
    conforms(&forge);
}
