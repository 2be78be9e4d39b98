//! What stands between the app and emulate: it hands requests and webhooks through, lends what emulate has not at all,
//! and remembers what it lent, so that the list of it stays true.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode, Uri, header};
use serde_json::Value;
use tfpilot_tests::REPOSITORY;
use tokio::net::TcpListener;

use crate::client::{Answer, Http};
use crate::git::{Asked, Mirror};
use crate::lent;

/// Where emulate sends webhooks.
pub(crate) const HOOKS: &str = "/hooks";

/// The largest request.
const LIMIT: usize = 16 << 20;

/// Headers that belong to one connection, and not to what is said over it.
const OF_THE_CONNECTION: [HeaderName; 5] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
];

/// The front, serving. Clones are the same.
#[derive(Clone)]
pub(crate) struct Front {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    emulate: String,
    app: String,
    mirror: Mirror,
    delivered: AtomicUsize,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    lent: BTreeSet<&'static str>,
    hooks: Vec<Hook>,
    refused: Vec<String>,
}

/// A webhook that came by.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    /// `X-GitHub-Event`.
    pub(crate) event: String,
    /// `X-GitHub-Delivery`, as emulate gave it.
    pub(crate) delivery: String,
    /// Its body.
    pub(crate) body: Value,
    /// How the app answered.
    pub(crate) status: u16,
}

impl Front {
    /// Serves on the listener, between emulate and the app.
    pub(crate) fn serve(listener: TcpListener, emulate: &str, app: &str, mirror: Mirror) -> Front {
        let inner = Inner {
            http: Http::new(),
            emulate: emulate.to_owned(),
            app: app.to_owned(),
            mirror,
            delivered: AtomicUsize::new(0),
            seen: Mutex::default(),
        };
        let front = Front { inner: Arc::new(inner) };
        let router = Router::new().fallback(handle).with_state(front.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        front
    }

    /// What was lent so far.
    pub(crate) fn lent(&self) -> BTreeSet<&'static str> {
        self.seen().lent.clone()
    }

    /// The webhooks so far.
    pub(crate) fn hooks(&self) -> Vec<Hook> {
        self.seen().hooks.clone()
    }

    /// What emulate refused the app so far: method, path, status and words.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.seen().refused.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request with its body read.
struct Whole {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

async fn handle(State(front): State<Front>, request: Request<Body>) -> Response {
    match pass(&front, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
}

async fn pass(front: &Front, request: Request<Body>) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LIMIT).await.context("reading a request")?;
    let whole = Whole { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    if whole.uri.path() == HOOKS {
        return deliver(front, whole).await;
    }
    if let Some(rest) = whole.uri.path().strip_prefix(&format!("/{REPOSITORY}.git/")) {
        front.seen().lent.insert(lent::GIT);
        let asked = Asked {
            method: whole.method.clone(),
            rest: rest.to_owned(),
            query: whole.uri.query().unwrap_or_default().to_owned(),
            headers: whole.headers.clone(),
            body: whole.body.to_vec(),
        };
        return front.inner.mirror.answer(&asked).await;
    }
    ask(front, whole).await
}

/// Hands a webhook to the app, under a name that no other delivery has.
async fn deliver(front: &Front, whole: Whole) -> Result<Response> {
    let of = |name: &str| {
        whole.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (event, delivery) = (of("x-github-event"), of("x-github-delivery"));
    let body = serde_json::from_slice(&whole.body).context("a webhook is JSON")?;
    // emulate names a delivery by the millisecond: of two in the same one, the app would rightly drop the second.
    let name = format!("{delivery}-{}", front.inner.delivered.fetch_add(1, Ordering::SeqCst));
    let mut headers = whole.headers.clone();
    headers.insert("x-github-delivery", name.parse()?);
    let address = format!("{}/webhooks/github", front.inner.app);
    let answer = send(front, &address, &Whole { headers, ..whole }).await?;
    let status = answer.status;
    front.seen().hooks.push(Hook { event, delivery, body, status });
    respond(answer)
}

/// Asks emulate; where it does not know what is asked, answers in its place.
async fn ask(front: &Front, whole: Whole) -> Result<Response> {
    let path = whole.uri.path_and_query().map_or("/", |path| path.as_str());
    let address = format!("{}{path}", front.inner.emulate);
    let answer = send(front, &address, &whole).await?;
    if answer.status == 404
        && let Some((name, status, body)) = lent::answer(&whole.method, whole.uri.path())
    {
        front.seen().lent.insert(name);
        return Ok((StatusCode::from_u16(status)?, axum::Json(body)).into_response());
    }
    if answer.status >= 400 {
        let words = answer.json().get("message").cloned().unwrap_or_default();
        front.seen().refused.push(format!("{} {path}: {} {words}", whole.method, answer.status));
    }
    respond(answer)
}

async fn send(front: &Front, address: &str, whole: &Whole) -> Result<Answer> {
    let mut request = Request::builder().method(&whole.method).uri(address);
    if let Some(headers) = request.headers_mut() {
        headers.extend(whole.headers.clone());
        OF_THE_CONNECTION.iter().for_each(|name| drop(headers.remove(name)));
    }
    front.inner.http.send(request.body(Body::from(whole.body.clone()))?).await
}

fn respond(answer: Answer) -> Result<Response> {
    let mut response = Response::builder().status(answer.status);
    if let Some(headers) = response.headers_mut() {
        headers.extend(answer.headers);
        OF_THE_CONNECTION.iter().for_each(|name| drop(headers.remove(name)));
    }
    Ok(response.body(Body::from(answer.body))?)
}
