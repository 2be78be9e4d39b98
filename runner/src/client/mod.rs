//! The runner's side of the protocol over HTTP. It repeats what may be repeated and sorts failures; what a
//! message means is the caller's.

mod heartbeat;
mod retry;

pub use heartbeat::Heart;
pub use retry::Patience;

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, Url, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tfpilot_protocol::{
    BUNDLE_SHA256_HEADER, ClaimAnswer, ClaimRequest, Conclusion, Heartbeat, Job, JobId, JournalAck,
    JournalBatch, Orders, Problem, Secret, StartAnswer, StartRequest, path,
};
use thiserror::Error;

/// A JSON answer may be this large, in bytes.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Why a message did not do its work.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The app's address.
    #[error("the app's address {url:?} cannot be used: {why}; it must be https, or http on loopback")]
    Address {
        /// The address.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// No answer, or an answer that says to try again, until patience was over.
    #[error("the app did not answer {path}: {why}")]
    Unreachable {
        /// The message.
        path: String,
        /// The last failure.
        why: String,
        /// True when the app cannot have received it.
        unsent: bool,
    },
    /// The app understood and says no.
    #[error("the app refused {path} ({status}, {}): {}", problem.code, problem.message)]
    Refused {
        /// The message.
        path: String,
        /// HTTP's number.
        status: u16,
        /// Why.
        problem: Problem,
    },
    /// An answer outside of the protocol.
    #[error("the app's answer to {path} is not understood: {why}")]
    Malformed {
        /// The message.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The app, as one worker sees it.
#[derive(Debug, Clone)]
pub struct App {
    http: reqwest::Client,
    base: Url,
}

/// One job's endpoints, opened by its token.
#[derive(Debug, Clone)]
pub struct JobClient {
    app: App,
    job: JobId,
    token: Secret,
}

/// One request.
struct Message<'a> {
    method: Method,
    path: &'a str,
    bearer: &'a Secret,
    body: Body<'a>,
    patience: Patience,
    /// False for what must not reach the app twice.
    repeatable: bool,
    most: usize,
}

enum Body<'a> {
    None,
    Json(&'a [u8]),
    Bytes(&'a [u8], &'a str),
}

impl App {
    /// Speaks to the app at `url`.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        let refuse = |why| ClientError::Address { url: url.to_owned(), why };
        let base = Url::parse(url.trim_end_matches('/')).map_err(|_| refuse("it is no URL"))?;
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(&base) => {}
            "http" => return Err(refuse("plain http would show tokens to the network")),
            _ => return Err(refuse("its scheme is unknown")),
        }
        // Another part of the process may have chosen the same backend before.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("tfpilot-runner/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(15))
            .read_timeout(Duration::from_secs(60))
            .build()
            .map_err(|_| refuse("no TLS client could be made"))?;
        Ok(Self { http, base })
    }

    /// The app's address, which is also the audience of an OIDC token for it.
    pub fn url(&self) -> &Url {
        &self.base
    }

    /// Asks for a job. Tried once: a claim whose answer was lost has given a job away.
    pub async fn claim(&self, proof: &Secret, request: &ClaimRequest) -> Result<ClaimAnswer, ClientError> {
        self.json(Method::POST, path::CLAIM, proof, request, Patience::NONE, false).await
    }

    /// The endpoints of a claimed job.
    pub fn job(&self, job: &Job) -> JobClient {
        JobClient { app: self.clone(), job: job.id, token: job.token.clone() }
    }

    async fn json<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        bearer: &Secret,
        body: &impl Serialize,
        patience: Patience,
        repeatable: bool,
    ) -> Result<A, ClientError> {
        let malformed = |why: String| ClientError::Malformed { path: path.to_owned(), why };
        let body = serde_json::to_vec(body).map_err(|error| malformed(error.to_string()))?;
        let body = Body::Json(&body);
        let message = Message { method, path, bearer, body, patience, repeatable, most: ANSWER_BYTES };
        let answer = self.send(message).await?;
        let answer = if answer.is_empty() { b"null".to_vec() } else { answer };
        serde_json::from_slice(&answer).map_err(|error| malformed(error.to_string()))
    }

    async fn send(&self, message: Message<'_>) -> Result<Vec<u8>, ClientError> {
        let began = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let (failure, asked) = match self.once(&message).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(*error),
                Err(Failure::Again { why, unsent, asked }) => {
                    let error = ClientError::Unreachable { path: message.path.to_owned(), why, unsent };
                    if !message.repeatable && !unsent {
                        return Err(error);
                    }
                    (error, asked)
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
        request = match message.body {
            Body::None => request,
            Body::Json(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.to_vec()),
            Body::Bytes(body, sha256) => request
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .header(BUNDLE_SHA256_HEADER, sha256)
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
            return Err(Failure::Again { why, unsent: status == StatusCode::TOO_MANY_REQUESTS, asked });
        }
        let path = message.path.to_owned();
        Err(Failure::is_final(ClientError::Refused { path, status: status.as_u16(), problem }))
    }
}

