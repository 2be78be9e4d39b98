//! Waiting for the world to come to rest, so that no story sleeps.

use std::time::Duration;

use anyhow::bail;
use tfpilot::store::View;
use tokio::time::Instant;

use crate::World;

/// The longest that anything may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(300);

/// What is due within moments is due now; in a story, timers lie minutes ahead.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// Looks in a row that must find nothing to do.
const QUIET_LOOKS: u32 = 3;

pub(crate) async fn settle(world: &World) -> anyhow::Result<()> {
    let deadline = Instant::now() + DEADLINE;
    let mut quiet = 0;
    while quiet < QUIET_LOOKS {
        match open_work(world).await? {
            None => quiet += 1,
            Some(open) if Instant::now() > deadline => {
                let runner = world.runner.as_ref().map(crate::Runner::log).unwrap_or_default();
                bail!("still open after {DEADLINE:?}: {open}\nrunner:\n{runner}");
            }
            Some(_) => quiet = 0,
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// What is still to be done, if anything.
async fn open_work(world: &World) -> anyhow::Result<Option<String>> {
    if !world.forge.quiet() {
        return Ok(Some("webhooks are under way".to_owned()));
    }
    let store = world.app.store();
    let soon = world.app.clock().now() + jiff::SignedDuration::try_from(world.soon)?;
    if store.next_due().await?.is_some_and(|due| due <= soon) {
        return Ok(Some("deliveries or commands are due".to_owned()));
    }
    if !world.app.is_idle() {
        return Ok(Some("a delivery or command is being worked on".to_owned()));
    }
    if world.forge.runs_active() > 0 {
        return Ok(Some("workflow runs are active".to_owned()));
    }
    let jobs = store.scan(View::Jobs, "", 10).await?;
    if !jobs.is_empty() {
        let rows: Vec<String> =
            jobs.iter().map(|(_, row)| String::from_utf8_lossy(row).into_owned()).collect();
        return Ok(Some(format!("jobs are open: {}", rows.join(", "))));
    }
    Ok(None)
}
