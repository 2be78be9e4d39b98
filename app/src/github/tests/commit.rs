//! Commits find their own earlier effect, and nobody else's.

use serde_json::{Value, json};

use super::*;
use crate::github::Failure;
use crate::github::commit::{CommitContent, FileMode, NewFile};

const BRANCH: &str = "tfpilot/12-bucket";
const REFS: &str = "POST /repos/acme/infra/git/refs";
const LISTED: &str = "GET /repos/acme/infra/commits?sha=heads%2Ftfpilot%2F12-bucket&per_page=50";

fn content() -> CommitContent {
    let file = |path: &str, mode, bytes: &[u8]| NewFile { path: path.into(), mode, bytes: bytes.to_vec() };
    CommitContent {
        files: vec![
            file("live/dev/a/main.tf", FileMode::Regular, b"a = 1\n"),
            file("run.sh", FileMode::Executable, &[0xff, 0x00, 0x01]),
        ],
        deletions: vec!["old.tf".into()],
        message: "Add a bucket\n\nTfPilot-Request: acme/infra#12".into(),
    }
}

/// A repository whose main is at `b…` with tree `1…`; what is committed has tree `2…` and becomes `c…`.
fn prepare(server: &Server) {
    server
        .saves(
            &format!("GET /repos/acme/infra/git/commits/{}", commit('b')),
            200,
            json!({ "tree": { "sha": commit('1') } }),
        )
        .saves("POST /repos/acme/infra/git/blobs", 201, json!({ "sha": commit('9') }))
        .saves("POST /repos/acme/infra/git/trees", 201, json!({ "sha": commit('2') }))
        .saves("POST /repos/acme/infra/git/commits", 201, json!({ "sha": commit('c') }));
}

fn listed(sha: char, parent: char, tree: char, message: &str) -> Value {
    json!({ "sha": commit(sha), "parents": [{ "sha": commit(parent) }],
            "commit": { "message": message, "tree": { "sha": commit(tree) } } })
}

fn exists(server: &Server, on_the_branch: Value) {
    server.saves(REFS, 422, json!({ "message": "Reference already exists" })).saves(
        LISTED,
        200,
        on_the_branch,
    );
}

