//! Freeze windows: plans run, applies wait for the end, and who may lets one plan pass.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{check, planned_note, told};

const FILE: &str = ".github/tfpilot.yml";

/// Carol freezes everything from now on, for two hours.
async fn freezes(world: &World, more: &str) -> Result<Timestamp> {
    let now = world.app().clock().now().round(jiff::Unit::Second)?;
    let until = now.checked_add(SignedDuration::from_hours(2))?;
    let from = now.checked_sub(SignedDuration::from_hours(1))?;
    let window = format!(
        "timezone: Europe/Berlin\nfreeze:\n  - name: launch\n    reason: all eyes are on the shop\n    from: '{from}'\n    to: '{until}'\n{more}"
    );
    let config = format!("{}{window}", world.forge.file(REPOSITORY, "main", FILE)?);
    world.forge.carol().pushes(REPOSITORY, "main", &[(FILE, config.as_str())], "freeze").await?;
    world.settle().await?;
    Ok(until)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_apply_waits_for_the_end_of_its_window_and_plans_run() -> Result<()> {
    let world = World::start().await?;
    let until = freezes(&world, "").await?;
    let number = planned_note(&world).await?;
    ensure!(check(&world, number, "tfpilot/plan")?.starts_with("success 1 create"));
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let local = until.to_zoned(TimeZone::get("Europe/Berlin")?).strftime("%a %Y-%m-%d %H:%M").to_string();
    let frozen = format!("queued Frozen until {local} Europe/Berlin, launch");
    assert_eq!(check(&world, number, "tfpilot/apply")?, frozen);

    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    let refused = format!(
        "@alice **Frozen**: everything until {local} Europe/Berlin, `launch`: all eyes are on the shop."
    );
    told(&world, number, &refused)?;
    ensure!(world.recorded("ticket-issued").await? == 0);
    let change = crate::api::change(&world, number).await?;
    let gate = change["gates"].as_array().and_then(|gates| gates.last().cloned()).context("gates")?;
    assert_eq!((&gate["name"], &gate["reasons"][0]["code"]), (&"frozen".into(), &"frozen".into()));

    // Nobody says anything, and it is seen that the window is over.
    world.advance(Duration::from_secs(2 * 3600 + 1));
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");
    assert_eq!(world.recorded("call-settled").await?, 1);
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_the_window_names_lets_one_plan_pass_with_a_reason() -> Result<()> {
    let world = World::start().await?;
    freezes(&world, "    override: {teams: [acme/platform]}\n").await?;
    let number = planned_note(&world).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;

    world.alice().comments(REPOSITORY, number, "/tfpilot override freeze reason=\"mine\"").await?;
    world.settle().await?;
    told(&world, number, "@alice **No override**: you asked for this.")?;
    // A button cannot ask for a reason, so it says what to write.
    world.bob().presses(REPOSITORY, number, "tfpilot/apply", "override").await?;
    world.settle().await?;
    told(
        &world,
        number,
        "**No override**: no reason is given. Next: `/tfpilot override freeze reason=\"…\"`.",
    )?;
    world.bob().comments(REPOSITORY, number, "/tfpilot override freeze reason=\"the shop is down\"").await?;
    world.settle().await?;
    told(&world, number, "| Freeze | `launch` overridden by bob: the shop is down |")?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");

    // It was for that plan.
    world.alice().comments(REPOSITORY, number, "/tfpilot set text=\"buy milk\"").await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let again = check(&world, number, "tfpilot/apply")?;
    ensure!(again.starts_with("queued Frozen until"), "{again}");
    world.bob().comments(REPOSITORY, number, "/tfpilot override freeze reason=\"still down\"").await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}
