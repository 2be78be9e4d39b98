//! The program itself: what it claims with, what its environment holds, how it stops.

use std::process::Stdio;
use std::time::Duration;

use tfpilot_protocol::{Conclusion, Operation};
use tokio::process::{Child, Command};

use super::double::SIDECAR_TOKEN;
use super::world::World;

/// The sidecar with secrets in its environment, as a careless operator starts it.
fn serve(world: &World, more: &[&str]) -> Child {
    serve_as(world, SIDECAR_TOKEN, more)
}

fn serve_as(world: &World, secret: &str, more: &[&str]) -> Child {
    let token = world.path().join("token");
    std::fs::write(&token, format!("{secret}\n")).unwrap();
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
    let output = serve_as(&world, "another-token-0123456789", &[]).wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(5));
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(log.contains("not-your-job"), "{log}");
}

#[tokio::test]
async fn a_signal_gives_a_plan_back() {
    let world = World::with(&[(
        "live/dev/a/main.tf",
        super::plan::main_tf("output \"a\" {\n  value = 1\n}\n").as_str(),
    )])
    .await;
    let script = std::fs::read_to_string(world.path().join("bin/terraform")).unwrap();
    let script = script.replace("exec ", "[ \"$1\" != plan ] || exec sleep 60\nexec ");
    std::fs::write(world.path().join("bin/terraform"), script).unwrap();
    world.app.with(|known| known.jobs.push_back(world.job(Operation::Plan)));
    let child = serve(&world, &["--persistent"]);
    until(|| world.calls().iter().any(|call| call.starts_with("plan"))).await;
    terminate(&child);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(matches!(world.app.conclusion(), Conclusion::Failed { cancelled: true, .. }));
}

#[tokio::test]
async fn one_job_from_claim_to_conclusion() {
    let tf = super::plan::main_tf("resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    world.app.with(|known| known.jobs.push_back(world.job(Operation::Plan)));
    let output = serve(&world, &["--persistent", "--once"]).wait_with_output().await.unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let conclusion = world.app.conclusion();
    assert!(matches!(conclusion, Conclusion::Planned(_)), "{conclusion:#?} {log}");
}
