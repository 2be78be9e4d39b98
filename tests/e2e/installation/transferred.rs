//! A repository goes to another account: with the app there it goes on through that installation, without it it is out of
//! reach until it comes back.

use anyhow::{Context, Result, ensure};
use tfpilot_forge::Permission;
use tfpilot_tests::{REPOSITORY, World};

use super::{applying_many, check, in_state, is_silent, merged, told};
use crate::told::planned_note;

const THERE: &str = "umbrella/infra";

/// The same approvers under another roof.
async fn given_to_umbrella(world: &World) -> Result<()> {
    assert_eq!(world.forge.carol().transfers_repository(REPOSITORY, "umbrella").await?, THERE);
    world.forge.team("umbrella", "platform", &["bob", "carol"])?;
    world.forge.grant(THERE, "bob", Permission::Maintain)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn given_to_an_account_with_the_app_the_change_goes_on_there() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    given_to_umbrella(&world).await?;
    world.settle().await?;
    assert_eq!(check(&world, THERE, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    assert_eq!(world.recorded("access-lost").await?, 0, "it was never out of reach");
    world.bob().approves(THERE, number).await?;
    world.settle().await?;
    world.alice().comments(THERE, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, THERE, number)?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_goes_on_while_its_repository_is_given_away() -> Result<()> {
    let world = World::start().await?;
    let number = applying_many(&world).await?;
    given_to_umbrella(&world).await?;
    world.settle().await?;
    merged(&world, THERE, number)?;
    assert_eq!(in_state(&world, "many")?, 400);
    assert_eq!(world.recorded("ticket-spent").await?, 1);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn given_to_an_account_without_the_app_it_is_out_of_reach_until_the_app_comes() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.forge.installs_on("umbrella")?;
    world.forge.carol().uninstalls_app("umbrella").await?;
    given_to_umbrella(&world).await?;
    is_silent(&world).await?;
    assert_eq!(world.recorded("access-lost").await?, 1);
    world.bob().approves(THERE, number).await?;

    world.forge.carol().installs_app("umbrella").await?;
    world.settle().await?;
    assert_eq!(world.recorded("access-regained").await?, 1);
    world.alice().comments(THERE, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, THERE, number)?;
    told(&world, THERE, number, "Applied and merged")?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_out_of_the_installation_and_put_back_it_goes_on() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.forge.carol().withdraws_repository(REPOSITORY).await?;
    is_silent(&world).await?;
    assert_eq!(world.recorded("access-lost").await?, 1);
    // Nobody tells of what happens there meanwhile.
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    world.forge.carol().pushes(REPOSITORY, &branch, &[("docs/notes.md", "# Notes\n")], "docs").await?;
    world.forge.carol().adds_repository(REPOSITORY).await?;
    world.settle().await?;
    assert_eq!(check(&world, REPOSITORY, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml").context("the configuration")?;
    ensure!(!config.is_empty());
    world.finish().await
}
