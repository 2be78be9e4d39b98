//! The doctor against saved answers of GitHub: everything right, everything wrong, and nobody there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::app::{self, Address};
use super::report::Report;
use super::repository::{self, Subject};
use super::store;
use super::workflow::tests::ours;
use crate::github::needs::{EVENTS, PERMISSIONS};
use crate::github::tests::{Server, pem_key};
use crate::github::{GitHub, RepoName, Settings};
use crate::store::SledStore;
use crate::surface::CHECK_NAMES;

fn github(server: &Server) -> GitHub {
    GitHub::new(Settings::new(server.url(), 7, pem_key(0).into())).expect("usable settings")
}

fn permissions() -> Value {
    PERMISSIONS.iter().map(|(name, level)| ((*name).to_owned(), json!(level.as_str()))).collect()
}

fn file(text: &str) -> Value {
    json!({ "type": "file", "sha": "a".repeat(40), "encoding": "base64", "content": STANDARD.encode(text) })
}

fn page(path: &str) -> String {
    format!("GET {path}?per_page=100&page=1")
}

async fn app(server: &Server, api: &str) -> Report {
    let mut report = Report::default();
    let address = Address { api, own: "https://tfpilot.acme.com/" };
    app::examine(&mut report, &github(server), &address).await;
    report
}

async fn repository(server: &Server) -> Report {
    let mut report = Report::default();
    let github = github(server);
    let name = RepoName::parse("acme/infra").expect("a name");
    let subject = Subject {
        github: &github,
        name: &name,
        app_id: 7,
        slug: "tfpilot",
        web_url: "https://github.com",
        terraform_version: "1.11.4",
        own_url: "https://tfpilot.acme.com",
    };
    repository::examine(&mut report, &subject).await;
    report
}

#[tokio::test]
async fn an_app_as_in_the_manifest_is_well() {
    let server = Server::start().await;
    server.saves(
        "GET /app",
        200,
        json!({ "id": 7, "slug": "tfpilot", "permissions": permissions(), "events": EVENTS }),
    );
    let url = "https://tfpilot.acme.com/webhooks/github";
    server.saves(
        "GET /app/hook/config",
        200,
        json!({ "url": url, "content_type": "json", "secret": "********" }),
    );
    server.saves("GET /app/hook/deliveries?per_page=100", 200, json!([]));
    let report = app(&server, "https://api.github.com").await;
    assert!(report.is_well() && !report.is_unreachable());
    insta::assert_snapshot!(report.text());
}

#[tokio::test]
async fn an_app_that_lacks_something_is_told_what() {
    let server = Server::start().await;
    let permissions =
        json!({ "contents": "read", "issues": "write", "metadata": "read", "administration": "write" });
    server.saves(
        "GET /app",
        200,
        json!({ "id": 7, "slug": "tfpilot", "permissions": permissions, "events": ["issues"] }),
    );
    server.saves(
        "GET /app/hook/config",
        200,
        json!({ "url": "https://old.acme.com/hook", "content_type": "json" }),
    );
    server.saves("GET /app/hook/deliveries?per_page=100", 403, json!({ "message": "Forbidden" }));
    let report = app(&server, "https://api.github.com").await;
    assert!(!report.is_well() && !report.is_unreachable());
    insta::assert_snapshot!(report.text());
}

#[tokio::test]
async fn a_wrong_key_and_a_silent_github_are_told_apart() {
    let server = Server::start().await;
    server.saves("GET /app", 401, json!({ "message": "Bad credentials" }));
    let wrong = app(&server, "https://api.github.com").await;
    assert!(!wrong.is_unreachable() && !wrong.is_well());
    assert!(wrong.text().contains("TFPILOT_GITHUB_PRIVATE_KEY"), "{}", wrong.text());
    let server = Server::start().await;
    server.saves("GET /app", 503, json!({ "message": "Unicorn" }));
    assert!(app(&server, "https://api.github.com").await.is_unreachable());
}

fn saves_repository(server: &Server, config: Option<&str>) {
    let installation =
        json!({ "id": 1, "account": null, "permissions": permissions(), "suspended_at": null });
    server.saves("GET /repos/acme/infra/installation", 200, installation);
    let info = json!({ "id": 11, "full_name": "acme/infra", "default_branch": "main", "private": true });
    server.saves("GET /repos/acme/infra", 200, info);
    let line = "GET /repos/acme/infra/contents/.github/tfpilot.yml?ref=main";
    match config {
        Some(config) => server.saves(line, 200, file(config)),
        None => server.saves(line, 404, json!({ "message": "Not Found" })),
    };
}

