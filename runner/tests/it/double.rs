//! The app, as a runner sees it: speaks the protocol, records everything, misbehaves when told.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use serde_json::json;
use sha2::{Digest, Sha256};
use tfpilot_protocol::{
    ClaimAnswer, Conclusion, Job, JournalEntry, Orders, Problem, StartAnswer, StartRequest,
};

pub(crate) const JOB_TOKEN: &str = "job-token-0123456789abcdef";
pub(crate) const SIDECAR_TOKEN: &str = "sidecar-token-0123456789abcdef";

/// What the app knows and how it behaves.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) jobs: VecDeque<Job>,
    pub(crate) requests: Vec<String>,
    pub(crate) bodies: Vec<String>,
    pub(crate) bundle: Vec<u8>,
    pub(crate) started: Vec<StartRequest>,
    pub(crate) journal: Vec<JournalEntry>,
    pub(crate) errored_state: Vec<u8>,
    pub(crate) conclusions: Vec<Conclusion>,
    pub(crate) lines: Vec<String>,
    pub(crate) claims: Vec<serde_json::Value>,
    /// The next heartbeat orders to cancel.
    pub(crate) cancel: bool,
    /// Answers `start` with this refusal.
    pub(crate) refuse_start: Option<String>,
    /// Spends the ticket and loses the answer, once.
    pub(crate) lose_start: bool,
    /// Takes no plan's report.
    pub(crate) refuse_plans: bool,
    /// So many answers are 502 for paths that end so.
    pub(crate) broken: Vec<(&'static str, u32)>,
    /// Paths that end so are refused for good.
    pub(crate) gone: Vec<&'static str>,
}

#[derive(Clone)]
pub(crate) struct Double {
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) url: String,
    repositories: PathBuf,
}

impl Double {
    /// Serves the app, and below `/git` the repositories of this folder.
    pub(crate) async fn start(repositories: PathBuf) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let double = Self { known: Arc::default(), url, repositories };
        let router = axum::Router::new()
            .fallback(handle)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(double.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        double
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.known.lock().unwrap())
    }

    /// The one conclusion of the last job.
    #[track_caller]
    pub(crate) fn conclusion(&self) -> Conclusion {
        self.with(|known| known.conclusions.pop().expect("the job was not concluded"))
    }

    fn answer(&self, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let json = |value: serde_json::Value| Response::new(Body::from(value.to_string()));
        let what = path.rsplit('/').next().unwrap_or_default();
        let mut known = self.known.lock().unwrap();
        known.requests.push(format!("{method} {what}"));
        if what != "bundle" {
            known.bodies.push(String::from_utf8_lossy(body).into_owned());
        }
        let token = if what == "claim" { SIDECAR_TOKEN } else { JOB_TOKEN };
        if header("authorization") != format!("Bearer {token}") {
            return problem(StatusCode::UNAUTHORIZED, "not-your-job");
        }
        if known.gone.contains(&what) {
            return problem(StatusCode::CONFLICT, "lease-lost");
        }
        if let Some((_, left)) = known.broken.iter_mut().find(|(end, left)| *end == what && *left > 0) {
            *left -= 1;
            return problem(StatusCode::BAD_GATEWAY, "broken");
        }
        let parsed: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        match (method.as_str(), what) {
            ("POST", "claim") => {
                known.claims.push(parsed);
                let answer =
                    known.jobs.pop_front().map_or(ClaimAnswer::Nothing { retry_after_seconds: 1 }, |job| {
                        ClaimAnswer::Job(Box::new(job))
                    });
                json(serde_json::to_value(answer).unwrap())
            }
            ("POST", "heartbeat") => {
                known.lines.extend(parsed["line"].as_str().map(str::to_owned));
                json(serde_json::to_value(Orders { cancel: known.cancel, lease_seconds: 2 }).unwrap())
            }
            ("PUT", "bundle" | "errored-state") => {
                assert_eq!(header("x-tfpilot-sha256"), hex::encode(Sha256::digest(body)));
                let place = if what == "bundle" { &mut known.bundle } else { &mut known.errored_state };
                *place = body.to_vec();
                Response::new(Body::empty())
            }
            ("GET", "bundle") => Response::new(Body::from(known.bundle.clone())),
            ("POST", "start") => {
                let request: StartRequest = serde_json::from_value(parsed).unwrap();
                let spent = known.started.iter().any(|earlier| earlier.ticket == request.ticket);
                known.started.push(request);
                if std::mem::take(&mut known.lose_start) {
                    return problem(StatusCode::GATEWAY_TIMEOUT, "lost");
                }
                if spent {
                    let answer = StartAnswer::Refused { why: "the ticket is spent".into() };
                    return json(serde_json::to_value(answer).unwrap());
                }
                let answer =
                    known.refuse_start.clone().map_or(StartAnswer::Go, |why| StartAnswer::Refused { why });
                json(serde_json::to_value(answer).unwrap())
            }
            ("POST", "journal") => {
                for entry in serde_json::from_value::<Vec<JournalEntry>>(parsed["entries"].clone()).unwrap() {
                    if known.journal.iter().all(|earlier| earlier.seq != entry.seq) {
                        known.journal.push(entry);
                    }
                }
                json(json!({"through": known.journal.iter().map(|entry| entry.seq).max()}))
            }
            ("POST", "conclude") if known.refuse_plans && parsed["conclusion"] == "planned" => {
                problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
            }
            ("POST", "conclude") => {
                known.conclusions.push(serde_json::from_value(parsed).unwrap());
                Response::new(Body::empty())
            }
            _ => problem(StatusCode::NOT_FOUND, "no-such-path"),
        }
    }
}

async fn handle(
    State(double): State<Double>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if uri.path().starts_with("/git/") {
        return super::git_http::serve(&double.repositories, method, uri, headers, body).await;
    }
    double.answer(&method, uri.path(), &headers, &body)
}

fn problem(status: StatusCode, code: &str) -> Response<Body> {
    let problem = Problem { code: code.into(), message: format!("the double says {code}") };
    let mut response = Response::new(Body::from(serde_json::to_vec(&problem).unwrap()));
    *response.status_mut() = status;
    response
}
