//! `/tfpilot cancel`: a plan ends at once, an apply is interrupted and says how it ended.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::aftermath::first_resource;
use crate::by_hand::{pull, stack};
use crate::told::{check, reactions, told};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_plan_ends_and_is_made_again_when_asked_for() -> Result<()> {
    let mut world = World::start().await?;
    world.runner().context("a runner")?.kill().await?;
    let main = stack(&world, "late", "resource \"terraform_data\" \"this\" {}\n");
    world.alice().pushes(REPOSITORY, "late", &[("live/dev/late/main.tf", main.as_str())], "late").await?;
    let number = world.alice().opens_pull(REPOSITORY, "late", "main", "late", "").await?;
    let comment = world.alice().comments(REPOSITORY, number, "/tfpilot cancel").await?;
    world.settle().await?;
    ensure!(reactions(&world, number, comment)?.iter().any(|reaction| reaction == "+1"));
    assert_eq!(check(&world, number, "tfpilot/plan")?, "failure Failed in live/dev/late: cancelled");
    told(&world, number, "Next: `/tfpilot plan`.")?;

    world.restart_runner().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot cancel").await?;
    world.settle().await?;
    told(&world, number, "@alice **Nothing to cancel**")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/late");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_apply_is_interrupted_and_says_what_exists() -> Result<()> {
    let world = World::start().await?;
    let body = "resource \"terraform_data\" \"many\" {\n  count = 1500\n  input = count.index\n}\n";
    let number = pull(&world, "many", body).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    first_resource(&world, number).await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot cancel").await?;
    world.settle().await?;
    told(&world, number, "@alice apply of `live/dev/many` stopped half-way")?;
    let apply = check(&world, number, "tfpilot/apply")?;
    ensure!(apply.starts_with("failure Failed after ") && apply.ends_with(" of 1500"), "{apply}");

    // What is left is a plan like any other.
    world.alice().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.settle().await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.ends_with(" create in live/dev/many") && !plan.contains(" 1500 "), "{plan}");
    world.finish().await
}

/// Waits until a check offers this button and no other; none where nothing is expected.
async fn offers(world: &World, number: u64, name: &str, button: Option<&str>) -> Result<()> {
    let expected: Vec<String> = button.into_iter().map(str::to_owned).collect();
    let mut buttons = Vec::new();
    for _ in 0..3_000 {
        let check = world.forge.check(REPOSITORY, &format!("#{number}"), name);
        buttons = check.map(|check| check.buttons).unwrap_or_default();
        if buttons == expected {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("{name} offers {buttons:?} and not {expected:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_has_a_button_that_stops_it() -> Result<()> {
    let mut world = World::start().await?;
    world.runner().context("a runner")?.kill().await?;
    let body = "resource \"terraform_data\" \"many\" {\n  count = 1500\n  input = count.index\n}\n";
    let main = stack(&world, "many", body);
    world.alice().pushes(REPOSITORY, "many", &[("live/dev/many/main.tf", main.as_str())], "many").await?;
    let number = world.alice().opens_pull(REPOSITORY, "many", "main", "many", "").await?;
    offers(&world, number, "tfpilot/plan", Some("cancel")).await?;
    world.alice().presses(REPOSITORY, number, "tfpilot/plan", "cancel").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "failure Failed in live/dev/many: cancelled");
    offers(&world, number, "tfpilot/plan", Some("plan")).await?;

    world.restart_runner().await?;
    world.alice().presses(REPOSITORY, number, "tfpilot/plan", "plan").await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().presses(REPOSITORY, number, "tfpilot/apply", "apply").await?;
    first_resource(&world, number).await?;
    offers(&world, number, "tfpilot/apply", Some("cancel")).await?;
    world.alice().presses(REPOSITORY, number, "tfpilot/apply", "cancel").await?;
    world.settle().await?;
    told(&world, number, "@alice apply of `live/dev/many` stopped half-way")?;
    offers(&world, number, "tfpilot/apply", None).await?;
    world.finish().await
}
