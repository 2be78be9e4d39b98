//! The program itself: what it claims with, what its environment holds, how it stops.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use super::double::SIDECAR_TOKEN;
use super::world::World;

/// The sidecar with secrets in its environment, as a careless operator starts it.
fn serve(world: &World, more: &[&str]) -> Child {
    let token = world.path().join("token");
    std::fs::write(&token, format!("{SIDECAR_TOKEN}\n")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_tfpilot-runner"))
        .args(["serve", "--app", &world.app.url, "--token-file", &token.display().to_string()])
        .args(["--work-dir", &world.path().join("work").display().to_string()])
        .args(["--cli-config", &world.path().join("terraformrc").display().to_string()])
        .args(more)
        .env_clear()
        .envs(world.environment.iter().map(|(name, value)| (name, value)))
        .env("GITHUB_TOKEN", "ghs_TokenOfTheEnvironment0123")
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "OidcRequestToken0123")
        .env("TFPILOT_LOG", "debug")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn until(what: impl Fn() -> bool) {
    for _ in 0..600 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not come to that within 30 seconds");
}

fn terminate(child: &Child) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

#[tokio::test]
async fn it_claims_waits_and_ends_at_a_signal_with_a_clean_environment() {
    let world = World::with(&[("live/dev/a/main.tf", "")]).await;
    let child = serve(&world, &[]);
    until(|| world.app.with(|known| known.claims.len() > 1)).await;
    let environ = std::fs::read(format!("/proc/{}/environ", child.id().unwrap())).unwrap();
    let environ = String::from_utf8_lossy(&environ).replace('\0', "\n");
    assert!(environ.contains("PATH=") && !environ.contains("0123"), "{environ}");
    terminate(&child);
    let output = child.wait_with_output().await.unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert!(!log.contains(SIDECAR_TOKEN), "{log}");
    let claim = world.app.with(|known| known.claims[0].clone());
    assert_eq!((&claim["protocol"], &claim["worker"]), (&1.into(), &"sidecar".into()));
    assert!(claim["terraform"].as_str().unwrap().starts_with("1."), "{claim}");
}

#[tokio::test]
async fn a_wrong_token_ends_it_with_the_reason() {
    let world = World::with(&[("live/dev/a/main.tf", "")]).await;
    let child = serve(&world, &[]);
    std::fs::write(world.path().join("token"), "another-token-0123456789").unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(5));
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(log.contains("not-your-job"), "{log}");
}
