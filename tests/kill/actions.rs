//! A workflow's machine taken away in the middle of an apply on AWS: what exists is named, and nothing is applied twice.

use anyhow::{Context, Result, ensure};
use std::time::Duration;
use tfpilot_tests::{REPOSITORY, Random, Stage, World, WorldOptions, wanted};

use crate::runner::{Moment, at};

/// Applies whose machine is lost, unless `TFPILOT_AWS_KILLS` says otherwise.
const KILLS: usize = 1;

const BUCKET: &str = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";

/// Lines of the journal that the apply of a bucket has about.
const LINES: u64 = 8;

/// How an apply ended whose machine was lost.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// The kill came too late: all was applied and reported.
    Merged,
    /// Nothing had begun: there was no ticket yet.
    NotStarted,
    /// Nobody knows.
    Unknown,
}

/// Asks for the bucket, approves, applies, and takes the machine away.
async fn lost_at(moment: Moment) -> Result<Ended> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    world.alice().opens_issue(REPOSITORY, "A bucket for invoices", BUCKET).await?;
    world.settle().await?;
    let number = world.forge.pulls(REPOSITORY)?.first().context("a pull request")?.number;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    moment.comes(&world).await?;
    let run = world.forge.runs(REPOSITORY)?.last().context("a workflow run")?.id;
    // A run that ended meanwhile has no machine to lose.
    let _ = world.forge.loses_machine(REPOSITORY, run);
    world.settle().await?;

    let thread = world.forge.thread(REPOSITORY, number)?;
    let spent = world.recorded("ticket-spent").await?;
    ensure!(spent <= 1, "{spent} tickets were spent\n{thread}");
    if world.forge.pull(REPOSITORY, number)?.merged {
        ensure!(world.recorded("stack-applied").await? == 1, "{thread}");
        return Ok(Ended::Merged);
    }
    if spent == 0 {
        ensure!(!world.aws()?.has("acme-invoices").await?, "a bucket without a ticket");
        return Ok(Ended::NotStarted);
    }
    ensure!(thread.contains("I do not know how the apply of `live/dev/acme-invoices` ended"), "{thread}");
    // What the journal calls created is there.
    if thread.contains("created `module.s3_bucket.aws_s3_bucket.this`") {
        ensure!(world.aws()?.has("acme-invoices").await?, "{thread}");
    }
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    world.advance(Duration::from_secs(24 * 3_600));
    world.settle().await?;
    let (issued, spent) = (world.recorded("ticket-issued").await?, world.recorded("ticket-spent").await?);
    ensure!((issued, spent) == (1, 1), "applied again: {}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await?;
    Ok(Ended::Unknown)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_on_aws_whose_machine_was_lost_is_never_repeated_by_itself() -> Result<()> {
    let mut random = Random::seeded("TFPILOT_KILL_SEED");
    let kills = wanted("TFPILOT_AWS_KILLS", KILLS);
    // One kill is sure to fall between two resources; the others fall anywhere from the ticket on.
    let mut moments = vec![at("journaled", 2, 0)];
    while moments.len() < kills {
        let delay = random.any() % 400;
        moments.push(match random.any() % (LINES + 1) {
            0 => at("ticket-spent", 1, delay),
            line => at("journaled", usize::try_from(line)?, delay),
        });
    }
    let mut unknown = 0;
    for moment in moments {
        let ended = lost_at(moment).await.with_context(|| format!("{moment:?}, seed {}", random.seed()))?;
        println!("{moment:?}: {ended:?}");
        unknown += usize::from(ended == Ended::Unknown);
    }
    ensure!(unknown > 0, "no kill fell inside an apply, seed {}", random.seed());
    Ok(())
}
