//! The sticky comment of a request's issue: what was understood, and where it stands.

use tfpilot_engine::{Request, Status};

use super::escape::{code, prose};
use super::{STICKY_MARKER, Scene, Sticky, commit, pull};

pub(super) fn render_sticky(scene: &Scene<'_>) -> Option<Sticky> {
    let request = scene.facts.request.as_ref()?;
    let status = scene.facts.status(scene.now);
    if request.drafts == 0 && matches!(status, Status::NeedsAnswer) {
        return None;
    }
    let heading = format!("### {}: {}", thing(scene, request), heading_end(scene, &status));
    let next = format!("Next: {}", next(scene, &status));
    let table = commit::input_table(scene.facts)?;
    let mut body = format!("{heading}\n{next}\n\n{table}");
    if let Some(outputs) = pull::outputs_table(scene) {
        body.push_str(&format!("\n{outputs}"));
    }
    if scene.facts.apply.is_none() {
        body.push_str("\nNot right? Edit the issue. To stop, close it.\n");
    }
    body.push_str(&format!("\n{STICKY_MARKER}\n"));
    Some(Sticky { number: request.issue, body, post: true })
}

/// "S3 bucket `acme-invoices` in dev".
fn thing(scene: &Scene<'_>, request: &Request) -> String {
    let name = request.draft.name.as_ref().map(|name| format!(" {}", code(&name.value))).unwrap_or_default();
    let environment = request
        .draft
        .environment
        .as_ref()
        .map(|environment| format!(" in {}", prose(environment.value.as_str())))
        .unwrap_or_default();
    format!("{}{name}{environment}", prose(scene.module_title))
}

fn heading_end(scene: &Scene<'_>, status: &Status) -> String {
    match status {
        Status::NeedsAnswer => "one question".to_owned(),
        Status::Opening => "opening a pull request".to_owned(),
        Status::Stuck => "stopped".to_owned(),
        Status::Planning => format!("#{} open", number(scene)),
        _ => pull::standing(scene, status),
    }
}

fn next(scene: &Scene<'_>, status: &Status) -> String {
    let request_by = scene.facts.request.as_ref().map(|request| prose(&request.by.login)).unwrap_or_default();
    match status {
        Status::NeedsAnswer => format!("{request_by} answers below."),
        Status::Opening => "nothing for you.".to_owned(),
        Status::Stuck => match &scene.facts.step_failed {
            Some((_, why)) => format!("{}.", prose(why)),
            None => "nothing for you.".to_owned(),
        },
        Status::Planning => format!("nothing for you. The plan of #{} is running.", number(scene)),
        Status::Ready => format!("{request_by}: `/tfpilot apply` on #{}.", number(scene)),
        _ => pull::next_step(scene, status),
    }
}

fn number(scene: &Scene<'_>) -> u64 {
    scene.facts.pull.as_ref().map_or(0, |pull| pull.number)
}
