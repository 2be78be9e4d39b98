//! `POST jobs/{job}/journal`: durable before the runner reads on.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use tfpilot_engine::{JournalLine, JournalStep, Signal};
use tfpilot_protocol::{JournalAck, JournalBatch, JournalEntry};

use crate::app::App;
use crate::web::problem::Refused;
use crate::worker::ledger::Settles;

pub(crate) async fn journal(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    headers: HeaderMap,
    Json(batch): Json<JournalBatch>,
) -> Result<Json<JournalAck>, Refused> {
    let claimed = super::claimed(&app, &headers, &job).await?;
    let lines = batch.entries.into_iter().map(line).collect();
    let signal = Signal::Journaled { job: claimed.job.id, lines };
    let facts = app.decide(&claimed.stream, &claimed.repository, &signal, Settles::default()).await?;
    let last = facts.journals.get(&claimed.job.id).and_then(|lines| lines.last());
    Ok(Json(JournalAck { through: last.map_or(0, |line| line.seq) }))
}

fn line(entry: JournalEntry) -> JournalLine {
    JournalLine {
        seq: entry.seq,
        address: entry.address,
        action: entry.action,
        step: match entry.step {
            tfpilot_protocol::JournalStep::Started => JournalStep::Started,
            tfpilot_protocol::JournalStep::Completed => JournalStep::Completed,
            tfpilot_protocol::JournalStep::Failed => JournalStep::Failed,
        },
        resource_id: entry.resource_id,
    }
}
