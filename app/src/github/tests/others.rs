//! Actions, people, labels, deliveries.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::github::issues::{IssueEdit, IssueState, Label};
use crate::github::people::Permission;
use crate::github::{Account, AccountKind, Failure, UserId, WorkflowRunId};

const DISPATCH: &str = "POST /repos/acme/infra/actions/workflows/tfpilot.yml/dispatches";

#[tokio::test]
async fn a_dispatch_names_its_run_where_the_server_can() {
    let server = Server::start().await;
    server.saves(DISPATCH, 200, json!({ "workflow_run_id": 77, "run_url": "u", "html_url": "h" }));
    let inputs = BTreeMap::from([("run".to_owned(), "r1".to_owned())]);
    let started = infra(&server).dispatch("tfpilot.yml", "main", &inputs).await;
    assert_eq!(started, Ok(Some(WorkflowRunId(77))));
    let sent = json!({ "ref": "main", "inputs": { "run": "r1" }, "return_run_details": true });
    assert_eq!(server.seen(DISPATCH)[0].body, sent);
}

#[tokio::test]
async fn an_older_server_is_asked_without_details_from_then_on() {
    let server = Server::start().await;
    let refusal = "Invalid request.\n\n\"return_run_details\" is not a permitted key.";
    server.saves(DISPATCH, 422, json!({ "message": refusal })).saves(DISPATCH, 204, json!(null));
    let repository = infra(&server);
    assert_eq!(repository.dispatch("tfpilot.yml", "main", &BTreeMap::new()).await, Ok(None));
    assert_eq!(repository.dispatch("tfpilot.yml", "main", &BTreeMap::new()).await, Ok(None));
    let details: Vec<bool> =
        server.seen(DISPATCH).iter().map(|seen| seen.body.get("return_run_details").is_some()).collect();
    assert_eq!(details, [true, false, false]);

    let server = Server::start().await;
    server.saves(DISPATCH, 422, json!({ "message": "Unexpected inputs provided: [\"run\"]" }));
    let error = infra(&server).dispatch("tfpilot.yml", "main", &BTreeMap::new()).await.expect_err("refused");
    assert!(error.to_string().contains("Unexpected inputs"), "{error}");
    assert_eq!(server.seen(DISPATCH).len(), 1);
}

#[tokio::test]
async fn a_run_that_has_ended_cannot_be_cancelled() {
    let server = Server::start().await;
    let cancel = |run: u64| format!("POST /repos/acme/infra/actions/runs/{run}/cancel");
    server.saves(&cancel(1), 202, json!({})).saves(&cancel(2), 409, json!({ "message": "Cannot cancel" }));
    assert_eq!(infra(&server).cancel_run(WorkflowRunId(1)).await, Ok(true));
    assert_eq!(infra(&server).cancel_run(WorkflowRunId(2)).await, Ok(false));
    server.saves("GET /repos/acme/infra/actions/runs/1/jobs?filter=latest&per_page=100&page=1", 200, json!({
        "total_count": 1, "jobs": [{ "id": 5, "name": "plan", "status": "queued", "conclusion": null, "html_url": null, "runner_name": null }] }));
    assert_eq!(infra(&server).run_jobs(WorkflowRunId(1)).await.expect("jobs")[0].name, "plan");
}

#[tokio::test]
async fn a_permission_belongs_to_an_id_and_not_to_a_login() {
    let check = async |status: u16, body: serde_json::Value, expect: Permission| {
        let server = Server::start().await;
        server.saves("GET /repos/acme/infra/collaborators/alice/permission", status, body);
        let alice = Account { id: UserId(5), login: "alice".into(), kind: AccountKind::User };
        assert_eq!(infra(&server).permission(&alice).await, Ok(expect));
    };
    let user = |id: u64| json!({ "id": id, "login": "alice", "type": "User" });
    check(
        200,
        json!({ "permission": "write", "role_name": "maintain", "user": user(5) }),
        Permission::Maintain,
    )
    .await;
    check(
        200,
        json!({ "permission": "write", "role_name": "our-deployers", "user": user(5) }),
        Permission::Write,
    )
    .await;
    check(200, json!({ "permission": "read", "role_name": "triage", "user": user(5) }), Permission::Triage)
        .await;
    check(200, json!({ "permission": "owner", "user": user(5) }), Permission::None).await;
    // The login passed to somebody else.
    check(200, json!({ "permission": "admin", "role_name": "admin", "user": user(6) }), Permission::None)
        .await;
    check(200, json!({ "permission": "admin", "role_name": "admin", "user": null }), Permission::None).await;
    check(404, json!({}), Permission::None).await;
}

