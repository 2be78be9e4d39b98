//! Owns: the listener: which part answers a request, and the loop that delivers webhooks in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::faults::Fate;
use crate::hooks::{Parcel, Sender};
use crate::log::Seen;
use crate::rest::routes::find;
use crate::rest::serve::{Incoming, answer, api_path};
use crate::state::World;
use crate::{actions, git_http, oidc, pages};

/// The largest request body, in bytes.
const MAX_REQUEST: usize = 256 * 1024 * 1024;

/// What the listener, the people and the tests share.
pub(crate) struct Shared {
    world: Mutex<World>,
}

impl Shared {
    pub(crate) fn new(world: World) -> Shared {
        Shared { world: Mutex::new(world) }
    }

    /// The world, for as long as the guard lives. A panic elsewhere does not make it useless: the next assertion should
    /// still be able to print the thread.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All addresses of the forge.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).with_state(shared)
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_REQUEST).await else {
        return plain(413, "the request is too large for the forge");
    };
    let query = head.uri.query().unwrap_or_default().to_owned();
    let path = head.uri.path().to_owned();
    let incoming = Incoming { method: head.method, path, query, headers: head.headers, body };
    // Handlers run git and wait for it: not a thing for async threads.
    let path = api_path(&incoming.path);
    let fate = path.as_deref().map_or(Fate::Served(Duration::ZERO), |path| {
        let mut world = shared.world();
        let now = world.now().as_second();
        world.faults.meet(path, &incoming, now)
    });
    let fault = match fate {
        Fate::Served(time) => {
            tokio::time::sleep(time).await;
            None
        }
        Fate::Instead(response) => {
            note(&shared, &incoming, response.status().as_u16());
            return response;
        }
        Fate::Afterwards(response) => Some((response, None)),
        Fate::StruckAfter(blow, response) => Some((response, Some(blow))),
    };
    let struck = (incoming.method.to_string(), path.clone().unwrap_or_default());
    let memory =
        (incoming.method == http::Method::GET).then(|| (path.unwrap_or_default(), incoming.query.clone()));
    let watcher = shared.clone();
    let done = tokio::task::spawn_blocking(move || dispatch(&shared, incoming)).await;
    let done = match (done, memory.filter(|_| watcher.world().faults.remembers())) {
        (Ok(response), Some((path, query))) => {
            let (head, body) = response.into_parts();
            let bytes = to_bytes(body, MAX_REQUEST).await.unwrap_or_default();
            watcher.world().faults.remember(&path, &query, head.status.as_u16(), bytes.clone());
            Ok(Response::from_parts(head, Body::from(bytes)))
        }
        (done, _) => done,
    };
    if let (Some((answer, blow)), Ok(_)) = (fault, &done) {
        if let Some(blow) = blow {
            blow.fall(&struck.0, &struck.1);
        }
        return answer;
    }
    done.unwrap_or_else(|_| plain(500, "the forge failed while answering; see its log"))
}

/// Remembers a call that a fault answered.
fn note(shared: &Shared, incoming: &Incoming, status: u16) {
    let path = api_path(&incoming.path).unwrap_or_default();
    let found = find(incoming.method.as_str(), &path);
    let mut world = shared.world();
    let mut seen =
        Seen::new(world.now(), incoming.method.as_str(), &path, found.as_ref().map(|(route, _)| route.path));
    if let Some((_, params)) = found {
        seen.read_params(&params);
    }
    seen.status = status;
    world.log.push(seen);
}

fn dispatch(shared: &Shared, incoming: Incoming) -> Response {
    let mut world = shared.world();
    if let Some(path) = api_path(&incoming.path) {
        return answer(&mut world, &path, incoming);
    }
    if let Some(response) = oidc::answer(&mut world, &incoming) {
        return response;
    }
    if let Some((repo, rest)) = git_http::git_path(&incoming.path) {
        return git_http::answer(&mut world, &repo, &rest, &incoming);
    }
    pages::answer(&mut world, &incoming)
}

/// A response in plain text.
pub(crate) fn plain(status: u16, text: &str) -> Response {
    let response = Response::builder().status(status).header("Content-Type", "text/plain; charset=utf-8");
    response.body(Body::from(text.to_owned())).unwrap_or_default()
}

/// Delivers webhooks, one after the other.
pub(crate) async fn deliver(shared: Arc<Shared>, mut parcels: UnboundedReceiver<Parcel>) {
    let sender = Sender::new();
    while let Some(parcel) = parcels.recv().await {
        let outcome = sender.send(&parcel).await;
        shared.world().hooks.ended(parcel.id, outcome);
    }
}

/// Plays runs, side by side.
pub(crate) async fn play(shared: Arc<Shared>, mut starts: UnboundedReceiver<(u64, u64)>) {
    while let Some((repo, run)) = starts.recv().await {
        tokio::spawn(actions::play::play(shared.clone(), repo, run));
    }
}
