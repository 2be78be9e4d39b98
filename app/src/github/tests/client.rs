//! Identity, limits, failures and counts.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::github::issues::MinimizeReason;
use crate::github::{Allowance, Budget, Failure, SettingsError};

const ISSUE: &str = "GET /repos/acme/infra/issues/1";

fn issue() -> serde_json::Value {
    json!({ "number": 1, "node_id": "I_1", "title": "t", "body": null, "state": "open", "labels": [{ "name": "infra" }, "old"] })
}

#[tokio::test]
async fn calls_at_once_share_one_token() {
    let server = Server::start().await;
    server.saves(ISSUE, 200, issue());
    let repository = infra(&server);
    let (a, b, c) = tokio::join!(repository.issue(1), repository.issue(1), repository.issue(1));
    assert_eq!(a.expect("an issue").labels, ["infra", "old"]);
    assert!(b.is_ok() && c.is_ok());
    // Another handle, the same client.
    let again = repository.github().repository(InstallationId(1), repository.name().clone());
    again.issue(1).await.expect("an issue");
    let tokens = server.seen("POST /app/installations/1/access_tokens");
    assert_eq!(tokens.len(), 1);
    assert!(tokens[0].authorization().starts_with("Bearer ey"), "the app signs for the token");
    assert!(server.seen("GET").iter().all(|seen| seen.authorization() == "Bearer ghs_hunter2"));
}

#[tokio::test]
async fn an_unchanged_answer_is_confirmed_and_not_sent_again() {
    let server = Server::start().await;
    server.saves_with(ISSUE, 200, &[("etag", "W/\"1\"")], issue());
    server.saves(ISSUE, 304, json!(null));
    let repository = infra(&server);
    let first = repository.issue(1).await.expect("an issue");
    assert_eq!(repository.issue(1).await.expect("the same"), first);
    let seen = server.seen(ISSUE);
    assert_eq!(seen[1].headers.get("if-none-match").expect("an ETag"), "W/\"1\"");
    let statuses: Vec<u16> = repository.github().requests().into_keys().map(|kind| kind.status).collect();
    assert_eq!(statuses, [200, 304]);
}

