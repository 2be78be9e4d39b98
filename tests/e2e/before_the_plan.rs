//! What the rules refuse before there is a plan, and how it is put right.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::told;

const BUCKET: &str = "We need an S3 bucket called invoices in dev, versioned, owned by team billing";

/// The sticky comment of an issue.
fn sticky(world: &World, issue: u64) -> Result<String> {
    let comments = world.forge.comments(REPOSITORY, issue)?;
    let sticky = comments.into_iter().find(|comment| comment.body.contains("tfpilot:sticky"));
    Ok(sticky.context("a sticky comment")?.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_breaks_a_rule_is_put_right_before_there_is_a_pull_request() -> Result<()> {
    let world = World::start().await?;
    let issue = world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    world.settle().await?;
    told(&world, issue, "@alice **Policy `naming` (hard-mandatory)**, name: `invoices` does not match")?;
    told(
        &world,
        issue,
        "Next: `/tfpilot set name=acme-invoices` or edit the issue. No pull request is opened before.",
    )?;
    let shown = sticky(&world, issue)?;
    ensure!(shown.contains("blocked by `naming` (hard-mandatory)"), "{shown}");
    ensure!(shown.contains("Next: alice: `/tfpilot set name=acme-invoices` or edit the issue."), "{shown}");
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "a pull request was opened");

    // Another name that is no better, by editing the issue: the same comment says so.
    let said = world.forge.comments(REPOSITORY, issue)?.len();
    let worse = BUCKET.replace("invoices", "bills");
    world.alice().edits_issue(REPOSITORY, issue, &worse).await?;
    world.settle().await?;
    told(&world, issue, "name: `bills` does not match")?;
    ensure!(
        world.forge.comments(REPOSITORY, issue)?.len() == said,
        "{}",
        world.forge.thread(REPOSITORY, issue)?
    );

    world.alice().comments(REPOSITORY, issue, "/tfpilot set name=acme-invoices").await?;
    world.settle().await?;
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().next().context("a pull request")?;
    assert_eq!(pull.title, "feat(dev): add s3-bucket acme-invoices");
    assert_eq!(pull.head_ref, format!("tfpilot/{issue}-s3-bucket-acme-invoices"));
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_refused_goes_on_when_its_rule_changes() -> Result<()> {
    let world = World::start().await?;
    let issue = world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "a pull request was opened");
    let file = ".github/tfpilot.yml";
    let milder = world
        .forge
        .file(REPOSITORY, "main", file)?
        .replace("types: [aws_s3_bucket]", "enforcement: advisory, types: [aws_s3_bucket]");
    world.forge.carol().pushes(REPOSITORY, "main", &[(file, milder.as_str())], "milder").await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.len() == 1, "{}", world.forge.thread(REPOSITORY, issue)?);
    let shown = sticky(&world, issue)?;
    ensure!(shown.contains("Advice of `naming`: `invoices` does not match"), "{shown}");
    world.finish().await
}
