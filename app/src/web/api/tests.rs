//! The API and the admin listener as a client meets them, over a store with two repositories and two changes.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tfpilot_engine::{EVENT_SCHEMA_VERSION, Envelope, Event, Facts, Rules};
use tower::ServiceExt;

use crate::app::tests::app_in;
use crate::github::Settings;
use crate::github::tests::pem_key;
use crate::store::{Commit, StreamId, View, ViewChange};
use crate::web::{TokenGrant, admin_router, create_token, router};
use crate::worker::views;
use crate::{App, Clock};

/// A server without sockets and loops.
struct Server {
    app: Arc<App>,
    api: Router,
    token: SecretString,
    _dir: tempfile::TempDir,
}

/// An answer.
struct Got {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

async fn ask(router: &Router, path: &str, authorization: Option<&str>) -> Got {
    let mut request = Request::get(path);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("never fails");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Got { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

impl Server {
    async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let github = Settings::new("http://127.0.0.1:9", 7, pem_key(0).into());
        let app = app_in(dir.path(), github, Clock::default());
        let grant = TokenGrant::Api { name: "tests".to_owned() };
        let token = create_token(app.store().as_ref(), &grant).await.expect("a token");
        Self { api: router(Arc::clone(&app)), app, token, _dir: dir }
    }

    async fn seeded() -> Self {
        let server = Self::start().await;
        server.repository(11, "acme/infra").await;
        server.repository(22, "acme/other").await;
        server.records("11/1", 0, asked_and_planned()).await;
        server.records("22/5", 60, vec![observed(5)]).await;
        server
    }

    async fn repository(&self, id: u64, name: &str) {
        let row = json!({ "id": id, "full_name": name, "default_branch": "main", "private": true, "installation": 1,
            "config": "version: 1\nenvironments:\n  dev: {path: live/dev}\n", "config_read": true });
        let value = Some(serde_json::to_vec(&row).expect("a row"));
        let change = ViewChange { view: View::Repositories, key: id.to_string(), value };
        self.app.store.put_views(vec![change], Vec::new()).await.expect("stored");
    }

    /// Commits events with the views that follow from them, as a decision does.
    async fn records(&self, stream: &str, seconds: i64, events: Vec<Value>) {
        let events: Vec<Event> =
            events.into_iter().map(|event| serde_json::from_value(event).expect("an event")).collect();
        let stream = StreamId(stream.to_owned());
        let at = start() + jiff::SignedDuration::from_secs(seconds);
        let before = Facts::new(stream.0.clone(), Rules::default());
        let after = before.clone().folded(events.iter().cloned());
        let diff = views::diff(&stream, &before, &after, at).expect("views");
        let bodies = events
            .into_iter()
            .map(|event| views::write(&Envelope { v: EVENT_SCHEMA_VERSION, event }).expect("a body"))
            .collect();
        let commit = Commit {
            stream,
            expected_version: 0,
            at,
            events: bodies,
            commands: Vec::new(),
            views: diff.changes,
            guards: diff.guards,
            finishes_delivery: None,
            finishes_command: None,
        };
        self.app.store.commit(commit).await.expect("committed");
    }

    async fn get(&self, path: &str) -> Got {
        let authorization = format!("Bearer {}", self.token.expose_secret());
        ask(&self.api, path, Some(&authorization)).await
    }

    #[track_caller]
    fn ids(got: &Got, field: &str) -> Vec<Value> {
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        got.json()["items"].as_array().expect("items").iter().map(|item| item[field].clone()).collect()
    }
}

fn start() -> Timestamp {
    "2026-07-20T14:00:00Z".parse().expect("a time")
}

fn uuid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn alice() -> Value {
    json!({ "id": 1, "login": "alice" })
}

fn observed(number: u64) -> Value {
    json!({ "event": "pull-observed", "pull": { "number": number, "title": "feat(dev): add note hello", "head": "a".repeat(40),
        "head_ref": "b", "base_ref": "main", "base": "c".repeat(40), "state": "open", "draft": false, "fork": false,
        "author": { "id": 9, "login": "tfpilot[bot]" }, "committers": [], "reviews": [], "obstacles": [] } })
}

/// From the issue to a plan that waits for an approval.
fn asked_and_planned() -> Vec<Value> {
    let (head, stack) = ("a".repeat(40), "live/dev/hello");
    let draft = json!({ "schema_version": 1, "module": "local/note", "module_version": "1.0.0",
        "environment": { "value": "dev", "source": { "from": "text", "text": "in dev" }, "confidence": 100 },
        "name": null, "inputs": { "content": { "value": "hunter2", "source": { "from": "text", "text": "hunter2" }, "confidence": 100 } } });
    vec![
        json!({ "event": "requested", "issue": 1, "by": alice() }),
        json!({ "event": "draft-completed", "draft": draft, "by": alice() }),
        observed(2),
        json!({ "event": "tree-read", "reading": { "head": head, "findings": [],
            "stacks": [{ "path": stack, "environment": "dev", "inputs_digest": "d1" }] } }),
        json!({ "event": "run-requested", "run": { "id": uuid(1), "operation": "plan", "environment": "dev",
            "executor": "sidecar", "head": head, "requested_at": "2026-07-20T14:00:00Z", "requested_by": null,
            "jobs": { (uuid(2)): { "id": uuid(2), "stack": stack, "inputs_digest": "d1", "ticket": null,
                                   "state": { "state": "queued" } } } } }),
        json!({ "event": "job-claimed", "job": uuid(2), "worker": "w1", "at": "2026-07-20T14:00:01Z" }),
        json!({ "event": "plan-recorded", "plan": { "stack": stack, "head": head, "inputs_digest": "d1", "digest": "p1",
            "bundle_sha256": "b1", "job": uuid(2), "at": "2026-07-20T14:00:09Z", "counts": { "create": 1 },
            "headline": "1 create", "no_changes": false,
            "policy": { "standing": "advice", "title": "1 advice, 13 passed", "findings": [{ "rule": "naming",
                "standing": "advice", "address": "terraform_data.this", "message": "`x` is no name", "hint": "write `hello`",
                "path": "live/dev/hello/main.tf", "line": 3 }] },
            "cost": { "standing": "passed", "title": "+$0.00/mo" },
            "price": { "currency": "USD", "before": "12.10", "after": "43.10", "difference": "31.00", "not_priced": 2 } } }),
    ]
}

#[tokio::test]
async fn without_a_token_of_the_api_nothing_is_told() {
    let server = Server::seeded().await;
    for (path, authorization) in [
        ("/api/v1/requests", None),
        ("/api/v1/requests", Some("Bearer tfp_wrong")),
        ("/api/v1/requests", Some("Basic YTpi")),
        ("/api/v1/no-such-address", None),
        ("/api/v1/changes/11/1", Some("Bearer ")),
    ] {
        let got = ask(&server.api, path, authorization).await;
        assert_eq!(
            (got.status, &got.json()["code"]),
            (StatusCode::UNAUTHORIZED, &json!("unauthorized")),
            "{path}"
        );
        assert_eq!(got.headers["www-authenticate"], "Bearer");
    }
    let grant = TokenGrant::Sidecar { name: "s".to_owned(), scope: Default::default() };
    let sidecar = create_token(server.app.store().as_ref(), &grant).await.expect("a token");
    let authorization = format!("Bearer {}", sidecar.expose_secret());
    let got = ask(&server.api, "/api/v1/requests", Some(&authorization)).await;
    assert_eq!((got.status, &got.json()["code"]), (StatusCode::FORBIDDEN, &json!("wrong-token")));
}

#[tokio::test]
async fn questions_that_cannot_be_read_are_answered_with_what_is_wrong() {
    let server = Server::seeded().await;
    for (path, word) in [
        ("requests?limit=0", "limit"),
        ("requests?limit=many", "limit"),
        ("requests?stauts=ready", "stauts"),
        ("requests?status=rady", "rady"),
        ("requests?repository=acme/nothing", "acme/nothing"),
        ("requests?since=yesterday", "since"),
        ("requests?cursor=x", "cursor"),
        ("runs?status=ready", "status"),
        ("runs?operation=destroy", "operation"),
        ("events?change=1", "change"),
        ("changes/infra/1", "changes/"),
    ] {
        let got = server.get(&format!("/api/v1/{path}")).await;
        assert_eq!(
            (got.status, &got.json()["code"]),
            (StatusCode::BAD_REQUEST, &json!("bad-request")),
            "{path}"
        );
        assert!(
            got.json()["message"].as_str().is_some_and(|message| message.contains(word)),
            "{path}: {}",
            got.text
        );
    }
    for path in ["changes/11/99", "changes/33/1", "nothing", "events?change=11/99"] {
        let got = server.get(&format!("/api/v1/{path}")).await;
        assert_eq!((got.status, &got.json()["code"]), (StatusCode::NOT_FOUND, &json!("not-found")), "{path}");
        assert_eq!(got.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn nothing_can_be_written() {
    let server = Server::seeded().await;
    let authorization = format!("Bearer {}", server.token.expose_secret());
    let request = Request::post("/api/v1/requests").header("authorization", authorization);
    let response =
        server.api.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("answers");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn requests_are_those_that_were_asked_for_and_changes_are_all() {
    let server = Server::seeded().await;
    let requests = server.get("/api/v1/requests").await;
    insta::assert_json_snapshot!(requests.json());
    assert_eq!(Server::ids(&server.get("/api/v1/changes").await, "id"), ["22/5", "11/1"]);
    for (filter, expect) in [
        ("repository=acme/infra", &["11/1"][..]),
        ("repository=22", &["22/5"]),
        ("environment=dev", &["11/1"]),
        ("environment=prod", &[]),
        ("status=waiting", &["11/1"]),
        ("since=2026-07-20T14:00:30Z", &["22/5"]),
        ("repository=11&status=ready", &[]),
    ] {
        let got = server.get(&format!("/api/v1/changes?{filter}")).await;
        assert_eq!(Server::ids(&got, "id"), expect, "{filter}");
    }
    let first = server.get("/api/v1/changes?limit=1").await;
    let next = first.json()["next"].as_str().expect("a cursor").to_owned();
    let second = server.get(&format!("/api/v1/changes?limit=1&cursor={next}")).await;
    assert_eq!(Server::ids(&second, "id"), ["11/1"]);
    assert_eq!((&second.json()["next"], &second.json()["more"]), (&Value::Null, &json!(false)));
    assert_eq!(server.get(&format!("/api/v1/runs?cursor={next}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_change_is_told_with_its_gates() {
    let server = Server::seeded().await;
    let by_pull = server.get("/api/v1/changes/11/2").await;
    let mut told = by_pull.json();
    assert_eq!(told, server.get("/api/v1/changes/11/1").await.json());
    // A plan of 2026 has expired whenever this runs; when it says so is the engine's business.
    told["gates"].as_array_mut().expect("gates").retain(|gate| gate["name"] != "fresh");
    told.as_object_mut().expect("an object").remove("waits_for");
    insta::assert_json_snapshot!(told);
}

#[tokio::test]
async fn runs_are_told_with_their_jobs() {
    let server = Server::seeded().await;
    insta::assert_json_snapshot!(
        server.get("/api/v1/runs?operation=plan&status=done&environment=dev").await.json()
    );
    assert_eq!(Server::ids(&server.get("/api/v1/runs?status=failed").await, "id"), [Value::Null; 0]);
    assert_eq!(Server::ids(&server.get("/api/v1/runs?repository=22").await, "id"), [Value::Null; 0]);
}

#[tokio::test]
async fn events_are_the_log_in_order_without_what_people_wrote_into_inputs() {
    let server = Server::seeded().await;
    let all = server.get("/api/v1/events").await;
    let mut shown = all.json();
    for item in shown["items"].as_array_mut().expect("items") {
        assert_eq!(item["hash"].as_str().map(str::len), Some(64));
        item["hash"] = json!("[hash]");
    }
    insta::assert_json_snapshot!(shown);
    assert!(!all.text.contains("hunter2"), "inputs stay in the repository");
    let (mut positions, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/api/v1/events?limit=3{cursor}")).await.json();
        positions
            .extend(page["items"].as_array().expect("items").iter().map(|item| item["position"].clone()));
        cursor = format!("&cursor={}", page["next"].as_str().expect("a log goes on"));
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(positions, [1, 2, 3, 4, 5, 6, 7, 8]);
    server.records("22/9", 90, vec![observed(9)]).await;
    let later = server.get(&format!("/api/v1/events?limit=3{cursor}")).await;
    assert_eq!(Server::ids(&later, "position"), [9]);
    for (filter, expect) in [
        ("change=11/2&event=plan-recorded", &[7][..]),
        ("repository=22", &[8, 9]),
        ("since=2026-07-20T14:01:10Z", &[9]),
        ("event=nothing", &[]),
    ] {
        assert_eq!(
            Server::ids(&server.get(&format!("/api/v1/events?{filter}")).await, "position"),
            expect,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn metrics_are_null_where_nothing_is_known_and_count_the_log() {
    let server = Server::start().await;
    let admin = admin_router(Arc::clone(&server.app));
    let empty = ask(&admin, "/metrics", None).await.json();
    let shown = [
        &empty["total_requests"],
        &empty["success_rate"],
        &empty["failures"],
        &empty["average_apply_seconds"],
    ];
    assert_eq!(shown, [&json!(0), &Value::Null, &json!(0), &Value::Null]);
    server.records("11/1", 0, asked_and_planned()).await;
    server.records("11/7", 9, applied_in_seven_seconds()).await;
    let mut full = ask(&admin, "/metrics", None).await.json();
    assert!(full["store"]["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
    (full["store"]["bytes"], full["version"]) = (json!("[bytes]"), json!("[version]"));
    insta::assert_json_snapshot!(full);
    let text = ask(&admin, "/metrics?format=prometheus", None).await;
    assert_eq!(text.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "tfpilot_requests_total 1",
        "tfpilot_success_ratio 1",
        "tfpilot_apply_seconds_average 7",
        "tfpilot_queue_length{queue=\"deliveries\"} 0",
        "tfpilot_store_events 11",
    ] {
        assert!(text.text.lines().any(|found| found == line), "{line} in {}", text.text);
    }
    assert_eq!(ask(&admin, "/metrics?format=xml", None).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&admin, "/api/v1/requests", None).await.status, StatusCode::NOT_FOUND);
}

fn applied_in_seven_seconds() -> Vec<Value> {
    let stack = "live/dev/hello";
    vec![
        json!({ "event": "run-requested", "run": { "id": uuid(3), "operation": "apply", "environment": "dev",
            "executor": "sidecar", "head": "a", "requested_at": "2026-07-20T14:00:00Z", "requested_by": alice(),
            "jobs": { (uuid(4)): { "id": uuid(4), "stack": stack, "inputs_digest": "d1", "ticket": uuid(5),
                                   "state": { "state": "queued" } } } } }),
        json!({ "event": "ticket-issued", "ticket": { "id": uuid(5), "stack": stack, "job": uuid(4), "plan_job": uuid(2),
            "plan_digest": "p1", "bundle_sha256": "b1", "inputs_digest": "d1", "head": "a", "actor": alice(),
            "approvals": [], "state": { "state": "issued" } } }),
        json!({ "event": "ticket-spent", "ticket": uuid(5), "at": "2026-07-20T14:01:00Z" }),
        json!({ "event": "stack-applied", "job": uuid(4), "applied": { "stack": stack, "changed": 1, "outputs": {},
            "at": "2026-07-20T14:01:07Z" } }),
    ]
}

#[tokio::test]
async fn costs_are_told_over_time_and_summed_by_environment() {
    let server = Server::start().await;
    server.repository(11, "acme/infra").await;
    server.records("11/1", 0, [asked_and_planned(), applied_in_seven_seconds()].concat()).await;
    insta::assert_json_snapshot!(server.get("/api/v1/costs").await.json());
    for (filter, expect) in [
        ("state=planned", &["planned"][..]),
        ("environment=dev&repository=acme/infra", &["applied", "planned"]),
        ("environment=prod", &[]),
        ("change=11/2", &[]),
        ("since=2026-07-20T14:01:00Z", &["applied"]),
    ] {
        let got = server.get(&format!("/api/v1/costs?{filter}")).await;
        assert_eq!(Server::ids(&got, "state"), expect, "{filter}");
    }
    insta::assert_json_snapshot!(server.get("/api/v1/environments?repository=11").await.json());
}

#[tokio::test]
async fn policies_and_roles_are_those_of_the_gates() {
    let server = Server::seeded().await;
    let policies = server.get("/api/v1/policies?repository=acme/infra").await.json();
    let of = |id: &str| policies["policies"].as_array().expect("policies").iter().find(|it| it["id"] == id);
    insta::assert_json_snapshot!([of("no-public-access"), of("s3-versioning")]);
    assert_eq!((&policies["broken"], &policies["repository"]["name"]), (&json!([]), &json!("acme/infra")));
    insta::assert_json_snapshot!(server.get("/api/v1/roles?repository=acme/infra").await.json());
    for path in ["policies", "roles"] {
        let got = server.get(&format!("/api/v1/{path}")).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path}: {}", got.text);
        assert_eq!(server.get(&format!("/api/v1/{path}?repository=33")).await.status, StatusCode::NOT_FOUND);
    }
}

/// Every field that an answer can have is explained to its reader.
#[tokio::test]
async fn every_field_is_documented() {
    let documented = include_str!("../../../../docs/api.md");
    let server = Server::seeded().await;
    server.records("11/7", 9, applied_in_seven_seconds()).await;
    let admin = admin_router(Arc::clone(&server.app));
    let mut answers = vec![ask(&admin, "/metrics", None).await.json()];
    let of_infra = ["policies?repository=11", "roles?repository=11"];
    for path in
        ["requests", "runs", "events", "changes/11/1", "costs", "environments"].iter().chain(&of_infra)
    {
        answers.push(server.get(&format!("/api/v1/{path}")).await.json());
    }
    let mut missing: Vec<&String> = Vec::new();
    let mut open: Vec<&Value> = answers.iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            // What is counted by action is named by Terraform.
            Value::Object(fields) => {
                fields.iter().filter(|(name, _)| *name != "create").for_each(|(name, value)| {
                    open.push(value);
                    if !documented.contains(&format!("`{name}`")) && !missing.contains(&name) {
                        missing.push(name);
                    }
                })
            }
            _ => {}
        }
    }
    assert!(missing.is_empty(), "docs/api.md does not explain {missing:?}");
}
