//! `PUT jobs/{job}/errored-state`: the state that Terraform could not write to its backend. Kept sealed for whoever
//! repairs it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use tfpilot_engine::JobId;

use crate::app::App;
use crate::web::problem::Refused;

/// The folder of blobs in which errored states are stored.
pub(crate) const ERRORED_STATES: &str = "errored-states";

/// Where an apply's errored state is stored.
pub(crate) fn errored_state_key(job: JobId) -> String {
    format!("{ERRORED_STATES}/{job}")
}

pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let claimed = super::claimed(&app, &headers, &job).await?;
    if !claimed.facts.is_being_applied(claimed.job.id) {
        return Err(Refused::conflict(
            "not-applying",
            "only an apply that was started leaves an errored state",
        ));
    }
    app.blobs.put(&errored_state_key(claimed.job.id), body.to_vec()).await?;
    tracing::warn!(job, stack = %claimed.job.stack, "an apply could not write its state; the state is kept");
    Ok(StatusCode::NO_CONTENT)
}
