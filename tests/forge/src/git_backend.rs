//! Owns: one request of a git client, answered by `git http-backend`. Leaves to callers: who may ask.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method};

use crate::git;

/// What a git client asks.
pub struct GitRequest<'a> {
    /// The bare repository below the root, and git's own path: `/1.git/info/refs`.
    pub path: String,
    /// `GET` or `POST`.
    pub method: &'a Method,
    /// `service=git-upload-pack`.
    pub query: &'a str,
    /// Of these git reads a few.
    pub headers: &'a HeaderMap,
    /// The pack, or what is wanted of one.
    pub body: &'a [u8],
    /// Refs that no push may touch.
    pub hidden: Vec<String>,
}

/// Answers it from the repositories below `root`.
///
/// # Errors
/// When git does not run or answers nothing.
pub fn answer(root: &Path, request: &GitRequest<'_>) -> anyhow::Result<Response> {
    let text = |name| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut command = git::command(root);
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", &request.path)
        .env("REQUEST_METHOD", request.method.as_str())
        .env("QUERY_STRING", request.query)
        .env("CONTENT_TYPE", text(CONTENT_TYPE))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", text(CONTENT_ENCODING))
        .env("GIT_PROTOCOL", text(HeaderName::from_static("git-protocol")))
        .env("REMOTE_USER", "forge")
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("GIT_CONFIG_COUNT", request.hidden.len().to_string());
    for (at, name) in request.hidden.iter().enumerate() {
        command
            .env(format!("GIT_CONFIG_KEY_{at}"), "receive.hideRefs")
            .env(format!("GIT_CONFIG_VALUE_{at}"), name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().context("git http-backend did not run")?;
    let output = match child.stdin.take() {
        Some(mut stdin) => std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(request.body));
            child.wait_with_output()
        }),
        None => child.wait_with_output(),
    };
    cgi(&output.context("git http-backend did not end")?.stdout)
}

/// Turns what a CGI program prints into a response.
fn cgi(output: &[u8]) -> anyhow::Result<Response> {
    let broken = "git http-backend answered nothing";
    let at = output.windows(4).position(|four| four == b"\r\n\r\n").context(broken)?;
    let (head, body) = output.split_at(at);
    let head = String::from_utf8_lossy(head);
    let mut response = Response::builder().status(200);
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        match name.eq_ignore_ascii_case("status") {
            true => {
                let code = value.split_whitespace().next().and_then(|code| code.parse::<u16>().ok());
                response = response.status(code.unwrap_or(500));
            }
            false => response = response.header(name.trim(), value.trim()),
        }
    }
    response.body(Body::from(body.get(4..).unwrap_or_default().to_vec())).context(broken)
}