#[tokio::test]
async fn only_active_members_are_members() {
    let server = Server::start().await;
    let at = |login: &str| format!("GET /orgs/acme/teams/platform/memberships/{login}");
    server.saves(&at("alice"), 200, json!({ "state": "active", "role": "member" }));
    server.saves(&at("bob"), 200, json!({ "state": "pending", "role": "member" })).saves(
        &at("carol"),
        404,
        json!({}),
    );
    let github = github(&server);
    let mut members = Vec::new();
    for login in ["alice", "bob", "carol"] {
        members.push(
            github.is_team_member(InstallationId(1), "acme", "platform", login).await.expect("an answer"),
        );
    }
    assert_eq!(members, [true, false, false]);
    server.saves("GET /user/5", 200, json!({ "id": 5, "login": "alice2", "type": "User" }));
    let user = github.user(InstallationId(1), UserId(5)).await.expect("an answer").expect("an account");
    assert_eq!(user.login, "alice2");
}

#[tokio::test]
async fn a_label_is_made_once_by_whoever_comes_first() {
    let server = Server::start().await;
    let label = Label { name: "tfpilot: needs answer".into(), color: "fbca04".into(), description: None };
    let find = "GET /repos/acme/infra/labels/tfpilot%3A%20needs%20answer";
    let taken = json!({ "message": "Validation Failed", "errors": [{ "resource": "Label", "code": "already_exists", "field": "name" }] });
    server.saves(find, 404, json!({})).saves("POST /repos/acme/infra/labels", 422, taken);
    assert_eq!(infra(&server).ensure_label(&label).await, Ok(()));

    let server = Server::start().await;
    server.saves(find, 200, json!(label));
    assert_eq!(infra(&server).ensure_label(&label).await, Ok(()));
    assert!(server.seen("POST /repos").is_empty());
}

#[tokio::test]
async fn the_last_label_is_taken_off_and_no_empty_list_is_sent() {
    let server = Server::start().await;
    let labels = "/repos/acme/infra/issues/1/labels";
    server.saves(&format!("PUT {labels}"), 200, json!([]));
    server.saves(&format!("DELETE {labels}"), 204, json!(null));
    assert_eq!(infra(&server).set_labels(1, &["a".to_owned()]).await, Ok(()));
    assert_eq!(infra(&server).set_labels(1, &[]).await, Ok(()));
    assert_eq!(server.seen("PUT")[0].body, json!({ "labels": ["a"] }));
    assert_eq!((server.seen("PUT").len(), server.seen("DELETE").len()), (1, 1));
}

#[tokio::test]
async fn an_issue_is_closed_with_its_reason() {
    let server = Server::start().await;
    server.saves(
        "PATCH /repos/acme/infra/issues/1",
        200,
        json!({ "number": 1, "node_id": "i", "title": "t", "state": "closed" }),
    );
    let edit = IssueEdit { state: Some(IssueState::NotPlanned), title: None };
    infra(&server).edit_issue(1, &edit).await.expect("edited");
    assert_eq!(server.seen("PATCH")[0].body, json!({ "state": "closed", "state_reason": "not_planned" }));
    let gone = "DELETE /repos/acme/infra/issues/comments/4";
    server.saves(gone, 404, json!({}));
    assert_eq!(infra(&server).delete_comment(crate::github::CommentId(4)).await, Ok(()));
}

