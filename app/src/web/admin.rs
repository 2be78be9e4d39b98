//! The admin listener: numbers for whoever runs the server. It has no users of its own, so it listens on loopback
//! unless the settings say otherwise.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use crate::app::App;
use crate::metrics::report::report;
use crate::web::health;
use crate::web::problem::Refused;

/// How Prometheus knows its text form.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The admin listener.
pub fn admin_router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics))
        .with_state(app)
}

/// Parameters of `GET /metrics`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    format: Format,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// For people and scripts.
    #[default]
    Json,
    /// For Prometheus.
    Prometheus,
}

/// `GET /metrics`.
async fn metrics(
    State(app): State<Arc<App>>,
    form: Result<Query<Form>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(Form { format }) = form
        .map_err(|rejection| Refused::new(StatusCode::BAD_REQUEST, "bad-request", rejection.body_text()))?;
    let report = report(&app).await?;
    Ok(match format {
        Format::Json => Json(report).into_response(),
        Format::Prometheus => ([(CONTENT_TYPE, PROMETHEUS_TEXT)], report.text()).into_response(),
    })
}
