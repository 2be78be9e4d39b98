//! emulate's GitHub as a process of its own, and calls to it in the name of its people.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::client::{Answer, Http};

/// The longest that it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// The installation on acme.
const INSTALLATION: u64 = 100;

/// The app, as emulate is told of it.
pub(crate) struct Registered<'a> {
    /// Its id.
    pub(crate) id: u64,
    /// Its private key, as PEM.
    pub(crate) key: &'a str,
    /// Where its webhooks go, and what they are signed with.
    pub(crate) webhook: Option<(&'a str, &'a str)>,
}

/// A running emulate. It ends with this value.
pub(crate) struct Emulate {
    _child: Child,
    address: String,
    http: Http,
}

impl Emulate {
    /// Starts it with the people, the organisation, its repository and the app; `base_url` is the address that it gives
    /// for itself.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start(
        library: &Path,
        registered: &Registered<'_>,
        base_url: &str,
        dir: &Path,
    ) -> Result<Emulate> {
        // It cannot choose a free port itself; it listens on every interface, without anything worth having.
        let port = TcpListener::bind("127.0.0.1:0").context("a port for emulate")?.local_addr()?.port();
        let seed_file = dir.join("seed.json");
        std::fs::write(&seed_file, seed(registered).to_string()).context("writing the seed")?;
        let driver = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/second/emulate.mjs"));
        let child = Command::new("node")
            .arg(driver)
            .arg(library)
            .args([&port.to_string(), base_url])
            .arg(seed_file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("starting node")?;
        let emulate =
            Emulate { _child: child, address: format!("http://127.0.0.1:{port}"), http: Http::new() };
        let deadline = Instant::now() + PATIENCE;
        while emulate.ask("alice", Method::GET, "/user", None).await.is_err() {
            ensure!(Instant::now() < deadline, "emulate does not listen after {PATIENCE:?}");
            tokio::time::sleep(LOOK).await;
        }
        emulate.people().await.context("giving people their roles")?;
        Ok(emulate)
    }

    /// carol owns the organisation; bob is in the team platform, and alice may write to the repository.
    async fn people(&self) -> Result<()> {
        let steps = [
            (Method::POST, "/orgs/acme/teams", json!({"name": "platform"})),
            (Method::PUT, "/orgs/acme/teams/platform/memberships/bob", json!({"role": "member"})),
            (Method::PUT, "/repos/acme/infra/collaborators/alice", json!({"permission": "push"})),
        ];
        for (method, path, body) in steps {
            self.does("carol", method, path, Some(body)).await?;
        }
        Ok(())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Asks in somebody's name, whatever the answer.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn ask(
        &self,
        who: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("authorization", format!("Bearer {}", token(who)))
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))?;
        self.http.send(request).await
    }

    /// Reads in somebody's name.
    ///
    /// # Errors
    /// When it is refused.
    pub(crate) async fn get(&self, who: &str, path: &str) -> Result<Value> {
        self.does(who, Method::GET, path, None).await
    }

    /// Does something in somebody's name.
    ///
    /// # Errors
    /// When it is refused.
    pub(crate) async fn does(
        &self,
        who: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value> {
        let answer = self.ask(who, method.clone(), path, body).await?;
        if !(200..300).contains(&answer.status) {
            bail!("{who}: {method} {path}: {} {}", answer.status, answer.text());
        }
        Ok(answer.json())
    }
}

/// A token of the app's installation.
///
/// # Errors
/// When emulate does not give one.
pub(crate) async fn installation_token(emulate: &Emulate, app: u64, key: &str) -> Result<String> {
    let now = jiff::Timestamp::now().as_second();
    let claims = json!({"iss": app.to_string(), "iat": now - 60, "exp": now + 300});
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    let jwt =
        jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_rsa_pem(key.as_bytes())?)?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}/app/installations/{INSTALLATION}/access_tokens", emulate.address))
        .header("authorization", format!("Bearer {jwt}"))
        .body(Body::empty())?;
    let answer = emulate.http.send(request).await?;
    let token = answer.json().get("token").and_then(Value::as_str).map(str::to_owned);
    token.with_context(|| answer.text())
}

/// Each person's token.
pub(crate) fn token(who: &str) -> String {
    format!("token-of-{who}")
}

fn seed(registered: &Registered<'_>) -> Value {
    let people = ["alice", "bob", "carol", "mallory"];
    let tokens: serde_json::Map<String, Value> =
        people.iter().map(|who| (token(who), json!({"login": who}))).collect();
    let users: Vec<Value> =
        people.iter().map(|who| json!({"login": who, "email": format!("{who}@acme.example")})).collect();
    json!({
        "tokens": tokens,
        "github": {
            "users": users,
            "orgs": [{"login": "acme", "members": [{"login": "carol", "role": "admin"}]}],
            "repos": [{"owner": "acme", "name": "infra", "private": true}],
            "apps": [{
                "app_id": registered.id,
                "slug": "tfpilot",
                "name": "TfPilot",
                "private_key": registered.key,
                "webhook_url": registered.webhook.map(|(url, _)| url),
                "webhook_secret": registered.webhook.map(|(_, secret)| secret),
                "permissions": {
                    "contents": "write", "pull_requests": "write", "issues": "write", "checks": "write",
                    "actions": "write", "metadata": "read", "members": "read", "merge_queues": "read",
                },
                "events": ["*"],
                "installations": [{"installation_id": INSTALLATION, "account": "acme"}],
            }],
        },
    })
}
