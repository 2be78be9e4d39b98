//! "Now break it" on the pages of a demo that stays up: each button leads to where its outcome is seen.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use tfpilot_tests::{Browser, find_program};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::looks;

/// The longest that the demo may take to tell its story.
const STORY: Duration = Duration::from_secs(180);

/// The longest that the demo may take to stop.
const FAREWELL: Duration = Duration::from_secs(20);

/// Each button, and what its page says in the end.
const BUTTONS: [(&str, &str); 4] = [
    ("Approve yourself", "Approval does not count: you asked for this."),
    ("Run a command", "Not admitted: live/dev/evil/main.tf:8"),
    ("Push after the review", "Approval stale: bob saw plan"),
    ("Kill the runner", "I do not know how the apply of live/dev/many ended"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_button_leads_to_what_came_of_it() -> Result<()> {
    // Without AWS the demo plays the note alone.
    let mut demo = Command::new(find_program("tfpilot-demo")?)
        .env("TFPILOT_MOTO", "")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = demo.stdout.take().context("a demo without output")?;
    let mut lines = BufReader::new(output).lines();
    let page = timeout(STORY, async {
        while let Some(line) = lines.next_line().await? {
            if let Some((_, url)) = line.split_once("Break it:") {
                return Ok(url.trim().to_owned());
            }
        }
        anyhow::bail!("the demo ended before it was over")
    });
    let page = page.await.context("the demo takes too long")??;
    // What it tells later is read too: a full pipe would stop it.
    let told = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });

    let (host, path) = page.split_at(page.find("/acme").context("a page of acme")?);
    let browser = Browser::start(host).await?;
    for (button, outcome) in BUTTONS {
        browser.opens(path).await?;
        browser.presses(button).await?;
        browser.sees(outcome).await?;
        looks::judge(&browser, button).await?;
    }
    browser.opens(path).await?;
    looks::judge(&browser, "the repository of a demo").await?;
    // As a visitor stops it: killed, it would leave its runner behind.
    let id = demo.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).context("a demo that ended")?;
    kill_process(id, Signal::INT)?;
    timeout(FAREWELL, demo.wait()).await.context("the demo does not stop")??;
    told.await.context("the demo's output")
}
