//! `make demo`: the story on real parts, told as it happens; then the world stays up and the visitor plays.

mod attempts;
mod broken;
mod picture;
mod say;
mod story;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::say::Narrator;

/// The forge's port where it is free.
const PORT: u16 = 7800;

#[tokio::main]
async fn main() -> ExitCode {
    let asked = |word: &str| std::env::args().skip(1).any(|argument| argument == word);
    let mut narrator = Narrator::new();
    let played = if asked("--break") {
        break_it(&mut narrator).await
    } else if asked("--picture") {
        picture::take(&pictures()).await
    } else {
        play(&mut narrator, asked("--once")).await
    };
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            narrator.complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn play(narrator: &mut Narrator, once: bool) -> anyhow::Result<()> {
    let missing = missing();
    let stage = if missing.is_empty() { Stage::Both } else { Stage::Sidecar };
    narrator.line("Starting GitHub's stand-in, the app, a runner and AWS on loopback (about 10 s) ...");
    let options = WorldOptions { forge_port: free_port(PORT).await, stage, ..WorldOptions::default() };
    let mut world = World::start_with(options).await?;
    narrator.line(&format!("  GitHub   {}/{REPOSITORY}", world.forge.base_url()));
    narrator.line(&format!("  TfPilot  {}", world.app_url()));
    if let Ok(aws) = world.aws() {
        narrator.line(&format!("  AWS      {}", aws.url()));
    }
    narrator.line(&format!("  files    {}", world.dir().display()));
    let notes = if stage == Stage::Both { "sandbox" } else { "dev" };
    narrator.line("\nA note on the sidecar, without any provider (about 5 s)");
    story::tell(&world, narrator, &story::NOTE, notes).await?;
    if stage == Stage::Both {
        narrator.line("\nA bucket in the repository's workflow, with the real AWS provider (about 30 s)");
        story::tell(&world, narrator, &story::BUCKET, "dev").await?;
        ensure!(world.aws()?.has("acme-invoices").await?, "moto has no bucket acme-invoices");
    } else {
        narrator
            .line(&format!("\nOnly the note was played, as this machine lacks:\n  {}", missing.join("\n  ")));
    }
    if once {
        return Ok(());
    }
    let forms = world.offers_forms().await?;
    let github = world.forge.base_url();
    narrator.line(&format!("\nYour turn: {github}/{REPOSITORY}/issues/new  (Ctrl-C stops)"));
    narrator.line(&format!("           in your own words, or with one of {forms} forms of the catalog"));
    narrator.line(&format!("Break it:  {github}/{REPOSITORY}"));
    broken::on_demand(&mut world, narrator, notes).await
}

/// The act of its own: no cloud, no provider.
async fn break_it(narrator: &mut Narrator) -> anyhow::Result<()> {
    narrator.line("Now break it: four things that go wrong elsewhere (about 20 s)");
    let options = WorldOptions { forge_port: free_port(PORT).await, ..WorldOptions::default() };
    broken::tell(&mut World::start_with(options).await?, narrator).await
}

/// Where pictures go: the last argument where it is a folder, else `docs/`.
fn pictures() -> PathBuf {
    let named = std::env::args_os().next_back().map(PathBuf::from).filter(|path| path.is_dir());
    named.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../docs").into())
}

/// What the AWS story needs and the set-up did not find.
fn missing() -> Vec<String> {
    let lacks = |name: &str| std::env::var(name).unwrap_or_default().is_empty();
    let needs = [
        (
            "TFPILOT_PROVIDER_MIRROR",
            "the AWS provider: set TFPILOT_PROVIDER_MIRROR to a folder made by `terraform providers mirror DIR`",
        ),
        ("TFPILOT_MOTO", "moto: pip install 'moto[server]'"),
    ];
    needs.iter().filter(|(name, _)| lacks(name)).map(|(_, what)| (*what).to_owned()).collect()
}

/// The port if nobody has it, else one that is free.
async fn free_port(wanted: u16) -> u16 {
    match tokio::net::TcpListener::bind(("127.0.0.1", wanted)).await {
        Ok(_) => wanted,
        Err(_) => 0,
    }
}
