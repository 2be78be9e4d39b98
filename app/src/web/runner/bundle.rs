//! `PUT` and `GET jobs/{job}/bundle`: a plan's bundle in, the reviewed plan's bundle out. The bytes are sealed at rest.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use tfpilot_engine::{JobId, JobState, Operation};
use tfpilot_protocol::BUNDLE_SHA256_HEADER;

use crate::app::App;
use crate::web::problem::Refused;

/// Where a plan job's bundle is stored.
pub(crate) fn bundle_key(plan_job: JobId) -> String {
    format!("bundles/{plan_job}")
}

pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let claimed = super::claimed(&app, &headers, &job).await?;
    let planning =
        claimed.run.operation == Operation::Plan && matches!(claimed.job.state, JobState::Claimed { .. });
    if !planning {
        return Err(Refused::conflict("not-planning", "this job takes no bundle now"));
    }
    let said = headers.get(BUNDLE_SHA256_HEADER).and_then(|value| value.to_str().ok());
    if said != Some(hex::encode(Sha256::digest(&body)).as_str()) {
        return Err(Refused::invalid(format!("the bundle does not match its {BUNDLE_SHA256_HEADER} header")));
    }
    app.blobs.put(&bundle_key(claimed.job.id), body.to_vec()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn download(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    headers: HeaderMap,
) -> Result<Vec<u8>, Refused> {
    let claimed = super::claimed(&app, &headers, &job).await?;
    let ticket = claimed.job.ticket.and_then(|ticket| claimed.facts.tickets.get(&ticket));
    let Some(ticket) = ticket.filter(|_| matches!(claimed.job.state, JobState::Claimed { .. })) else {
        return Err(Refused::conflict("not-applying", "this job has no bundle to fetch now"));
    };
    let bundle = app.blobs.get(&bundle_key(ticket.plan_job)).await?;
    bundle.ok_or_else(|| {
        Refused::conflict("bundle-gone", "the plan's bundle is not stored any more; plan again")
    })
}
