//! The forge over HTTP, as the app uses it: from JWT to merge.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test says what it expects"
)]

mod common;

use common::{Api, REPO, conforms, forge, jwt};
use serde_json::{Value, json};
use tfpilot_forge::BranchRules;

#[tokio::test]
async fn the_app_proves_itself_by_jwt_and_narrows_its_token() {
    let forge = forge().await;
    let now = forge.now().as_second();
    let as_app = |token: String| Api { base: forge.api_url(), token };
    as_app(jwt(&forge, now - 30, 600)).get("/app").await.is(200);
    let expired = as_app(jwt(&forge, now - 700, 600)).get("/app").await.is(401);
    assert!(expired["message"].as_str().unwrap().contains("exp"), "{expired}");
    as_app(jwt(&forge, now, 3_600)).get("/app").await.is(401);
    as_app("a.b.c".into()).get("/app").await.is(401);

    let app = as_app(jwt(&forge, now, 60));
    let path = format!("/app/installations/{}/access_tokens", forge.installation_id());
    app.post(&path, json!({"permissions": {"administration": "write"}})).await.is(422);
    let made =
        app.post(&path, json!({"permissions": {"issues": "read"}, "repositories": ["infra"]})).await.is(201);
    let narrow = as_app(made["token"].as_str().unwrap().to_owned());
    narrow.get(&format!("/repos/{REPO}/issues")).await.is(200);
    let refused = narrow.post(&format!("/repos/{REPO}/issues"), json!({"title": "x"})).await.is(403);
    assert_eq!(refused["message"], "Resource not accessible by integration");
    narrow.get(&format!("/repos/{REPO}/pulls")).await.is(403);

    forge.advance(std::time::Duration::from_secs(3_601));
    narrow.get(&format!("/repos/{REPO}/issues")).await.is(401);
    conforms(&forge);
}

