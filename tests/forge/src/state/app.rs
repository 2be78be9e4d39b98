//! Owns: the GitHub App, its key, its installation, and tokens of every kind with what they allow.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::keys::RsaKey;
use crate::rest::Reject;

use super::{Installation, World};

/// How much a permission allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Read,
    Write,
}

/// Permission names with their access.
pub(crate) type Permissions = BTreeMap<String, Access>;

/// The app as registered.
pub(crate) struct App {
    pub(crate) id: u64,
    pub(crate) client_id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) owner: u64,
    /// The account that acts for it: `tfpilot[bot]`.
    pub(crate) bot: u64,
    pub(crate) key: RsaKey,
    pub(crate) webhook_secret: String,
    pub(crate) permissions: Permissions,
    pub(crate) events: BTreeSet<String>,
    /// By id.
    pub(crate) installations: BTreeMap<u64, Installation>,
    pub(crate) created: Timestamp,
}

/// What a bearer of a token is.
#[derive(Debug, Clone)]
pub(crate) enum Token {
    /// An installation of the app.
    Installation { id: u64, permissions: Permissions, repos: Option<BTreeSet<u64>>, expires: Timestamp },
    /// A person.
    User { id: u64 },
    /// A workflow job's `GITHUB_TOKEN`.
    Job { repo: u64, permissions: Permissions },
}

#[derive(Debug, Deserialize)]
struct Claims {
    #[serde(default)]
    iss: serde_json::Value,
    iat: Option<i64>,
    exp: Option<i64>,
}

impl World {
    /// Checks the JWT with which the app speaks for itself, the way GitHub does and with its words.
    pub(crate) fn check_app_jwt(&self, jwt: &str) -> Result<(), Reject> {
        // Times are judged below, with GitHub's words.
        let mut rules = Validation::new(Algorithm::RS256);
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let key = self.app.key.decoding_key();
        let claims = read_claims(jwt, &key, &rules)?;
        let issuer = match &claims.iss {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if issuer != self.app.id.to_string() && issuer != self.app.client_id {
            return Err(Reject::new(401, "'Issuer' claim ('iss') must be an Integer or the client id"));
        }
        let now = crate::clock::Clock::of_machine().as_second();
        let issued = claims.iat.ok_or_else(|| Reject::new(401, "Missing 'issued at' claim ('iat')"))?;
        let expires =
            claims.exp.ok_or_else(|| Reject::new(401, "Missing 'expiration time' claim ('exp')"))?;
        if issued > now + 60 {
            return Err(Reject::new(
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
            ));
        }
        if expires <= now {
            return Err(Reject::new(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
            ));
        }
        if expires > now + 600 + 30 || expires - issued > 600 + 60 {
            return Err(Reject::new(401, "'Expiration time' claim ('exp') is too far in the future"));
        }
        Ok(())
    }

    /// Makes a token for an installation, narrowed as asked; it lasts an hour.
    pub(crate) fn issue_installation_token(
        &mut self,
        id: u64,
        permissions: Permissions,
        repos: Option<BTreeSet<u64>>,
    ) -> (String, Timestamp) {
        let expires = self.now().checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);
        let token = format!("ghs_{}", uuid::Uuid::new_v4().simple());
        self.tokens.insert(token.clone(), Token::Installation { id, permissions, repos, expires });
        (token, expires)
    }

    /// Makes a token with which a person speaks.
    pub(crate) fn issue_user_token(&mut self, id: u64) -> String {
        let token = format!("gho_{}", uuid::Uuid::new_v4().simple());
        self.tokens.insert(token.clone(), Token::User { id });
        token
    }
}

fn read_claims(jwt: &str, key: &DecodingKey, rules: &Validation) -> Result<Claims, Reject> {
    jsonwebtoken::decode::<Claims>(jwt, key, rules)
        .map(|data| data.claims)
        .map_err(|_| Reject::new(401, "A JSON web token could not be decoded"))
}
