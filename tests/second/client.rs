//! HTTP on loopback: a request, and its whole answer.

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Speaks HTTP. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client<HttpConnector, Body>,
}

/// What came back.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

impl Http {
    /// A client without a connection yet.
    pub(crate) fn new() -> Http {
        Http { client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Sends a request and reads all of its answer.
    ///
    /// # Errors
    /// When the other side cannot be reached.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Answer> {
        let what = format!("{} {}", request.method(), request.uri());
        let response = self.client.request(request).await.with_context(|| what.clone())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.context(what)?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