impl JobClient {
    /// Still here. Tried once: the next one comes soon.
    pub async fn heartbeat(&self, beat: &Heartbeat) -> Result<Orders, ClientError> {
        self.post(&path::heartbeat(self.job), beat, Patience::NONE, true).await
    }

    /// Spends the ticket. Tried again, because the app spends it once: if the answer to the first try was lost,
    /// the second is a refusal, and nothing starts.
    pub async fn start(&self, request: &StartRequest) -> Result<StartAnswer, ClientError> {
        self.post(&path::start(self.job), request, Patience::JOB, true).await
    }

    /// Makes entries durable. They carry numbers, so a repeated batch does no harm.
    pub async fn journal(&self, batch: &JournalBatch, patience: Patience) -> Result<JournalAck, ClientError> {
        self.post(&path::journal(self.job), batch, patience, true).await
    }

    /// Stores a bundle.
    pub async fn put_bundle(&self, bytes: &[u8]) -> Result<(), ClientError> {
        self.put(&path::bundle(self.job), bytes).await
    }

    /// Stores what Terraform could not write to the state's backend.
    pub async fn put_errored_state(&self, bytes: &[u8]) -> Result<(), ClientError> {
        self.put(&path::errored_state(self.job), bytes).await
    }

    /// The bundle the job's order names; larger than `most` bytes is refused.
    pub async fn bundle(&self, most: usize) -> Result<Vec<u8>, ClientError> {
        let path = path::bundle(self.job);
        let (method, body, bearer) = (Method::GET, Body::None, &self.token);
        let patience = Patience::JOB;
        self.app.send(Message { method, path: &path, bearer, body, patience, repeatable: true, most }).await
    }

    /// The last word on the job.
    pub async fn conclude(&self, conclusion: &Conclusion) -> Result<(), ClientError> {
        self.post(&path::conclude(self.job), conclusion, Patience::CONCLUSION, true)
            .await
            .map(|_: serde::de::IgnoredAny| ())
    }

    async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        patience: Patience,
        repeatable: bool,
    ) -> Result<A, ClientError> {
        self.app.json(Method::POST, path, &self.token, body, patience, repeatable).await
    }

    async fn put(&self, path: &str, bytes: &[u8]) -> Result<(), ClientError> {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let body = Body::Bytes(bytes, &sha256);
        let (method, bearer, patience) = (Method::PUT, &self.token, Patience::JOB);
        let message = Message { method, path, bearer, body, patience, repeatable: true, most: ANSWER_BYTES };
        self.app.send(message).await.map(drop)
    }
}

enum Failure {
    Final(Box<ClientError>),
    Again { why: String, unsent: bool, asked: Option<Duration> },
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
        Self::Again { why, unsent: error.is_connect(), asked: None }
    }
}

/// True for addresses that never leave the machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}
