//! `POST jobs/{job}/heartbeat`: extends the lease, carries orders back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use tfpilot_engine::{JobState, LEASE};
use tfpilot_protocol::{Heartbeat, Orders};

use crate::app::App;
use crate::store::{View, ViewChange};
use crate::web::problem::Refused;
use crate::worker::timers::lease_key;
use crate::worker::views;

pub(crate) async fn heartbeat(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    headers: HeaderMap,
    Json(beat): Json<Heartbeat>,
) -> Result<Json<Orders>, Refused> {
    let claimed = super::claimed(&app, &headers, &job).await?;
    let working = matches!(claimed.job.state, JobState::Claimed { .. });
    if working {
        let until = app.clock.now() + LEASE;
        let value = Some(views::write(&until)?);
        let change = ViewChange { view: View::Marks, key: lease_key(claimed.job.id), value };
        app.store.put_views(vec![change], Vec::new()).await?;
        tracing::debug!(job, phase = ?beat.phase, done = beat.done, total = beat.total, "heartbeat");
    }
    let cancel = !working || claimed.facts.cancelling.contains(&claimed.job.id);
    let lease_seconds = u64::try_from(LEASE.as_secs()).unwrap_or_default();
    Ok(Json(Orders { cancel, lease_seconds }))
}
