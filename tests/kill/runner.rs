//! A runner killed in the middle of a job: a plan is made by another one; an apply is never repeated by itself.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tfpilot_tests::{NOTE, REPOSITORY, World};
use tokio::time::Instant;

/// The longest that an event may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// More than the lease of a job.
const LAPSE: Duration = Duration::from_secs(130);

/// When the runner is killed: so long after the n-th event of a kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    event: &'static str,
    nth: usize,
    delay: Duration,
}

impl Moment {
    /// Waits for it.
    pub(crate) async fn comes(self, world: &World) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while world.recorded(self.event).await? < self.nth {
            if Instant::now() > deadline {
                bail!("{self:?} did not come");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(self.delay).await;
        Ok(())
    }
}

pub(crate) const fn at(event: &'static str, nth: usize, milliseconds: u64) -> Moment {
    Moment { event, nth, delay: Duration::from_millis(milliseconds) }
}

/// Kills the runner at the moment, starts another one, and lets the lease of what the first one had end.
async fn kill(world: &mut World, moment: Moment) -> Result<()> {
    moment.comes(world).await?;
    world.runner().context("a runner")?.kill().await?;
    world.restart_runner().await?;
    world.advance(LAPSE);
    world.settle().await
}

/// Alice asks, and the plan is there. Gives the pull request.
async fn planned(world: &mut World, killed: Option<Moment>) -> Result<u64> {
    world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    match killed {
        Some(moment) => kill(world, moment).await?,
        None => world.settle().await?,
    }
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().next().context("a pull request")?;
    Ok(pull.number)
}

async fn approve_and_apply(world: &World, number: u64) -> Result<()> {
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_whose_runner_was_killed_is_made_by_another_one() -> Result<()> {
    for moment in [at("job-claimed", 1, 0), at("job-claimed", 1, 60)] {
        let mut world = World::start().await?;
        let number = planned(&mut world, Some(moment)).await?;
        approve_and_apply(&world, number).await?;
        world.settle().await?;
        let thread = world.forge.thread(REPOSITORY, number)?;
        assert!(world.forge.pull(REPOSITORY, number)?.merged, "{moment:?}: {thread}");
        assert_eq!(world.recorded("ticket-spent").await?, 1, "{moment:?}");
        world.finish().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_whose_runner_was_killed_is_never_repeated_by_itself() -> Result<()> {
    let mut unknown = 0;
    for moment in [
        at("job-claimed", 2, 0),
        at("job-claimed", 2, 40),
        at("ticket-spent", 1, 0),
        at("ticket-spent", 1, 30),
        at("ticket-spent", 1, 60),
        at("journaled", 1, 0),
        at("journaled", 1, 20),
        at("stack-applied", 1, 0),
    ] {
        let mut world = World::start().await?;
        let number = planned(&mut world, None).await?;
        approve_and_apply(&world, number).await?;
        kill(&mut world, moment).await?;
        let thread = world.forge.thread(REPOSITORY, number)?;
        assert_eq!(world.recorded("ticket-spent").await?, 1, "{moment:?}: {thread}");
        if world.forge.pull(REPOSITORY, number)?.merged {
            assert_eq!(world.recorded("stack-applied").await?, 1, "{moment:?}");
            continue;
        }
        unknown += 1;
        nothing_is_repeated(&world, number).await.with_context(|| format!("{moment:?}"))?;
    }
    assert!(unknown > 0, "no kill fell inside an apply");
    println!("{unknown} applies of 8 are unknown, the others ended");
    Ok(())
}

/// What a lost apply leaves: a comment with the evidence, a red check, the stack locked, and no way to repeat it.
async fn nothing_is_repeated(world: &World, number: u64) -> Result<()> {
    let spent = world.recorded("ticket-spent").await?;
    let told = |text: &str| -> Result<()> {
        let thread = world.forge.thread(REPOSITORY, number)?;
        ensure!(thread.contains(text), "{text:?} is not in\n{thread}");
        Ok(())
    };
    told("I do not know how the apply of `live/dev/hello-team` ended")?;
    told("check tfpilot/apply: failure Outcome unknown")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told("Outcome of the last apply unknown")?;
    world.advance(Duration::from_secs(24 * 3_600));
    world.settle().await?;
    let now = world.recorded("ticket-spent").await?;
    ensure!(now == spent && world.recorded("ticket-issued").await? == 1, "something was applied again");
    Ok(())
}
