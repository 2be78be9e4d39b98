//! The pages as a person clicks through them, without a browser.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test says what it expects"
)]

mod common;

use axum::body::Body;
use common::{Api, Got, REPO, forge, send};
use http::Request;
use serde_json::json;
use tfpilot_forge::{Attempt, Forge};

async fn visit(forge: &Forge, who: &str, path: &str) -> Got {
    let uri = format!("{}{path}", forge.base_url());
    send(Request::get(uri).header("Cookie", format!("you={who}")).body(Body::empty()).unwrap()).await
}

async fn submit(forge: &Forge, who: &str, path: &str, form: &str) -> Got {
    let uri = format!("{}{path}", forge.base_url());
    send(Request::post(uri).header("Cookie", format!("you={who}")).body(Body::from(form.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn a_request_is_opened_and_answered_by_clicks() {
    let forge = forge().await;
    let form = visit(&forge, "alice", "/acme/infra/issues/new").await;
    assert!(form.text.contains("<title>New issue · acme/infra · Forge</title>"), "{}", form.text);
    let opened =
        submit(&forge, "alice", "/acme/infra/issues/new", "title=a+bucket&body=in+dev%0D%0Aplease").await;
    assert_eq!((opened.status, opened.header("location")), (303, "/acme/infra/issues/1".into()));
    assert_eq!(forge.issue(REPO, 1).unwrap().body, "in dev\nplease");
    let text = "### One question\nNext: alice: `/tfpilot set environment=dev`, or `/tfpilot cancel`.";
    Api::app(&forge).post("/repos/acme/infra/issues/1/comments", json!({"body": text})).await.is(201);
    let page = visit(&forge, "alice", "/acme/infra/issues/1").await.text;
    assert!(page.contains("<button class=\"main\">/tfpilot set environment=dev</button>"), "{page}");
    assert!(page.contains("<option selected>alice</option>"), "{page}");
    submit(&forge, "alice", "/acme/infra/issues/1/comment", "body=%2Ftfpilot+cancel").await;
    insta::assert_snapshot!(forge.thread(REPO, 1).unwrap(), @r"
    #1 a bucket (open)
    alice:
      in dev
      please
    tfpilot[bot]:
      ### One question
      Next: alice: `/tfpilot set environment=dev`, or `/tfpilot cancel`.
    alice:
      /tfpilot cancel
    ");
    let refused = submit(&forge, "alice", "/acme/infra/issues/new", "title=&body=x").await;
    assert_eq!(refused.status, 422);
}

#[tokio::test]
async fn a_form_becomes_an_issue_as_github_writes_it() {
    let forge = forge().await;
    let form = "name: Queue\ndescription: A queue.\ntitle: 'Queue: '\nlabels: [asked, unknown]\nbody:\n\
        - {type: markdown, attributes: {value: Hello}}\n\
        - {type: input, id: name, attributes: {label: Name}, validations: {required: true}}\n\
        - {type: dropdown, id: fifo, attributes: {label: FIFO, options: ['on', 'off'], default: 1}}\n\
        - {type: dropdown, id: place, attributes: {label: Place, options: [dev]}}\n\
        - {type: textarea, id: policy, attributes: {label: Policy, render: json}}\n\
        - {type: input, id: more, attributes: {label: More}}\n\
        - {type: checkboxes, id: sure, attributes: {label: Sure, options: [{label: 'yes'}, {label: very}]}}\n";
    forge.label(REPO, "asked").unwrap();
    forge
        .carol()
        .pushes(REPO, "main", &[(".github/ISSUE_TEMPLATE/queue.yml", form)], "a form")
        .await
        .unwrap();
    let list = visit(&forge, "alice", "/acme/infra/issues/new").await.text;
    assert!(list.contains("issues/new?template=queue.yml") && list.contains("issues/new?blank=1"), "{list}");
    assert!(
        visit(&forge, "alice", "/acme/infra/issues/new?blank=1").await.text.contains("What do you need?")
    );
    let address = "/acme/infra/issues/new?template=queue.yml";
    let page = visit(&forge, "alice", address).await.text;
    assert!(page.contains("<option selected>off</option>") && page.contains("Hello"), "{page}");

    let empty = submit(&forge, "alice", address, "title=Queue%3A&field-name=&field-more=kept").await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("Name can&#39;t be blank") && empty.text.contains("kept"), "{}", empty.text);
    let answers = "title=Queue%3A+orders&field-name=orders&field-fifo=on&field-place=&field-policy=%7B%7D&field-sure=very";
    assert_eq!(submit(&forge, "alice", address, answers).await.status, 303);
    let issue = forge.issue(REPO, 1).unwrap();
    assert_eq!(issue.labels, ["asked"]);
    insta::assert_snapshot!(issue.body, @r"
    ### Name

    orders

    ### FIFO

    on

    ### Place

    None

    ### Policy

    ```json
    {}
    ```

    ### More

    _No response_

    ### Sure

    - [ ] yes
    - [x] very
    ");
    assert_eq!(visit(&forge, "alice", "/acme/infra/issues/new?template=none.yml").await.status, 404);
}

#[tokio::test]
async fn a_pull_request_shows_its_checks_and_buttons() {
    let forge = forge().await;
    let sha = forge.alice().pushes(REPO, "b", &[("live/dev/main.tf", "# <new>\n")], "b").await.unwrap();
    let number = forge.alice().opens_pull(REPO, "b", "main", "change dev", "").await.unwrap();
    let check = json!({"name": "tfpilot/plan", "head_sha": sha, "conclusion": "success",
        "output": {"title": "4 create in live/dev", "summary": "**four** <script>", "annotations": [
            {"path": "live/dev/main.tf", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m<"}]},
        "actions": [{"label": "Apply", "description": "Apply plan 7c1e04a", "identifier": "apply"}]});
    let made = Api::app(&forge).post("/repos/acme/infra/check-runs", check).await.is(201);
    let page = visit(&forge, "alice", &format!("/acme/infra/pull/{number}")).await.text;
    for part in [
        "tfpilot/plan",
        "4 create in live/dev",
        "<span class=\"add\">+# &#60;new&#62;</span>",
        ">Apply</button>",
    ] {
        assert!(page.contains(part), "{part} not in {page}");
    }
    let run = visit(&forge, "alice", &format!("/acme/infra/runs/{}", made["id"])).await.text;
    assert!(run.contains("<strong>four</strong> &lt;script&gt;") && run.contains("m&#60;"), "{run}");
    let press = format!("/acme/infra/runs/{}/press/apply?back=/acme/infra/pull/{number}", made["id"]);
    assert_eq!(submit(&forge, "victor", &press, "").await.status, 403);
    assert_eq!(
        submit(&forge, "alice", &press, "").await.header("location"),
        format!("/acme/infra/pull/{number}")
    );
    assert_eq!(forge.deliveries().last().unwrap().action.as_deref(), Some("requested_action"));
    let review = format!("/acme/infra/pull/{number}/review");
    let own = submit(&forge, "alice", &review, "event=APPROVE&body=").await;
    assert!(own.status == 422 && own.text.contains("Can not approve your own pull request"), "{}", own.text);
    assert!(
        !own.text.contains("value=\"APPROVE\"") && own.text.contains("value=\"COMMENT\""),
        "{}",
        own.text
    );
    let silent = submit(&forge, "bob", &review, "event=REQUEST_CHANGES&body=").await;
    assert_eq!(silent.status, 422);
    submit(&forge, "bob", &review, "event=REQUEST_CHANGES&body=tags+please").await;
    submit(&forge, "bob", &review, "event=APPROVE&body=").await;
    assert!(forge.thread(REPO, number).unwrap().contains("bob (changes requested):\n  tags please"));
    assert!(forge.thread(REPO, number).unwrap().contains("bob (approved):"));
    let merged = submit(&forge, "bob", &format!("/acme/infra/pull/{number}/merge"), "").await;
    assert_eq!(merged.status, 303);
    assert!(forge.pull(REPO, number).unwrap().merged);
}

#[tokio::test]
async fn a_question_is_answered_by_a_button_and_a_gap_is_filled_in() {
    let forge = forge().await;
    submit(&forge, "alice", "/acme/infra/issues/new", "title=a+bucket&body=please").await;
    let api = Api::app(&forge);
    let asked = "@alice one answer is missing: **which environment?**\n1. `dev`\n2. `prod`\n\nReply \"1\" or `/tfpilot set environment=dev`.";
    api.post("/repos/acme/infra/issues/1/comments", json!({"body": asked})).await.is(201);
    let gap = "### Outcome unknown\nNext: bob: `/tfpilot resume reason=\"…\"`.";
    api.post("/repos/acme/infra/issues/1/comments", json!({"body": gap})).await.is(201);
    let page = visit(&forge, "alice", "/acme/infra/issues/1").await.text;
    for part in [
        "<input type=\"hidden\" name=\"body\" value=\"2\"><button class=\"main\">2. prod</button>",
        "value=\"/tfpilot resume reason=&#34;&#34;\"> <button class=\"main\">Send</button>",
    ] {
        assert!(page.contains(part), "{part} not in {page}");
    }
    assert!(!page.contains("hidden\" name=\"body\" value=\"/tfpilot resume"), "{page}");
    submit(&forge, "alice", "/acme/infra/issues/1/comment", "body=2").await;
    assert!(
        forge.thread(REPO, 1).unwrap().trim_end().ends_with("alice:\n  2"),
        "{}",
        forge.thread(REPO, 1).unwrap()
    );
    submit(&forge, "alice", "/acme/infra/issues/1/edit", "title=two+buckets&body=in+dev").await;
    assert!(forge.thread(REPO, 1).unwrap().starts_with("#1 two buckets (open)\nalice:\n  in dev\n"));
    let empty = submit(&forge, "alice", "/acme/infra/issues/1/edit", "title=&body=x").await;
    assert_eq!(empty.status, 422);
    assert_eq!(submit(&forge, "victor", "/acme/infra/issues/1/edit", "title=x&body=x").await.status, 422);
}

#[tokio::test]
async fn a_draft_is_made_ready_before_it_can_be_merged() {
    let forge = forge().await;
    forge.alice().pushes(REPO, "b", &[("live/dev/main.tf", "# new\n")], "b").await.unwrap();
    let number = forge.alice().opens_draft(REPO, "b", "main", "change dev", "").await.unwrap();
    let pull = format!("/acme/infra/pull/{number}");
    let page = visit(&forge, "alice", &pull).await.text;
    assert!(page.contains(">Ready for review</button>") && !page.contains(">Merge</button>"), "{page}");
    assert_eq!(submit(&forge, "victor", &format!("{pull}/ready"), "").await.status, 422);
    assert_eq!(submit(&forge, "alice", &format!("{pull}/ready"), "").await.status, 303);
    let page = visit(&forge, "alice", &pull).await.text;
    assert!(!page.contains(">Ready for review</button>") && page.contains(">Merge</button>"), "{page}");
}

#[tokio::test]
async fn a_run_shows_its_jobs_and_logs() {
    let forge = forge().await;
    let workflow =
        "name: CI\non: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: echo '<hello>'\n";
    forge.carol().pushes(REPO, "main", &[(".github/workflows/ci.yml", workflow)], "ci").await.unwrap();
    forge.runs_ended().await;
    let id = forge.runs(REPO).unwrap()[0].id;
    assert!(
        visit(&forge, "alice", "/acme/infra/actions").await.text.contains(&format!("/actions/runs/{id}"))
    );
    let page = visit(&forge, "alice", &format!("/acme/infra/actions/runs/{id}")).await.text;
    assert!(page.contains("&#60;hello&#62;") && page.contains("success"), "{page}");
    assert_eq!(
        submit(&forge, "victor", &format!("/acme/infra/actions/runs/{id}/rerun"), "").await.status,
        403
    );
    assert_eq!(
        submit(&forge, "alice", &format!("/acme/infra/actions/runs/{id}/rerun"), "").await.status,
        303
    );
    forge.runs_ended().await;
    assert_eq!(forge.runs(REPO).unwrap()[0].attempt, 2);
}

#[tokio::test]
async fn an_attempt_is_asked_for_once_and_leads_to_its_outcome() {
    let forge = forge().await;
    let [id, label, text] = ["kill", "Kill the runner", "It dies."].map(str::to_owned);
    let mut asked = forge.offer(REPO, vec![Attempt { id, label, text }]).unwrap();
    let page = visit(&forge, "alice", "/acme/infra").await.text;
    assert!(page.contains("action=\"/acme/infra/attempts/kill\"><button>Kill the runner</button>"), "{page}");
    assert_eq!(submit(&forge, "mallory", "/acme/infra/attempts/kill", "").await.status, 404);
    assert_eq!(submit(&forge, "alice", "/acme/infra/attempts/other", "").await.status, 404);
    for _ in 0..2 {
        let started = submit(&forge, "alice", "/acme/infra/attempts/kill", "").await;
        assert_eq!((started.status, started.header("location")), (303, "/acme/infra/attempts/0".into()));
    }
    let first = asked.recv().await.unwrap();
    assert!(first.id == "kill" && asked.try_recv().is_err());
    let waiting = visit(&forge, "alice", "/acme/infra/attempts/0").await;
    assert_eq!((waiting.status, waiting.header("refresh")), (200, "1".into()));
    assert!(waiting.text.contains("Under way"), "{}", waiting.text);
    forge.attempted(&first, Ok(7));
    let over = visit(&forge, "alice", "/acme/infra/attempts/0").await;
    assert_eq!((over.status, over.header("location")), (303, "/acme/infra/issues/7".into()));
    submit(&forge, "alice", "/acme/infra/attempts/kill", "").await;
    forge.attempted(&asked.recv().await.unwrap(), Err("no <runner>".into()));
    let failed = visit(&forge, "alice", "/acme/infra/attempts/1").await;
    assert!(failed.text.contains("no &#60;runner&#62;") && failed.header("refresh").is_empty());
    assert_eq!(visit(&forge, "alice", "/acme/infra/attempts/2").await.status, 404);
}

#[tokio::test]
async fn strangers_see_nothing_and_links_stay_here() {
    let forge = forge().await;
    assert_eq!(visit(&forge, "mallory", "/acme/infra").await.status, 404);
    assert!(visit(&forge, "victor", "/acme/infra").await.text.contains("live/dev/main.tf"));
    assert!(visit(&forge, "victor", "/acme/infra/blob/main/live/dev/main.tf").await.text.contains("# dev"));
    let switched = submit(&forge, "alice", "/you", "you=bob&back=%2F%2Fevil.example").await;
    assert_eq!((switched.header("location"), switched.status), ("/".into(), 303));
    assert!(switched.header("set-cookie").starts_with("you=bob;"));
}