fn saves_rules(server: &Server, required: &Value, reviewed: bool) {
    let checks =
        json!({ "type": "required_status_checks", "parameters": { "required_status_checks": required } });
    let reviews = json!({ "type": "pull_request", "parameters": { "required_approving_review_count": 1 } });
    let rules = if reviewed { json!([checks, reviews]) } else { json!([checks]) };
    server.saves(&page("/repos/acme/infra/rules/branches/main"), 200, rules);
    server.saves("GET /repos/acme/infra/branches/main", 200, json!({ "protection": null }));
}

const CONFIG: &str = "version: 1\nenvironments:\n  dev: {}\n  prod: {apply_environment: production}\n  lab: {runner: sidecar}\n";

#[tokio::test]
async fn a_repository_that_is_set_up_is_well() {
    let server = Server::start().await;
    saves_repository(&server, Some(CONFIG));
    let workflow = "GET /repos/acme/infra/contents/.github/workflows/tfpilot.yml?ref=main";
    server.saves(workflow, 200, file(&ours("https://tfpilot.acme.com")));
    saves_rules(
        &server,
        &CHECK_NAMES.iter().map(|name| json!({ "context": name, "integration_id": 7 })).collect(),
        true,
    );
    let custom = json!({ "protected_branches": false, "custom_branch_policies": true });
    server.saves(&page("/repos/acme/infra/environments"), 200, json!({ "environments": [
        { "name": "dev", "deployment_branch_policy": custom }, { "name": "Production", "deployment_branch_policy": custom } ] }));
    for name in ["dev", "Production"] {
        let path = format!("/repos/acme/infra/environments/{name}/deployment-branch-policies");
        server.saves(&page(&path), 200, json!({ "branch_policies": [{ "name": "main", "type": "branch" }] }));
    }
    let report = repository(&server).await;
    assert!(report.is_well(), "{}", report.text());
    insta::assert_snapshot!(report.text());
}

#[tokio::test]
async fn everything_that_is_wrong_in_a_repository_is_said() {
    let server = Server::start().await;
    let config =
        format!("{CONFIG}  stage: {{apply_environment: staging, regin: eu-central-1}}\n  old: {{}}\n");
    saves_repository(&server, Some(&config));
    let workflow = "GET /repos/acme/infra/contents/.github/workflows/tfpilot.yml?ref=main";
    server.saves(workflow, 404, json!({ "message": "Not Found" }));
    saves_rules(&server, &json!([{ "context": "tfpilot/plan" }]), false);
    let policy =
        |protected: bool| json!({ "protected_branches": protected, "custom_branch_policies": !protected });
    server.saves(
        &page("/repos/acme/infra/environments"),
        200,
        json!({ "environments": [
        { "name": "dev", "deployment_branch_policy": null },
        { "name": "production", "deployment_branch_policy": policy(false) },
        { "name": "old", "deployment_branch_policy": policy(true) } ] }),
    );
    let path = "/repos/acme/infra/environments/production/deployment-branch-policies";
    server.saves(
        &page(path),
        200,
        json!({ "branch_policies": [
        { "name": "main", "type": "branch" }, { "name": "main", "type": "tag" }, { "name": "release/*" } ] }),
    );
    let report = repository(&server).await;
    assert!(!report.is_well() && !report.is_unreachable());
    insta::assert_snapshot!(report.text());
}

#[tokio::test]
async fn a_repository_without_us_is_said_once() {
    let server = Server::start().await;
    server.saves("GET /repos/acme/infra/installation", 404, json!({ "message": "Not Found" }));
    let report = repository(&server).await;
    insta::assert_snapshot!(report.text());
    let server = Server::start().await;
    saves_repository(&server, None);
    let text = repository(&server).await.text();
    assert!(text.contains("there is no .github/tfpilot.yml on main"), "{text}");
}

#[tokio::test]
async fn the_store_is_looked_at_only_when_nobody_uses_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let look = async || {
        let mut report = Report::default();
        store::examine(&mut report, dir.path()).await;
        (report.is_well(), report.text())
    };
    assert!(look().await.1.starts_with("warn  store: there is none in "));
    assert!(!dir.path().join("store").exists(), "looking makes nothing");
    let used = SledStore::open(dir.path().join("store")).expect("a store");
    assert!(look().await.1.starts_with("warn  store: not looked at: the server uses it"));
    drop(used);
    assert_eq!(
        look().await,
        (true, "ok    store: its tables agree\nok    audit log: 0 events, chain whole\n".to_owned())
    );
}
