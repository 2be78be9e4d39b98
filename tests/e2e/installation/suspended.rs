//! An owner suspends the app's installation for a while.

use anyhow::{Context, Result, ensure};
use tfpilot::worker::sweep;
use tfpilot_tests::{REPOSITORY, World};

use super::{all_conclude, applying_many, check, is_silent, merged};
use crate::by_hand::{approved_and_applied, stack};
use crate::told::planned_note;

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_during_a_suspension_is_read_after_it() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.forge.carol().suspends_app("acme").await?;
    is_silent(&world).await?;
    assert_eq!(world.recorded("access-lost").await?, 1);
    let main = stack(&world, "late", "resource \"terraform_data\" \"this\" {}\n");
    world.alice().pushes(REPOSITORY, "late", &[("live/dev/late/main.tf", main.as_str())], "late").await?;
    let late = world.alice().opens_pull(REPOSITORY, "late", "main", "late", "").await?;
    is_silent(&world).await?;

    world.forge.carol().unsuspends_app("acme").await?;
    world.settle().await?;
    assert_eq!(check(&world, REPOSITORY, late, "tfpilot/plan")?, "success 1 create in live/dev/late");
    all_conclude(&world, REPOSITORY, number)?;
    approved_and_applied(&world, number).await?;
    merged(&world, REPOSITORY, number)?;
    world.finish().await
}

/// The word that it goes on is lost: the sweep asks one question a time while something is suspended.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_suspension_is_found_without_a_word_of_it() -> Result<()> {
    let world = World::start().await?;
    let number = applying_many(&world).await?;
    sweep(world.app()).await.context("the sweep failed")?;
    world.forge.carol().suspends_app("acme").await?;
    is_silent(&world).await?;
    assert_eq!(world.recorded("apply-finished").await?, 1, "the apply was let to end");
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    let before = world.forge.requests().len();
    sweep(world.app()).await.context("the sweep failed")?;
    let asked = world.forge.requests().split_off(before);
    let looks = asked.iter().filter(|seen| seen.path.starts_with("/app/installations")).count();
    assert_eq!(looks, 1, "{asked:?}");

    world.forge.github().loses_webhooks(1);
    world.forge.carol().unsuspends_app("acme").await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    sweep(world.app()).await.context("the sweep failed")?;
    world.settle().await?;
    merged(&world, REPOSITORY, number)?;
    assert_eq!(world.recorded("ticket-spent").await?, 1);
    Ok(())
}
