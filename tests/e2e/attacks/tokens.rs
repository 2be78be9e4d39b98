//! Tokens: a job's opens its own job only, and no other token opens one.

use anyhow::{Result, ensure};
use secrecy::ExposeSecret;
use serde_json::json;
use tfpilot::web::{TokenGrant, create_token};
use tfpilot_protocol::{Conclusion, Job, Phase, Secret, path};
use tfpilot_tests::World;

use super::hand::{Hand, any_sidecar, queued, report, without_runner};
use crate::by_hand::stack;

/// Opens a pull request with a stack of its own, and does not wait for its plan.
pub(super) async fn opens(world: &World, name: &str) -> Result<u64> {
    let main = stack(world, name, "resource \"terraform_data\" \"this\" {}\n");
    let path = format!("live/dev/{name}/main.tf");
    let repository = tfpilot_tests::REPOSITORY;
    world.alice().pushes(repository, name, &[(path.as_str(), main.as_str())], name).await?;
    Ok(world.alice().opens_pull(repository, name, "main", name, "by hand").await?)
}

/// Everything that can be asked for about a job, as (method, path, body).
fn everything(job: &Job) -> Result<Vec<(&'static str, String, Vec<u8>)>> {
    let text = |value: serde_json::Value| value.to_string().into_bytes();
    let id = job.id;
    let planned = Conclusion::Planned(Box::new(report(job, 1)?));
    let failed =
        Conclusion::Failed { phase: Phase::Plan, diagnostics: Vec::new(), cancelled: true, stale: false };
    Ok(vec![
        ("POST", path::heartbeat(id), text(json!({ "phase": "plan", "done": 0, "total": 0 }))),
        ("PUT", path::bundle(id), b"another bundle".to_vec()),
        ("GET", path::bundle(id), Vec::new()),
        ("POST", path::start(id), text(json!({ "ticket": NO_TICKET, "plan_digest": "0" }))),
        ("POST", path::journal(id), text(json!({ "entries": [] }))),
        ("PUT", path::errored_state(id), b"{}".to_vec()),
        ("POST", path::conclude(id), serde_json::to_vec(&planned)?),
        ("POST", path::conclude(id), serde_json::to_vec(&failed)?),
    ])
}

/// A ticket that was never issued.
const NO_TICKET: &str = "019b0000-0000-7000-8000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn a_jobs_token_opens_its_own_job_and_no_other_token_opens_one() -> Result<()> {
    let world = without_runner().await?;
    let (first, second) = (opens(&world, "one").await?, opens(&world, "two").await?);
    queued(&world, 2).await?;
    let hand = Hand::of(&world);
    let sidecar = any_sidecar(&world).await?;
    let (one, two) = (hand.claims(&sidecar, None).await?, hand.claims(&sidecar, None).await?);
    ensure!(one.id != two.id && one.token != two.token, "two claims, two jobs");

    let api =
        create_token(world.app().store().as_ref(), &TokenGrant::Api { name: "reader".to_owned() }).await?;
    let api = api.expose_secret().to_owned();
    let unknown = format!("tfp_{}", "A".repeat(43));
    let before = world.app().store().log(0, 10_000).await?.len();
    for (whose, token) in [
        ("another job's", one.token.expose()),
        ("the sidecar's", &sidecar),
        ("a reader's", &api),
        ("an unknown one", &unknown),
        ("none", ""),
        ("GitHub's", two.source.token.as_ref().map_or("", Secret::expose)),
    ] {
        for (method, path, body) in everything(&two)? {
            let (status, answer) = hand.send(method, &path, token, &body).await?;
            ensure!(status == 401, "{whose} token on {method} {path}: {status} {answer}");
        }
    }
    // Nor is a job's or a reader's token a claim.
    for token in [one.token.expose(), &api, &unknown] {
        let (status, answer) = hand.asks(token, Some(two.run)).await?;
        ensure!(status == 401, "{status} {answer}");
    }
    assert_eq!(world.app().store().log(0, 10_000).await?.len(), before, "something was recorded");

    // The right one still opens it, and when the job is over it changes nothing any more.
    hand.plans(&one, 1).await?;
    hand.plans(&two, 1).await?;
    world.settle().await?;
    let before = world.app().store().log(0, 10_000).await?.len();
    for (method, path, body) in everything(&two)? {
        let (status, answer) = hand.send(method, &path, two.token.expose(), &body).await?;
        ensure!(matches!(status, 200 | 204 | 409), "{method} {path}: {status} {answer}");
        ensure!(!answer.to_string().contains("a bundle"), "{method} {path} gave a bundle away");
    }
    world.settle().await?;
    assert_eq!(world.app().store().log(0, 10_000).await?.len(), before, "something was recorded");
    for number in [first, second] {
        let plan = crate::told::check(&world, number, "tfpilot/plan")?;
        ensure!(plan.starts_with("success 1 create"), "{plan}");
    }
    world.finish().await
}

/// GHSA-rx6x-hrg2-g435: whoever came first could exchange a manifest's code and read the app's key. Nothing is set up over
/// the network here, and whatever is not in the table of contents is not there.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_set_up_over_the_network() -> Result<()> {
    let world = World::start().await?;
    let hand = Hand::of(&world);
    for path in [
        "/github-app/setup",
        "/github-app/exchange-code?code=x",
        "/setup?code=x&state=y",
        "/api/v1/tokens",
        "/api/v1/settings",
        "/metrics",
        "/runner/v1/register",
        "/runner/v1/jobs",
    ] {
        for method in ["GET", "POST", "PUT"] {
            let (status, answer) = hand.send(method, path, "", b"{}").await?;
            ensure!(matches!(status, 401 | 404 | 405), "{method} {path}: {status} {answer}");
            let answer = answer.to_string();
            ensure!(
                !answer.contains("PRIVATE KEY") && !answer.contains(&world.forge.webhook_secret()),
                "{answer}"
            );
        }
    }
    world.finish().await
}