#[tokio::test]
async fn one_commit_of_text_bytes_and_deletions() {
    let server = Server::start().await;
    prepare(&server);
    server.saves(REFS, 201, json!({}));
    let made = infra(&server).commit_branch(&commit('b'), BRANCH, &content()).await;
    assert_eq!(made, Ok(commit('c')));
    insta::assert_json_snapshot!(
        server.seen("POST /repos").into_iter().map(|seen| (seen.line, seen.body)).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_repeated_commit_is_recognised_even_below_a_persons_push() {
    let server = Server::start().await;
    prepare(&server);
    let ours = listed('d', 'b', '2', "Add a bucket\n\nTfPilot-Request: acme/infra#12");
    exists(&server, json!([listed('e', 'd', '3', "a person's fix"), ours]));
    assert_eq!(infra(&server).commit_branch(&commit('b'), BRANCH, &content()).await, Ok(commit('d')));
}

#[tokio::test]
async fn a_branch_with_anything_else_is_a_conflict() {
    let message = "Add a bucket\n\nTfPilot-Request: acme/infra#12";
    for other in [
        listed('d', 'a', '2', message),
        listed('d', 'b', '3', message),
        listed('d', 'b', '2', "Add a bucket\n\nTfPilot-Request: acme/infra#13"),
        listed('d', 'b', '2', "somebody's words"),
    ] {
        let server = Server::start().await;
        prepare(&server);
        exists(&server, json!([other]));
        let error =
            infra(&server).commit_branch(&commit('b'), BRANCH, &content()).await.expect_err("a conflict");
        assert!(matches!(error.failure, Failure::Conflict { .. }), "{error}");
    }
}

#[tokio::test]
async fn an_update_moves_only_the_head_it_expects() {
    let head = format!("GET /repos/acme/infra/git/ref/heads/{BRANCH}");
    let patch = format!("PATCH /repos/acme/infra/git/refs/heads/{BRANCH}");
    let at = |sha| json!({ "object": { "sha": commit(sha) } });
    let update = async |server: &Server| infra(server).update_branch(BRANCH, &commit('b'), &content()).await;

    let server = Server::start().await;
    prepare(&server);
    server.saves(&head, 200, at('b')).saves(&patch, 200, json!({}));
    assert_eq!(update(&server).await, Ok(commit('c')));
    assert_eq!(server.seen(&patch)[0].body, json!({ "sha": commit('c'), "force": false }));

    // Asked again, after the head became ours.
    let server = Server::start().await;
    prepare(&server);
    let ours = listed('c', 'b', '2', &content().message);
    server.saves(&head, 200, at('c')).saves(LISTED, 200, json!([ours]));
    assert_eq!(update(&server).await, Ok(commit('c')));
    assert!(server.seen("PATCH").is_empty());

    // A person was faster, seen before or only at the push.
    let server = Server::start().await;
    prepare(&server);
    server.saves(&head, 200, at('e')).saves(LISTED, 200, json!([listed('e', 'b', '3', "theirs")]));
    assert!(matches!(update(&server).await.expect_err("moved").failure, Failure::Conflict { .. }));
    let server = Server::start().await;
    prepare(&server);
    server
        .saves(&head, 200, at('b'))
        .saves(&patch, 422, json!({ "message": "Update is not a fast forward" }))
        .saves(LISTED, 200, json!([listed('e', 'b', '3', "theirs")]));
    assert!(matches!(update(&server).await.expect_err("moved").failure, Failure::Conflict { .. }));

    // The branch is gone.
    let server = Server::start().await;
    server.saves(&head, 404, json!({}));
    assert_eq!(update(&server).await.expect_err("gone").failure, Failure::Gone);
}

#[tokio::test]
async fn a_merge_of_the_base_is_made_once() {
    let head = format!("GET /repos/acme/infra/git/ref/heads/{BRANCH}");
    let patch = format!("PATCH /repos/acme/infra/git/refs/heads/{BRANCH}");
    let at = |sha| json!({ "object": { "sha": commit(sha) } });
    let renew = async |server: &Server| {
        infra(server).renew_branch(BRANCH, &commit('a'), &commit('b'), &content()).await
    };
    let server = Server::start().await;
    prepare(&server);
    server.saves(&head, 200, at('a')).saves(&patch, 200, json!({}));
    assert_eq!(renew(&server).await, Ok(commit('c')));
    let made = &server.seen("POST /repos/acme/infra/git/commits")[0].body;
    assert_eq!(made["parents"], json!([commit('a'), commit('b')]));
    assert_eq!(server.seen("POST /repos/acme/infra/git/trees")[0].body["base_tree"], json!(commit('1')));

    // Asked again; a commit with one of the parents only is not it.
    let ours = json!({ "sha": commit('c'), "parents": [{ "sha": commit('a') }, { "sha": commit('b') }],
        "commit": { "message": content().message, "tree": { "sha": commit('2') } } });
    for (found, expect) in [(ours, Some(commit('c'))), (listed('c', 'a', '2', &content().message), None)] {
        let server = Server::start().await;
        prepare(&server);
        server.saves(&head, 200, at('c')).saves(LISTED, 200, json!([found]));
        assert_eq!(renew(&server).await.ok(), expect);
        assert!(server.seen("PATCH").is_empty());
    }
}

#[tokio::test]
async fn nothing_is_sent_for_a_bad_name_or_path() {
    let server = Server::start().await;
    let repository = infra(&server);
    for bad in ["", "a..b", "a b", "/a", "a/", "a/.b", "-x", "x.lock", "a@{1}", "a:b", "a\nb"] {
        let error = repository.commit_branch(&commit('b'), bad, &content()).await.expect_err(bad);
        assert!(matches!(error.failure, Failure::Invalid { .. }), "{error}");
    }
    prepare(&server);
    let mut climbing = content();
    climbing.files[0].path = "../../etc/passwd".into();
    assert!(repository.commit_branch(&commit('b'), BRANCH, &climbing).await.is_err());
    assert!(server.seen("POST /repos").is_empty());
}

#[tokio::test]
async fn a_branch_is_deleted_only_where_it_is_expected_to_be() {
    let server = Server::start().await;
    let head = format!("GET /repos/acme/infra/git/ref/heads/{BRANCH}");
    let delete = format!("DELETE /repos/acme/infra/git/refs/heads/{BRANCH}");
    server.saves(&head, 200, json!({ "object": { "sha": commit('b') } })).saves(&delete, 204, json!(null));
    assert_eq!(infra(&server).delete_branch(BRANCH, &commit('c')).await, Ok(false));
    assert!(server.seen("DELETE").is_empty());
    assert_eq!(infra(&server).delete_branch(BRANCH, &commit('b')).await, Ok(true));
}
