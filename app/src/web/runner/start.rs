//! `POST jobs/{job}/start`: the ticket is spent here, after the pull request was looked at once more.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use tfpilot_engine::{Event, PlanDigest, Signal, TicketId, TicketState};
use tfpilot_protocol::{StartAnswer, StartRequest};

use crate::app::App;
use crate::web::problem::Refused;
use crate::worker::ledger::Settles;
use crate::worker::observe;

/// A ticket opens one start.
const SPENT: &str = "the ticket is spent or void";

pub(crate) async fn start(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    headers: HeaderMap,
    Json(request): Json<StartRequest>,
) -> Result<Json<StartAnswer>, Refused> {
    let claimed = super::claimed(&app, &headers, &job).await?;
    let ticket = TicketId(request.ticket.0);
    let issued = claimed.facts.tickets.get(&ticket).is_some_and(|ticket| ticket.state == TicketState::Issued);
    if !issued {
        return Ok(Json(StartAnswer::Refused { why: SPENT.to_owned() }));
    }
    if let Some(pull) = &claimed.facts.pull {
        let (repository, stream) = (&claimed.repository, &claimed.stream);
        if let Err(error) = observe::observe(&app, repository, stream, pull.number, Settles::default()).await
        {
            tracing::warn!(%error, "the pull request cannot be read before an apply");
            // Shut out, the ticket is void by then: whoever asks again is told so.
            super::note_access(&app, &claimed, &error).await;
            let message = "GitHub cannot be asked about the pull request now; ask again in a moment";
            return Err(Refused::unavailable(message));
        }
    }
    let signal =
        Signal::StartAsked { job: claimed.job.id, ticket, plan_digest: PlanDigest::new(request.plan_digest) };
    let (stream, repository) = (&claimed.stream, &claimed.repository);
    let decided = app.decide_telling(stream, repository, &[signal], Settles::default()).await?;
    // Of two requests at once both find the ticket spent; Terraform starts for the one that spent it.
    let spent = decided
        .events
        .iter()
        .any(|event| matches!(event, Event::TicketSpent { ticket: spent, .. } if *spent == ticket));
    let answer = match decided.facts.tickets.get(&ticket).map(|ticket| &ticket.state) {
        Some(TicketState::Spent { .. }) if spent => StartAnswer::Go,
        Some(TicketState::Spent { .. }) => StartAnswer::Refused { why: SPENT.to_owned() },
        Some(TicketState::Void { why }) => StartAnswer::Refused { why: why.clone() },
        _ => StartAnswer::Refused { why: "the ticket is not this job's".to_owned() },
    };
    Ok(Json(answer))
}
