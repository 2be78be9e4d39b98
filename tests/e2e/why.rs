//! `tfpilot why`: an operator reads from the store alone what people were told on GitHub, and what they would be told.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tfpilot_tests::{REPOSITORY, Said, World, tfpilot};

use crate::told::{planned_note, told};

/// Asks why, of a copy of the store.
async fn why(world: &World, copy: &str, number: u64, more: &[&str]) -> Result<Said> {
    let (copy, number) = (world.copies_store(copy).await?, number.to_string());
    let copy = copy.display().to_string();
    let mut arguments = vec!["why", "--store", copy.as_str(), "--change", number.as_str()];
    arguments.extend(more);
    tfpilot(&arguments).await
}

/// The answer to one command of `--as`.
fn answer(said: &Said, command: &str) -> Result<Value> {
    let trace = said.json()?;
    let answers = trace["as"]["answers"].as_array().context("answers")?.clone();
    answers.into_iter().find(|one| one["command"] == command).context("an answer to the command")
}

#[tokio::test(flavor = "multi_thread")]
async fn why_tells_from_the_store_alone_what_people_are_told() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;

    let said = why(&world, "waiting", number, &[]).await?;
    assert_eq!(said.code, 0, "{said:?}");
    for line in [
        &format!("{REPOSITORY}#{number} feat(dev): add note hello-team") as &str,
        "1. approved: waiting. `environments.dev.approvals.count` of .github/tfpilot.yml asks 1; counted nobody.",
        "2. admitted: open.",
        "Approvals: 0 of 1",
        "- plan: developer or above",
        "- approve: approver or above",
        "- apply: nobody. **Not approved**: 0 of 1. Next: acme/platform reviews.",
        "- cancel: nobody. **Nothing to cancel**",
        "- never approve or override it: alice (asked for it)",
    ] {
        ensure!(said.out.contains(line), "{line:?} is not in\n{}", said.out);
    }

    // What alice is told is what she was going to be told.
    let alice = why(&world, "alice", number, &["--as", "alice", "--role", "developer", "--json"]).await?;
    let apply = answer(&alice, "apply")?;
    assert_eq!((&apply["granted"], &apply["rule"]), (&false.into(), &"gate approved".into()));
    assert_eq!(apply["refusal"]["code"], "not-approved");
    let approve = answer(&alice, "approve")?;
    assert_eq!(approve["rule"], "nobody approves what they have a hand in");
    assert_eq!(answer(&alice, "plan")?["records"][0], "run-requested");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, apply["refusal"]["text"].as_str().context("a sentence")?)?;
    let again = why(&world, "again", number, &["--as", "alice", "--role", "developer", "--json"]).await?;
    assert_eq!(answer(&again, "apply")?, apply, "what was said already is said again");

    let victor = why(&world, "victor", number, &["--as", "victor", "--permission", "read"]).await?;
    let line = "- /tfpilot plan: refused by role: `roles` of .github/tfpilot.yml. **No role**: dev takes developer, you are viewer.";
    ensure!(victor.out.contains(line), "{}", victor.out);

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let bob = why(&world, "bob", number, &["--as", "Bob"]).await?;
    for line in [
        "- bob: counts",
        "As bob, approver (from recorded with the review of ",
        "- /tfpilot apply: done: apply-requested, ticket-issued, run-requested; then applying",
        "- apply: developer or above",
    ] {
        ensure!(bob.out.contains(line), "{line:?} is not in\n{}", bob.out);
    }

    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    let applied = why(&world, "applied", number, &["--as", "alice", "--role", "admin", "--json"]).await?;
    let trace = applied.json()?;
    assert_eq!((&trace["status"], &trace["gates"]), (&"applied".into(), &Value::Array(Vec::new())));
    assert_eq!(answer(&applied, "apply")?["refusal"]["code"], "applied");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn why_names_what_it_cannot_read() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;

    let unknown = why(&world, "unknown", 99, &["--json"]).await?;
    assert_eq!(unknown.code, 3, "{unknown:?}");
    let message = "no change 99 is known; the store knows acme/infra";
    assert_eq!(unknown.json()?["error"]["message"], message);
    let elsewhere = why(&world, "elsewhere", number, &["--repository", "acme/web"]).await?;
    ensure!(
        elsewhere.code == 3 && elsewhere.err.contains("knows no repository \"acme/web\""),
        "{elsewhere:?}"
    );

    let used = world.store_in_use().display().to_string();
    let used = tfpilot(&["why", "--store", &used, "--change", "1"]).await?;
    ensure!(used.code == 3 && used.err.contains("is open in another process"), "{used:?}");

    let copy = world.copies_store("cut").await?;
    let file = std::fs::File::options().write(true).open(copy.join("store/db"))?;
    file.set_len(file.metadata()?.len() / 2)?;
    let copy = copy.display().to_string();
    let cut = tfpilot(&["why", "--store", &copy, "--change", "1"]).await?;
    ensure!(cut.code == 3 && cut.err.contains("damaged"), "{cut:?}");

    let none = tfpilot(&["why", "--store", "/nonexistent", "--change", "1"]).await?;
    ensure!(none.code == 3 && none.err.contains("there is no store in /nonexistent"), "{none:?}");
    let usage = tfpilot(&["why", "--change", "1", "--role", "admin"]).await?;
    assert_eq!(usage.code, 2, "{usage:?}");
    world.finish().await
}
