//! A form of the catalog, filled in by clicks, becomes a pull request.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{Browser, REPOSITORY, World};

use crate::looks;

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_chosen_filled_in_and_read() -> Result<()> {
    let world = World::start().await?;
    ensure!(world.offers_forms().await? == 1, "the note alone can be had without AWS");
    world.settle().await?;
    let browser = Browser::start(world.forge.base_url()).await?;
    let seen = |what: &'static str| looks::judge(&browser, what);

    browser.opens(&format!("/{REPOSITORY}")).await?;
    browser.becomes("alice").await?;
    browser.follows("New issue").await?;
    seen("the list of forms").await?;
    browser.follows("Note").await?;
    seen("a form").await?;
    browser.writes("Title", "Note: lunch").await?;
    browser.chooses("Environment *", "dev").await?;
    browser.writes("Name *", "lunch").await?;
    browser.writes("Owner *", "platform").await?;
    browser.writes("Text", "Lunch is at noon").await?;
    browser.presses("Open issue").await?;
    browser.sees("waiting for 1 approval").await?;

    let pull = world.forge.pulls(REPOSITORY)?.into_iter().next().context("a pull request")?;
    let main = world.forge.file(REPOSITORY, &pull.head_ref, "live/dev/lunch/main.tf")?;
    ensure!(main.contains("Lunch is at noon"), "{main}");
    ensure!(world.forge.issue(REPOSITORY, 1)?.labels.iter().any(|label| label == "tfpilot/request"));
    world.finish().await
}
