//! What a machine and an administrator see: the read API, the metrics and the doctor, after a request was applied.

use std::process::Output;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use secrecy::ExposeSecret;
use serde_json::Value;
use tfpilot::web::{TokenGrant, admin_router, create_token};
use tfpilot_tests::{NOTE, REPOSITORY, World, find_program};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Asks over a socket, as any client does.
async fn get(base: &str, path: &str, token: Option<&str>) -> Result<(u16, Value)> {
    let address = base.strip_prefix("http://").context("plain HTTP")?;
    let mut stream = TcpStream::connect(address).await?;
    let bearer = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{bearer}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
    let status = head.split(' ').nth(1).context("a status")?.parse()?;
    Ok((status, serde_json::from_str(body).with_context(|| format!("JSON in {body:?}"))?))
}

/// A change as the API tells it.
pub(crate) async fn change(world: &World, number: u64) -> Result<Value> {
    let grant = TokenGrant::Api { name: "story".to_owned() };
    let token = create_token(world.app().store().as_ref(), &grant).await?;
    let token = Some(token.expose_secret());
    let (_, requests) = get(world.app_url(), "/api/v1/requests", token).await?;
    let id = requests["items"][0]["repository"]["id"].as_u64().context("an id")?;
    Ok(get(world.app_url(), &format!("/api/v1/changes/{id}/{number}"), token).await?.1)
}

/// The items of a list of the API.
pub(crate) async fn get_all(world: &World, path: &str) -> Result<Vec<Value>> {
    let grant = TokenGrant::Api { name: "story".to_owned() };
    let token = create_token(world.app().store().as_ref(), &grant).await?;
    let (status, answer) = get(world.app_url(), path, Some(token.expose_secret())).await?;
    ensure!(status == 200, "{status} {answer}");
    Ok(answer["items"].as_array().context("items")?.clone())
}

/// A world in which alice's note was asked for, approved and applied; and the number of its pull request.
async fn world_with_a_note() -> Result<(World, u64)> {
    let world = World::start().await?;
    world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    let number = world.forge.pulls(REPOSITORY)?.first().context("a pull request")?.number;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    Ok((world, number))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applied_request_is_told_to_machines() -> Result<()> {
    let (world, number) = world_with_a_note().await?;
    let url = world.app_url().to_owned();
    assert_eq!(get(&url, "/api/v1/requests", None).await?.0, 401);
    let grant = TokenGrant::Api { name: "story".to_owned() };
    let token = create_token(world.app().store().as_ref(), &grant).await?;
    let token = Some(token.expose_secret());

    let (status, requests) = get(&url, "/api/v1/requests?status=applied&environment=dev", token).await?;
    assert_eq!((status, &requests["items"][0]["requested_by"]), (200, &"alice".into()), "{requests}");
    let id = requests["items"][0]["repository"]["id"].as_u64().context("an id")?;
    let (_, change) = get(&url, &format!("/api/v1/changes/{id}/{number}"), token).await?;
    assert_eq!(
        (&change["status"], &change["applied"][0]["changed"]),
        (&"applied".into(), &1.into()),
        "{change}"
    );
    let applied = &change["applied"][0];
    assert_eq!(
        (&applied["applied_by"], &applied["approved_by"][0]),
        (&"alice".into(), &"bob".into()),
        "{change}"
    );
    let (_, runs) = get(&url, "/api/v1/runs?status=done", token).await?;
    assert_eq!([&runs["items"][0]["operation"], &runs["items"][1]["operation"]], ["apply", "plan"]);
    let (_, events) = get(&url, "/api/v1/events?event=ticket-spent", token).await?;
    assert_eq!(events["items"].as_array().map(Vec::len), Some(1), "{events}");

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let admin = format!("http://{}", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, admin_router(Arc::clone(world.app()))).into_future());
    let (_, metrics) = get(&admin, "/metrics", None).await?;
    assert_eq!(
        (&metrics["total_requests"], &metrics["success_rate"]),
        (&1.into(), &100.0.into()),
        "{metrics}"
    );
    ensure!(metrics["average_apply_seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{metrics}");
    ensure!(metrics["github"]["total"].as_u64() > Some(0), "{metrics}");
    assert_eq!(metrics["queues"]["deliveries"], 0);
    Ok(())
}

/// Runs the doctor beside the world's server.
async fn doctor(world: &World, api: &str) -> Result<Output> {
    let mut command = tokio::process::Command::new(find_program("tfpilot")?);
    command
        .args(["doctor", "--json", "--repository", REPOSITORY])
        .env_clear()
        .env("TFPILOT_GITHUB_API_URL", api)
        .env("TFPILOT_GITHUB_URL", world.forge.base_url())
        .env("TFPILOT_GITHUB_APP_ID", world.forge.app_id().to_string())
        .env("TFPILOT_GITHUB_PRIVATE_KEY", world.forge.app_key_pem())
        .env("TFPILOT_GITHUB_WEBHOOK_SECRET", world.forge.webhook_secret())
        .env("TFPILOT_URL", world.app_url())
        .env("TFPILOT_STORE_DIR", world.dir().join("app"))
        .env("TFPILOT_STORE_KEYS", "dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=");
    command.output().await.context("running tfpilot doctor")
}

/// What failed, and what was said about it.
fn failed(output: &Output) -> Result<Vec<String>> {
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let checks = report.get("checks").and_then(Value::as_array).context("checks")?;
    let failed = checks.iter().filter(|check| check["verdict"] == "fail");
    Ok(failed.map(|check| format!("{}: {}", check["about"], check["what"])).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_is_wrong_and_nothing_else() -> Result<()> {
    let world = World::start().await?;
    world.alice().opens_issue(REPOSITORY, "Something else", "The coffee machine is broken").await?;
    world.settle().await?;
    let api = world.forge.api_url();
    let well = doctor(&world, &api).await?;
    assert_eq!((well.status.code(), failed(&well)?), (Some(0), Vec::new()));

    world.forge.set_app_permissions(&[
        ("contents", true),
        ("issues", true),
        ("metadata", false),
        ("pull_requests", true),
    ]);
    let lacking = doctor(&world, &api).await?;
    assert_eq!(lacking.status.code(), Some(1));
    let said = failed(&lacking)?.join("\n");
    ensure!(said.contains("checks: write") && !said.contains("contents: write"), "{said}");

    let nowhere = doctor(&world, "http://127.0.0.1:9").await?;
    assert_eq!(nowhere.status.code(), Some(4), "{}", String::from_utf8_lossy(&nowhere.stderr));
    Ok(())
}
