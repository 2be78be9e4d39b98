//! Sending one call: identity, conditional request, redirect, time limit, size limit, count, verdict.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::etag::{Kept, Key};
use super::failure::{self, Failure, GitHubError, Result, one_line};
use super::meter::lock;
use super::{Answer, Call, GitHub, Identity, InstallationId, Route};

/// The largest answer we read: a Git blob of GitHub's largest file is about twice that, and never infrastructure code.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// A renamed repository answers with one redirect.
const MAX_REDIRECTS: usize = 3;
/// Items a page, the most GitHub gives.
pub(crate) const PAGE: usize = 100;

/// An answer before it is judged.
pub(super) struct Raw {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl GitHub {
    /// Sends a call and returns its answer, if it is a success.
    pub(crate) async fn send(&self, identity: Identity, call: &Call) -> Result<Answer> {
        // On the heap: whoever asks GitHub would carry octocrab's steps within its own otherwise.
        let outcome = Box::pin(self.send_now(identity, call)).await;
        if let Err(error) = &outcome {
            self.note_limit(identity, &error.failure);
        }
        outcome
    }

    async fn send_now(&self, identity: Identity, call: &Call) -> Result<Answer> {
        let failed = |failure| GitHubError::new(call.doing.clone(), failure);
        self.let_through(identity).map_err(failed)?;
        let _permit = self.inner.permits.acquire().await.map_err(|_| failed(closed()))?;
        let key = Key { identity, path: call.route.path.clone() };
        let kept = if call.conditional { lock(&self.inner.etags).get(&key) } else { None };
        let raw = self.exchange(identity, call, kept.as_ref()).await.map_err(failed)?;
        let doing = call.doing.clone();
        match (raw.status, kept) {
            (StatusCode::NOT_MODIFIED, Some(kept)) => {
                let mut headers = raw.headers;
                if let Some(link) = kept.link.and_then(|link| HeaderValue::try_from(link).ok()) {
                    headers.insert(header::LINK, link);
                }
                Ok(Answer { headers, body: kept.body, doing })
            }
            (status, _) if status.is_success() => {
                if let Some(etag) = failure::header(&raw.headers, "etag").filter(|_| call.conditional) {
                    let link = failure::header(&raw.headers, "link");
                    lock(&self.inner.etags).put(key, etag, link, &raw.body);
                }
                Ok(Answer { headers: raw.headers, body: raw.body, doing })
            }
            (status, _) => Err(failed(Failure::sort(status, &raw.headers, &raw.body, self.now()))),
        }
    }

    /// Sends a call and reads its answer.
    pub(crate) async fn fetch<T: DeserializeOwned>(&self, identity: Identity, call: &Call) -> Result<T> {
        self.send(identity, call).await?.read()
    }

    /// Reads all pages of a list; `unwrap` finds the items in a page. More than `max_pages` is a failure: half
    /// a list would be taken for the whole.
    pub(crate) async fn pages<P: DeserializeOwned, T>(
        &self,
        identity: Identity,
        route: &Route,
        doing: &str,
        max_pages: usize,
        unwrap: impl Fn(P) -> Vec<T>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        for page in 1..=max_pages {
            let route = route.clone().query("per_page", PAGE).query("page", page);
            let answer = self.send(identity, &Call::get(route, doing)).await?;
            items.extend(unwrap(answer.read()?));
            if !answer.has_next_page() {
                return Ok(items);
            }
        }
        let message = format!("the list is longer than {} entries", max_pages * PAGE);
        Err(GitHubError::new(doing, Failure::Invalid { message }))
    }

    async fn exchange(
        &self,
        identity: Identity,
        call: &Call,
        kept: Option<&Kept>,
    ) -> std::result::Result<Raw, Failure> {
        let mut path = call.route.path.clone();
        for _ in 0..=MAX_REDIRECTS {
            let raw = self.once(identity, call, &path, kept).await?;
            match self.redirect(call, &raw) {
                Some(next) => path = next,
                None => return Ok(raw),
            }
        }
        Err(Failure::Transient { detail: "GitHub redirects in a circle".to_owned() })
    }

    /// Where a renamed repository is now. Only our own server is followed, and only by a path, so the
    /// credentials stay where they belong.
    fn redirect(&self, call: &Call, raw: &Raw) -> Option<String> {
        let keeps_method = matches!(raw.status.as_u16(), 307 | 308);
        let moved = matches!(raw.status.as_u16(), 301 | 302) && call.method == Method::GET;
        if !(keeps_method || moved) {
            return None;
        }
        let location: http::Uri = failure::header(&raw.headers, "location")?.parse().ok()?;
        let ours: http::Uri = self.inner.settings.api_url.parse().ok()?;
        let same = location.authority().is_none()
            || (location.authority() == ours.authority() && location.scheme() == ours.scheme());
        same.then(|| location.path_and_query().map(ToString::to_string)).flatten()
    }

    async fn once(
        &self,
        identity: Identity,
        call: &Call,
        path: &str,
        kept: Option<&Kept>,
    ) -> std::result::Result<Raw, Failure> {
        let mut request = Request::builder().method(call.method.clone()).uri(path);
        if let Some(kept) = kept {
            request = request.header(header::IF_NONE_MATCH, &kept.etag);
        }
        let request = finish(request, call.body.clone())?;
        let outcome = match identity {
            Identity::App => read(self.inner.app.execute(request), self.inner.settings.timeout).await,
            Identity::Installation(id) => {
                let slot = self.slot(id).map_err(|error| error.failure)?;
                match self.warm(&slot).await {
                    Ok(()) => read(slot.client().execute(request), self.inner.settings.timeout).await,
                    Err(failure) => Err(failure),
                }
            }
        };
        self.note(identity, &call.method, call.route.template, outcome)
    }

