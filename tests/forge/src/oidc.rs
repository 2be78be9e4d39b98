//! Owns: the OIDC issuer for workflow jobs: discovery, keys (rotated on demand), tokens with GitHub's claims.

use axum::body::Body;
use axum::response::Response;
use http::header::AUTHORIZATION;
use jsonwebtoken::{Algorithm, Header, encode};
use serde_json::{Value, json};

use crate::json::account::merge;
use crate::keys::{KeyError, RsaKey};
use crate::rest::serve::Incoming;
use crate::rest::{Reject, pairs};
use crate::state::World;

/// Where a job asks for its token.
pub(crate) const TOKEN_PATH: &str = "/_services/oidc/token";
/// How long a token is valid, in seconds.
const LIFETIME: i64 = 300;

/// The issuer's keys: the last one signs, older ones are still published.
#[derive(Default)]
pub(crate) struct Oidc {
    keys: Vec<RsaKey>,
    /// By request token: repository, run and job.
    pub(crate) requests: std::collections::HashMap<String, (u64, u64, u64)>,
}

impl Oidc {
    fn current(&mut self) -> Result<&RsaKey, KeyError> {
        if self.keys.is_empty() {
            self.keys.push(RsaKey::of_issuers()?);
        }
        self.keys.last().ok_or_else(KeyError::none)
    }

    /// Signs with a new key from now on.
    pub(crate) fn rotate(&mut self) -> Result<(), KeyError> {
        self.keys.push(RsaKey::generate()?);
        Ok(())
    }

    /// Publishes only the key that signs.
    pub(crate) fn forget_old_keys(&mut self) {
        let keep = self.keys.len().saturating_sub(1);
        self.keys.drain(..keep);
    }

    /// Signs claims with the current key.
    pub(crate) fn sign(&mut self, claims: &Value) -> Result<String, KeyError> {
        let key = self.current()?;
        let header = Header { kid: Some(key.kid()), ..Header::new(Algorithm::RS256) };
        encode(&header, claims, &key.encoding_key()?).map_err(|error| KeyError::signing(&error.to_string()))
    }
}

/// Answers what the issuer answers.
pub(crate) fn answer(world: &mut World, request: &Incoming) -> Option<Response> {
    let base = world.base.clone();
    let body = match request.path.as_str() {
        "/.well-known/openid-configuration" => Ok(json!({
            "issuer": base, "jwks_uri": format!("{base}/.well-known/jwks"),
            "subject_types_supported": ["public", "pairwise"], "response_types_supported": ["id_token"],
            "claims_supported": ["sub", "aud", "exp", "iat", "iss", "jti", "nbf", "ref", "sha", "repository",
                "repository_id", "repository_owner_id", "run_id", "run_attempt", "environment", "workflow_ref",
                "job_workflow_ref", "event_name", "runner_environment"],
            "id_token_signing_alg_values_supported": ["RS256"], "scopes_supported": ["openid"],
        })),
        "/.well-known/jwks" => match world.oidc.current().map(drop) {
            Ok(()) => Ok(json!({"keys": world.oidc.keys.iter().map(RsaKey::jwk).collect::<Vec<_>>()})),
            Err(error) => Err(Reject::new(500, &error.to_string())),
        },
        TOKEN_PATH => token(world, request),
        _ => return None,
    };
    let (status, body) = match body {
        Ok(body) => (200, body),
        Err(reject) => (reject.status, reject.body()),
    };
    let response = Response::builder().status(status).header("Content-Type", "application/json");
    Some(response.body(Body::from(body.to_string())).unwrap_or_default())
}

fn token(world: &mut World, request: &Incoming) -> Result<Value, Reject> {
    let bearer = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = bearer.split_once(' ').map_or("", |(_, token)| token);
    let known = world.oidc.requests.get(bearer).copied();
    let (repo, run, job) =
        known.ok_or_else(|| Reject::new(401, "the request token is unknown or its job has ended"))?;
    let query = pairs(&request.query);
    let audience = query.iter().find(|(key, _)| key == "audience").map(|(_, value)| value.clone());
    let claims = claims(world, repo, run, job, audience)?;
    let value = world.oidc.sign(&claims).map_err(|error| Reject::new(500, &error.to_string()))?;
    Ok(json!({"value": value, "count": value.len()}))
}

/// What GitHub says about a job; all but the times are text.
fn claims(world: &World, repo: u64, run: u64, job: u64, audience: Option<String>) -> Result<Value, Reject> {
    let (home, run) = (world.repo(repo)?, world.run(repo, run)?);
    let job = run.jobs.iter().find(|known| known.id == job).ok_or_else(Reject::not_found)?;
    let name = world.full_name(home);
    let owner = world.login_of(home.owner);
    let full_ref = format!("refs/heads/{}", run.branch);
    let subject = match &job.environment {
        Some(environment) => format!("repo:{name}:environment:{environment}"),
        None if run.event == "pull_request" => format!("repo:{name}:pull_request"),
        None => format!("repo:{name}:ref:{full_ref}"),
    };
    let workflow_ref = format!("{name}/{}@{full_ref}", run.path);
    let now = world.now().as_second();
    let mut claims = json!({
        "iss": world.base, "aud": audience.unwrap_or_else(|| format!("{}/{owner}", world.base)), "sub": subject,
        "jti": uuid::Uuid::new_v4().to_string(), "iat": now, "nbf": now - 600, "exp": now + LIFETIME,
        "ref": full_ref, "ref_type": "branch", "ref_protected": home.rules.contains_key(&run.branch).to_string(),
        "sha": run.sha, "repository": name, "repository_id": repo.to_string(), "repository_owner": owner,
        "repository_owner_id": home.owner.to_string(),
        "repository_visibility": if home.private { "private" } else { "public" },
        "run_id": run.id.to_string(), "run_number": run.number.to_string(), "run_attempt": job.attempt.to_string(),
        "actor": world.login_of(run.actor), "actor_id": run.actor.to_string(), "workflow": run.name,
        "event_name": run.event, "head_ref": "", "base_ref": "", "workflow_ref": workflow_ref,
        "workflow_sha": run.sha, "job_workflow_ref": workflow_ref, "job_workflow_sha": run.sha,
        "runner_environment": "github-hosted",
    });
    if let Some(environment) = &job.environment {
        merge(&mut claims, json!({"environment": environment}));
    }
    Ok(claims)
}
