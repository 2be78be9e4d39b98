//! Owns: what an API call and its answer are, in GitHub's manners: error bodies, pagination, ETags. One file a
//! resource; [`routes`] is the table of contents.

use axum::body::Bytes;
use http::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::git::GitError;
use crate::state::World;
use crate::state::app::Access;

pub(crate) mod actions;
pub(crate) mod app;
pub(crate) mod auth;
pub(crate) mod checks;
pub(crate) mod comments;
pub(crate) mod commits;
pub(crate) mod contents;
pub(crate) mod elsewhere;
pub(crate) mod gitdata;
pub(crate) mod graphql;
pub(crate) mod issues;
pub(crate) mod labels;
pub(crate) mod people;
pub(crate) mod pulls;
pub(crate) mod reactions;
pub(crate) mod refs;
pub(crate) mod repos;
pub(crate) mod reviews;
pub(crate) mod routes;
pub(crate) mod serve;

pub(crate) use auth::Caller;

/// Where GitHub explains itself.
const DOCS: &str = "https://docs.github.com/rest";

/// One call, with its route's parameters decoded.
pub(crate) struct Call {
    /// Without prefix, as sent.
    pub(crate) path: String,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) caller: Caller,
}

/// What is answered to a call that was carried out.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    /// Sent as it is instead of a JSON body (`application/vnd.github.raw`).
    pub(crate) raw: Option<Vec<u8>>,
    pub(crate) link: Option<String>,
}

/// A call that is refused, as GitHub says it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{status} {message} {errors:?}")]
pub(crate) struct Reject {
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) errors: Vec<Value>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What a handler comes to.
pub(crate) type Done = Result<Answer, Reject>;

impl Answer {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Done {
        Ok(Answer { status: 200, body: Some(body), raw: None, link: None })
    }

    /// 201 with a body.
    pub(crate) fn created(body: Value) -> Done {
        Ok(Answer { status: 201, body: Some(body), raw: None, link: None })
    }

    /// 204.
    pub(crate) fn none() -> Done {
        Ok(Answer { status: 204, body: None, raw: None, link: None })
    }

    /// 202 with an empty object.
    pub(crate) fn accepted() -> Done {
        Ok(Answer { status: 202, body: Some(json!({})), raw: None, link: None })
    }
}

impl Reject {
    /// Refuses with a status and a sentence.
    pub(crate) fn new(status: u16, message: &str) -> Reject {
        Reject { status, message: message.to_owned(), errors: Vec::new(), headers: Vec::new() }
    }

    /// 404, also for what the caller may not see.
    pub(crate) fn not_found() -> Reject {
        Reject::new(404, "Not Found")
    }

    /// 403 for an app that lacks a permission.
    pub(crate) fn lacks() -> Reject {
        Reject::new(403, "Resource not accessible by integration")
    }

    /// The same, with the permissions of which one would do.
    pub(crate) fn lacks_one_of(names: &[&str], access: Access) -> Reject {
        let level = if access == Access::Write { "write" } else { "read" };
        let named: Vec<String> = names.iter().map(|name| format!("{name}={level}")).collect();
        let headers = vec![("X-Accepted-GitHub-Permissions", named.join("; "))];
        Reject { headers, ..Reject::lacks() }
    }

    /// 403 for an installation that its account's owner suspended.
    pub(crate) fn suspended() -> Reject {
        Reject::new(403, "This installation has been suspended")
    }

    /// A repository is elsewhere: 301 for what reads, 307 for what must be sent again as it is.
    pub(crate) fn moved(reads: bool, location: String) -> Reject {
        let status = if reads { 301 } else { 307 };
        Reject { headers: vec![("Location", location)], ..Reject::new(status, "Moved Permanently") }
    }

    /// 422 for a field, with one of GitHub's codes.
    pub(crate) fn field(resource: &str, field: &str, code: &str) -> Reject {
        let errors = vec![json!({"resource": resource, "field": field, "code": code})];
        Reject { errors, ..Reject::new(422, "Validation Failed") }
    }

    /// 422 for a field, with a sentence.
    pub(crate) fn custom(resource: &str, field: &str, message: &str) -> Reject {
        let mut error = json!({"resource": resource, "code": "custom", "message": message});
        if let (false, Some(map)) = (field.is_empty(), error.as_object_mut()) {
            map.insert("field".into(), json!(field));
        }
        Reject { errors: vec![error], ..Reject::new(422, "Validation Failed") }
    }

    /// 422 with sentences only.
    pub(crate) fn unprocessable(messages: &[&str]) -> Reject {
        let errors = messages.iter().map(|message| json!(message)).collect();
        let message = messages.first().copied().unwrap_or("Unprocessable Entity");
        Reject { errors, ..Reject::new(422, &format!("Unprocessable Entity: {message}")) }
    }

