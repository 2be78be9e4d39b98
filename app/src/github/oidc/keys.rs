//! The issuer's public keys by their id: fetched when needed, kept for an hour, asked again for an unknown id at
//! most once a minute, so that nobody can make us hammer the issuer.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::DecodingKey;
use octocrab::Octocrab;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::TokenError;
use crate::github::client::{SettingsError, answer_within};

/// After this the keys are fetched again, so that a withdrawn one goes.
const FRESH_SECONDS: i64 = 3600;
/// Keys that could not be fetched again for so long are not believed any more.
const USABLE_SECONDS: i64 = 24 * 3600;
/// Between two fetches for an unknown key, or when the last one failed.
const BETWEEN_FETCHES_SECONDS: i64 = 60;
/// Between two fetches while there are no keys at all: every job waits for them.
const WITHOUT_KEYS_SECONDS: i64 = 5;
/// RSA moduli below 2048 bits are not accepted (base64url characters of 256 bytes).
const MIN_MODULUS_CHARS: usize = 342;

/// The keys, and when they were fetched.
#[derive(Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    fetched_at: Option<i64>,
    failed_at: Option<i64>,
}

/// Fetches and keeps keys.
pub(super) struct KeyStore {
    client: Octocrab,
    path: String,
    timeout: Duration,
    keys: Mutex<Keys>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    n: String,
    e: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
}

impl KeyStore {
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, SettingsError> {
        let refused = || SettingsError::JwksUrl(url.to_owned());
        let address: http::Uri = url.parse().map_err(|_| refused())?;
        let (Some(scheme), Some(host), Some(path)) =
            (address.scheme_str(), address.authority(), address.path_and_query())
        else {
            return Err(refused());
        };
        if !matches!(scheme, "https" | "http") || host.as_str().contains('@') {
            return Err(refused());
        }
        let client = octocrab::OctocrabBuilder::default()
            .base_uri(format!("{scheme}://{host}"))
            .map_err(|_| refused())?
            .set_connect_timeout(Some(timeout))
            .set_read_timeout(Some(timeout))
            .build()
            .map_err(|error| SettingsError::Client(error.to_string()))?;
        Ok(Self { client, path: path.to_string(), timeout, keys: Mutex::default() })
    }

    /// The key of this id. Callers wait for one fetch together.
    pub(super) async fn find(&self, kid: &str, now: Timestamp) -> Result<DecodingKey, TokenError> {
        let now = now.as_second();
        let mut keys = self.keys.lock().await;
        let age = keys.fetched_at.map(|at| now - at);
        let stale = age.is_none_or(|age| age >= FRESH_SECONDS);
        let unknown = !keys.by_id.contains_key(kid) && age.is_none_or(|age| age >= BETWEEN_FETCHES_SECONDS);
        let pause = if age.is_some() { BETWEEN_FETCHES_SECONDS } else { WITHOUT_KEYS_SECONDS };
        let resting = keys.failed_at.is_some_and(|at| now - at < pause);
        let mut detail = "they could not be fetched a moment ago".to_owned();
        if (stale || unknown) && !resting {
            match self.fetch().await {
                Ok(by_id) => *keys = Keys { by_id, fetched_at: Some(now), failed_at: None },
                Err(why) => {
                    keys.failed_at = Some(now);
                    detail = why;
                }
            }
        }
        let usable = keys.fetched_at.is_some_and(|at| now - at < USABLE_SECONDS);
        match keys.by_id.get(kid).filter(|_| usable) {
            Some(key) => Ok(key.clone()),
            // Without a good fetch we do not know that the key is not published.
            None if keys.failed_at.is_some() => Err(TokenError::KeysUnavailable { detail }),
            None => Err(TokenError::UnknownKey),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, String> {
        let body = answer_within(&self.client, &self.path, self.timeout)
            .await
            .map_err(|failure| failure.to_string())?;
        let set: KeySet =
            serde_json::from_slice(&body).map_err(|_| "the answer is not a key set".to_owned())?;
        Ok(set.keys.into_iter().filter_map(read).collect())
    }
}

/// Keys of other kinds and uses are passed over: they sign nothing for us.
fn read(key: serde_json::Value) -> Option<(String, DecodingKey)> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let fits = key.kty == "RSA"
        && key.alg.as_deref().is_none_or(|alg| alg == "RS256")
        && key.usage.as_deref().is_none_or(|usage| usage == "sig")
        && key.n.len() >= MIN_MODULUS_CHARS
        && !key.kid.is_empty();
    let decoding = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
    fits.then_some((key.kid, decoding))
}
