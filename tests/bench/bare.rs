//! The handler to compare with: the same HTTP library and signature check, and nothing kept.
//!
//! It runs in a process of its own, as the server does.

use std::process::Stdio;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::BARE_HANDLER;

/// Variable with the secret that signatures are checked with.
const SECRET: &str = "TFPILOT_BENCH_SECRET";

/// A running handler. It ends with this value.
pub(crate) struct Bare {
    /// Where it listens.
    pub(crate) address: String,
    _child: Child,
}

impl Bare {
    /// Starts this program once more, as the handler.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start(secret: &str) -> anyhow::Result<Bare> {
        let program = std::env::current_exe().context("finding the running program")?;
        let mut child = Command::new(program)
            .arg(BARE_HANDLER)
            .env(SECRET, secret)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting the bare handler")?;
        let output = child.stdout.take().context("the bare handler's output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address).await.context("the bare handler's address")?;
        Ok(Bare { address: address.trim().to_owned(), _child: child })
    }
}

/// Serves until killed; says on stdout where.
///
/// # Errors
/// When it cannot listen.
pub(crate) async fn serve() -> anyhow::Result<()> {
    use std::io::Write;
    let secret = std::env::var(SECRET).with_context(|| format!("{SECRET} is not set"))?;
    let secrets = vec![SecretString::from(secret)];
    let listener = TcpListener::bind("127.0.0.1:0").await.context("a port for the handler")?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    let handler = move |headers: HeaderMap, body: Bytes| {
        let status = judge(&secrets, &headers, &body);
        async move { status }
    };
    axum::serve(listener, Router::new().route(crate::load::PATH, post(handler))).await.context("serving")
}

fn judge(secrets: &[SecretString], headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    match tfpilot::github::webhook::verify(secrets, body, signature) {
        Ok(_) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::UNAUTHORIZED,
    }
}
