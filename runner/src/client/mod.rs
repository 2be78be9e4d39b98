//! The runner's side of the protocol over HTTP. It repeats what may be repeated and sorts failures; what a
//! message means is the caller's.

mod heartbeat;
mod http;
mod job;
mod retry;

pub use heartbeat::Heart;
pub use job::JobClient;
pub use retry::Patience;

use std::time::Duration;

use reqwest::{Method, Url};
use tfpilot_protocol::{ClaimAnswer, ClaimRequest, Job, Problem, Secret, path};
use thiserror::Error;

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

    /// Asks for a job, once. Whoever repeats a claim repeats its name, so that a lost answer gives the same job again.
    pub async fn claim(&self, proof: &Secret, request: &ClaimRequest) -> Result<ClaimAnswer, ClientError> {
        self.json(Method::POST, path::CLAIM, proof, request, Patience::NONE).await
    }

    /// The endpoints of a claimed job.
    pub fn job(&self, job: &Job) -> JobClient {
        JobClient::new(self.clone(), job)
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
