//! "Now break it": the attempts as an act of their own, told as they happen, and as buttons on the forge's pages.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::attempts::{Attempt, Place, play};
use crate::say::Narrator;

/// What is due later than this is not waited for: the visitor has let real time pass, and timers come near.
const SOON: Duration = Duration::from_secs(10);

/// Plays all attempts; fails when one of them works.
///
/// # Errors
/// With the thread, when something is applied that must not be, or nothing is said of it.
pub(crate) async fn tell(world: &mut World, narrator: &mut Narrator) -> Result<()> {
    narrator.restart();
    let place = Place { environment: "dev", round: 1 };
    for (at, attempt) in Attempt::ALL.into_iter().enumerate() {
        let outcome = play(attempt, world, place).await?;
        narrator.step(at + 1, Attempt::ALL.len(), attempt.title(), &outcome.said);
        for line in outcome.more {
            narrator.line(&format!("    {line}"));
        }
    }
    let issued = world.recorded("ticket-issued").await?;
    world.advance(Duration::from_secs(24 * 3_600));
    world.settle().await?;
    ensure!(world.recorded("ticket-issued").await? == issued, "something was applied again");
    narrator.line("    A day later: nothing was repeated.");
    Ok(())
}

/// Does what the buttons ask for, in an environment on the sidecar, until the visitor stops the demo.
///
/// # Errors
/// When the forge offers nothing, or the signal cannot be waited for.
pub(crate) async fn on_demand(
    world: &mut World,
    narrator: &Narrator,
    environment: &'static str,
) -> Result<()> {
    world.settles_within(SOON);
    let forge = world.forge.clone();
    let mut asked = forge.offer(REPOSITORY, Attempt::ALL.map(Attempt::button).into())?;
    let mut played = Vec::new();
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    loop {
        let ask = tokio::select! {
            stopped = &mut stop => return stopped.context("waiting for Ctrl-C"),
            ask = asked.recv() => ask.context("the forge ended")?,
        };
        let attempt = Attempt::of_button(&ask.id).context("a button of another world")?;
        let round = 1 + played.iter().filter(|before| **before == attempt).count();
        let outcome = tokio::select! {
            stopped = &mut stop => return stopped.context("waiting for Ctrl-C"),
            outcome = play(attempt, world, Place { environment, round }) => outcome,
        };
        match &outcome {
            Ok(outcome) => narrator.line(&format!("{}: {}", attempt.title(), outcome.said)),
            Err(error) => narrator.complain(&format!("{}: {error:#}", attempt.title())),
        }
        let outcome = outcome.map(|outcome| outcome.number).map_err(|error| format!("{error:#}"));
        forge.attempted(&ask, outcome);
        played.push(attempt);
    }
}