#[tokio::test]
async fn pages_are_asked_for_with_our_token_and_not_by_foreign_addresses() {
    let server = Server::start().await;
    let list = "GET /repos/acme/infra/issues/1/comments?per_page=100&page=";
    let comment =
        |id: u64| json!({ "id": id, "node_id": "c", "created_at": "2026-01-01T00:00:00Z", "html_url": "u" });
    let link =
        "<https://evil.example/repos/acme/infra/issues/1/comments?page=2>; rel=\"next\", <x>; rel=\"last\"";
    server.saves_with(&format!("{list}1"), 200, &[("link", link)], json!([comment(1)]));
    server.saves(&format!("{list}2"), 200, json!([comment(2)]));
    let comments = infra(&server).comments(1).await.expect("comments");
    assert_eq!(comments.iter().map(|comment| comment.id.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(server.seen(&format!("{list}2"))[0].authorization(), "Bearer ghs_hunter2");
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_another_server_is_not() {
    let server = Server::start().await;
    let to = format!("{}/repositories/5/issues/1", server.url());
    server.saves_with(ISSUE, 301, &[("location", &to)], json!({ "message": "Moved Permanently" }));
    server.saves("GET /repositories/5/issues/1", 200, issue());
    let repository = infra(&server);
    assert_eq!(repository.issue(1).await.expect("an issue").number, 1);

    let other = Server::start().await;
    let to = format!("{}/steal", other.url());
    server.saves_with(
        "GET /repos/acme/infra/issues/2",
        307,
        &[("location", &to)],
        json!({ "message": "away" }),
    );
    let error = repository.issue(2).await.expect_err("not followed");
    assert!(matches!(error.failure, Failure::Invalid { .. }), "{error}");
    assert!(other.lines().is_empty());

    server.saves_with(
        "GET /repos/acme/infra/issues/3",
        307,
        &[("location", "/repos/acme/infra/issues/3")],
        json!({}),
    );
    let error = repository.issue(3).await.expect_err("a circle");
    assert_eq!(error.to_string(), "reading issue acme/infra#3: GitHub redirects in a circle");
    assert_eq!(server.seen("GET /repos/acme/infra/issues/3").len(), 4);
}

#[tokio::test]
async fn failures_are_sorted_and_nothing_is_retried() {
    let server = Server::start().await;
    let repository = infra(&server);
    let check = async |number: u64, status: u16, body: serde_json::Value, expect: &str| {
        server.saves(&format!("GET /repos/acme/infra/issues/{number}"), status, body);
        let error = repository.issue(number).await.expect_err("a failure");
        assert_eq!(error.to_string(), format!("reading issue acme/infra#{number}: {expect}"));
    };
    check(1, 502, json!(null), "GitHub answered 502 Bad Gateway").await;
    check(
        2,
        404,
        json!({ "message": "Not Found" }),
        "GitHub does not find it, or the app has no access to it",
    )
    .await;
    check(3, 403, json!({ "message": "suspended" }), "GitHub forbids it (403 suspended)").await;
    let shape = "GitHub's answer cannot be read (missing field `number` at line 1 column 2)";
    check(4, 200, json!({}), shape).await;
    assert_eq!(server.lines().len(), 4);
}

#[tokio::test]
async fn a_limit_names_its_end_and_the_rest_of_it_is_known() {
    let server = Server::start().await;
    let mut settings = Settings::new(server.url(), 7, pem_key(0).into());
    let now = Timestamp::from_second(1_800_000_000).expect("a time");
    settings.clock = std::sync::Arc::new(move || now);
    let github = GitHub::new(settings).expect("usable settings");
    let repository = github.repository(InstallationId(1), RepoName::parse("acme/infra").expect("a name"));
    let headers =
        [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800001000")];
    server.saves_with(ISSUE, 403, &headers, json!({ "message": "API rate limit exceeded" }));
    let until = Timestamp::from_second(1_800_001_000).expect("a time");
    let error = repository.issue(1).await.expect_err("a limit");
    assert_eq!(error.failure, Failure::RateLimited { until });
    assert!(error.failure.is_worth_retrying());
    let allowance = Allowance { limit: 5000, remaining: 0, resets_at: until };
    assert_eq!(github.allowance(InstallationId(1)), Some(allowance));
}

#[tokio::test]
async fn after_a_limit_nothing_is_asked_until_its_end() {
    let server = Server::start().await;
    let mut settings = Settings::new(server.url(), 7, pem_key(0).into());
    let seconds = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(1_800_000_000));
    let time = std::sync::Arc::clone(&seconds);
    settings.clock = std::sync::Arc::new(move || {
        Timestamp::from_second(time.load(std::sync::atomic::Ordering::SeqCst)).expect("a time")
    });
    let github = GitHub::new(settings).expect("usable settings");
    let name = RepoName::parse("acme/infra").expect("a name");
    let repository = github.repository(InstallationId(1), name);
    server.saves_with(ISSUE, 429, &[("retry-after", "30")], json!({ "message": "slow down" }));
    server.saves(ISSUE, 200, issue());
    let until = Timestamp::from_second(1_800_000_030).expect("a time");
    for _ in 0..3 {
        let error = repository.issue(1).await.expect_err("a limit");
        assert_eq!(error.failure, Failure::RateLimited { until });
    }
    // Not the other way round it either, and not for another thing; the app itself is not limited.
    let query = repository.graphql::<serde_json::Value>("{ x }", json!({}), "asking".to_owned()).await;
    assert_eq!(query.expect_err("a limit").failure, Failure::RateLimited { until });
    assert_eq!((server.seen(ISSUE).len(), server.seen("POST /graphql").len()), (1, 0));
    assert_eq!((github.paused_until(InstallationId(1)), github.pauses()), (Some(until), 1));
    assert_eq!(github.paused_until(InstallationId(2)), None);
    let budget = Budget { installation: InstallationId(1), allowance: None, paused_until: Some(until) };
    assert_eq!(github.budgets(), [budget]);
    server.saves("GET /app", 200, json!({ "id": 7, "slug": "tfpilot" }));
    github.app().await.expect("the app");

    seconds.store(1_800_000_030, std::sync::atomic::Ordering::SeqCst);
    repository.issue(1).await.expect("an issue");
    assert_eq!(github.paused_until(InstallationId(1)), None);
}

#[tokio::test]
async fn silence_ends_in_time_and_an_unreachable_server_is_transient() {
    let server = Server::start().await;
    server.saves_late(ISSUE, Duration::from_secs(60));
    let mut settings = Settings::new(server.url(), 7, pem_key(0).into());
    settings.timeout = Duration::from_millis(300);
    let github = GitHub::new(settings.clone()).expect("usable settings");
    let repository = github.repository(InstallationId(1), RepoName::parse("acme/infra").expect("a name"));
    let error = repository.issue(1).await.expect_err("silence");
    assert!(matches!(error.failure, Failure::Transient { .. }), "{error}");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    settings.api_url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let github = GitHub::new(settings).expect("usable settings");
    let error = github.app().await.expect_err("nobody there");
    assert!(error.to_string().starts_with("reading the app: GitHub cannot be reached ("), "{error}");
    let kinds: Vec<_> =
        github.requests().into_iter().map(|(kind, count)| (kind.template, kind.status, count)).collect();
    assert_eq!(kinds, [("/app", 0, 1)]);
}

#[tokio::test]
async fn a_lost_installation_and_bad_credentials_are_told_apart() {
    let server = Server::start().await;
    let token = "POST /app/installations/2/access_tokens";
    server.saves(token, 404, json!({ "message": "Not Found" })).saves(
        token,
        401,
        json!({ "message": "bad JWT" }),
    );
    let repository = github(&server).repository(InstallationId(2), RepoName::parse("a/b").expect("a name"));
    assert_eq!(repository.issue(1).await.expect_err("gone").failure, Failure::NotInstalled);
    assert_eq!(repository.issue(1).await.expect_err("refused").failure, Failure::Unauthorized);
    server.saves("GET /repos/acme/infra/installation", 404, json!({}));
    let name = RepoName::parse("acme/infra").expect("a name");
    assert_eq!(github(&server).installation_for(&name).await, Ok(None));
}

#[tokio::test]
async fn an_enterprise_server_keeps_its_path_and_has_graphql_elsewhere() {
    let server = Server::start().await;
    let github = GitHub::new(Settings::new(format!("{}/api/v3/", server.url()), 7, pem_key(0).into()))
        .expect("settings");
    server.saves(
        "POST /api/v3/app/installations/1/access_tokens",
        201,
        json!({ "token": "ghs_x", "expires_at": "2099-01-01T00:00:00Z", "permissions": {} }),
    );
    server.saves("GET /api/v3/repos/acme/infra/issues/1", 200, issue());
    server.saves("POST /api/graphql", 200, json!({ "data": {} }));
    let repository = github.repository(InstallationId(1), RepoName::parse("acme/infra").expect("a name"));
    repository.issue(1).await.expect("an issue");
    repository.minimize_comment("c", MinimizeReason::Resolved).await.expect("folded");
    let graphql = server.seen("POST /api/graphql");
    assert_eq!(graphql[0].authorization(), "Bearer ghs_x");
    assert_eq!(graphql[0].body["variables"], json!({ "comment": "c", "reason": "RESOLVED" }));
}

#[tokio::test]
async fn graphql_renews_a_refused_token_once_and_its_refusals_are_sorted() {
    let server = Server::start().await;
    let refusal = |kind: &str| json!({ "data": null, "errors": [{ "type": kind, "message": "m" }] });
    let line = "POST /graphql";
    server.saves(line, 401, json!({ "message": "Bad credentials" })).saves(line, 200, json!({ "data": {} }));
    server.saves(line, 200, refusal("NOT_FOUND")).saves(line, 200, refusal("FORBIDDEN"));
    server.saves(line, 200, json!({ "errors": [{ "message": "m" }] }));
    // The refused token is renewed once; the refusal after it is final.
    server.saves(line, 401, json!({ "message": "Bad credentials" }));
    server.saves(line, 401, json!({ "message": "Bad credentials" }));
    server.saves(line, 200, refusal("RATE_LIMITED"));
    let repository = infra(&server);
    let fold = async || {
        repository.minimize_comment("c", MinimizeReason::Outdated).await.map_err(|error| error.failure)
    };
    assert_eq!(fold().await, Ok(()));
    assert_eq!(server.seen("POST /app/installations/1/access_tokens").len(), 2);
    assert_eq!(fold().await, Err(Failure::Gone));
    assert!(matches!(fold().await, Err(Failure::Forbidden { .. })));
    assert!(matches!(fold().await, Err(Failure::Invalid { .. })));
    assert_eq!(fold().await, Err(Failure::Unauthorized));
    assert_eq!(server.seen(line).len(), 7, "a second refusal is final");
    assert!(matches!(fold().await, Err(Failure::RateLimited { .. })));
    assert!(matches!(fold().await, Err(Failure::RateLimited { .. })));
    assert_eq!(server.seen(line).len(), 8, "after a limit nothing is asked");
}

#[tokio::test]
async fn a_runners_token_is_narrow_or_not_given() {
    let server = Server::start().await;
    let name = RepoName::parse("acme/infra").expect("a name");
    let error =
        github(&server).git_read_token(InstallationId(1), RepoId(17), &name).await.expect_err("too much");
    assert!(error.to_string().contains("may do more than read contents"), "{error}");
    let body = &server.seen("POST /app/installations/1/access_tokens")[0].body;
    assert_eq!(*body, json!({ "repository_ids": [17], "permissions": { "contents": "read" } }));
    server.saves(
        "POST /app/installations/3/access_tokens",
        201,
        json!({ "token": "ghs_narrow", "expires_at": "2026-01-01T01:00:00Z",
                "permissions": { "contents": "read", "metadata": "read" },
                "repositories": [{ "id": 17, "full_name": "acme/platform" }] }),
    );
    let token = github(&server).git_read_token(InstallationId(3), RepoId(17), &name).await.expect("a token");
    assert!(!format!("{token:?}").contains("ghs_narrow"));
    assert_eq!(token.name.expect("its name today").to_string(), "acme/platform");
}

#[tokio::test]
async fn no_secret_is_shown_by_debug_or_error() {
    let server = Server::start().await;
    server.saves(ISSUE, 401, json!({ "message": "Bad credentials" }));
    let repository = infra(&server);
    let error = repository.issue(1).await.expect_err("refused");
    assert_eq!(server.seen("POST /app/installations/1").len(), 2, "octocrab renews the token once");
    let settings = Settings::new(server.url(), 7, pem_key(0).into());
    let shown = format!("{repository:?} {error:?} {error} {settings:?}");
    let key_line = pem_key(0).lines().nth(1).expect("a line of the key");
    assert!(!shown.contains("hunter2") && !shown.contains(key_line) && !shown.contains("BEGIN"), "{shown}");
    let broken = GitHub::new(Settings::new(server.url(), 7, "not a key".into())).expect_err("no key");
    assert_eq!(broken, SettingsError::PrivateKey);
}
