//! The app's installation loses a permission in mid-run, and gets it back when an owner accepts it again.

use anyhow::{Context, Result, ensure};
use tfpilot::worker::sweep;
use tfpilot_tests::{NOTE, REPOSITORY, Stage, World, WorldOptions};

use super::{all_conclude, applying_many, check, counted, merged, told};
use crate::by_hand::{approved_and_applied, pull};
use crate::told::only_pull;

/// API calls that were refused so far.
fn refused(world: &World) -> usize {
    world.forge.requests().into_iter().filter(|seen| seen.status == 403).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_checks_people_are_told_in_a_comment_and_the_checks_come_later() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    world.forge.app_gives_up("checks");
    let number = pull(&world, "late", "resource \"terraform_data\" \"this\" {}\n").await?;
    told(
        &world,
        REPOSITORY,
        number,
        "@alice **App lacks `checks: write`**. Next: an owner of the account accepts it",
    )?;
    told(&world, REPOSITORY, number, "### Plan: 1 create")?;
    ensure!(check(&world, REPOSITORY, number, "tfpilot/plan").is_err(), "there is a check");
    assert_eq!((world.recorded("permission-lacking").await?, counted(&world, "permissions_lacking")), (1, 1));
    let few = refused(&world);
    ensure!(few < 20, "{few} refusals");

    // Another change finds it known, and is told as well.
    let second = pull(&world, "later", "resource \"terraform_data\" \"this\" {}\n").await?;
    told(&world, REPOSITORY, second, "@alice **App lacks `checks: write`**")?;
    assert_eq!((world.recorded("permission-lacking").await?, counted(&world, "permissions_lacking")), (2, 1));

    world.forge.app_asks_for("checks");
    world.forge.carol().accepts_permissions("acme").await?;
    world.settle().await?;
    for number in [number, second] {
        all_conclude(&world, REPOSITORY, number)?;
        let call =
            world.forge.comments(REPOSITORY, number)?.into_iter().find(|one| one.body.contains("App lacks"));
        ensure!(call.context("the call")?.minimized.is_some(), "what is settled is folded away");
    }
    approved_and_applied(&world, number).await?;
    merged(&world, REPOSITORY, number)?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_contents_the_requester_is_told_and_the_pull_request_opens_later() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    world.forge.app_gives_up("contents");
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    told(&world, REPOSITORY, issue, "@alice **App lacks `contents: ")?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());

    world.forge.app_asks_for("contents");
    // The word of it is lost: the sweep finds out.
    world.forge.github().loses_webhooks(1);
    world.forge.carol().accepts_permissions("acme").await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());
    sweep(world.app()).await.context("the sweep failed")?;
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, REPOSITORY, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_whose_merge_is_forbidden_is_merged_when_it_may_be() -> Result<()> {
    let world = World::start().await?;
    let number = applying_many(&world).await?;
    world.forge.app_gives_up("contents");
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    told(&world, REPOSITORY, number, "@alice **App lacks `contents: write`**")?;
    world.forge.app_asks_for("contents");
    world.forge.carol().accepts_permissions("acme").await?;
    world.settle().await?;
    merged(&world, REPOSITORY, number)?;
    assert_eq!(world.recorded("ticket-spent").await?, 1);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_actions_the_check_says_so_and_the_plan_is_made_later() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    world.settle().await?;
    world.forge.app_gives_up("actions");
    let bucket = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", bucket).await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    all_conclude(&world, REPOSITORY, number)?;
    let plan = check(&world, REPOSITORY, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure "), "{plan}");
    told(&world, REPOSITORY, number, "**App lacks `actions: write`**")?;

    world.forge.app_asks_for("actions");
    world.forge.carol().accepts_permissions("acme").await?;
    world.settle().await?;
    let plan = check(&world, REPOSITORY, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success "), "{plan}");
    world.finish().await
}
