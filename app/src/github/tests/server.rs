//! A server of saved answers: each request takes the next one saved for its method and path, the last one stays.
//! What was not foreseen is answered 500 and fails the test which asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A saved answer.
#[derive(Clone, Default)]
pub(crate) struct Saved {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    delay: Duration,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET /path?query`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn authorization(&self) -> &str {
        self.headers.get("authorization").map_or("", |value| value.to_str().expect("text"))
    }
}

#[derive(Default)]
struct Inner {
    saved: HashMap<String, VecDeque<Saved>>,
    seen: Vec<Seen>,
}

/// The server.
#[derive(Clone)]
pub(crate) struct Server {
    address: std::net::SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self { address: listener.local_addr().expect("an address"), inner: Arc::default() };
        let router = axum::Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server.saves(
            "POST /app/installations/1/access_tokens",
            201,
            json!({ "token": "ghs_hunter2", "expires_at": "2099-01-01T00:00:00Z", "permissions": { "contents": "write" } }),
        );
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Saves an answer for `METHOD /path?query`.
    pub(crate) fn saves(&self, line: &str, status: u16, body: Value) -> &Self {
        self.saves_with(line, status, &[], body)
    }

    pub(crate) fn saves_with(
        &self,
        line: &str,
        status: u16,
        headers: &[(&'static str, &str)],
        body: Value,
    ) -> &Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.push(line, Saved { status, headers, body, delay: Duration::ZERO })
    }

    /// Saves an answer that comes late.
    pub(crate) fn saves_late(&self, line: &str, delay: Duration) -> &Self {
        self.push(line, Saved { status: 200, delay, ..Saved::default() })
    }

    /// Saves bytes as they are.
    pub(crate) fn saves_bytes(&self, line: &str, body: &[u8]) -> &Self {
        self.push(line, Saved { status: 200, body: body.to_vec(), ..Saved::default() })
    }

    fn push(&self, line: &str, saved: Saved) -> &Self {
        self.inner.lock().expect("no panic").saved.entry(line.to_owned()).or_default().push_back(saved);
        self
    }

    /// All requests whose line starts so.
    pub(crate) fn seen(&self, start: &str) -> Vec<Seen> {
        let inner = self.inner.lock().expect("no panic");
        inner.seen.iter().filter(|seen| seen.line.starts_with(start)).cloned().collect()
    }

    /// The lines of all requests but those for tokens.
    pub(crate) fn lines(&self) -> Vec<String> {
        let all = self.seen("").into_iter().map(|seen| seen.line);
        all.filter(|line| !line.ends_with("/access_tokens")).collect()
    }

    fn take(&self, seen: Seen) -> Option<Saved> {
        let mut inner = self.inner.lock().expect("no panic");
        let queue = inner.saved.get_mut(&seen.line);
        let saved =
            queue.and_then(|queue| if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() });
        inner.seen.push(seen);
        saved
    }
}

async fn answer(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let line = format!("{method} {}", uri.path_and_query().map_or("/", |path| path.as_str()));
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let missing = json!({ "message": format!("nothing is saved for {line}") }).to_string().into_bytes();
    let saved = server.take(Seen { line, headers, body });
    let saved = saved.unwrap_or(Saved { status: 500, body: missing, ..Saved::default() });
    tokio::time::sleep(saved.delay).await;
    let mut response = (StatusCode::from_u16(saved.status).expect("a status"), saved.body).into_response();
    for (name, value) in saved.headers {
        response.headers_mut().insert(name, value.parse().expect("a header"));
    }
    response
}

/// One of a few RSA keys made for this run of the tests, as PEM.
pub(crate) fn pem_key(which: usize) -> &'static str {
    static KEYS: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
    KEYS[which].get_or_init(|| {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let der: Pkcs8V1Der<'_> = key.as_der().expect("its form");
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    })
}
