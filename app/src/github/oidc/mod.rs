//! Tokens of GitHub Actions jobs: signed by GitHub, for us, and still valid? What they claim is typed here and
//! compared by [`check_claims`]; what a job may then do is the runner API's.
//!
//! The token's own `alg` is never followed, and `sub` never decides anything: people can reshape it.

mod claims;
mod keys;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

pub use claims::{ClaimProblem, Expected, WorkflowClaims, check_claims};
use keys::KeyStore;

use super::client::{SettingsError, one_line};

/// Clocks may differ by this much.
const LEEWAY_SECONDS: i64 = 30;
/// GitHub's tokens are about 2 KB; longer ones are not worth decoding.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Whose tokens we accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// `https://token.actions.githubusercontent.com`, or `https://<host>/_services/token`.
    pub issuer: String,
    /// Our own address, which a worker names as audience.
    pub audience: String,
    /// Where the issuer publishes its keys.
    pub jwks_url: String,
    /// Fetching keys takes at most this long.
    pub timeout: Duration,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token, or its claims are not GitHub's.
    #[error("this is not a token of GitHub Actions ({why})")]
    Malformed {
        /// What is wrong.
        why: String,
    },
    /// Not RS256.
    #[error("the token is not signed with RS256")]
    Algorithm,
    /// Signed with a key that the issuer does not publish.
    #[error("the token is signed with a key which the issuer does not publish")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// Another issuer.
    #[error("the token's issuer is not the expected one")]
    Issuer,
    /// For somebody else.
    #[error("the token is for another audience; the action's `server` must be this server's public address")]
    Audience,
    /// Too old.
    #[error("the token expired at {at}")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// From the future.
    #[error("the token is not valid before {at}; compare the clocks")]
    NotYetValid {
        /// From when on.
        at: Timestamp,
    },
    /// The keys cannot be had; the worker should try again.
    #[error("the issuer's keys cannot be fetched ({detail})")]
    KeysUnavailable {
        /// What was seen.
        detail: String,
    },
}

/// Verifies tokens; holds the issuer's keys.
pub struct OidcVerifier {
    settings: OidcSettings,
    keys: KeyStore,
}

impl OidcVerifier {
    /// Prepares verification; keys are fetched with the first token. Needs a running tokio runtime.
    pub fn new(settings: OidcSettings) -> Result<Self, SettingsError> {
        let keys = KeyStore::new(&settings.jwks_url, settings.timeout)?;
        Ok(Self { settings, keys })
    }

    /// The claims of a token that is genuine, for us, and valid now.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<WorkflowClaims, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(malformed("it is too long"));
        }
        let header =
            jsonwebtoken::decode_header(token).map_err(|_| malformed("its header cannot be read"))?;
        if header.alg != Algorithm::RS256 {
            return Err(TokenError::Algorithm);
        }
        let kid = header.kid.filter(|kid| !kid.is_empty()).ok_or_else(|| malformed("it names no key"))?;
        let key = self.keys.find(&kid, now).await?;
        let claims = self.decode(token, &key)?;
        check_times(&claims, now)?;
        Ok(claims)
    }

    fn decode(&self, token: &str, key: &DecodingKey) -> Result<WorkflowClaims, TokenError> {
        let mut validation = Validation::new(Algorithm::RS256);
        // Presence is not implied by a value to compare with.
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        // Times are checked against the caller's clock, which jsonwebtoken cannot be given: see `check_times`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let data = jsonwebtoken::decode::<WorkflowClaims>(token, key, &validation).map_err(sort)?;
        Ok(data.claims)
    }
}

impl fmt::Debug for OidcVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcVerifier").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn check_times(claims: &WorkflowClaims, now: Timestamp) -> Result<(), TokenError> {
    let time = |seconds| Timestamp::from_second(seconds).map_err(|_| malformed("its times are out of range"));
    let (expires, begins) = (time(claims.exp)?, time(claims.nbf)?);
    if claims.exp.saturating_add(LEEWAY_SECONDS) < now.as_second() {
        Err(TokenError::Expired { at: expires })
    } else if claims.nbf.saturating_sub(LEEWAY_SECONDS) > now.as_second() {
        Err(TokenError::NotYetValid { at: begins })
    } else {
        Ok(())
    }
}

fn sort(error: jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::InvalidAlgorithm => TokenError::Algorithm,
        _ => malformed(&error.to_string()),
    }
}

fn malformed(why: &str) -> TokenError {
    TokenError::Malformed { why: one_line(why) }
}
