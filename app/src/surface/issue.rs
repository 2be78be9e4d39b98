//! The sticky comment of a request's issue: what was understood, and where it stands.

use tfpilot_engine::gate::GateName;
use tfpilot_engine::{Draft, Request, Status};

use super::escape::{self, code, prose};
use super::{STICKY_MARKER, Scene, Sticky, call, commit, delay, pull, tally};

pub(super) fn render_sticky(scene: &Scene<'_>) -> Option<Sticky> {
    let request = scene.facts.request.as_ref()?;
    let status = scene.facts.status(scene.now);
    if request.drafts == 0 && matches!(status, Status::NeedsAnswer | Status::Opening | Status::Closed) {
        return None;
    }
    let heading = format!("### {}: {}", thing(scene, request), heading_end(scene, request, &status));
    let next = format!("Next: {}", next(scene, request, &status));
    let mut body = format!("{heading}\n{next}\n\n{}", commit::input_table(&request.draft));
    if let Some(advice) = call::advice(scene.facts, request) {
        body.push_str(&format!("\n{advice}\n"));
    }
    if let Some(outputs) = pull::outputs_table(scene) {
        body.push_str(&format!("\n{outputs}"));
    }
    if scene.facts.apply.is_none() && !matches!(status, Status::Closed) {
        body.push_str(&format!("\n{}\n", correct(&request.draft)));
    }
    body.push_str(&format!("\n{STICKY_MARKER}\n"));
    Some(Sticky { number: request.issue, body, post: true })
}

/// "S3 bucket `acme-invoices` in dev".
fn thing(scene: &Scene<'_>, request: &Request) -> String {
    let name = commit::names(&request.draft).map(|names| format!(" {names}")).unwrap_or_default();
    let environment = request
        .draft
        .environment
        .as_ref()
        .map(|environment| format!(" in {}", prose(environment.value.as_str())))
        .unwrap_or_default();
    format!("{}{name}{environment}", prose(scene.module_title))
}

/// A question about a request that has a pull request already.
fn asks_again(request: &Request, status: &Status) -> bool {
    request.question.is_some() && status.is_before_apply()
}

fn heading_end(scene: &Scene<'_>, request: &Request, status: &Status) -> String {
    match status {
        _ if asks_again(request, status) => format!("{} open, one question", number(scene)),
        Status::Planning if pull::unfit(scene.facts).is_none() => format!("{} open", number(scene)),
        Status::Waiting { gate } if *gate != GateName::Approved => {
            format!("planned, {}", prose(&tally::planned_and_cost(scene.facts)))
        }
        _ => pull::standing(scene, status),
    }
}

pub(super) fn next(scene: &Scene<'_>, request: &Request, status: &Status) -> String {
    let by = prose(&request.by.login);
    let number = number(scene);
    if let Some(delayed) = delay::delayed(scene, status) {
        return delayed;
    }
    match status {
        Status::NeedsAnswer => format!("{by} answers below."),
        _ if asks_again(request, status) => format!("{by} answers below."),
        Status::Refused => format!("{by}: {}.", call::next_for_draft(scene.facts)),
        Status::Stuck => match &scene.facts.step_failed {
            Some((_, why)) => format!("{}.", escape::sentence(why)),
            None => pull::NOTHING.to_owned(),
        },
        Status::Planning if pull::unfit(scene.facts).is_none() => {
            format!("nothing for you. The plan of {number} is running.")
        }
        Status::Waiting { gate: GateName::Approved } => {
            format!("{}.", pull::who_reviews(scene, &format!(" {number}")))
        }
        Status::Ready => format!("{by}: `/tfpilot apply` on {number}."),
        _ => pull::next_step(scene, status),
    }
}

/// How to change what was understood, by a command that would really change something.
fn correct(draft: &Draft) -> String {
    let inputs = || {
        let things = draft.resources.iter().enumerate();
        things
            .flat_map(|(at, thing)| thing.inputs.iter().map(move |(name, filled)| (at, name, &filled.value)))
    };
    let key = |at: usize, name: &str| match draft.handle(at) {
        Some(handle) => format!("{handle}.{name}"),
        None => name.to_owned(),
    };
    let flag = inputs().find_map(|(at, name, value)| Some((key(at, name), value.as_bool()?)));
    // What is taken from another thing is rarely what is wrong.
    let plain = inputs().find(|(_, _, value)| !commit::takes_outputs(draft, value));
    let command = match (flag, plain) {
        (Some((key, value)), _) => format!("/tfpilot set {key}={}", !value),
        (None, Some((at, name, _))) => format!("/tfpilot set {}=…", key(at, name)),
        (None, None) => format!("/tfpilot set {}=…", key(0, "name")),
    };
    format!("Not right? Edit the issue or {}. To stop, close it.", code(&command))
}

fn number(scene: &Scene<'_>) -> String {
    scene
        .facts
        .pull
        .as_ref()
        .map_or_else(|| "the pull request".to_owned(), |pull| format!("#{}", pull.number))
}