#[tokio::test]
async fn missed_deliveries_are_found_page_by_page() {
    let server = Server::start().await;
    let first = "GET /app/hook/deliveries?per_page=100";
    let link = "<https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_9%3D>; rel=\"next\"";
    let sent = json!([{ "id": 12, "guid": "g", "delivered_at": "2026-01-01T00:00:00.5Z", "redelivery": false, "status": "OK",
                        "status_code": 502, "event": "issues", "action": "opened", "installation_id": 1, "repository_id": 9 }]);
    server.saves_with(first, 200, &[("link", link)], sent);
    server.saves(&format!("{first}&cursor=v1_9%3D"), 200, json!([]));
    server.saves("POST /app/hook/deliveries/12/attempts", 202, json!({}));
    let github = github(&server);
    let page = github.deliveries(None).await.expect("a page");
    assert_eq!((page.deliveries[0].status_code, page.next.as_deref()), (502, Some("v1_9=")));
    let last = github.deliveries(page.next.as_deref()).await.expect("a page");
    assert_eq!((last.deliveries.len(), last.next), (0, None));
    github.redeliver(page.deliveries[0].id).await.expect("asked");
    assert!(server.seen("POST /app/hook")[0].authorization().starts_with("Bearer ey"), "as the app");
}

#[tokio::test]
async fn rules_that_cannot_be_read_are_a_failure_and_not_none() {
    let branch = json!({ "name": "main", "protected": true, "protection": { "enabled": true } });
    let server = Server::start().await;
    server.saves(
        "GET /repos/acme/infra/rules/branches/main?per_page=100&page=1",
        200,
        json!([{ "type": "merge_queue" }]),
    );
    server.saves("GET /repos/acme/infra/branches/main", 200, branch.clone());
    let rules = infra(&server).branch_rules("main").await.expect("rules");
    assert!(rules.merge_queue && rules.classic);

    let server = Server::start().await;
    server.saves("GET /repos/acme/infra/rules/branches/main?per_page=100&page=1", 404, json!({}));
    // Both are asked at once.
    server.saves("GET /repos/acme/infra/branches/main", 200, branch);
    assert_eq!(infra(&server).branch_rules("main").await.expect_err("gone").failure, Failure::Gone);
}

#[tokio::test]
async fn environments_tell_who_may_deploy() {
    let server = Server::start().await;
    let listed = json!({ "total_count": 2, "environments": [
        { "id": 1, "name": "dev", "deployment_branch_policy": null },
        { "id": 2, "name": "prod",
          "deployment_branch_policy": { "protected_branches": false, "custom_branch_policies": true } } ] });
    server.saves("GET /repos/acme/infra/environments?per_page=100&page=1", 200, listed);
    let refs = "GET /repos/acme/infra/environments/a%20b/deployment-branch-policies?per_page=100&page=1";
    server.saves(
        refs,
        200,
        json!({ "total_count": 2, "branch_policies": [
        { "id": 3, "name": "main" }, { "id": 4, "name": "v*", "type": "tag" } ] }),
    );
    let repository = infra(&server);
    let found = repository.environments().await.expect("environments");
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].branches, found[1].branches.map(|policy| policy.custom_branch_policies)),
        (None, Some(true))
    );
    let refs = repository.environment_refs("a b").await.expect("refs");
    assert_eq!((refs[0].kind.as_deref(), refs[1].kind.as_deref()), (None, Some("tag")));
}

#[tokio::test]
async fn the_webhook_is_read_as_the_app() {
    let server = Server::start().await;
    let config =
        json!({ "content_type": "json", "url": "https://t.acme.com/webhooks/github", "secret": "********" });
    server.saves("GET /app/hook/config", 200, config);
    let hook = github(&server).hook_config().await.expect("a webhook");
    assert_eq!((hook.url.as_str(), hook.secret.is_some()), ("https://t.acme.com/webhooks/github", true));
}
