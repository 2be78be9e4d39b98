//! Opening, merging and queueing pull requests.

use serde_json::{Value, json};

use super::*;
use crate::github::Failure;
use crate::github::pulls::{MergeMethod, MergeOutcome, NewPull, PullEdit, PullState, ReviewState};
use crate::github::rules::ReviewDecision;

const FROM: &str = "GET /repos/acme/infra/pulls?head=acme%3Atfpilot%2F12&state=all&per_page=100&page=1";
const OPEN: &str = "POST /repos/acme/infra/pulls";
const MERGE: &str = "PUT /repos/acme/infra/pulls/5/merge";
const READ: &str = "GET /repos/acme/infra/pulls/5";

fn pull(state: &str, merged: bool, head: char) -> Value {
    json!({ "number": 5, "node_id": "P_5", "title": "t", "body": null, "state": state, "merged": merged, "draft": false,
            "user": null, "mergeable": null, "merge_commit_sha": commit('f'),
            "head": { "ref": "tfpilot/12", "sha": commit(head), "repo": { "id": 9 } },
            "base": { "ref": "main", "sha": commit('b'), "repo": { "id": 9 } } })
}

fn new() -> NewPull {
    NewPull {
        title: "Bucket".into(),
        body: "b".into(),
        head: "tfpilot/12".into(),
        base: "main".into(),
        draft: false,
    }
}

#[tokio::test]
async fn a_pull_request_is_opened_once() {
    let server = Server::start().await;
    server.saves(FROM, 200, json!([])).saves(OPEN, 201, pull("open", false, 'a'));
    assert_eq!(infra(&server).ensure_pull(&new()).await.expect("opened").number, 5);
    assert_eq!(server.seen(OPEN).len(), 1);

    // One that a person closed stays closed.
    let server = Server::start().await;
    server.saves(FROM, 200, json!([pull("closed", false, 'a')]));
    let found = infra(&server).ensure_pull(&new()).await.expect("found");
    assert_eq!((found.state, found.is_merged(), found.is_fork()), (PullState::Closed, false, false));
    assert!(server.seen(OPEN).is_empty());

    // The list lags behind our own first attempt.
    let server = Server::start().await;
    server.saves(FROM, 200, json!([])).saves(FROM, 200, json!([pull("open", false, 'a')]));
    let words = "A pull request already exists for acme:tfpilot/12.";
    server.saves(OPEN, 422, json!({ "message": "Validation Failed", "errors": [{ "message": words }] }));
    assert_eq!(infra(&server).ensure_pull(&new()).await.expect("found").number, 5);

    // Anything else that is refused is the caller's to know.
    let server = Server::start().await;
    server.saves(FROM, 200, json!([])).saves(
        OPEN,
        422,
        json!({ "message": "No commits between main and tfpilot/12" }),
    );
    let error = infra(&server).ensure_pull(&new()).await.expect_err("refused");
    assert!(matches!(error.failure, Failure::Invalid { .. }), "{error}");
}

#[tokio::test]
async fn a_merge_tells_what_stands_against_it() {
    let check = async |status: u16, message: &str, now: Value, expect: MergeOutcome| {
        let server = Server::start().await;
        server
            .saves(MERGE, status, json!({ "message": message, "sha": commit('f'), "merged": true }))
            .saves(READ, 200, now);
        let outcome = infra(&server).merge(5, &commit('a'), MergeMethod::Squash, Some(("t", "m"))).await;
        assert_eq!(outcome, Ok(expect), "{status} {message}");
        let sent = json!({ "sha": commit('a'), "merge_method": "squash", "commit_title": "t", "commit_message": "m" });
        assert_eq!(server.seen(MERGE)[0].body, sent);
    };
    let open = || pull("open", false, 'a');
    let merged = MergeOutcome::Merged { commit: Some(commit('f')) };
    let blocked = |message: &str| MergeOutcome::Blocked { message: message.into() };
    check(200, "merged", open(), merged.clone()).await;
    check(405, "Pull Request is not mergeable", pull("closed", true, 'a'), merged).await;
    check(405, "Pull Request is not mergeable", pull("closed", true, 'c'), MergeOutcome::HeadMoved).await;
    check(409, "Head branch was modified", pull("open", false, 'c'), MergeOutcome::HeadMoved).await;
    check(409, "Base branch was modified", open(), blocked("409 Base branch was modified")).await;
    let queue = "Repository rule violations found\n\nChanges must be made through the merge queue";
    check(405, queue, open(), MergeOutcome::QueueBranch).await;
    check(405, "1 review is required", open(), blocked("405 1 review is required")).await;

    let server = Server::start().await;
    server.saves(MERGE, 502, json!(null));
    let error = infra(&server).merge(5, &commit('a'), MergeMethod::Merge, None).await.expect_err("unknown");
    assert!(error.failure.is_worth_retrying());
    assert_eq!(server.seen(MERGE).len(), 1, "nothing irreversible is repeated here");
}

