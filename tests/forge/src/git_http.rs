//! Owns: fetch and push over HTTP behind token authentication. A push moves refs, so what follows from moved refs
//! follows from a push. Leaves to [`crate::state::refs`]: what that is; to [`crate::git_backend`]: git.

use axum::body::Body;
use axum::response::Response;

use crate::git_backend::{self, GitRequest};
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
    for (name, value) in &reject.headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(reject.message.clone())).unwrap_or_default()
}

fn run(world: &mut World, full_name: &str, rest: &str, request: &Incoming) -> Result<Response, Reject> {
    if !matches!(rest, "info/refs" | "git-upload-pack" | "git-receive-pack") {
        return Err(Reject::not_found());
    }
    let caller = Caller::of(world, &request.headers)?;
    let repo = world.led_to(full_name)?.id;
    let writes = rest == "git-receive-pack" || request.query.contains("service=git-receive-pack");
    if matches!(caller, Caller::Anonymous) && (writes || world.repo(repo)?.private) {
        return Err(Reject::new(401, "Authentication required"));
    }
    let access = if writes { Access::Write } else { Access::Read };
    caller.may(world, repo, &["contents"], access)?;
    let name = world.full_name(world.repo(repo)?);
    if !name.eq_ignore_ascii_case(full_name) {
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        return Err(Reject::moved(true, format!("{}/{name}.git/{rest}{query}", world.base)));
    }
    let actor = caller.account(world).unwrap_or_default();
    let before = world.refs_now(repo)?;
    let response = backend(world, repo, rest, request)?;
    if rest == "git-receive-pack" {
        world.refs_moved(repo, &before, actor)?;
    }
    Ok(response)
}

fn backend(world: &World, repo: u64, rest: &str, request: &Incoming) -> Result<Response, Reject> {
    let home = world.repo(repo)?;
    // Refused to a push: pull requests' refs always, protected branches by rule.
    let closed = home
        .rules
        .iter()
        .filter(|(_, rules)| rules.pull_request || rules.required_approvals > 0 || rules.merge_queue);
    let hidden = closed.map(|(branch, _)| format!("refs/heads/{branch}")).chain(["refs/pull".to_owned()]);
    let asked = GitRequest {
        path: format!("/{}.git/{rest}", home.id),
        method: &request.method,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
        hidden: hidden.collect(),
    };
    git_backend::answer(&world.root, &asked).map_err(|error| Reject::new(500, &format!("{error:#}")))
}
