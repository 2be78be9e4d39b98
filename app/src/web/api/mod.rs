//! The read API, `/api/v1`: requests, changes, runs and events as JSON, for whoever has a token of its kind.
//!
//! Shapes here are promises of their own (`docs/api.md`): fields are added, never renamed or removed. Nothing is
//! decided or changed; what is told comes from the store's views and its log.

mod change;
mod costs;
mod event_details;
mod events;
mod page;
mod policies;
mod repositories;
mod requests;
mod roles;
mod runs;
mod words;

#[cfg(test)]
mod tests;

/// How gates, approvals and states are told: the same shapes wherever a change is judged.
pub(crate) mod judged {
    pub(crate) use super::change::{
        ApprovalsShape, GateShape, ReasonShape, approvals, gate_shape, is_ahead, reason_shape,
    };
    pub(crate) use super::words::{StatusShape, word};
}

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, extract::rejection::QueryRejection};

use crate::app::App;
use crate::web::problem::Refused;
use crate::web::token::{TokenGrant, find_grant};

/// Every address below `/api/v1`. The token is judged before the address, so nobody without one learns which exist.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/requests", get(requests::requests))
        .route("/changes", get(requests::changes))
        .route("/changes/{repository}/{number}", get(change::change))
        .route("/runs", get(runs::runs))
        .route("/events", get(events::events))
        .route("/policies", get(policies::policies))
        .route("/roles", get(roles::roles))
        .route("/costs", get(costs::costs))
        .route("/environments", get(costs::environments))
        .fallback(async || not_found("there is no such address; docs/api.md lists them"))
        .method_not_allowed_fallback(async || {
            Refused::new(StatusCode::METHOD_NOT_ALLOWED, "read-only", "the API only answers GET")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(app), authorize))
}

/// Lets pass who shows a token for the API. Answers are for its holder alone, so nothing on the way keeps them.
async fn authorize(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let grant = find_grant(app.store.as_ref(), request.headers()).await;
    let mut response = match grant {
        Ok(Some(TokenGrant::Api { .. })) => next.run(request).await,
        Ok(Some(_)) => Refused::new(
            StatusCode::FORBIDDEN,
            "wrong-token",
            "this token is not for the API; `tfpilot token create api --name …` makes one",
        )
        .into_response(),
        Ok(None) => {
            let message = "send `Authorization: Bearer …` with a token of `tfpilot token create api`";
            let mut refused = Refused::unauthorized(message).into_response();
            refused.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            refused
        }
        Err(error) => Refused::from(error).into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 400: the question cannot be understood.
fn bad(message: impl Into<String>) -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, "bad-request", message)
}

/// 400: a parameter that does not exist or cannot be read.
fn bad_query(rejection: &QueryRejection) -> Refused {
    bad(rejection.body_text())
}

/// 404.
fn not_found(message: &str) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "not-found", message)
}
