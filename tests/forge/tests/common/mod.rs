//! Owns: a small API client for the tests of the forge, over plain HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "shared by several tests, each of which uses a part"
)]

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tfpilot_forge::{Forge, ForgeOptions};

pub const REPO: &str = "acme/infra";

/// A forge with one repository.
pub async fn forge() -> Forge {
    let forge = Forge::start(ForgeOptions::default()).await.unwrap();
    forge.repository(REPO, &[("live/dev/main.tf", "# dev\n"), ("modules/a/main.tf", "a\n")]).await.unwrap();
    forge
}

/// Every answer was as GitHub describes it (checked when FORGE_OPENAPI names the description).
#[track_caller]
pub fn conforms(forge: &Forge) {
    assert_eq!(forge.contract_violations(), Vec::<String>::new());
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}

pub async fn send(request: Request<Body>) -> Got {
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build_http();
    let answer: Response<_> = client.request(request).await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    Got { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

/// Somebody who calls the API.
pub struct Api {
    pub base: String,
    pub token: String,
}

impl Api {
    /// The app's installation.
    pub fn app(forge: &Forge) -> Api {
        Api { base: forge.api_url(), token: forge.installation_token() }
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Got {
        self.call_with(method, path, body, &[]).await
    }

    pub async fn call_with(&self, method: &str, path: &str, body: Value, headers: &[(&str, &str)]) -> Got {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.call("POST", path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.call("PATCH", path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Got {
        self.call("PUT", path, body).await
    }
}

/// A JWT of the app.
pub fn jwt(forge: &Forge, issued: i64, lasts: i64) -> String {
    let claims = json!({"iss": forge.app_id().to_string(), "iat": issued, "exp": issued + lasts});
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(forge.app_key_pem().as_bytes()).unwrap();
    jsonwebtoken::encode(&jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256), &claims, &key).unwrap()
}
