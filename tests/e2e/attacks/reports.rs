//! Reports of workers: replayed, forged, late, at once; and tickets used twice.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tfpilot_protocol::{ApplyOutcome, Conclusion, Job, path};
use tfpilot_tests::{REPOSITORY, World};

use super::hand::{BUNDLE, Hand, any_sidecar, queued, report, without_runner};
use super::tokens::opens;
use crate::by_hand::stack;
use crate::told::check;

async fn recorded(world: &World) -> Result<usize> {
    Ok(world.app().store().log(0, 10_000).await?.len())
}

/// Claims the one job that waits.
async fn claimed(world: &World, hand: &Hand) -> Result<Job> {
    queued(world, 1).await?;
    hand.claims(&any_sidecar(world).await?, None).await
}

/// A pull request with one stack, planned and approved.
async fn approved(world: &World, hand: &Hand, name: &str) -> Result<u64> {
    let number = opens(world, name).await?;
    let job = claimed(world, hand).await?;
    hand.plans(&job, 1).await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    Ok(number)
}

/// Its apply, claimed by a worker.
async fn applying(world: &World, hand: &Hand, number: u64) -> Result<Job> {
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    claimed(world, hand).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_once_and_only_as_what_the_job_was() -> Result<()> {
    let world = without_runner().await?;
    let number = opens(&world, "notes").await?;
    let hand = Hand::of(&world);
    let job = claimed(&world, &hand).await?;

    // Forged: nothing of it is taken.
    let good = report(&job, 1)?;
    let planned = |report: &tfpilot_protocol::PlanReport| Conclusion::Planned(Box::new(report.clone()));
    assert_eq!(hand.concludes(&job, &planned(&good)).await?.0, 409, "no bundle was uploaded");
    let token = job.token.expose();
    assert_eq!(hand.send("PUT", &path::bundle(job.id), token, BUNDLE).await?.0, 204);
    let mut forged = Vec::new();
    for change in 0..6 {
        let mut report = good.clone();
        match change {
            0 => report.manifest.plan_digest = "0".repeat(64),
            1 => report.manifest.head = "0".repeat(40),
            2 => report.manifest.stack = "live/prod/notes".to_owned(),
            3 => report.manifest.inputs_digest = "0".repeat(64),
            4 => report.plan = super::hand::report(&job, 0)?.plan,
            _ => report.bundle_sha256 = "0".repeat(64),
        }
        forged.push(report);
    }
    let before = recorded(&world).await?;
    for (which, report) in forged.iter().enumerate() {
        let (status, answer) = hand.concludes(&job, &planned(report)).await?;
        ensure!(matches!(status, 409 | 422), "forgery {which}: {status} {answer}");
    }
    let applied = Conclusion::Applied(ApplyOutcome { changed: 1, outputs: Default::default(), state: None });
    assert_eq!(hand.concludes(&job, &applied).await?.0, 409, "a plan job applies nothing");
    assert_eq!(recorded(&world).await?, before);

    // Repeated, as after a lost answer: taken in once.
    for _ in 0..3 {
        assert_eq!(hand.concludes(&job, &planned(&good)).await?.0, 204);
    }
    assert_eq!(world.recorded("plan-recorded").await?, 1);
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/notes");

    // Late, and another plan than the one that was judged and is shown: not even beside the plan anything is replaced.
    let other = report(&job, 7)?;
    let (status, _) = hand.send("PUT", &path::bundle(job.id), token, b"another bundle").await?;
    assert_eq!(status, 409, "a concluded job takes no bundle");
    assert_eq!(hand.concludes(&job, &planned(&other)).await?.0, 204);
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(world.recorded("plan-recorded").await?, 1);
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");
    let thread = world.forge.thread(REPOSITORY, number)?;
    ensure!(thread.contains("terraform_data.r0") && !thread.contains("terraform_data.r6"), "{thread}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_replaced_has_nothing_more_to_say() -> Result<()> {
    let world = without_runner().await?;
    let number = opens(&world, "notes").await?;
    let hand = Hand::of(&world);
    let lost = claimed(&world, &hand).await?;
    world.advance(Duration::from_secs(300));
    let now = claimed(&world, &hand).await?;
    assert_eq!(now.id, lost.id);
    let before = recorded(&world).await?;
    let beat = json!({ "phase": "plan", "done": 0, "total": 0 });
    let token = lost.token.expose();
    assert_eq!(hand.post(&path::heartbeat(lost.id), token, &beat).await?.0, 409);
    assert_eq!(hand.send("PUT", &path::bundle(lost.id), token, b"another bundle").await?.0, 409);
    let other = Conclusion::Planned(Box::new(report(&lost, 7)?));
    assert_eq!(hand.concludes(&lost, &other).await?.0, 409);
    assert_eq!(recorded(&world).await?, before);
    hand.plans(&now, 1).await?;
    assert_eq!(hand.concludes(&lost, &other).await?.0, 204, "nobody waits for it");
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");
    let thread = world.forge.thread(REPOSITORY, number)?;
    ensure!(!thread.contains("terraform_data.r6"), "{thread}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_starts_terraform_once_and_for_its_own_job() -> Result<()> {
    let world = without_runner().await?;
    let hand = Hand::of(&world);
    let (number, other_number) =
        (approved(&world, &hand, "one").await?, approved(&world, &hand, "two").await?);
    let job = applying(&world, &hand, number).await?;
    let ticket = job.apply.as_ref().context("an order")?.ticket;

    // Before the start nothing counts that comes after it.
    let token = job.token.expose();
    let line = json!({ "entries": [{ "seq": 1, "address": "terraform_data.r0", "action": "create",
        "step": "completed", "resource_id": "forged", "at": "2026-01-01T00:00:00Z" }] });
    let applied = Conclusion::Applied(ApplyOutcome { changed: 1, outputs: Default::default(), state: None });
    let before = recorded(&world).await?;
    assert_eq!(hand.post(&path::journal(job.id), token, &line).await?, (200, json!({ "through": 0 })));
    assert_eq!(hand.send("PUT", &path::errored_state(job.id), token, b"{}").await?.0, 409);
    assert_eq!(hand.concludes(&job, &applied).await?.0, 204);
    assert_eq!(recorded(&world).await?, before, "something was recorded before the start");

    // Another job's ticket, and one that was never issued.
    let other = applying(&world, &hand, other_number).await?;
    let theirs = other.apply.as_ref().context("an order")?.ticket;
    for ticket in [theirs, tfpilot_protocol::TicketId("019b0000-0000-7000-8000-000000000000".parse()?)] {
        let (_, answer) = hand.starts(&job, ticket).await?;
        assert_eq!(answer["answer"], "refused", "{answer}");
    }
    assert_eq!(world.recorded("ticket-spent").await?, 0);

    // Many at once, as whoever holds the token may ask: one of them is let go.
    let asked: Vec<_> = (0..12)
        .map(|_| {
            let (hand, job) = (hand.clone(), job.clone());
            tokio::spawn(async move { hand.starts(&job, ticket).await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in asked {
        answers.push(one.await??.1["answer"].to_string());
    }
    assert_eq!(answers.iter().filter(|answer| *answer == "\"go\"").count(), 1, "{answers:?}");
    assert_eq!(hand.starts(&job, ticket).await?.1["answer"], "refused");
    assert_eq!(world.recorded("ticket-spent").await?, 1);

    assert_eq!(hand.post(&path::journal(job.id), token, &line).await?, (200, json!({ "through": 1 })));
    assert_eq!(hand.concludes(&job, &applied).await?.0, 204);
    // Its last word is said: nothing is added to the evidence, and the ticket opens nothing any more.
    let more = json!({ "entries": [{ "seq": 2, "address": "terraform_data.r9", "action": "create",
        "step": "completed", "at": "2026-01-01T00:00:00Z" }] });
    assert_eq!(hand.post(&path::journal(job.id), token, &more).await?, (200, json!({ "through": 1 })));
    assert_eq!(hand.send("PUT", &path::errored_state(job.id), token, b"{}").await?.0, 409);
    assert_eq!(hand.starts(&job, ticket).await?.1["answer"], "refused");
    assert_eq!(hand.send("GET", &path::bundle(job.id), token, b"").await?.0, 409);
    assert_eq!(world.recorded("stack-applied").await?, 1);

    // The other one is as free as before.
    assert_eq!(hand.starts(&other, theirs).await?.1["answer"], "go");
    assert_eq!(hand.concludes(&other, &applied).await?.0, 204);
    world.settle().await?;
    for number in [number, other_number] {
        ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    }
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_the_same_change_is_its_own_jobs() -> Result<()> {
    let world = without_runner().await?;
    let hand = Hand::of(&world);
    let main = |name: &str| stack(&world, name, "resource \"terraform_data\" \"this\" {}\n");
    let files = [("live/dev/one/main.tf", main("one")), ("live/dev/two/main.tf", main("two"))];
    world.alice().pushes(REPOSITORY, "both", &files, "both").await?;
    let number = world.alice().opens_pull(REPOSITORY, "both", "main", "both", "").await?;
    queued(&world, 2).await?;
    let sidecar = any_sidecar(&world).await?;
    for _ in 0..2 {
        let job = hand.claims(&sidecar, None).await?;
        hand.plans(&job, 1).await?;
    }
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    queued(&world, 2).await?;
    let (one, two) = (hand.claims(&sidecar, None).await?, hand.claims(&sidecar, None).await?);
    let ticket = |job: &Job| job.apply.as_ref().map(|order| order.ticket).context("an order");
    for (job, ticket) in [(&one, ticket(&two)?), (&two, ticket(&one)?)] {
        let (_, answer) = hand.starts(job, ticket).await?;
        assert_eq!(answer["answer"], "refused", "{answer}");
    }
    assert_eq!(world.recorded("ticket-spent").await?, 0);
    let applied = Conclusion::Applied(ApplyOutcome { changed: 1, outputs: Default::default(), state: None });
    for job in [&one, &two] {
        assert_eq!(hand.starts(job, ticket(job)?).await?.1["answer"], "go");
        assert_eq!(hand.concludes(job, &applied).await?.0, 204);
    }
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}
