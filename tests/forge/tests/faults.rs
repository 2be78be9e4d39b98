//! Misbehaviour on demand, and the questions at the end of a test.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test says what it expects"
)]

mod common;

use std::time::{Duration, Instant};

use common::{Api, REPO, conforms, forge};
use serde_json::json;
use tfpilot_forge::{Forge, ForgeError};

async fn unfinished(forge: &Forge) -> Vec<String> {
    match forge.finish().await {
        Err(ForgeError::Unfinished(findings)) => findings,
        Ok(()) => Vec::new(),
        Err(other) => vec![other.to_string()],
    }
}

#[tokio::test]
async fn calls_meet_the_faults_they_were_given() {
    let forge = forge().await;
    let app = Api::app(&forge);
    let issues = format!("/repos/{REPO}/issues");
    let number = forge.alice().opens_issue(REPO, "a", "").await.unwrap();
    let comments = format!("{issues}/{number}/comments");

    forge.github().on("GET", "/issues").answers(502, 2);
    app.get(&issues).await.is(502);
    app.get(&format!("/repos/{REPO}")).await.is(200);
    app.get(&issues).await.is(502);
    app.get(&issues).await.is(200);

    forge.github().on("POST", "/comments").answers_after_effect(504, 1);
    app.post(&comments, json!({"body": "once"})).await.is(504);
    assert_eq!(forge.comments(REPO, number).unwrap().len(), 1, "it happened all the same");

    forge.github().rate_limits(30, 1);
    let limited = app.get(&issues).await;
    assert_eq!(
        (limited.status, limited.header("retry-after"), limited.header("x-ratelimit-remaining")),
        (429, "30".into(), "0".into())
    );
    forge.github().limits_secondarily(60, 1);
    let limited = app.get(&issues).await;
    assert!(limited.status == 403 && limited.text.contains("secondary rate limit"), "{limited:?}");

    forge.github().has_used(4_000);
    let left = app.get(&issues).await.header("x-ratelimit-remaining").parse::<u64>().unwrap();
    assert!((900..1_000).contains(&left), "{left}");
    forge.github().has_used(5_000);
    let spent = app.get(&issues).await;
    assert!(spent.status == 403 && spent.text.contains("API rate limit exceeded"), "{spent:?}");
    assert_eq!(spent.header("x-ratelimit-remaining"), "0");
    forge.advance(Duration::from_secs(3_600));
    let app = Api::app(&forge);
    app.get(&issues).await.is(200);

    forge.github().is_slow(Duration::from_millis(200), 1);
    let start = Instant::now();
    app.get(&issues).await.is(200);
    assert!(start.elapsed() >= Duration::from_millis(200));

    forge.github().on("GET", "/comments").lags(1);
    app.get(&comments).await.is(200);
    app.post(&comments, json!({"body": "twice"})).await.is(201);
    assert_eq!(app.get(&comments).await.is(200).as_array().unwrap().len(), 1, "a lagging read");
    assert_eq!(app.get(&comments).await.is(200).as_array().unwrap().len(), 2);
    forge.comments(REPO, number).unwrap();
    assert_eq!(unfinished(&forge).await, [] as [String; 0]);
    assert_eq!(
        forge.request_counts(Some(number))["GET /repos/{owner}/{repo}/issues/{issue_number}/comments"],
        3
    );
    conforms(&forge);
}

#[tokio::test]
async fn the_end_of_a_test_asks_what_was_left_open() {
    let forge = forge().await;
    let app = Api::app(&forge);
    let number = forge.alice().opens_issue(REPO, "a", "").await.unwrap();
    app.post(&format!("/repos/{REPO}/issues/{number}/comments"), json!({"body": "read me\nplease"}))
        .await
        .is(201);
    app.get("/repos/acme/infra/milestones").await.is(404);
    forge.set_webhook_url("http://127.0.0.1:9/nobody");
    forge.bob().comments(REPO, number, "hello?").await.unwrap();
    forge.github().on("PUT", "/merge").answers(500, 1);
    forge.github().loses_webhooks(1);
    let findings = unfinished(&forge).await;
    let shape: Vec<String> = findings
        .iter()
        .map(|line| line.split(' ').filter(|word| word.len() != 36).collect::<Vec<_>>().join(" "))
        .collect();
    insta::assert_snapshot!(shape.join("\n").split("not taken").next().unwrap(), @r"
    unread comment on acme/infra#1: read me
    the forge does not serve GET /repos/acme/infra/milestones
    webhook issue_comment was
    ");
    assert!(findings.iter().any(|line| line.contains("`/merge` met Status(500)")), "{findings:?}");
    assert!(findings.iter().any(|line| line == "no webhook was Lost"), "{findings:?}");
}

#[tokio::test]
async fn webhooks_are_lost_doubled_and_swapped() {
    let forge = forge().await;
    let got = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    forge.set_webhook_url(&format!("http://{}/", listener.local_addr().unwrap()));
    let inbox = got.clone();
    let receive = move |body: axum::body::Bytes| {
        let payload: serde_json::Value = serde_json::from_slice(&body).unwrap();
        inbox.lock().unwrap().push(payload["issue"]["title"].as_str().unwrap().to_owned());
        async { "ok" }
    };
    let router = axum::Router::new().fallback(axum::routing::post(receive));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let open = |title: &'static str| {
        let forge = forge.clone();
        async move { forge.alice().opens_issue(REPO, title, "").await.unwrap() }
    };
    forge.github().loses_webhooks(1);
    forge.github().doubles_webhooks(1);
    forge.github().swaps_webhooks(1);
    for title in ["lost", "doubled", "first", "second"] {
        open(title).await;
    }
    forge.settled().await;
    assert_eq!(*got.lock().unwrap(), ["doubled", "doubled", "second", "first"]);
    assert_eq!(unfinished(&forge).await.len(), 1, "the lost one was not redelivered");
    let lost = forge.deliveries().into_iter().find(|d| d.payload["issue"]["title"] == "lost").unwrap();
    assert!(forge.redeliver(lost.id));
    forge.github().omits_installation(true);
    forge.alice().opens_issue(REPO, "bare", "").await.unwrap();
    let bare = forge.deliveries().pop().unwrap().payload;
    assert!(bare.get("installation").is_none() && bare["issue"]["title"] == "bare", "{bare}");
    assert_eq!(unfinished(&forge).await, [] as [String; 0]);
}
