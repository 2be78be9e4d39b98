//! A request becomes an applied note by nothing but clicks.

use anyhow::{Result, ensure};
use tfpilot_tests::{Browser, NOTE, REPOSITORY, World};

use crate::looks;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_played_by_clicks_until_it_is_merged() -> Result<()> {
    let world = World::start().await?;
    let browser = Browser::start(world.forge.base_url()).await?;
    let seen = |what: &'static str| looks::judge(&browser, what);

    browser.opens(&format!("/{REPOSITORY}")).await?;
    browser.becomes("alice").await?;
    browser.follows("New issue").await?;
    seen("the form").await?;
    browser.writes("Title", "A note for the team").await?;
    browser.writes("What do you need?", NOTE).await?;
    browser.presses("Open issue").await?;
    ensure!(browser.path().await? == format!("/{REPOSITORY}/issues/1"), "{}", browser.path().await?);

    browser.sees("waiting for 1 approval").await?;
    seen("the issue").await?;
    browser.follows("#2").await?;
    browser.sees("Plan: 1 create").await?;
    seen("the pull request").await?;
    let met = looks::walk(&browser, "the pull request").await?;
    ensure!(met > 20, "a pull request has more than {met} things to do");

    browser.becomes("bob").await?;
    browser.sends("Review as bob", "Approve").await?;
    browser.sees("Ready to apply").await?;
    browser.becomes("alice").await?;
    browser.presses("/tfpilot apply").await?;
    browser.sees("Applied and merged by alice").await?;
    seen("the merged pull request").await?;
    browser.follows("tfpilot/apply").await?;
    browser.sees("Applied 1 change").await?;
    seen("a check").await?;
    browser.follows("#2").await?;
    browser.follows("#1").await?;
    browser.sees("closed").await?;
    seen("the closed issue").await?;
    for part in ["Overview", "Issues", "Pull requests", "Runs"] {
        browser.follows(part).await?;
        seen(part).await?;
    }
    browser.opens(&format!("/{REPOSITORY}/blob/main/live/dev/hello-team/main.tf")).await?;
    seen("a file").await?;

    ensure!(world.forge.pull(REPOSITORY, 2)?.merged, "{}", world.forge.thread(REPOSITORY, 2)?);
    world.finish().await
}
