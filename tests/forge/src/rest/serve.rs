//! Owns: carrying out one API call: route, caller, permission, handler, then status, headers and ETag.

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK};
use http::{HeaderMap, Method};
use sha2::{Digest, Sha256};

use crate::log::Seen;
use crate::state::World;

use super::auth::Needs;
use super::routes::find;
use super::{Answer, Call, Caller, Done, Reject, elsewhere, pairs};

/// The words API paths start with; everything else is a page or a repository.
const ROOTS: [&str; 10] = [
    "app",
    "repos",
    "repositories",
    "users",
    "user",
    "orgs",
    "installation",
    "rate_limit",
    "graphql",
    "meta",
];

/// A request as it came in.
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The API path of a request, when it is one: below `/api/v3` or `/api`, or by its first word.
pub(crate) fn api_path(path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("/api/v3").or_else(|| path.strip_prefix("/api")) {
        return rest.starts_with('/').then(|| rest.to_owned());
    }
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    ROOTS.contains(&first).then(|| path.to_owned())
}

/// Carries out a call and remembers it.
pub(crate) fn answer(world: &mut World, path: &str, request: Incoming) -> Response {
    let (method, headers) = (request.method.clone(), request.headers.clone());
    let named = elsewhere::by_name(world, path);
    let found = find(method.as_str(), named.as_deref().unwrap_or(path));
    let route = found.as_ref().map(|(route, _)| route.path);
    let body = request.body.clone();
    let mut seen = Seen::new(world.now(), method.as_str(), path, route);
    let done = match found {
        Some((route, params)) => {
            seen.read_params(&params);
            let redirected = elsewhere::redirected(world, path, &params, &request);
            redirected.unwrap_or_else(|| run(world, path, request, route.needs, params, route.run))
        }
        None => Err(Reject::not_found()),
    };
    // What was refused is the caller's matter and covered by the refusal.
    if let (Some(route), Ok(answer)) = (route, &done) {
        world.contract.asked(method.as_str(), route, &body);
        world.contract.answered(method.as_str(), route, answer.status, answer.body.as_ref());
    }
    let response = write(world, &method, &headers, done);
    seen.status = response.status().as_u16();
    world.log.push(seen);
    response
}

fn run(
    world: &mut World,
    path: &str,
    request: Incoming,
    needs: Needs,
    params: Vec<(String, String)>,
    handler: fn(&mut World, &Call) -> Done,
) -> Done {
    let caller = Caller::of(world, &request.headers)?;
    if let Caller::Installation { id, .. } = &caller
        && world.rate_remaining() == 0
        && path != "/rate_limit"
    {
        return Err(Reject::new(403, &format!("API rate limit exceeded for installation ID {id}.")));
    }
    let call = Call {
        path: path.to_owned(),
        params,
        query: pairs(&request.query),
        headers: request.headers,
        body: request.body,
        caller,
    };
    let repo = if matches!(needs, Needs::Repo(..)) { Some(call.repo(world)?) } else { None };
    call.caller.meets(world, needs, repo)?;
    // An installation sees the organisation that it is on, and no other.
    if let (Needs::Org(..), Caller::Installation { id, .. }) = (needs, &call.caller)
        && world.installed_on(*id) != Some(world.login(call.param("org")?)?.id)
    {
        return Err(Reject::lacks());
    }
    handler(world, &call)
}

fn write(world: &World, method: &Method, headers: &HeaderMap, done: Done) -> Response {
    let (answer, extra) = match done {
        Ok(answer) => (answer, Vec::new()),
        Err(reject) => {
            let body = Some(reject.body());
            (Answer { status: reject.status, body, raw: None, link: None }, reject.headers)
        }
    };
    let (bytes, kind) = match (answer.raw, answer.body) {
        (Some(raw), _) => (raw, "application/vnd.github.raw; charset=utf-8"),
        (None, Some(body)) => (body.to_string().into_bytes(), "application/json; charset=utf-8"),
        (None, None) => (Vec::new(), "application/json; charset=utf-8"),
    };
    let mut response = Response::builder()
        .header("X-GitHub-Media-Type", "github.v3; format=json")
        .header("X-GitHub-Request-Id", uuid::Uuid::new_v4().simple().to_string())
        .header("X-RateLimit-Limit", "5000")
        .header("X-RateLimit-Remaining", world.rate_remaining())
        .header("X-RateLimit-Used", 5000 - world.rate_remaining())
        .header("X-RateLimit-Reset", world.rate_reset())
        .header("X-RateLimit-Resource", "core");
    for (name, value) in extra {
        response = response.header(name, value);
    }
    if let Some(link) = answer.link {
        response = response.header(LINK, link);
    }
    if method == Method::GET && answer.status == 200 {
        // What the media type changes must not share a tag.
        let mut hash = Sha256::new();
        hash.update(headers.get(ACCEPT).map(|value| value.as_bytes()).unwrap_or_default());
        hash.update(&bytes);
        let tag = format!("W/\"{}\"", hex::encode(hash.finalize()));
        let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let same =
            known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"));
        response = response.header(ETAG, &tag).header("Cache-Control", "private, max-age=60, s-maxage=60");
        if same {
            return finish(response.status(304), Vec::new());
        }
    }
    response = response.status(answer.status);
    if !bytes.is_empty() {
        response = response.header(CONTENT_TYPE, kind);
    }
    finish(response, bytes)
}

fn finish(builder: http::response::Builder, bytes: Vec<u8>) -> Response {
    builder.body(Body::from(bytes)).unwrap_or_else(|_| {
        // Only a header value with control characters gets here.
        let mut response = Response::new(Body::from("a header could not be written"));
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
