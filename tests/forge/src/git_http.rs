//! Owns: fetch and push over HTTP: `git http-backend` behind token authentication. A push moves refs, so what follows
//! from moved refs follows from a push. Leaves to [`crate::state::refs`]: what that is.

use std::io::Write;
use std::process::Stdio;

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::git;
use crate::rest::serve::Incoming;
use crate::rest::{Caller, Reject};
use crate::state::World;
use crate::state::app::Access;

/// The repository and the rest of the path, when it is one of git's.
pub(crate) fn git_path(path: &str) -> Option<(String, String)> {
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (owner, name, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let known = matches!(rest, "info/refs" | "git-upload-pack" | "git-receive-pack");
    let name = name.strip_suffix(".git").or(known.then_some(name))?;
    Some((format!("{owner}/{name}"), rest.to_owned()))
}

/// Answers one request of a git client.
pub(crate) fn answer(world: &mut World, full_name: &str, rest: &str, request: &Incoming) -> Response {
    match run(world, full_name, rest, request) {
        Ok(response) => response,
        Err(reject) => refuse(&reject),
    }
}

fn refuse(reject: &Reject) -> Response {
    let mut response = Response::builder().status(reject.status);
    if reject.status == 401 {
        response = response.header("WWW-Authenticate", "Basic realm=\"GitHub\"");
    }
    response.body(Body::from(reject.message.clone())).unwrap_or_default()
}

fn run(world: &mut World, full_name: &str, rest: &str, request: &Incoming) -> Result<Response, Reject> {
    if !matches!(rest, "info/refs" | "git-upload-pack" | "git-receive-pack") {
        return Err(Reject::not_found());
    }
    let caller = Caller::of(world, &request.headers)?;
    let repo = world.named(full_name)?.id;
    let writes = rest == "git-receive-pack" || request.query.contains("service=git-receive-pack");
    if matches!(caller, Caller::Anonymous) && (writes || world.repo(repo)?.private) {
        return Err(Reject::new(401, "Authentication required"));
    }
    let access = if writes { Access::Write } else { Access::Read };
    caller.may(world, repo, &["contents"], access)?;
    let actor = caller.account(world).unwrap_or_default();
    let before = world.refs_now(repo)?;
    let output = backend(world, repo, rest, request)?;
    if rest == "git-receive-pack" {
        world.refs_moved(repo, &before, actor)?;
    }
    cgi(&output)
}

fn backend(world: &World, repo: u64, rest: &str, request: &Incoming) -> Result<Vec<u8>, Reject> {
    let home = world.repo(repo)?;
    let failed = |error: std::io::Error| Reject::new(500, &format!("git http-backend did not run: {error}"));
    let text = |name| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut command = git::command(home.git.dir());
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", &world.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", format!("/{}.git/{rest}", home.id))
        .env("REQUEST_METHOD", request.method.as_str())
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", text(CONTENT_TYPE))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", text(CONTENT_ENCODING))
        .env("GIT_PROTOCOL", text(http::HeaderName::from_static("git-protocol")))
        .env("REMOTE_USER", "forge")
        .env("REMOTE_ADDR", "127.0.0.1");
    // Hidden from a push: it is refused for these refs. Pull requests' refs always, protected branches by rule.
    let closed = home
        .rules
        .iter()
        .filter(|(_, rules)| rules.pull_request || rules.required_approvals > 0 || rules.merge_queue);
    let hidden = closed.map(|(branch, _)| format!("refs/heads/{branch}")).chain(["refs/pull".to_owned()]);
    let mut count = 0;
    for (at, name) in hidden.enumerate() {
        command
            .env(format!("GIT_CONFIG_KEY_{at}"), "receive.hideRefs")
            .env(format!("GIT_CONFIG_VALUE_{at}"), name);
        count = at + 1;
    }
    command.env("GIT_CONFIG_COUNT", count.to_string());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
    let output = match child.stdin.take() {
        Some(mut stdin) => std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(&request.body));
            child.wait_with_output()
        }),
        None => child.wait_with_output(),
    };
    Ok(output.map_err(failed)?.stdout)
}

/// Turns what a CGI program prints into a response.
fn cgi(output: &[u8]) -> Result<Response, Reject> {
    let broken = || Reject::new(500, "git http-backend answered nothing");
    let at = output.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(broken)?;
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
    response.body(Body::from(body.get(4..).unwrap_or_default().to_vec())).map_err(|_| broken())
}
