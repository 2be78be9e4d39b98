//! Attacks on the token, one a row; then its claims, one by one.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::*;
use crate::github::RepoName;
use crate::github::tests::{Server, pem_key};

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const AUDIENCE: &str = "https://tfpilot.acme.com";
const NOW: i64 = 1_800_000_000;
const KEYS: &str = "GET /.well-known/jwks";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("a time")
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "repo:acme/infra:ref:refs/heads/main", "jti": "j",
        "exp": NOW + 300, "nbf": NOW - 5, "iat": NOW,
        "repository": "acme/infra", "repository_id": "9", "ref": "refs/heads/main",
        "workflow_ref": "acme/infra/.github/workflows/tfpilot.yml@refs/heads/main",
        "job_workflow_ref": "acme/infra/.github/workflows/tfpilot.yml@refs/heads/main",
        "event_name": "workflow_dispatch", "run_id": "77", "run_attempt": "1", "sha": "a", "runner_environment": "github-hosted",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("claims").remove(name);
    claims
}

fn key(which: usize) -> EncodingKey {
    EncodingKey::from_rsa_pem(pem_key(which).as_bytes()).expect("a key")
}

fn sign(which: usize, kid: &str, claims: &Value) -> String {
    let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, &key(which)).expect("a token")
}

/// The public half, as the issuer publishes it.
fn public(which: usize, kid: &str) -> Value {
    let jwk = Jwk::from_encoding_key(&key(which), Algorithm::RS256).expect("a public key");
    let mut jwk = serde_json::to_value(jwk).expect("JSON");
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk
}

fn verifier(server: &Server) -> OidcVerifier {
    OidcVerifier::new(OidcSettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        jwks_url: format!("{}/.well-known/jwks", server.url()),
        timeout: Duration::from_secs(5),
    })
    .expect("usable settings")
}

async fn publishing(keys: Value) -> (Server, OidcVerifier) {
    let server = Server::start().await;
    server.saves(KEYS, 200, json!({ "keys": keys }));
    let verifier = verifier(&server);
    (server, verifier)
}

fn unsigned(header: Value, claims: &Value, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!(
        "{}.{}.{}",
        part(header.to_string().as_bytes()),
        part(claims.to_string().as_bytes()),
        part(signature)
    )
}

