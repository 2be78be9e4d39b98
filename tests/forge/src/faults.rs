//! Owns: misbehaviour on demand, as data: `forge.github().on("PUT", "/merge").answers(502, 1)`. Each fault is used up
//! by the calls it meets; what is left over is a finding of `Forge::finish`, as the test then did not test it.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use crate::Forge;
use crate::rest::serve::Incoming;

/// When a call is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Before it has an effect; it never gets one.
    Before,
    /// After its effect, before the answer; the answer is lost.
    After,
}

/// What is done to a caller, told the method and the path.
type Strike = dyn Fn(&str, &str) + Send + Sync;

/// A strike that is kept until its call comes.
#[derive(Clone)]
pub(crate) struct Blow(Arc<Strike>);

impl Blow {
    /// Strikes.
    pub(crate) fn fall(&self, method: &str, path: &str) {
        (self.0)(method, path);
    }
}

impl fmt::Debug for Blow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blow")
    }
}

/// What a call meets.
#[derive(Debug, Clone)]
enum Kind {
    /// A status instead of an answer; nothing happens.
    Status(u16),
    /// The thing is done, and then a status is answered: the caller does not know.
    After(u16),
    /// 429 with `Retry-After`, in seconds.
    Primary(u64),
    /// 403 with `Retry-After`, in seconds.
    Secondary(u64),
    /// The answer comes late.
    Slow(Duration),
    /// The answer of the last time the same was asked.
    Stale,
    /// The caller is struck, and no answer reaches it.
    Struck(Moment, Blow),
}

#[derive(Debug, Clone)]
struct Fault {
    method: Option<String>,
    part: String,
    /// Fitting calls that pass before it.
    skip: usize,
    kind: Kind,
    times: usize,
}

/// What happens to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookFault {
    /// It is never sent.
    Lost,
    /// It is sent twice.
    Doubled,
    /// It is sent after the next one.
    Swapped,
}

/// The faults that wait for their calls.
#[derive(Default)]
pub(crate) struct Faults {
    calls: Vec<Fault>,
    pub(crate) hooks: VecDeque<HookFault>,
    /// Requests of this hour that were used elsewhere.
    pub(crate) used: Option<(Timestamp, usize)>,
    /// Workflow runs that end before they start.
    pub(crate) runs: usize,
    /// Payloads come without `installation`.
    pub(crate) bare: bool,
    /// The last answer to each GET, for stale reads.
    last: HashMap<String, (u16, Bytes)>,
}

/// What becomes of a call.
pub(crate) enum Fate {
    /// It is answered as always, after this time.
    Served(Duration),
    /// It is answered so, without effect.
    Instead(Response),
    /// It has its effect, and then is answered so.
    Afterwards(Response),
    /// It has its effect, then the caller is struck, and is answered so.
    StruckAfter(Blow, Response),
}

impl Faults {
    /// The fate of an API call; uses the fault up.
    pub(crate) fn meet(&mut self, path: &str, request: &Incoming, now: i64) -> Fate {
        let key = key(path, request);
        let fits = |fault: &Fault| {
            let method = fault.method.as_ref().is_none_or(|method| *method == request.method.as_str());
            let stale = !matches!(fault.kind, Kind::Stale)
                || (request.method == http::Method::GET && self.last.contains_key(&key));
            fault.times > 0 && method && path.contains(&fault.part) && stale
        };
        let Some(at) = self.calls.iter().position(fits) else { return Fate::Served(Duration::ZERO) };
        let Some(fault) = self.calls.get_mut(at) else { return Fate::Served(Duration::ZERO) };
        if fault.skip > 0 {
            fault.skip -= 1;
            return Fate::Served(Duration::ZERO);
        }
        fault.times -= 1;
        match fault.kind.clone() {
            Kind::Status(status) => Fate::Instead(failure(status, "Server Error", &[])),
            Kind::After(status) => Fate::Afterwards(failure(status, "Server Error", &[])),
            Kind::Primary(seconds) => {
                let reset = (now + i64::try_from(seconds).unwrap_or(3_600)).to_string();
                let headers = [
                    ("retry-after", seconds.to_string()),
                    ("x-ratelimit-remaining", "0".into()),
                    ("x-ratelimit-reset", reset),
                ];
                Fate::Instead(failure(429, "API rate limit exceeded for installation ID 5151.", &headers))
            }
            Kind::Secondary(seconds) => {
                let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
                Fate::Instead(failure(403, message, &[("retry-after", seconds.to_string())]))
            }
            Kind::Struck(Moment::Before, blow) => {
                blow.fall(request.method.as_str(), path);
                Fate::Instead(failure(502, "Server Error", &[]))
            }
            Kind::Struck(Moment::After, blow) => Fate::StruckAfter(blow, failure(502, "Server Error", &[])),
            Kind::Slow(time) => Fate::Served(time),
            Kind::Stale => match self.last.get(&key) {
                Some((status, body)) => {
                    let response = Response::builder()
                        .status(*status)
                        .header("content-type", "application/json; charset=utf-8");
                    Fate::Instead(response.body(Body::from(body.clone())).unwrap_or_default())
                }
                None => Fate::Served(Duration::ZERO),
            },
        }
    }

