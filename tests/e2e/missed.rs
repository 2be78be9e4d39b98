//! Webhooks that never come: the sweep asks GitHub for them again, and after an outage longer than GitHub's memory it
//! reads what is open.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot::worker::{Swept, sweep};
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::stack;
use crate::told::{NOTE, check, only_pull, planned_note};

/// Sweeps by hand.
async fn swept(world: &World) -> Result<Swept> {
    let swept = sweep(world.app()).await.context("the sweep failed")?;
    world.settle().await?;
    Ok(swept)
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_deliveries_come_back_and_end_the_same() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    swept(&world).await?;

    world.forge.github().loses_webhooks(1);
    world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "the delivery was not lost");
    assert_eq!(swept(&world).await?, Swept { asked_again: 1, ..Swept::default() });
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");

    // The review and the command are lost both; GitHub is asked once for each, and what came is not asked for again.
    world.forge.github().loses_webhooks(1);
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.forge.github().loses_webhooks(1);
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged, "the command was not lost");
    assert_eq!(swept(&world).await?, Swept { asked_again: 2, ..Swept::default() });
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    assert_eq!(swept(&world).await?, Swept::default());
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_long_outage_what_is_open_is_read() -> Result<()> {
    let world = World::start().await?;
    let known = planned_note(&world).await?;
    swept(&world).await?;

    // Nobody is there for longer than GitHub keeps deliveries.
    let address = format!("{}/webhooks/github", world.app_url());
    world.forge.set_webhook_url("http://127.0.0.1:9/nobody");
    let asked = "We need a note called second-team in dev saying \"Hello\", team platform";
    world.alice().opens_issue(REPOSITORY, "Another note", asked).await?;
    world.alice().opens_issue(REPOSITORY, "Lunch", "Where do we go?").await?;
    let main = stack(&world, "by-hand", "resource \"terraform_data\" \"by_hand\" {\n  input = \"a\"\n}\n");
    let path = "live/dev/by-hand/main.tf";
    world.alice().pushes(REPOSITORY, "by-hand", &[(path, main.as_str())], "by hand").await?;
    let by_hand = world.alice().opens_pull(REPOSITORY, "by-hand", "main", "By hand", "").await?;
    world.alice().closes(REPOSITORY, known).await?;
    world.settle().await?;
    world.forge.set_webhook_url(&address);
    world.advance(Duration::from_secs(4 * 24 * 3_600));

    let swept_open = swept(&world).await?;
    assert_eq!(swept_open, Swept { issues: 2, pulls: 2, ..Swept::default() });
    assert_eq!(check(&world, by_hand, "tfpilot/plan")?, "success 1 create in live/dev/by-hand");
    let opened = world.forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.title.contains("second-team"));
    let opened = opened.context("the issue of the outage has no pull request")?.number;
    assert_eq!(check(&world, opened, "tfpilot/plan")?, "success 1 create in live/dev/second-team");
    assert_eq!(swept(&world).await?, Swept::default(), "deliveries of before are not asked for");
    let violations = world.forge.contract_violations();
    ensure!(violations.is_empty(), "{violations:#?}");
    Ok(())
}