#[tokio::test]
async fn a_genuine_token_gives_its_claims() {
    let (server, verifier) = publishing(json!([{ "kty": "EC", "kid": "other" }, public(0, "k")])).await;
    let token = sign(0, "k", &claims());
    let read = verifier.verify(&token, at(NOW)).await.expect("genuine");
    assert_eq!((read.repository_id, read.run_id, read.run_attempt, read.environment), (9, 77, 1, None));
    // Clocks may differ a little, both ways.
    assert!(verifier.verify(&token, at(NOW + 300 + 30)).await.is_ok());
    assert!(verifier.verify(&token, at(NOW - 5 - 30)).await.is_ok());
    assert_eq!(server.seen(KEYS).len(), 1);
    assert_eq!(server.seen(KEYS)[0].authorization(), "", "nobody's credentials go to the issuer");
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let (_server, verifier) = publishing(json!([public(0, "k")])).await;
    let check = async |name: &str, token: String, expect: &str| {
        let error = verifier.verify(&token, at(NOW)).await.expect_err(name);
        assert!(format!("{error:?}").starts_with(expect), "{name}: {error:?}");
    };
    let good = sign(0, "k", &claims());
    let header = |alg: &str| json!({ "typ": "JWT", "alg": alg, "kid": "k" });

    check("another issuer", sign(0, "k", &with("iss", json!("https://evil.example"))), "Issuer").await;
    check("another audience", sign(0, "k", &with("aud", json!("https://other.acme.com"))), "Audience").await;
    check(
        "an audience that begins alike",
        sign(0, "k", &with("aud", json!(format!("{AUDIENCE}.evil")))),
        "Audience",
    )
    .await;
    check("expired", sign(0, "k", &with("exp", json!(NOW - 31))), "Expired").await;
    check("from the future", sign(0, "k", &with("nbf", json!(NOW + 31))), "NotYetValid").await;
    check("times out of range", sign(0, "k", &with("exp", json!(i64::MAX))), "Malformed").await;
    for name in
        ["iss", "aud", "exp", "nbf", "sub", "repository_id", "ref", "workflow_ref", "event_name", "run_id"]
    {
        check(name, sign(0, "k", &without(name)), "Malformed").await;
    }
    check("an id with a sign", sign(0, "k", &with("repository_id", json!("+9"))), "Malformed").await;
    check("another key under the known name", sign(1, "k", &claims()), "Signature").await;
    check("a key nobody published", sign(1, "mine", &claims()), "UnknownKey").await;
    check(
        "no key named",
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims(), &key(0)).expect("a token"),
        "Malformed",
    )
    .await;

    check("no algorithm", unsigned(header("none"), &claims(), b""), "Malformed").await;
    check("no algorithm, otherwise written", unsigned(header("NoNe"), &claims(), b"x"), "Malformed").await;
    let confused = |secret: &[u8]| {
        let header = Header { kid: Some("k".into()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).expect("a token")
    };
    let modulus = public(0, "k")["n"].as_str().expect("a modulus").to_owned();
    check("the public key as a shared secret", confused(modulus.as_bytes()), "Algorithm").await;
    check("an empty shared secret", confused(b""), "Algorithm").await;
    let longer = Header { kid: Some("k".into()), ..Header::new(Algorithm::RS512) };
    check("RS512", jsonwebtoken::encode(&longer, &claims(), &key(0)).expect("a token"), "Algorithm").await;

    let parts: Vec<&str> = good.split('.').collect();
    let swapped = URL_SAFE_NO_PAD.encode(with("repository_id", json!("1")).to_string());
    check("other claims under the signature", format!("{}.{swapped}.{}", parts[0], parts[2]), "Signature")
        .await;
    check("no signature", format!("{}.{}.", parts[0], parts[1]), "Signature").await;
    check("two parts", format!("{}.{}", parts[0], parts[1]), "Malformed").await;
    for nonsense in ["", ".", "..", "a.b.c", "\u{0}", "é.é.é"] {
        check("nonsense", nonsense.into(), "Malformed").await;
    }
    check("too long", "a".repeat(1 << 20), "Malformed").await;
    assert!(verifier.verify(&good, at(NOW)).await.is_ok(), "and the good one still passes");
}

