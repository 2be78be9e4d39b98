//! `make demo ARGS=--picture`: the pull request of the bucket as README shows it, with the words it was made of, so that a
//! test can say when it is stale.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tfpilot_tests::{Browser, REPOSITORY, Stage, World, WorldOptions};

use crate::story::BUCKET;

/// The picture's width in pixels.
const WIDTH: u32 = 960;

/// How the forge's pages look.
const STYLE: &str = include_str!("../forge/templates/style.css");

/// The parts of the page down to its checks: what they say, and where they end.
const PARTS: &str = "
    const parts = [...document.querySelector('main').children];
    const checks = parts.findIndex((part) => part.id === 'checks') + 1;
    const text = parts.slice(0, checks + 1).map((part) => part.innerText).join('\\n');
    return [text, Math.ceil(parts[checks].getBoundingClientRect().bottom + window.scrollY) + 24];
";

/// Plays the story until somebody has to approve, and writes `pull-request.png` and `pull-request.txt`.
///
/// # Errors
/// When the world or the browser do not play along, or nothing can be written.
pub(crate) async fn take(dir: &Path) -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let request = BUCKET.request.replace("ENVIRONMENT", "dev");
    world.alice().opens_issue(REPOSITORY, BUCKET.title, &request).await?;
    world.settle().await?;
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().next().context("no pull request was opened")?;
    let browser = Browser::start(world.forge.base_url()).await?;
    browser.opens(&format!("/{REPOSITORY}/pull/{}", pull.number)).await?;
    browser.becomes("bob").await?;
    browser.looks(WIDTH, WIDTH, false).await?;
    let parts = browser.asks(PARTS).await?;
    let text = parts.get(0).and_then(Value::as_str).context("a page without words")?;
    let end = parts.get(1).and_then(Value::as_u64).context("a page without an end")?;
    browser.looks(WIDTH, u32::try_from(end)?, false).await?;
    write(dir, "pull-request.png", &browser.picture().await?)?;
    let style = hex::encode(Sha256::digest(STYLE));
    write(dir, "pull-request.txt", format!("{}\nstyle {style}\n", lasting(text)).as_bytes())
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = dir.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// The text without what differs at each play: times, days, runs, commits and digests in short.
fn lasting(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().map(word).collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn word(word: &str) -> String {
    let bare = word.trim_end_matches([',', '.']);
    let shape: String = bare.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let short = bare.len() == 7 && bare.chars().all(|c| c.is_ascii_hexdigit());
    match shape.as_str() {
        "0000-00-00" => word.replace(bare, "DAY"),
        "00:00" => word.replace(bare, "TIME"),
        // The number of a workflow run.
        "000000" => word.replace(bare, "NUMBER"),
        _ if short => word.replace(bare, "DIGEST"),
        _ => word.to_owned(),
    }
}