    /// Sends a GraphQL query with the installation's credentials, renewed once when GitHub refuses them.
    pub(super) async fn exchange_graphql(
        &self,
        installation: InstallationId,
        body: Vec<u8>,
    ) -> std::result::Result<Raw, Failure> {
        self.let_through(Identity::Installation(installation))?;
        let _permit = self.inner.permits.acquire().await.map_err(|_| closed())?;
        let raw = self.graphql_once(installation, body.clone()).await?;
        if raw.status != StatusCode::UNAUTHORIZED {
            return Ok(raw);
        }
        lock(&self.inner.installations).remove(&installation);
        self.graphql_once(installation, body).await
    }

    async fn graphql_once(
        &self,
        installation: InstallationId,
        body: Vec<u8>,
    ) -> std::result::Result<Raw, Failure> {
        let slot = self.slot(installation).map_err(|error| error.failure)?;
        self.warm(&slot).await?;
        let token = slot.client().installation_token().await.map_err(|error| self.sort(error))?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Failure::Unauthorized)?;
        bearer.set_sensitive(true);
        let (client, path) = &self.inner.graphql;
        let request = Request::builder().method(Method::POST).uri(path).header(header::AUTHORIZATION, bearer);
        let request = finish(request, Some(body))?;
        let outcome = read(client.execute(request), self.inner.settings.timeout).await;
        self.note(Identity::Installation(installation), &Method::POST, "/graphql", outcome)
    }

    fn note(
        &self,
        identity: Identity,
        method: &Method,
        template: &'static str,
        outcome: std::result::Result<Raw, Failure>,
    ) -> std::result::Result<Raw, Failure> {
        self.inner.meter.count(method, template, outcome.as_ref().map_or(0, |raw| raw.status.as_u16()));
        if let Ok(raw) = &outcome {
            self.inner.meter.read_allowance(identity, &raw.headers);
        }
        outcome
    }

    /// Sorts what octocrab itself reports: the network, or a token it could not get.
    pub(super) fn sort(&self, error: octocrab::Error) -> Failure {
        sort(error, |status, headers, body| Failure::sort_token(status, headers, body, self.now()))
    }
}

/// `application/vnd.github+json` in both directions, with a body that can be sent again after a 401.
fn finish(
    request: http::request::Builder,
    body: Option<Vec<u8>>,
) -> std::result::Result<Request<octocrab::OctoBody>, Failure> {
    let request = request
        .header(header::ACCEPT, "application/vnd.github+json")
        .header("x-github-api-version", "2022-11-28")
        .header(header::CONTENT_TYPE, "application/json");
    let body: octocrab::OctoBody = body.map_or_else(octocrab::OctoBody::empty, Into::into);
    request.body(body).map_err(|error| Failure::Invalid { message: error.to_string() })
}

/// Sends and reads within the limits of time and size.
pub(crate) async fn answer_within(
    client: &Octocrab,
    path: &str,
    limit: Duration,
) -> std::result::Result<Vec<u8>, Failure> {
    let request = finish(Request::builder().method(Method::GET).uri(path), None)?;
    let raw = read(client.execute(request), limit).await?;
    if raw.status.is_success() {
        Ok(raw.body)
    } else {
        Err(Failure::Transient { detail: format!("the answer was {}", raw.status) })
    }
}

/// Awaits an answer and reads it, within the limits.
async fn read<B>(
    response: impl Future<Output = octocrab::Result<http::Response<B>>>,
    limit: Duration,
) -> std::result::Result<Raw, Failure>
where
    B: http_body_util::BodyExt,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let whole = async {
        let response = response.await.map_err(|error| {
            // octocrab passes answers on as they are, but for that to its own request for a token.
            let now = jiff::Timestamp::now();
            sort(error, |status, headers, body| Failure::sort_token(status, headers, body, now))
        })?;
        let (parts, body) = response.into_parts();
        let body =
            Limited::new(body, MAX_ANSWER_BYTES).collect().await.map_err(|error| Failure::Transient {
                detail: format!("GitHub's answer broke off ({})", one_line(&error.to_string())),
            })?;
        Ok(Raw { status: parts.status, headers: parts.headers, body: body.to_bytes().to_vec() })
    };
    match tokio::time::timeout(limit, whole).await {
        Ok(outcome) => outcome,
        Err(_) => {
            Err(Failure::Transient { detail: format!("GitHub did not answer within {} s", limit.as_secs()) })
        }
    }
}

fn sort(error: octocrab::Error, refused: impl Fn(StatusCode, &HeaderMap, &[u8]) -> Failure) -> Failure {
    match error {
        octocrab::Error::GitHub { source, .. } => {
            let body = serde_json::json!({ "message": source.message }).to_string();
            refused(source.status_code, &source.headers.unwrap_or_default(), body.as_bytes())
        }
        octocrab::Error::JWT { .. } => Failure::Unauthorized,
        other => Failure::Transient { detail: format!("GitHub cannot be reached ({})", chain(&other)) },
    }
}

/// The innermost causes: octocrab's own words carry a backtrace.
fn chain(error: &dyn std::error::Error) -> String {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes.dedup();
    let text = if causes.is_empty() { "no answer".to_owned() } else { causes.join(": ") };
    one_line(&text)
}

/// The semaphore is never closed; should it be, the caller may try again.
fn closed() -> Failure {
    Failure::Transient { detail: "the client is shutting down".to_owned() }
}
