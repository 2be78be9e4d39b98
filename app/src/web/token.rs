//! Bearer tokens: made once, shown once, kept as their SHA-256 only.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tfpilot_engine::JobId;
use tfpilot_protocol::SidecarScope;

use crate::store::{Store, StoreError, StreamId, View, ViewChange};
use crate::worker::views;

/// What a token opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "grant", rename_all = "kebab-case")]
pub enum TokenGrant {
    /// A registered runner: claims jobs in its scope.
    Sidecar {
        /// Its name, for logs and journals.
        name: String,
        /// What it may claim.
        scope: SidecarScope,
    },
    /// One job's endpoints, for the worker that claimed it.
    Job {
        /// The job.
        job: JobId,
        /// Its stream.
        stream: StreamId,
        /// The worker.
        worker: String,
    },
    /// Reading the API.
    Api {
        /// Whose.
        name: String,
    },
}

/// Makes a token and the row that knows it.
pub(crate) fn new_token(grant: &TokenGrant) -> Result<(SecretString, ViewChange), StoreError> {
    let random: [u8; 32] = fresh_bytes()?;
    let token = format!("tfp_{}", BASE64_URL_SAFE_NO_PAD.encode(random));
    let change = ViewChange { view: View::Tokens, key: token_key(&token), value: Some(views::write(grant)?) };
    Ok((SecretString::from(token), change))
}

/// Makes a token and stores what it opens. The token itself is in the answer and nowhere else.
///
/// # Errors
/// When the store fails.
pub async fn create_token(store: &dyn Store, grant: &TokenGrant) -> Result<SecretString, StoreError> {
    let (token, change) = new_token(grant)?;
    store.put_views(vec![change], Vec::new()).await?;
    Ok(token)
}

/// Stores what a token opens that was made elsewhere, such as in the settings.
///
/// # Errors
/// When the store fails.
pub async fn register_token(
    store: &dyn Store,
    token: &SecretString,
    grant: &TokenGrant,
) -> Result<(), StoreError> {
    let (key, value) = (token_key(token.expose_secret()), Some(views::write(grant)?));
    store.put_views(vec![ViewChange { view: View::Tokens, key, value }], Vec::new()).await
}

/// The grant of the request's bearer token, if it is known.
pub(crate) async fn find_grant(
    store: &dyn Store,
    headers: &HeaderMap,
) -> Result<Option<TokenGrant>, StoreError> {
    let Some(token) = bearer(headers) else { return Ok(None) };
    let key = token_key(token);
    let row = store.view(View::Tokens, &key).await?;
    row.map(|bytes| views::read(View::Tokens, "of a token", &bytes)).transpose()
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

fn token_key(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn fresh_bytes() -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| StoreError::Failed("the system gives no random bytes".to_owned()))?;
    Ok(bytes)
}
