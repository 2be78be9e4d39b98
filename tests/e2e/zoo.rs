//! Webhooks of every kind that GitHub publishes an example of, as they are and mangled: each is taken, none stops us.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tfpilot_tests::{REPOSITORY, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest body that is taken, in bytes: GitHub caps payloads at 25 MB.
const LARGEST: usize = 25 * 1024 * 1024;

/// A published example: the event's name and its payload.
struct Example {
    event: String,
    payload: Value,
}

/// The examples, as the set-up fetched them. On a machine that could not fetch them there are none, which the set-up
/// says; where `CI` is set they must be there.
fn examples() -> Result<Vec<Example>> {
    let Some(path) = std::env::var_os("TFPILOT_WEBHOOK_EXAMPLES").map(PathBuf::from) else {
        ensure!(std::env::var_os("CI").is_none(), "GitHub's webhook examples are missing");
        return Ok(Vec::new());
    };
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let kinds: Vec<Value> = serde_json::from_str(&text)?;
    let mut all = Vec::new();
    for kind in &kinds {
        let event = kind["name"].as_str().context("a kind's name")?;
        for payload in kind["examples"].as_array().context("a kind's examples")? {
            all.push(Example { event: event.to_owned(), payload: payload.clone() });
        }
    }
    ensure!(all.len() > 300, "only {} examples", all.len());
    Ok(all)
}

