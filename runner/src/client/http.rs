//! One request: sent, tried again while there is patience, its answer sorted.

use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::{Method, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tfpilot_protocol::{BUNDLE_SHA256_HEADER, Problem, Secret};

use super::{App, ClientError, Patience};

/// A JSON answer may be this large, in bytes.
pub(super) const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// One request.
pub(super) struct Message<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) bearer: &'a Secret,
    pub(super) body: Body<'a>,
    pub(super) patience: Patience,
    /// A longer answer is not read.
    pub(super) most: usize,
}

pub(super) enum Body<'a> {
    None,
    /// Kept once, however often it is sent: a plan may be long.
    Json(Bytes),
    Bytes(&'a [u8], &'a str),
}

impl App {
    pub(super) async fn json<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        bearer: &Secret,
        body: &impl Serialize,
        patience: Patience,
    ) -> Result<A, ClientError> {
        let malformed = |why: String| ClientError::Malformed { path: path.to_owned(), why };
        let body = serde_json::to_vec(body).map_err(|error| malformed(error.to_string()))?;
        let body = Body::Json(body.into());
        let message = Message { method, path, bearer, body, patience, most: ANSWER_BYTES };
        let answer = self.send(message).await?;
        let answer = if answer.is_empty() { b"null".to_vec() } else { answer };
        serde_json::from_slice(&answer).map_err(|error| malformed(error.to_string()))
    }

    pub(super) async fn send(&self, message: Message<'_>) -> Result<Vec<u8>, ClientError> {
        let began = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let (failure, asked) = match self.once(&message).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(*error),
                Err(Failure::Again { why, asked }) => {
                    (ClientError::Unreachable { path: message.path.to_owned(), why }, asked)
                }
            };
            let Some(wait) = message.patience.wait(tries, began.elapsed(), asked) else {
                return Err(failure);
            };
            tracing::debug!(error = %failure, ?wait, "trying again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(&self, message: &Message<'_>) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{}", self.base.as_str().trim_end_matches('/'), message.path);
        let mut request = self.http.request(message.method.clone(), url).bearer_auth(message.bearer.expose());
        request = match &message.body {
            Body::None => request,
            Body::Json(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.clone()),
            Body::Bytes(body, sha256) => request
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .header(BUNDLE_SHA256_HEADER, *sha256)
                .body(body.to_vec()),
        };
        let mut response = request.send().await.map_err(|error| Failure::network(&error))?;
        let status = response.status();
        let asked = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Failure::network(&error))? {
            if body.len() + chunk.len() > message.most {
                let why = format!("it is larger than {} bytes", message.most);
                return Err(Failure::is_final(ClientError::Malformed { path: message.path.to_owned(), why }));
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(body);
        }
        let problem = serde_json::from_slice(&body).unwrap_or_else(|_| Problem {
            code: "unknown".into(),
            message: status.canonical_reason().unwrap_or("no reason given").to_owned(),
        });
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            let why = format!("{status}: {}", problem.message);
            return Err(Failure::Again { why, asked });
        }
        let path = message.path.to_owned();
        Err(Failure::is_final(ClientError::Refused { path, status: status.as_u16(), problem }))
    }
}

enum Failure {
    Final(Box<ClientError>),
    Again { why: String, asked: Option<Duration> },
}

impl Failure {
    fn is_final(error: ClientError) -> Self {
        Self::Final(Box::new(error))
    }

    fn network(error: &reqwest::Error) -> Self {
        use std::error::Error;
        let mut why = if error.is_timeout() { "no answer in time".to_owned() } else { String::new() };
        let mut cause: Option<&dyn Error> = error.source();
        while let Some(inner) = cause {
            why = inner.to_string();
            cause = inner.source();
        }
        let why = if why.is_empty() { "the connection broke off".to_owned() } else { why };
        Self::Again { why, asked: None }
    }
}
