//! Checks conclude, whatever GitHub refuses.

use serde_json::{Value, json};

use super::*;
use crate::github::CheckRunId;
use crate::github::checks::{Action, Annotation, AnnotationLevel, CheckRun, Conclusion, Output, Progress};

const CREATE: &str = "POST /repos/acme/infra/check-runs";
const UPDATE: &str = "PATCH /repos/acme/infra/check-runs/3";

fn check(text: usize, annotations: u32) -> CheckRun {
    let annotation = |line| Annotation {
        path: "main.tf".into(),
        start_line: line,
        end_line: line,
        annotation_level: AnnotationLevel::Failure,
        title: "Not admitted".into(),
        message: "m".into(),
    };
    CheckRun {
        name: "tfpilot/plan".into(),
        head_sha: commit('a'),
        external_id: "change-1/plan/9".into(),
        details_url: Some("https://tfpilot.acme.com/c/1".into()),
        progress: Progress::Completed(Conclusion::Failure),
        started_at: None,
        output: Output {
            title: "1 to add".into(),
            summary: "s".repeat(text),
            text: Some("t".repeat(text)),
            annotations: (1..=annotations).map(annotation).collect(),
        },
        actions: vec![Action {
            label: "Apply".into(),
            description: "Apply this plan".into(),
            identifier: "apply".into(),
        }],
    }
}

fn lines_of(body: &Value) -> Vec<u64> {
    let annotations = body["output"]["annotations"].as_array().expect("annotations");
    annotations.iter().map(|annotation| annotation["start_line"].as_u64().expect("a line")).collect()
}

#[tokio::test]
async fn the_whole_request_is_as_people_will_see_it() {
    let server = Server::start().await;
    server.saves(CREATE, 201, json!({ "id": 3 }));
    assert_eq!(infra(&server).create_check(&check(3, 1)).await, Ok(CheckRunId(3)));
    insta::assert_json_snapshot!(server.seen(CREATE)[0].body);
}

#[tokio::test]
async fn remarks_come_fifty_at_a_time_and_none_twice() {
    let server = Server::start().await;
    server.saves(CREATE, 201, json!({ "id": 3 })).saves(UPDATE, 200, json!({ "id": 3 }));
    infra(&server).create_check(&check(3, 120)).await.expect("created");
    let first = lines_of(&server.seen(CREATE)[0].body);
    let later: Vec<Vec<u64>> = server.seen(UPDATE).iter().map(|seen| lines_of(&seen.body)).collect();
    assert_eq!(first, (1..=50).collect::<Vec<_>>());
    assert_eq!(later, [(51..=100).collect::<Vec<_>>(), (101..=120).collect()]);

    let server = Server::start().await;
    server.saves(UPDATE, 200, json!({ "id": 3 }));
    infra(&server).update_check(CheckRunId(3), &check(3, 120), 110).await.expect("updated");
    let sent: Vec<Vec<u64>> = server.seen(UPDATE).iter().map(|seen| lines_of(&seen.body)).collect();
    assert_eq!(sent, [(111..=120).collect::<Vec<_>>()]);
    assert!(server.seen(UPDATE)[0].body.get("head_sha").is_none());

    let server = Server::start().await;
    server.saves(UPDATE, 200, json!({ "id": 3 }));
    infra(&server).update_check(CheckRunId(3), &check(3, 2), 9_999).await.expect("updated");
    assert_eq!(lines_of(&server.seen(UPDATE)[0].body), Vec::<u64>::new());
}

#[tokio::test]
async fn a_refused_text_is_halved_and_the_check_concludes() {
    for refusals in 0..=3 {
        let server = Server::start().await;
        for _ in 0..refusals {
            server.saves(
                CREATE,
                422,
                json!({ "message": "Only 65535 characters are allowed; 70000 were supplied." }),
            );
        }
        server.saves(CREATE, 201, json!({ "id": 3 })).saves(UPDATE, 200, json!({ "id": 3 }));
        infra(&server).create_check(&check(100_000, 60)).await.expect("it concludes");
        let sent = server.seen(CREATE);
        assert_eq!(sent.len(), refusals + 1);
        let sizes: Vec<usize> =
            sent.iter().map(|seen| seen.body["output"]["text"].as_str().map_or(0, str::len)).collect();
        assert!(sizes[0] <= 65_535 && sizes.windows(2).all(|pair| pair[1] * 2 <= pair[0]), "{sizes:?}");
        for seen in &sent {
            assert_eq!(
                (&seen.body["conclusion"], &seen.body["external_id"]),
                (&json!("failure"), &json!("change-1/plan/9"))
            );
        }
        assert_eq!(server.seen(UPDATE).len(), usize::from(refusals == 0), "nothing is added after a refusal");
    }
}

#[tokio::test]
async fn a_refusal_that_no_text_explains_ends() {
    let server = Server::start().await;
    server.saves(CREATE, 422, json!({ "message": "Invalid request" }));
    assert!(infra(&server).create_check(&check(10, 0)).await.is_err());
    assert_eq!(server.seen(CREATE).len(), 4);

    let server = Server::start().await;
    server.saves(CREATE, 422, json!({ "message": "No commit found for SHA: a" }));
    assert!(infra(&server).create_check(&check(10, 0)).await.is_err());
    assert_eq!(server.seen(CREATE).len(), 1);

    let server = Server::start().await;
    server.saves(CREATE, 503, json!(null));
    assert!(infra(&server).create_check(&check(10, 0)).await.expect_err("later").failure.is_worth_retrying());
    assert_eq!(server.seen(CREATE).len(), 1);
}

#[tokio::test]
async fn checks_and_statuses_of_a_commit_are_read() {
    let server = Server::start().await;
    let sha = commit('a');
    server.saves(&format!("GET /repos/acme/infra/commits/{sha}/check-runs?filter=latest&per_page=100&page=1"), 200, json!({
        "total_count": 2, "check_runs": [
            { "id": 3, "name": "tfpilot/plan", "external_id": "x", "head_sha": sha, "status": "completed", "conclusion": "failure",
              "app": { "id": 7 }, "output": { "title": "t", "summary": null, "text": null, "annotations_count": 4 } },
            { "id": 4, "name": "ci", "external_id": null, "head_sha": sha, "status": "waiting", "conclusion": "brand_new", "app": null },
        ] }));
    server.saves(
        &format!("GET /repos/acme/infra/commits/{sha}/status?per_page=100&page=1"),
        200,
        json!({
        "state": "pending", "statuses": [{ "context": "jenkins", "state": "success" }] }),
    );
    let repository = infra(&server);
    let checks = repository.checks(&sha).await.expect("checks");
    assert_eq!((checks[0].output.annotations_count, checks[0].conclusion), (4, Some(Conclusion::Failure)));
    assert_eq!(checks[1].conclusion, Some(Conclusion::Stale), "an unknown word is not good");
    assert_eq!(repository.statuses(&sha).await.expect("statuses")[0].context, "jenkins");
}
