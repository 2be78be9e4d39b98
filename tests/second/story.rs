//! From the issue to the merge, step by step, as far as emulate goes.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use http::Method;
use serde_json::{Value, json};
use tfpilot_tests::NOTE;

use crate::differences::LENT;
use crate::world::World;

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no {pointer} in {value}"))
}

/// The name of each check of a commit, with its conclusion or else its status, and its title.
fn checks(value: &Value) -> Vec<[String; 3]> {
    let runs = value.get("check_runs").and_then(Value::as_array).into_iter().flatten();
    let of = |run: &Value, pointer: &str| text(run, pointer).unwrap_or_default().to_owned();
    let word = |run: &Value| {
        text(run, "/conclusion").or_else(|_| text(run, "/status")).unwrap_or_default().to_owned()
    };
    let mut found: Vec<[String; 3]> =
        runs.map(|run| [of(run, "/name"), word(run), of(run, "/output/title")]).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_applied_and_merged_on_a_github_that_others_wrote() -> Result<()> {
    let Some(library) = crate::library()? else { return Ok(()) };
    let world = World::start(&library).await?;

    // The issue becomes a draft, the draft a commit through the Git Data API, and the commit a pull request.
    let asked = json!({"title": "A note for the team", "body": NOTE});
    let issue = world.does("alice", Method::POST, "issues", asked).await?;
    let issue = issue.get("number").and_then(Value::as_u64).context("the issue's number")?;
    let pulls = world.until("pulls?state=open", |list| list.get(0).is_some(), "pull request").await?;
    let pull = pulls.get(0).context("a pull request")?;
    assert_eq!(text(pull, "/title")?, "feat(dev): add note hello-team");
    assert_eq!(text(pull, "/user/login")?, "tfpilot[bot]");
    assert_eq!(text(pull, "/head/ref")?, "tfpilot/1-note-hello-team");
    assert!(text(pull, "/body")?.contains(&format!("Closes #{issue}")), "{pull}");
    let number = pull.get("number").and_then(Value::as_u64).context("the pull request's number")?;
    let head = text(pull, "/head/sha")?;
    let stack = world.reads(&format!("contents/live/dev/hello-team?ref={head}")).await?;
    let files: BTreeSet<&str> =
        stack.as_array().into_iter().flatten().filter_map(|file| text(file, "/name").ok()).collect();
    assert!(files.contains("main.tf"), "{files:?}");

    // The runner fetches that commit by git and plans it; four checks, written one by one, say what came of it.
    let of_head = format!("commits/{head}/check-runs");
    let expected = [
        ["tfpilot/apply", "queued", "Waiting for 1 approval"],
        ["tfpilot/cost", "success", "+$0.00/mo"],
        ["tfpilot/plan", "success", "1 create in live/dev/hello-team"],
        ["tfpilot/policy", "success", "0 passed"],
    ];
    world.until(&of_head, |value| checks(value) == expected, "plan in four checks").await?;

    // Bob's review opens the last gate.
    world.does("bob", Method::POST, &format!("pulls/{number}/reviews"), json!({"event": "APPROVE"})).await?;
    let ready = |value: &Value| {
        checks(value).iter().any(|[name, _, title]| name == "tfpilot/apply" && title.contains("Ready"))
    };
    world.until(&of_head, ready, "open gate").await?;

    // What was reviewed is applied, and what was applied is merged.
    let order = json!({"body": "/tfpilot apply"});
    world.does("alice", Method::POST, &format!("issues/{number}/comments"), order).await?;
    let merged = |value: &Value| value.get("merged") == Some(&Value::Bool(true));
    let pull = world.until(&format!("pulls/{number}"), merged, "merge").await?;
    assert_eq!((text(&pull, "/head/sha")?, text(&pull, "/merged_by/login")?), (head, "tfpilot[bot]"));
    assert!(std::fs::read_to_string(world.state("hello-team"))?.contains("Welcome to TfPilot"));

    unlike_github(&world, issue, number).await
}

/// What the story met that GitHub documents otherwise: each is listed, and each is still so.
async fn unlike_github(world: &World, issue: u64, number: u64) -> Result<()> {
    let listed: BTreeSet<&str> = LENT.iter().copied().collect();
    assert_eq!(world.front.lent(), listed, "what is lent");

    let closed = |event: &str, action: &str| {
        world
            .front
            .hooks()
            .iter()
            .any(|hook| hook.event == event && hook.body.get("action") == Some(&action.into()))
    };
    world
        .until(&format!("pulls/{number}"), |_| closed("pull_request", "closed"), "word of the merge")
        .await?;
    let hooks = world.front.hooks();
    let refused: Vec<_> = hooks.iter().filter(|hook| hook.status != 202).collect();
    ensure!(refused.is_empty(), "webhooks that the app did not take: {refused:#?}");
    // A GUID has four hyphens.
    assert!(
        hooks.iter().all(|hook| hook.delivery.matches('-').count() != 4),
        "a delivery is named by a GUID"
    );
    let asked = |what: &str| world.front.refused().iter().any(|refused| refused.starts_with(what));
    assert!(asked("GET /installation/repositories"), "an installation lists its repositories");
    let pushes = |branch: &str| {
        let name = Value::from(format!("refs/heads/{branch}"));
        hooks.iter().filter(|hook| hook.event == "push" && hook.body.get("ref") == Some(&name)).count()
    };
    assert_eq!(pushes("tfpilot/1-note-hello-team"), 0, "a new branch is pushed");
    // One is the configuration's.
    assert_eq!(pushes("main"), 1, "a merge moves the base, which is pushed");
    let issue = world.reads(&format!("issues/{issue}")).await?;
    assert_eq!(text(&issue, "/state")?, "open", "closing words close the issue");
    Ok(())
}
