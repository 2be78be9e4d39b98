//! `POST /webhooks/github`: verified, durable, acknowledged. What it means is found out afterwards.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tracing::{info, warn};

use crate::app::App;
use crate::github::webhook;
use crate::store::{Accepted, Delivery};
use crate::web::problem::Refused;

/// Longest delivery id that is taken; GitHub's are UUIDs.
const LONGEST_ID: usize = 100;

/// 202 when the delivery is durable or known already; 401 without a valid signature; 400 without its headers or
/// with a body that is no JSON.
pub(crate) async fn github(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let signature = header(&headers, "x-hub-signature-256");
    webhook::verify(&app.webhook_secrets, &body, signature).map_err(|error| {
        app.metrics.webhook_refused();
        warn!(%error, "webhook refused");
        Refused::unauthorized("the signature does not fit the body; check the webhook secret")
    })?;
    let (Some(event), Some(id)) = (header(&headers, "x-github-event"), header(&headers, "x-github-delivery"))
    else {
        return Err(bad("X-GitHub-Event and X-GitHub-Delivery are missing"));
    };
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(bad("X-GitHub-Delivery is not an id"));
    }
    if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err() {
        return Err(bad("the body is no JSON"));
    }
    let delivery = Delivery {
        id: format!("github/{id}"),
        kind: format!("github/{event}"),
        body: body.to_vec(),
        received_at: app.clock.now(),
    };
    let accepted = app.store.accept(delivery).await?;
    app.metrics.webhook_accepted(accepted == Accepted::Duplicate);
    info!(delivery = id, event, duplicate = accepted == Accepted::Duplicate, "webhook accepted");
    app.wake();
    Ok(StatusCode::ACCEPTED)
}

fn bad(message: &str) -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, "bad-request", message)
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