#[tokio::test]
async fn keys_rotate_and_an_unknown_one_is_asked_for_once_a_minute() {
    let server = Server::start().await;
    server.saves(KEYS, 200, json!({ "keys": [public(0, "old")] }));
    server.saves(KEYS, 200, json!({ "keys": [public(1, "new")] }));
    let verifier = verifier(&server);
    let mut later = claims();
    later["exp"] = json!(NOW + 100_000);
    let (old, new) = (sign(0, "old", &later), sign(1, "new", &later));
    assert!(verifier.verify(&old, at(NOW)).await.is_ok());
    for second in 0..60 {
        assert_eq!(verifier.verify(&new, at(NOW + second)).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(server.seen(KEYS).len(), 1, "an attacker cannot make us ask");
    assert!(verifier.verify(&new, at(NOW + 60)).await.is_ok());
    assert_eq!(
        verifier.verify(&old, at(NOW + 61)).await,
        Err(TokenError::UnknownKey),
        "a withdrawn key is gone"
    );
    assert_eq!(server.seen(KEYS).len(), 2);
    assert!(verifier.verify(&new, at(NOW + 60 + 3600)).await.is_ok());
    assert_eq!(server.seen(KEYS).len(), 3, "known keys are refreshed hourly");
}

#[tokio::test]
async fn without_the_issuer_known_keys_serve_for_a_day() {
    let server = Server::start().await;
    server.saves(KEYS, 503, json!(null)).saves(KEYS, 200, json!({ "keys": [public(0, "k")] })).saves(
        KEYS,
        503,
        json!(null),
    );
    let verifier = verifier(&server);
    let token = sign(0, "k", &with("exp", json!(NOW + 1_000_000)));
    let unavailable = |outcome: Result<WorkflowClaims, TokenError>| {
        matches!(outcome, Err(TokenError::KeysUnavailable { .. }))
    };
    assert!(unavailable(verifier.verify(&token, at(NOW)).await));
    assert!(unavailable(verifier.verify(&token, at(NOW + 1)).await));
    assert_eq!(server.seen(KEYS).len(), 1);
    assert!(verifier.verify(&token, at(NOW + 5)).await.is_ok());
    assert!(verifier.verify(&token, at(NOW + 7200)).await.is_ok(), "the refresh fails, the key stands");
    assert!(unavailable(verifier.verify(&token, at(NOW + 5 + 24 * 3600)).await));
    // A key set that is none, or holds only keys we do not take, is no key.
    let mut weak = public(0, "k");
    weak["n"] = json!("AQAB");
    let mut for_encryption = public(0, "k");
    for_encryption["use"] = json!("enc");
    for keys in [json!([weak]), json!([for_encryption]), json!([{}]), json!([null])] {
        let (_server, verifier) = publishing(keys).await;
        assert_eq!(verifier.verify(&token, at(NOW)).await, Err(TokenError::UnknownKey));
    }
    let server = Server::start().await;
    server.saves_bytes(KEYS, b"<html>");
    assert!(unavailable(super::tests::verifier(&server).verify(&token, at(NOW)).await));
}

fn expected() -> Expected {
    Expected {
        repository_id: 9,
        git_ref: "refs/heads/main".into(),
        workflow_ref: Expected::workflow_ref(
            &RepoName::parse("acme/infra").expect("a name"),
            "tfpilot.yml",
            "main",
        ),
        event_name: "workflow_dispatch".into(),
        run_id: Some(77),
        run_attempt: Some(1),
        environment: None,
    }
}

#[track_caller]
fn compare(claims: Value, expected: &Expected, expect: Result<(), &str>) {
    let claims: WorkflowClaims = serde_json::from_value(claims).expect("claims");
    assert_eq!(check_claims(&claims, expected).map_err(|problem| problem.claim), expect);
}

#[test]
fn every_claim_that_ties_a_job_to_its_run_is_compared() {
    compare(claims(), &expected(), Ok(()));
    let elsewhere = "evil/infra/.github/workflows/tfpilot.yml@refs/heads/main";
    for (claim, value) in [
        ("repository_id", json!("10")),
        ("ref", json!("refs/heads/feature")),
        ("ref", json!("refs/tags/main")),
        ("workflow_ref", json!("acme/infra/.github/workflows/tfpilot.yml@refs/heads/feature")),
        ("workflow_ref", json!("acme/infra/.github/workflows/other.yml@refs/heads/main")),
        ("workflow_ref", json!(elsewhere)),
        ("job_workflow_ref", json!(elsewhere)),
        ("event_name", json!("pull_request_target")),
        ("run_id", json!("78")),
        ("run_attempt", json!("2")),
        ("environment", json!("prod")),
    ] {
        compare(with(claim, value), &expected(), Err(claim));
    }
    let unbound = Expected { run_id: None, run_attempt: None, ..expected() };
    compare(with("run_id", json!("78")), &unbound, Ok(()));
}

#[test]
fn an_apply_needs_its_environment_and_sub_decides_nothing() {
    let apply = Expected { environment: Some("prod".into()), ..expected() };
    compare(claims(), &apply, Err("environment"));
    compare(with("environment", json!("dev")), &apply, Err("environment"));
    compare(with("environment", json!("prod")), &apply, Ok(()));
    compare(with("sub", json!("repo:acme/infra:environment:prod")), &apply, Err("environment"));
    compare(with("sub", json!("anything")), &expected(), Ok(()));
}

#[test]
fn a_problem_says_what_was_found_and_what_was_expected() {
    let claims: WorkflowClaims = serde_json::from_value(with("repository_id", json!("10"))).expect("claims");
    let problem = check_claims(&claims, &expected()).expect_err("another repository");
    assert_eq!(problem.to_string(), r#"the token's repository_id is "10", expected is "9""#);
}
