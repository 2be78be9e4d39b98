//! Owns: names that a repository has left. What is asked of an old name is redirected to the repository's number, as
//! GitHub does: <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects>.

use http::Method;

use crate::state::World;

use super::serve::Incoming;
use super::{Caller, Done, Reject};

/// The path by name of a path by number (`/repositories/17/issues`); none for any other, and for the repository itself,
/// which has an endpoint of its own.
pub(super) fn by_name(world: &World, path: &str) -> Option<String> {
    let (id, rest) = path.strip_prefix("/repositories/")?.split_once('/')?;
    let repo = world.repo(id.parse().ok()?).ok()?;
    Some(format!("/repos/{}/{rest}", world.full_name(repo)))
}

/// The redirect for a path whose repository has another name by now, for callers who may see it.
pub(super) fn redirected(
    world: &World,
    path: &str,
    params: &[(String, String)],
    request: &Incoming,
) -> Option<Done> {
    let rest = path.strip_prefix("/repos/")?;
    let value = |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let full_name = format!("{}/{}", value("owner")?, value("repo")?);
    if world.named(&full_name).is_ok() {
        return None;
    }
    let repo = world.led_to(&full_name).ok()?.id;
    let caller = match Caller::of(world, &request.headers) {
        Ok(caller) => caller,
        Err(refused) => return Some(Err(refused)),
    };
    if !matches!(caller, Caller::App) && !caller.sees(world, repo) {
        return None;
    }
    let tail = rest.splitn(3, '/').nth(2).map(|tail| format!("/{tail}")).unwrap_or_default();
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    Some(Err(Reject::moved(reads, format!("{}/repositories/{repo}{tail}{query}", world.api()))))
}
