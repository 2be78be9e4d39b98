//! `tfpilot sim`: the deliveries of a story that was played, replayed against its configuration and against others.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde_json::json;
use tfpilot_tests::{REPOSITORY, Said, World, tfpilot};

use crate::told::planned_note;

/// Everybody's role as the story has it.
const ROLES: [&str; 4] = ["--role", "alice=developer", "--role", "bob=approver"];

/// Writes the deliveries of a world as GitHub's API gives them, a line each.
fn record(world: &World) -> Result<PathBuf> {
    let lines = world.forge.deliveries().into_iter().map(|sent| {
        json!({ "id": sent.id, "guid": sent.guid, "event": sent.event, "action": sent.action,
            "status_code": sent.status, "request": { "headers": {}, "payload": sent.payload } })
        .to_string()
    });
    let dir = world.dir().join("recorded");
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join("deliveries.jsonl"), lines.collect::<Vec<_>>().join("\n"))?;
    Ok(dir)
}

/// The world's own configuration, with something replaced.
fn config(world: &World, from: &str, to: &str) -> Result<PathBuf> {
    let text = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    ensure!(text.contains(from), "{from:?} is not in\n{text}");
    let file = world.dir().join("tried.yml");
    std::fs::write(&file, text.replace(from, to))?;
    Ok(file)
}

async fn sim(config: &Path, recorded: &Path, more: &[&str]) -> Result<Said> {
    let (config, recorded) = (config.display().to_string(), recorded.display().to_string());
    let mut arguments = vec!["sim", "--config", config.as_str(), recorded.as_str()];
    arguments.extend(more);
    tfpilot(&arguments).await
}

fn holds(said: &Said, lines: &[&str]) -> Result<()> {
    for line in lines {
        ensure!(said.out.contains(line), "{line:?} is not in\n{}\n{}", said.out, said.err);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_story_is_replayed_against_a_configuration() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot approve").await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged);
    let recorded = record(&world)?;

    // Against its own configuration the story goes as it went.
    let own = config(&world, "version: 1", "version: 1")?;
    let said = sim(&own, &recorded, &ROLES).await?;
    assert_eq!(said.code, 0, "{said:?}");
    holds(
        &said,
        &[
            "issues opened by alice",
            "would commit on tfpilot/1-note-hello-team: live/dev/hello-team/main.tf",
            "would open a pull request: feat(dev): add note hello-team",
            "then: waiting for approved",
            "tfpilot/apply: Waiting for 1 approval",
            "@alice **Approval does not count**: you asked for this.",
            "tfpilot/apply: Ready: 1 create",
            "decided: apply-requested, ticket-issued, run-requested",
            &format!("would merge #{number} at "),
            "then: applied",
            "Assumed, as no delivery says it:",
            "- alice is developer everywhere (--role)",
            "- plans succeed, create one thing each, and policies and cost have nothing against them",
            "Nothing was done, and nobody was asked.",
        ],
    )?;
    let again = sim(&own, &recorded, &ROLES).await?;
    assert_eq!(again.out, said.out, "the same recording gives the same bytes");

    // Two approvals are more than bob gives.
    let strict = config(&world, "approvals: {count: 1", "approvals: {count: 2")?;
    let said = sim(&strict, &recorded, &ROLES).await?;
    holds(&said, &["tfpilot/apply: Waiting for 2 approvals", "**Not approved**: 1 of 2"])?;
    ensure!(!said.out.contains("ticket-issued"), "{}", said.out);

    // Without anybody's word on roles, what is in the delivery is all there is.
    let said = sim(&own, &recorded, &["--json", "--no-runs"]).await?;
    let object = said.json()?;
    let first = &object["deliveries"][0];
    ensure!(first["event"].is_string() && object["assumed"].is_array(), "{object}");
    world.finish().await
}

/// An issue of alice's, as a delivery in short.
pub(crate) fn asks(text: &str) -> String {
    let alice = json!({ "id": 1, "login": "alice", "type": "User" });
    let issue = json!({ "number": 7, "title": "A bucket", "body": text, "state": "open", "user": alice,
        "author_association": "MEMBER" });
    let repository =
        json!({ "id": 11, "full_name": "acme/infra", "default_branch": "main", "private": true });
    let payload = json!({ "action": "opened", "issue": issue, "repository": repository, "sender": alice });
    json!({ "event": "issues", "payload": payload }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_tried_on_a_request_before_it_comes_into_force() -> Result<()> {
    let world = World::start().await?;
    let recorded = world.dir().join("request.json");
    std::fs::write(
        &recorded,
        asks("We need an S3 bucket called invoices in dev, versioned, owned by team billing"),
    )?;
    let strict = config(&world, "version: 1", "version: 1")?;
    let said = sim(&strict, &recorded, &[]).await?;
    holds(
        &said,
        &[
            "would say on #7: @alice **Policy `naming` (hard-mandatory)**, name: `invoices` does not match",
            "then: refused",
            "- GitHub calls alice MEMBER: alice's permission is taken for write",
        ],
    )?;
    ensure!(!said.out.contains("would commit on"), "{}", said.out);
    let milder = config(&world, "types: [aws_s3_bucket]", "enforcement: advisory, types: [aws_s3_bucket]")?;
    let said = sim(&milder, &recorded, &[]).await?;
    holds(&said, &["would commit on tfpilot/7-s3-bucket-invoices: live/dev/invoices/main.tf"])?;

    // A clock that is far off is no reason to fall over.
    let late = asks("We need an S3 bucket called acme-late in dev, versioned, owned by team billing");
    let late = late.replacen('{', "{\"delivered_at\":\"9999-12-30T22:00:00Z\",", 1);
    std::fs::write(&recorded, late)?;
    let said = sim(&milder, &recorded, &[]).await?;
    ensure!(said.code == 0 && said.out.contains("would commit on"), "{said:?}");

    // Terminals are not at the mercy of what people wrote.
    std::fs::write(
        &recorded,
        asks("An S3 bucket for \u{1b}[31m\u{7}you in dev").replace("issues", "iss\\u001b[2Jues"),
    )?;
    let said = sim(&milder, &recorded, &[]).await?;
    ensure!(said.code == 0 && !said.out.contains('\u{1b}'), "{said:?}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recording_does_not_hold_is_said() -> Result<()> {
    let world = World::start().await?;
    let number = crate::by_hand::pull(&world, "byhand", "resource \"terraform_data\" \"this\" {}\n").await?;
    let recorded = record(&world)?;
    let own = config(&world, "version: 1", "version: 1")?;
    let said = sim(&own, &recorded, &ROLES).await?;
    let unread =
        format!("- #{number}: which stacks it touches is not in a delivery, so its head stays unread");
    holds(&said, &[&unread, "then: planning"])?;
    let more = [&ROLES[..], &["--stack", "live/dev/byhand"]].concat();
    let said = sim(&own, &recorded, &more).await?;
    holds(&said, &["tfpilot/plan: 1 create in live/dev/byhand", "would ask acme/platform for a review"])?;

    let broken = world.dir().join("broken.yml");
    std::fs::write(&broken, "version: 1\nenviroments: {}\n")?;
    let said = sim(&broken, &recorded, &[]).await?;
    ensure!(said.code == 3 && said.err.contains("unknown key enviroments"), "{said:?}");
    let said = sim(&own, &broken, &[]).await?;
    ensure!(said.code == 3 && said.out.is_empty(), "{said:?}");
    let said = sim(&own, &recorded, &["--role", "alice=king"]).await?;
    assert_eq!(said.code, 2, "{said:?}");
    world.finish().await
}