#[tokio::test]
async fn a_queue_takes_the_expected_head_once() {
    let server = Server::start().await;
    server.saves("POST /graphql", 200, json!({ "data": { "enqueuePullRequest": {} } }));
    let refused =
        |message: &str| json!({ "data": null, "errors": [{ "type": "UNPROCESSABLE", "message": message }] });
    server.saves("POST /graphql", 200, refused("Pull request is already in the queue"));
    server.saves("POST /graphql", 200, refused("Head sha does not match"));
    let repository = infra(&server);
    let pull = serde_json::from_value(pull("open", false, 'a')).expect("a pull request");
    assert_eq!(repository.enqueue(&pull, &commit('a')).await, Ok(()));
    assert_eq!(repository.enqueue(&pull, &commit('a')).await, Ok(()));
    assert!(repository.enqueue(&pull, &commit('a')).await.is_err());
    assert_eq!(
        server.seen("POST /graphql")[0].body["variables"],
        json!({ "pull": "P_5", "head": commit('a') })
    );
}

#[tokio::test]
async fn reviews_commits_and_files_are_read_leniently() {
    let server = Server::start().await;
    let at = |what: &str| format!("GET /repos/acme/infra/pulls/5/{what}?per_page=100&page=1");
    server.saves(&at("reviews"), 200, json!([
        { "id": 1, "user": { "id": 2, "login": "bob", "type": "User" }, "state": "APPROVED", "commit_id": commit('a'), "submitted_at": "2026-01-01T00:00:00Z" },
        { "id": 2, "user": null, "state": "FROM_THE_FUTURE", "commit_id": null },
    ]));
    server.saves(
        &at("commits"),
        200,
        json!([
            { "sha": commit('a'), "author": { "id": 2, "login": "bob", "type": "User" }, "committer": {} },
            { "sha": commit('c'), "author": null, "committer": null },
        ]),
    );
    server.saves(&at("files"), 200, json!([{ "filename": "a.tf", "status": "added", "patch": "@@" }]));
    let repository = infra(&server);
    let reviews = repository.reviews(5).await.expect("reviews");
    assert_eq!((reviews[0].state, reviews[1].state), (ReviewState::Approved, ReviewState::Pending));
    let commits = repository.pull_commits(5).await.expect("commits");
    assert!(commits[0].author.is_some() && commits[0].committer.is_none() && commits[1].author.is_none());
    assert!(repository.pull_files(5).await.expect("files").complete);
}

#[tokio::test]
async fn edits_send_only_what_changes_and_an_invisible_decision_is_not_a_pass() {
    let server = Server::start().await;
    server.saves("PATCH /repos/acme/infra/pulls/5", 200, pull("closed", false, 'a'));
    let edit = PullEdit { state: Some(PullState::Closed), ..PullEdit::default() };
    infra(&server).edit_pull(5, &edit).await.expect("edited");
    assert_eq!(server.seen("PATCH")[0].body, json!({ "state": "closed" }));

    let asked: crate::github::pulls::PullRequest =
        serde_json::from_value(pull("open", false, 'a')).expect("a pull request");
    for (answer, expect) in [
        (json!({ "node": { "reviewDecision": "APPROVED" } }), Some(ReviewDecision::Approved)),
        (json!({ "node": { "reviewDecision": null } }), None),
        (json!({ "node": { "reviewDecision": "NEW_WORD" } }), Some(ReviewDecision::ReviewRequired)),
        (json!({ "node": null }), Some(ReviewDecision::ReviewRequired)),
    ] {
        let server = Server::start().await;
        server.saves("POST /graphql", 200, json!({ "data": answer }));
        assert_eq!(infra(&server).review_decision(&asked).await, Ok(expect));
    }
}

#[tokio::test]
async fn a_list_of_commits_that_github_cuts_is_read_whole() {
    let server = Server::start().await;
    let line = |page: usize| format!("GET /repos/acme/infra/pulls/5/commits?per_page=100&page={page}");
    let commits =
        |count: usize| vec![json!({ "sha": commit('a'), "author": null, "committer": null }); count];
    for (page, count) in [(1, 100), (2, 100), (3, 50)] {
        let link: &[_] = if page < 3 { &[("link", "<x>; rel=\"next\"")] } else { &[] };
        server.saves_with(&line(page), 200, link, json!(commits(count)));
    }
    server.saves(READ, 200, pull("open", false, 'a'));
    let compare =
        format!("GET /repos/acme/infra/compare/{}...{}?per_page=100&page=1", commit('b'), commit('a'));
    server.saves(&compare, 200, json!({ "commits": commits(260) }));
    assert_eq!(infra(&server).pull_commits(5).await.expect("commits").len(), 260);
}