    /// The body.
    pub(crate) fn body(&self) -> Value {
        let mut body =
            json!({"message": self.message, "documentation_url": DOCS, "status": self.status.to_string()});
        if let (false, Some(map)) = (self.errors.is_empty(), body.as_object_mut()) {
            map.insert("errors".into(), json!(self.errors));
        }
        match self.headers.iter().find(|(name, _)| *name == "Location") {
            Some((_, location)) => {
                json!({"message": self.message, "url": location, "documentation_url": DOCS})
            }
            None => body,
        }
    }
}

impl From<GitError> for Reject {
    fn from(error: GitError) -> Reject {
        Reject::unprocessable(&[&error.to_string()])
    }
}

impl Call {
    /// A parameter of the route.
    pub(crate) fn param(&self, name: &str) -> Result<&str, Reject> {
        let found = self.params.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(Reject::not_found)
    }

    /// A parameter of the route that is a number.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Reject> {
        self.param(name)?.parse().map_err(|_| Reject::not_found())
    }

    /// A parameter after the question mark.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as what a handler expects; an absent one reads as an empty object.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Reject> {
        let bytes: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        let value: Value =
            serde_json::from_slice(bytes).map_err(|_| Reject::new(400, "Problems parsing JSON"))?;
        serde_json::from_value(value)
            .map_err(|error| Reject::new(422, &format!("Invalid request.\n\n{error}")))
    }

    /// The repository the route names.
    pub(crate) fn repo(&self, world: &World) -> Result<u64, Reject> {
        if let Ok(id) = self.number("repository_id") {
            return world.repo(id).map(|repo| repo.id);
        }
        Ok(world.named(&format!("{}/{}", self.param("owner")?, self.param("repo")?))?.id)
    }

    /// The account that acts.
    pub(crate) fn actor(&self, world: &World) -> Result<u64, Reject> {
        self.caller.account(world).ok_or_else(|| Reject::new(401, "Requires authentication"))
    }

    /// The part of a list that was asked for, with the `Link` header.
    pub(crate) fn page<T>(&self, world: &World, items: Vec<T>) -> (Vec<T>, Option<String>) {
        let number =
            |name: &str, default: usize| self.query(name).and_then(|n| n.parse().ok()).unwrap_or(default);
        let (size, page) = (number("per_page", 30).clamp(1, 100), number("page", 1).max(1));
        let last = items.len().div_ceil(size).max(1);
        let part = items.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
        let address = |page: usize| {
            let kept = self.query.iter().filter(|(key, _)| key != "page");
            let mut pairs: Vec<String> =
                kept.map(|(key, value)| format!("{}={}", quoted(key), quoted(value))).collect();
            pairs.push(format!("page={page}"));
            format!("{}{}?{}", world.api(), self.path, pairs.join("&"))
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(format!("<{}>; rel=\"prev\"", address(page - 1)));
        }
        if page < last {
            links.push(format!("<{}>; rel=\"next\"", address(page + 1)));
            links.push(format!("<{}>; rel=\"last\"", address(last)));
        }
        if page > 1 {
            links.push(format!("<{}>; rel=\"first\"", address(1)));
        }
        (part, (!links.is_empty()).then(|| links.join(", ")))
    }

    /// 200 with the part of a list that was asked for.
    pub(crate) fn list(&self, world: &World, items: Vec<Value>) -> Done {
        let (part, link) = self.page(world, items);
        Ok(Answer { status: 200, body: Some(json!(part)), raw: None, link })
    }

    /// 200 with the part of a list that was asked for, and the count of all.
    pub(crate) fn counted(&self, world: &World, name: &str, items: Vec<Value>) -> Done {
        let total = items.len();
        let (part, link) = self.page(world, items);
        Ok(Answer { status: 200, body: Some(json!({"total_count": total, name: part})), raw: None, link })
    }

    /// Whether the caller asked for a media type such as `raw` or `diff`.
    pub(crate) fn wants(&self, media: &str) -> bool {
        let accept = self.headers.get(http::header::ACCEPT).map(HeaderValue::as_bytes).unwrap_or_default();
        let accept = String::from_utf8_lossy(accept);
        accept.split(',').any(|one| {
            let kind = one.split(';').next().unwrap_or_default().trim();
            let kind = kind.strip_prefix("application/vnd.github.").unwrap_or_default();
            kind.split(['.', '+']).any(|word| word == media)
        })
    }
}

/// Percent-encodes what may not stand in a query.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Decodes percent signs (and, in queries, plus signs).
pub(crate) fn unquoted(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            (b'+', _) if plus => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (unquoted(key, true), unquoted(value, true)))
        .collect()
}
