//! Owns: the page of an attempt that is under way; it looks again by itself and then leads to what came of it.

use askama::Template;
use http::HeaderValue;

use super::{Frame, Page, Visit, go, html};

/// Seconds between two looks.
const LOOK: &str = "1";

#[derive(Template)]
#[template(path = "attempt.html")]
struct AttemptPage {
    frame: Frame,
    label: String,
    text: String,
    /// Why there is no outcome.
    trouble: Option<String>,
}

/// Starts an attempt.
pub(crate) fn start(visit: &mut Visit<'_>, repo: u64, id: &str) -> Page {
    let name = visit.world.full_name(visit.world.repo(repo)?);
    let ticket = visit.world.attempts.ask(repo, id)?;
    go(&format!("/{name}/attempts/{ticket}"))
}

/// Shows an attempt, or goes to what came of it.
pub(crate) fn show(visit: &mut Visit<'_>, repo: u64, ticket: u64) -> Page {
    let (attempt, outcome) = visit.world.attempts.of_ticket(repo, ticket)?;
    let name = visit.world.full_name(visit.world.repo(repo)?);
    let trouble = match outcome {
        Some(Ok(number)) => return go(&format!("/{name}/issues/{number}")),
        Some(Err(trouble)) => Some(trouble.clone()),
        None => None,
    };
    let (frame, waits) = (visit.frame(&attempt.label, Some(repo), &[]), trouble.is_none());
    let page = AttemptPage { frame, label: attempt.label.clone(), text: attempt.text.clone(), trouble };
    let mut response = html(200, &page)?;
    if waits {
        response.headers_mut().insert("Refresh", HeaderValue::from_static(LOOK));
    }
    Ok(response)
}
