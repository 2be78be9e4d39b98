//! The table of contents: every address and who answers it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;
use crate::web::{api, health, runner, webhook};

/// GitHub sends at most 25 MB.
const LONGEST_WEBHOOK: usize = 25 * 1024 * 1024;

/// The public listener.
pub fn router(app: Arc<App>) -> Router {
    let webhooks = post(webhook::github).layer(DefaultBodyLimit::max(LONGEST_WEBHOOK));
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/webhooks/github", webhooks)
        .nest("/runner/v1", runner::routes())
        .nest("/api/v1", api::routes(&app))
        .with_state(app)
}
