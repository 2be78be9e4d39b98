//! One request to a model's endpoint, and its answer within a limit of size. Time is the caller's to limit.

use std::error::Error;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value as Json;

use super::ModelError;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A client that follows no redirect: a key goes where the settings say and nowhere else.
pub(super) fn client() -> Result<reqwest::Client, ModelError> {
    // Another part of the process may have chosen the same backend before.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("tfpilot/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .build()
        .map_err(|_| ModelError::Settings("no TLS client can be made"))
}

/// Posts a document and reads the answer, at most so many bytes of it.
pub(super) async fn post(
    http: &reqwest::Client,
    url: &str,
    headers: &HeaderMap,
    body: &Json,
    most: usize,
) -> Result<Vec<u8>, ModelError> {
    let request = http.post(url).headers(headers.clone()).json(body);
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    // What stands in a refusal may repeat what was sent: it is not even read.
    if !status.is_success() {
        return Err(ModelError::Status { status: status.as_u16() });
    }
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if answer.len().saturating_add(chunk.len()) > most {
            return Err(ModelError::TooLarge { most });
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// The innermost cause, which names neither address nor headers. Where even connecting took its time, a second try would
/// take as long.
fn unreachable(error: &reqwest::Error) -> ModelError {
    if error.is_timeout() {
        return ModelError::TimedOut { seconds: CONNECT.as_secs() };
    }
    let mut why = "the connection broke off".to_owned();
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(inner) = cause {
        why = inner.to_string();
        cause = inner.source();
    }
    ModelError::Unreachable { why }
}
