//! `make demo`: the story on real parts, told as it happens; then the world stays up and the visitor plays.

mod say;
mod story;

use std::process::ExitCode;

use anyhow::Context;
use tfpilot_tests::{REPOSITORY, World, WorldOptions};

use crate::say::Narrator;

/// The forge's port where it is free.
const PORT: u16 = 7800;

#[tokio::main]
async fn main() -> ExitCode {
    let once = std::env::args().skip(1).any(|argument| argument == "--once");
    let narrator = Narrator::new();
    match play(&narrator, once).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            narrator.complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn play(narrator: &Narrator, once: bool) -> anyhow::Result<()> {
    narrator.line("Starting GitHub's stand-in, the app and a runner (about 2 s) ...");
    let options = WorldOptions { forge_port: free_port(PORT).await, ..WorldOptions::default() };
    let world = World::start_with(options).await?;
    narrator.line(&format!("  GitHub   {}/{REPOSITORY}", world.forge.base_url()));
    narrator.line(&format!("  TfPilot  {}", world.app_url()));
    narrator.line(&format!("  files    {}", world.dir().display()));
    narrator.line("");
    story::tell(&world, narrator).await?;
    if once {
        return Ok(());
    }
    narrator.line("");
    narrator.line(&format!("Your turn: {}/{REPOSITORY}/issues/new  (Ctrl-C stops)", world.forge.base_url()));
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")
}

/// The port if nobody has it, else one that is free.
async fn free_port(wanted: u16) -> u16 {
    match tokio::net::TcpListener::bind(("127.0.0.1", wanted)).await {
        Ok(_) => wanted,
        Err(_) => 0,
    }
}