fn sign(secret: &str, body: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(body);
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

/// Posts a delivery; gives the status.
async fn post(world: &World, event: &str, id: &str, signature: Option<&str>, body: &[u8]) -> Result<u16> {
    let address = world.app_url().strip_prefix("http://").context("plain HTTP")?;
    let mut stream = TcpStream::connect(address).await?;
    let signature = signature.map(|value| format!("X-Hub-Signature-256: {value}\r\n")).unwrap_or_default();
    let head = format!(
        "POST /webhooks/github HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nX-GitHub-Event: {event}\r\nX-GitHub-Delivery: {id}\r\n{signature}Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    // A body that is refused unread makes the writing fail; what counts is the answer.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
    status.with_context(|| format!("no answer to {event} {id}: {answer:?}"))
}

pub(crate) async fn deliver(world: &World, event: &str, id: &str, body: &[u8]) -> Result<u16> {
    let signature = sign(&world.forge.webhook_secret(), body)?;
    post(world, event, id, Some(&signature), body).await
}

/// The payload as if it spoke of the stories' repository, by alice.
fn grafted(payload: &Value, world: &World, id: u64) -> Result<Value> {
    let mut payload = payload.clone();
    let object = payload.as_object_mut().context("an object")?;
    if object.contains_key("repository") {
        let (owner, name) = REPOSITORY.split_once('/').context("owner and name")?;
        object.insert(
            "repository".to_owned(),
            json!({
                "id": id, "name": name, "full_name": REPOSITORY, "private": true, "default_branch": "main",
                "owner": {"login": owner, "id": 1003, "type": "Organization"},
            }),
        );
        object.insert("installation".to_owned(), json!({"id": world.forge.installation_id()}));
        object.insert(
            "sender".to_owned(),
            json!({"login": "alice", "id": world.alice().id()?, "type": "User"}),
        );
    }
    Ok(payload)
}

/// Every value of the payload, one at a time, replaced by something of another type: the top two levels.
fn mangled(payload: &Value) -> Vec<Value> {
    let strange = [Value::Null, json!(-1), json!("\u{202e}x"), json!([]), json!({})];
    let mut all = Vec::new();
    for (index, (key, value)) in payload.as_object().into_iter().flatten().enumerate() {
        let mut other = payload.clone();
        other[key] = strange[index % strange.len()].clone();
        all.push(other);
        for (inner, field) in value.as_object().into_iter().flatten().map(|(key, _)| key).enumerate() {
            let mut other = payload.clone();
            other[key][field] = strange[inner % strange.len()].clone();
            all.push(other);
        }
    }
    all
}

/// A delivery that still works: the app has not lost a loop or a lock.
async fn still_works(world: &World) -> Result<()> {
    let text = "We need a note called still-there in dev saying \"Hello\", team platform";
    let issue = world.alice().opens_issue(REPOSITORY, "A note", text).await?;
    world.settle().await?;
    let pull =
        world.forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.body.contains(&format!("#{issue}")));
    ensure!(pull.is_some(), "{}", world.forge.thread(REPOSITORY, issue)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_published_example_is_taken() -> Result<()> {
    let world = World::start().await?;
    let id = world.forge.repository_id(REPOSITORY)?;
    for (number, example) in examples()?.iter().enumerate() {
        let event = &example.event;
        let body = serde_json::to_vec(&example.payload)?;
        assert_eq!(deliver(&world, event, &format!("as-is-{number}"), &body).await?, 202, "{event}");
        let body = serde_json::to_vec(&grafted(&example.payload, &world, id)?)?;
        assert_eq!(deliver(&world, event, &format!("ours-{number}"), &body).await?, 202, "{event}");
        assert_eq!(deliver(&world, event, &format!("ours-{number}"), &body).await?, 202, "{event}, again");
    }
    world.settle().await?;
    still_works(&world).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mangled_payload_stops_nothing() -> Result<()> {
    // What we act on; the rest is passed over by its name.
    const READ: [&str; 9] = [
        "issues",
        "issue_comment",
        "pull_request",
        "pull_request_review",
        "check_run",
        "push",
        "installation",
        "installation_repositories",
        "workflow_run",
    ];
    let world = World::start().await?;
    let file = ".github/tfpilot.yml";
    let config = world.forge.file(REPOSITORY, "main", file)?;
    let config = format!("{config}limits:\n  requests_per_hour: 10000\n  all_requests_per_hour: 100000\n");
    world.forge.carol().pushes(REPOSITORY, "main", &[(file, &config)], "limits").await?;
    world.settle().await?;
    let id = world.forge.repository_id(REPOSITORY)?;
    let (mut sent, mut seen) = (0, std::collections::BTreeMap::<(String, String), usize>::new());
    for example in examples()?.iter().filter(|example| READ.contains(&example.event.as_str())) {
        let action = example.payload["action"].as_str().unwrap_or_default().to_owned();
        let known = seen.entry((example.event.clone(), action)).or_default();
        *known += 1;
        // Two examples of one kind and action differ in little that we read.
        if *known > 1 {
            continue;
        }
        for payload in mangled(&grafted(&example.payload, &world, id)?) {
            sent += 1;
            let body = serde_json::to_vec(&payload)?;
            let status = deliver(&world, &example.event, &format!("mangled-{sent}"), &body).await?;
            assert_eq!(status, 202, "{} {payload}", example.event);
        }
    }
    assert!(sent > 500 || seen.is_empty(), "{sent}");
    world.settle().await?;
    still_works(&world).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_githubs_is_refused() -> Result<()> {
    let world = World::start().await?;
    let body = br#"{"zen":"Keep it logically awesome."}"#;
    let good = sign(&world.forge.webhook_secret(), body)?;
    let of_another = sign("another secret", body)?;
    let cases: [(&str, Option<&str>, &[u8], u16); 7] = [
        ("signed", Some(&good), body, 202),
        ("not signed", None, body, 401),
        ("signed by another", Some(&of_another), body, 401),
        (
            "signed for another body",
            Some(&good),
            br#"{"zen":"Anything added dilutes everything else."}"#,
            401,
        ),
        ("half a signature", good.get(..20), body, 401),
        ("no signature", Some("sha256="), body, 401),
        ("sha1", Some("sha1=0000000000000000000000000000000000000000"), body, 401),
    ];
    for (number, (what, signature, body, status)) in cases.into_iter().enumerate() {
        assert_eq!(post(&world, "ping", &format!("case-{number}"), signature, body).await?, status, "{what}");
    }
    for (number, broken) in ["", "{", "{\"a\":", "\u{0}", "[1,2"].into_iter().enumerate() {
        let status = deliver(&world, "ping", &format!("broken-{number}"), broken.as_bytes()).await?;
        assert_eq!(status, 400, "{broken:?}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(deliver(&world, "issues", "deep", deep.as_bytes()).await?, 400);
    let large = vec![b' '; LARGEST + 1];
    let status =
        tokio::time::timeout(Duration::from_secs(60), deliver(&world, "push", "large", &large)).await??;
    assert_eq!(status, 413);
    still_works(&world).await
}