    /// Whether answers must be remembered.
    pub(crate) fn remembers(&self) -> bool {
        self.calls.iter().any(|fault| matches!(fault.kind, Kind::Stale) && fault.times > 0)
    }

    /// Remembers an answer to a GET.
    pub(crate) fn remember(&mut self, path: &str, query: &str, status: u16, body: Bytes) {
        self.last.insert(format!("{path}?{query}"), (status, body));
    }

    /// What no call has met.
    pub(crate) fn left(&self) -> Vec<String> {
        let calls = self.calls.iter().filter(|fault| fault.times > 0);
        let hooks = self.hooks.iter().map(|fault| format!("no webhook was {fault:?}"));
        let runs = (self.runs > 0).then(|| format!("no workflow run failed to start ({} left)", self.runs));
        calls
            .map(|fault| format!("no call to `{}` met {:?} ({} left)", fault.part, fault.kind, fault.times))
            .chain(hooks)
            .chain(runs)
            .collect()
    }
}

fn key(path: &str, request: &Incoming) -> String {
    format!("{path}?{}", request.query)
}

fn failure(status: u16, message: &str, headers: &[(&str, String)]) -> Response {
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest"});
    let mut response =
        Response::builder().status(status).header("content-type", "application/json; charset=utf-8");
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(body.to_string())).unwrap_or_default()
}

/// GitHub, to be told how to misbehave.
pub struct GitHub {
    forge: Forge,
    method: Option<String>,
    part: String,
    skip: usize,
}

impl Forge {
    /// GitHub, to be told how to misbehave: on any call, unless [`GitHub::on`] says which.
    pub fn github(&self) -> GitHub {
        GitHub { forge: self.clone(), method: None, part: String::new(), skip: 0 }
    }

    /// Takes back every fault that no call has met yet.
    pub fn behaves(&self) {
        let mut world = self.inner.shared.world();
        world.faults.calls.clear();
        world.faults.hooks.clear();
        world.hooks.flush();
    }
}

impl GitHub {
    /// Only calls of this method (empty: any) whose path contains this.
    pub fn on(mut self, method: &str, part: &str) -> GitHub {
        self.method = (!method.is_empty()).then(|| method.to_owned());
        self.part = part.to_owned();
        self
    }

    /// Lets so many fitting calls pass first.
    pub fn after(mut self, calls: usize) -> GitHub {
        self.skip = calls;
        self
    }

    fn add(self, kind: Kind, times: usize) {
        let fault = Fault { method: self.method, part: self.part, skip: self.skip, kind, times };
        self.forge.inner.shared.world().faults.calls.push(fault);
    }

    /// Answers with a status, without effect.
    pub fn answers(self, status: u16, times: usize) {
        self.add(Kind::Status(status), times);
    }

    /// Does what is asked, and answers with a status all the same.
    pub fn answers_after_effect(self, status: u16, times: usize) {
        self.add(Kind::After(status), times);
    }

    /// 429: the hour's requests are used up; try again after these seconds.
    pub fn rate_limits(self, seconds: u64, times: usize) {
        self.add(Kind::Primary(seconds), times);
    }

    /// 403: too much at once; try again after these seconds.
    pub fn limits_secondarily(self, seconds: u64, times: usize) {
        self.add(Kind::Secondary(seconds), times);
    }

    /// So many of this hour's requests were used elsewhere.
    pub fn has_used(self, requests: usize) {
        let mut world = self.forge.inner.shared.world();
        world.faults.used = Some((world.rate_start(), requests));
    }

    /// Answers late.
    pub fn is_slow(self, by: Duration, times: usize) {
        self.add(Kind::Slow(by), times);
    }

    /// Answers reads as it did the last time: what was written in between is not seen yet. Only reads asked again
    /// after this was set, and answered since, can be stale.
    pub fn lags(self, times: usize) {
        self.add(Kind::Stale, times);
    }

    /// Strikes the next caller at this moment, with whatever kills it; `blow` is told the call's method and path.
    pub fn strikes(self, moment: Moment, blow: impl Fn(&str, &str) + Send + Sync + 'static) {
        self.add(Kind::Struck(moment, Blow(Arc::new(blow))), 1);
    }

    /// The next workflow runs end as `startup_failure`, before any of their jobs.
    pub fn starts_no_runs(self, times: usize) {
        self.forge.inner.shared.world().faults.runs += times;
    }

    /// The next webhooks are never sent.
    pub fn loses_webhooks(self, times: usize) {
        self.hooks(HookFault::Lost, times);
    }

    /// The next webhooks are sent twice.
    pub fn doubles_webhooks(self, times: usize) {
        self.hooks(HookFault::Doubled, times);
    }

    /// The next webhooks, so many, change places two by two; one that has no other yet waits for it.
    pub fn swaps_webhooks(self, times: usize) {
        self.hooks(HookFault::Swapped, times);
    }

    /// Webhooks come without `installation`, as about half of GitHub's published examples do, or with it again.
    pub fn omits_installation(self, yes: bool) {
        self.forge.inner.shared.world().faults.bare = yes;
    }

    fn hooks(self, fault: HookFault, times: usize) {
        self.forge.inner.shared.world().faults.hooks.extend(std::iter::repeat_n(fault, times));
    }
}