#[tokio::test]
async fn a_commit_becomes_a_pull_request_and_is_merged_when_the_rules_hold() {
    let forge = forge().await;
    let app = Api::app(&forge);
    let issue = forge.alice().opens_issue(REPO, "we need a bucket", "please").await.unwrap();
    let root = format!("/repos/{REPO}");
    let main = app.get(&format!("{root}/git/ref/heads/main")).await.is(200);
    let base = main["object"]["sha"].as_str().unwrap().to_owned();
    let tree = app
        .post(&format!("{root}/git/trees"), json!({"base_tree": base, "tree": [
            {"path": "live/dev/bucket/main.tf", "mode": "100644", "type": "blob", "content": "module \"b\" {}\n"}]}))
        .await
        .is(201);
    let commit = app
        .post(
            &format!("{root}/git/commits"),
            json!({"message": "feat: bucket", "tree": tree["sha"], "parents": [base]}),
        )
        .await
        .is(201);
    assert_eq!(commit["verification"]["verified"], true);
    assert_eq!(commit["author"]["name"], "tfpilot[bot]");
    let sha = commit["sha"].as_str().unwrap();
    let new_ref = json!({"ref": "refs/heads/tfpilot/1-bucket", "sha": sha});
    app.post(&format!("{root}/git/refs"), new_ref.clone()).await.is(201);
    let again = app.post(&format!("{root}/git/refs"), new_ref).await.is(422);
    assert_eq!(again["message"], "Reference already exists");

    let ask = json!({"title": "bucket", "head": "tfpilot/1-bucket", "base": "main", "body": format!("Closes #{issue}")});
    let pull = app.post(&format!("{root}/pulls"), ask.clone()).await.is(201);
    app.post(&format!("{root}/pulls"), ask).await.is(422);
    let number = pull["number"].as_u64().unwrap();
    let one = format!("{root}/pulls/{number}");
    assert_eq!(
        app.get(&one).await.is(200)["mergeable"],
        Value::Null,
        "the first look starts the computation"
    );
    assert_eq!(app.get(&one).await.is(200)["mergeable"], true);
    let files = app.get(&format!("{one}/files")).await.is(200);
    assert_eq!(files[0]["filename"], "live/dev/bucket/main.tf");
    assert_eq!(files[0]["additions"], 1);

    let checks = vec![("tfpilot/plan".to_owned(), Some(forge.app_id()))];
    let rules = BranchRules { required_approvals: 1, required_checks: checks, ..BranchRules::default() };
    forge.protect(REPO, "main", rules).unwrap();
    let merge = format!("{one}/merge");
    let refused = app.put(&merge, json!({"sha": sha})).await.is(405);
    insta::assert_snapshot!(refused["message"].as_str().unwrap().trim(), @r#"
    Repository rule violations found

    At least 1 approving review is required by reviewers with write access.

    Required status check "tfpilot/plan" is expected.
    "#);
    forge.victor().approves(REPO, number).await.unwrap();
    app.put(&merge, json!({"sha": sha})).await.is(405);
    forge.bob().approves(REPO, number).await.unwrap();
    let check =
        json!({"name": "tfpilot/plan", "head_sha": sha, "conclusion": "success", "status": "completed"});
    app.post(&format!("{root}/check-runs"), check).await.is(201);
    app.put(&merge, json!({"sha": base})).await.is(409);
    app.put(&merge, json!({"sha": sha, "merge_method": "squash"})).await.is(200);
    app.put(&merge, json!({"sha": sha})).await.is(405);
    assert!(forge.pull(REPO, number).unwrap().merged);
    assert!(!forge.issue(REPO, issue).unwrap().open);
    assert_eq!(forge.file(REPO, "main", "live/dev/bucket/main.tf").unwrap(), "module \"b\" {}\n");
    let direct =
        app.patch(&format!("{root}/git/refs/heads/main"), json!({"sha": base, "force": true})).await.is(422);
    assert!(direct["message"].as_str().unwrap().contains("pull request"), "{direct}");
    conforms(&forge);
}

#[tokio::test]
async fn conflicts_and_moved_heads_are_seen() {
    let forge = forge().await;
    let app = Api::app(&forge);
    forge.alice().pushes(REPO, "one", &[("live/dev/main.tf", "# one\n")], "one").await.unwrap();
    let number = forge.alice().opens_pull(REPO, "one", "main", "one", "").await.unwrap();
    forge.carol().pushes(REPO, "main", &[("live/dev/main.tf", "# other\n")], "other").await.unwrap();
    let one = format!("/repos/{REPO}/pulls/{number}");
    app.get(&one).await.is(200);
    let seen = app.get(&one).await.is(200);
    assert_eq!((&seen["mergeable"], &seen["mergeable_state"]), (&json!(false), &json!("dirty")));
    app.put(&format!("{one}/merge"), json!({})).await.is(405);
    let sha = forge.alice().pushes(REPO, "one", &[("x.tf", "x\n")], "more").await.unwrap();
    assert_eq!(app.get(&one).await.is(200)["head"]["sha"], sha.as_str());
    let events: Vec<_> = forge.deliveries().into_iter().map(|d| (d.event, d.action)).collect();
    assert!(events.contains(&("pull_request".into(), Some("synchronize".into()))), "{events:?}");
    conforms(&forge);
}

#[tokio::test]
async fn lists_are_paged_and_answers_carry_tags() {
    let forge = forge().await;
    let app = Api::app(&forge);
    for n in 1..=5 {
        forge.alice().opens_issue(REPO, &format!("issue {n}"), "").await.unwrap();
    }
    let path = format!("/repos/{REPO}/issues?per_page=2&page=2");
    let got = app.get(&path).await;
    let titles: Vec<String> = got.json().as_array().unwrap().iter().map(|i| i["title"].to_string()).collect();
    assert_eq!(titles, ["\"issue 3\"", "\"issue 2\""]);
    let base = forge.api_url();
    insta::assert_snapshot!(got.header("link").replace(&base, ""), @r#"</repos/acme/infra/issues?per_page=2&page=1>; rel="prev", </repos/acme/infra/issues?per_page=2&page=3>; rel="next", </repos/acme/infra/issues?per_page=2&page=3>; rel="last", </repos/acme/infra/issues?per_page=2&page=1>; rel="first""#);
    let tag = got.header("etag");
    let again = app.call_with("GET", &path, Value::Null, &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    forge.alice().renames(REPO, 3, "renamed").await.unwrap();
    app.call_with("GET", &path, Value::Null, &[("If-None-Match", &tag)]).await.is(200);
    conforms(&forge);
}

#[tokio::test]
async fn check_runs_are_limited_as_strictly_as_at_github() {
    let forge = forge().await;
    let app = Api::app(&forge);
    let sha = forge.tip(REPO, "main").unwrap();
    let path = format!("/repos/{REPO}/check-runs");
    let with = |output: Value, actions: Value| json!({"name": "tfpilot/plan", "head_sha": sha, "output": output, "actions": actions});
    let long = "x".repeat(65_536);
    let refused = app.post(&path, with(json!({"title": "t", "summary": long}), json!([]))).await.is(422);
    assert_eq!(refused["errors"][0]["field"], "summary");
    let short = "x".repeat(65_535);
    app.post(&path, with(json!({"title": "t", "summary": short}), json!([]))).await.is(201);
    let button = json!({"label": "Apply the reviewed plan", "description": "d", "identifier": "apply"});
    app.post(&path, with(json!({"title": "t", "summary": "s"}), json!([button]))).await.is(422);
    let button = json!({"label": "Apply", "description": "Apply plan 7c1e04a to dev", "identifier": "apply"});
    app.post(&path, with(json!({"title": "t", "summary": "s"}), json!([button, button, button, button])))
        .await
        .is(422);
    let note = json!({"path": "a.tf", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"});
    let many = json!({"title": "t", "summary": "s", "annotations": vec![note.clone(); 51]});
    app.post(&path, with(many, json!([]))).await.is(422);
    let made = app
        .post(&path, with(json!({"title": "t", "summary": "s", "annotations": [note]}), json!([button])))
        .await
        .is(201);
    let listed = app.get(&format!("/repos/{REPO}/commits/main/check-runs")).await.is(200);
    assert_eq!((&listed["total_count"], &listed["check_runs"][0]["id"]), (&json!(1), &made["id"]));
    let wrong = forge.alice().pushes(REPO, "b", &[("b", "b")], "b").await.unwrap();
    let number = forge.alice().opens_pull(REPO, "b", "main", "b", "").await.unwrap();
    app.post(&path, json!({"name": "tfpilot/apply", "head_sha": wrong, "actions": [button]})).await.is(201);
    assert!(forge.victor().presses(REPO, number, "tfpilot/apply", "apply").await.is_err());
    forge.alice().presses(REPO, number, "tfpilot/apply", "Apply").await.unwrap();
    let pressed = forge.deliveries().into_iter().last().unwrap();
    assert_eq!(pressed.payload["requested_action"]["identifier"], "apply");
    conforms(&forge);
}

#[tokio::test]
async fn who_may_not_see_a_repository_does_not_learn_of_it() {
    let forge = forge().await;
    let mallory = Api { base: forge.api_url(), token: forge.mallory().token().unwrap() };
    mallory.get(&format!("/repos/{REPO}")).await.is(404);
    assert!(forge.mallory().opens_issue(REPO, "hello", "").await.is_err());
    forge.set_private(REPO, false).unwrap();
    mallory.get(&format!("/repos/{REPO}")).await.is(200);
    forge.mallory().opens_issue(REPO, "hello", "").await.unwrap();
    assert!(forge.mallory().pushes(REPO, "x", &[("x", "x")], "x").await.is_err());
    let app = Api::app(&forge);
    for (login, role, legacy) in [
        ("alice", "write", "write"),
        ("bob", "maintain", "write"),
        ("carol", "admin", "admin"),
        ("mallory", "read", "read"),
    ] {
        let got = app.get(&format!("/repos/{REPO}/collaborators/{login}/permission")).await.is(200);
        assert_eq!((&got["role_name"], &got["permission"]), (&json!(role), &json!(legacy)));
    }
    app.get("/orgs/acme/teams/platform/memberships/bob").await.is(200);
    app.get("/orgs/acme/teams/platform/memberships/alice").await.is(404);
    conforms(&forge);
}

#[tokio::test]
async fn a_fork_sends_a_pull_request() {
    let forge = forge().await;
    forge.set_private(REPO, false).unwrap();
    let fork = forge.mallory().forks(REPO).await.unwrap();
    let sha = forge.mallory().pushes(&fork, "evil", &[("evil.tf", "e\n")], "evil").await.unwrap();
    let number = forge.mallory().opens_pull(REPO, "mallory:evil", "main", "evil", "").await.unwrap();
    let app = Api::app(&forge);
    let pull = app.get(&format!("/repos/{REPO}/pulls/{number}")).await.is(200);
    assert_eq!(
        (&pull["head"]["repo"]["full_name"], &pull["head"]["sha"]),
        (&json!("mallory/infra"), &json!(sha))
    );
    let made =
        app.post(&format!("/repos/{REPO}/check-runs"), json!({"name": "c", "head_sha": sha})).await.is(201);
    assert_eq!(made["pull_requests"], json!([]), "GitHub leaves forks out");
    let found = app.get(&format!("/repos/{REPO}/pulls?head=mallory:evil&state=all")).await.is(200);
    assert_eq!(found[0]["number"], number);
    conforms(&forge);
}

#[tokio::test]
async fn graphql_does_what_the_app_asks_it() {
    let forge = forge().await;
    let app = Api::app(&forge);
    let number = forge.alice().opens_issue(REPO, "a", "").await.unwrap();
    let made =
        app.post(&format!("/repos/{REPO}/issues/{number}/comments"), json!({"body": "old"})).await.is(201);
    let hide = "mutation($comment: ID!, $reason: ReportedContentClassifiers!) { minimizeComment(input: {subjectId: $comment, classifier: $reason}) { minimizedComment { isMinimized } } }";
    let ask = json!({"query": hide, "variables": {"comment": made["node_id"], "reason": "RESOLVED"}});
    app.post("/graphql", ask).await.is(200);
    assert_eq!(forge.comments(REPO, number).unwrap()[0].minimized.as_deref(), Some("resolved"));

    let file = app.get(&format!("/repos/{REPO}/contents/live/dev/main.tf")).await.is(200);
    let query = format!(
        "query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ o0: object(oid: {}) {{ ... on Blob {{ text }} }} o1: object(oid: \"{}\") {{ ... on Blob {{ text }} }} }} }}",
        file["sha"],
        "0".repeat(40)
    );
    let got = app
        .post("/graphql", json!({"query": query, "variables": {"owner": "acme", "name": "infra"}}))
        .await
        .is(200);
    assert_eq!(got["data"]["repository"], json!({"o0": {"text": "# dev\n"}, "o1": null}));

    forge.alice().pushes(REPO, "b", &[("b.tf", "b\n")], "b").await.unwrap();
    let number = forge.alice().opens_pull(REPO, "b", "main", "b", "").await.unwrap();
    let node = app.get(&format!("/repos/{REPO}/pulls/{number}")).await.is(200)["node_id"].clone();
    let decide = json!({"query": "query($pull: ID!) { node(id: $pull) { ... on PullRequest { reviewDecision } } }", "variables": {"pull": node}});
    assert_eq!(
        app.post("/graphql", decide.clone()).await.is(200)["data"]["node"]["reviewDecision"],
        Value::Null
    );
    forge.protect(REPO, "main", BranchRules { required_approvals: 1, ..BranchRules::default() }).unwrap();
    assert_eq!(
        app.post("/graphql", decide.clone()).await.is(200)["data"]["node"]["reviewDecision"],
        "REVIEW_REQUIRED"
    );
    forge.bob().approves(REPO, number).await.unwrap();
    assert_eq!(app.post("/graphql", decide).await.is(200)["data"]["node"]["reviewDecision"], "APPROVED");
    let wrong = app.post("/graphql", json!({"query": "query { viewer { login } }"})).await.is(200);
    assert_eq!(wrong["errors"][0]["type"], "UNPROCESSABLE");
}

#[tokio::test]
async fn a_merge_queue_waits_for_the_groups_checks() {
    let forge = forge().await;
    let app = Api::app(&forge);
    let checks = vec![("tfpilot/plan".to_owned(), Some(forge.app_id()))];
    let rules = BranchRules { merge_queue: true, required_checks: checks, ..BranchRules::default() };
    forge.protect(REPO, "main", rules).unwrap();
    let success = |sha: &str, end: &str| json!({"name": "tfpilot/plan", "head_sha": sha, "conclusion": end});
    for (branch, end) in [("bad", "failure"), ("good", "success")] {
        let sha =
            forge.alice().pushes(REPO, branch, &[(format!("{branch}.tf"), "x\n")], branch).await.unwrap();
        let number = forge.alice().opens_pull(REPO, branch, "main", branch, "").await.unwrap();
        app.post(&format!("/repos/{REPO}/check-runs"), success(&sha, "success")).await.is(201);
        let merge = app.put(&format!("/repos/{REPO}/pulls/{number}/merge"), json!({})).await.is(405);
        assert!(merge["message"].as_str().unwrap().contains("merge queue"), "{merge}");
        let node = app.get(&format!("/repos/{REPO}/pulls/{number}")).await.is(200)["node_id"].clone();
        let query = "mutation($pull: ID!, $head: GitObjectID!) { enqueuePullRequest(input: {pullRequestId: $pull, expectedHeadOid: $head}) { mergeQueueEntry { id } } }";
        let ask = |head: &str| json!({"query": query, "variables": {"pull": node, "head": head}});
        let stale = app.post("/graphql", ask(&"0".repeat(40))).await.is(200);
        assert_eq!(stale["errors"][0]["message"], "Head sha does not match");
        assert!(app.post("/graphql", ask(&sha)).await.is(200)["data"]["enqueuePullRequest"].is_object());
        let again = app.post("/graphql", ask(&sha)).await.is(200);
        assert_eq!(again["errors"][0]["message"], "Pull request is already in the queue");
        let group = forge.deliveries().into_iter().rfind(|d| d.event == "merge_group").unwrap();
        let head = group.payload["merge_group"]["head_sha"].as_str().unwrap().to_owned();
        assert!(!forge.pull(REPO, number).unwrap().merged, "the group's checks are not there yet");
        app.post(&format!("/repos/{REPO}/check-runs"), success(&head, end)).await.is(201);
        assert_eq!(forge.pull(REPO, number).unwrap().merged, end == "success");
        let ended = forge.deliveries().into_iter().rfind(|d| d.event == "merge_group").unwrap();
        assert_eq!(ended.payload["reason"], if end == "success" { "merged" } else { "dequeued" });
    }
    assert!(forge.file(REPO, "main", "good.tf").is_ok() && forge.file(REPO, "main", "bad.tf").is_err());
}
