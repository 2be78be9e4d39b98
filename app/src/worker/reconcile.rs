//! Brings checks, sticky comments and labels up to what the surface renders; writes only what differs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tfpilot_engine::{Facts, StackPath};

use crate::app::App;
use crate::config::Severity;
use crate::config::diagnostic::first;
use crate::github;
use crate::github::checks::{self, Conclusion, Output, Progress};
use crate::github::{CheckRunId, Failure, GitHubError};
use crate::store::{StoreError, View, ViewChange};
use crate::surface::{self, AnnotationLevel, CheckState, CheckView, STICKY_MARKER, Scene, Sticky, Surface};
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;
use crate::worker::plan_blobs::{cost_key, details_key, explained_key, policy_key};
use crate::worker::posted::{self, Place};
use crate::worker::repositories::Repository;
use crate::worker::{access, observe, same_head, views};

/// How often checks that several changes share are posted again because one of them moved meanwhile.
const SHARED_ROUNDS: usize = 5;

/// Renders the change and writes what differs.
pub(crate) async fn show(context: &Context<'_>) -> Result<(), CommandError> {
    // Facts are read within the turn: who writes last has the newest.
    let _turn = context.app.turns.of(context.stream).await;
    let facts = context.facts().await?;
    let surface = render(context, &facts).await?;
    same_head::leave_head(context, &facts).await?;
    // For want of a permission only what needs it is missing: the rest is shown, and tells why.
    let checks = show_checks(context, &facts, &surface.checks).await;
    let checks = unless_lacking(checks)?;
    let mut stickies = None;
    for sticky in &surface.stickies {
        stickies = unless_lacking(post_sticky(context, sticky).await)?.or(stickies);
    }
    let label = unless_lacking(post_label(context, &facts, &surface).await)?;
    checks.or(stickies).or(label).map_or(Ok(()), Err)
}

/// A failure for want of a permission, as a value.
fn unless_lacking(outcome: Result<(), CommandError>) -> Result<Option<CommandError>, CommandError> {
    match outcome {
        Err(CommandError::GitHub(error)) if access::is_lack(&error) => Ok(Some(error.into())),
        other => other.map(|()| None),
    }
}

/// Writes the checks alone: what GitHub demands of them before a merge has to be there when it is asked for.
pub(crate) async fn show_checks_now(context: &Context<'_>) -> Result<(), CommandError> {
    let _turn = context.app.turns.of(context.stream).await;
    let facts = context.facts().await?;
    let checks = render(context, &facts).await?.checks;
    show_checks(context, &facts, &checks).await
}

/// Where others show the same commit, whoever posts last must have seen what all of them are.
async fn show_checks(context: &Context<'_>, facts: &Facts, own: &[CheckView]) -> Result<(), CommandError> {
    for _ in 0..SHARED_ROUNDS {
        let on_head = same_head::checks(context, facts, own.to_vec()).await?;
        let mut written = false;
        for check in &on_head.checks {
            written |= post_check(context.app, context.repository, check).await?;
        }
        if on_head.others.is_empty() {
            break;
        }
        if written {
            same_head::retry_merges(context, &on_head.others).await?;
        }
        if same_head::checks(context, facts, own.to_vec()).await?.checks == on_head.checks {
            break;
        }
    }
    Ok(())
}

/// Everything that the change would show alone.
pub(crate) async fn render(context: &Context<'_>, facts: &Facts) -> Result<Surface, StoreError> {
    let mut details: BTreeMap<StackPath, String> = BTreeMap::new();
    let (mut policy_texts, mut cost_texts) = (BTreeMap::new(), BTreeMap::new());
    for plan in facts.plans.values() {
        for (key, texts) in [
            (details_key(plan.job), &mut details),
            (policy_key(plan.job), &mut policy_texts),
            (cost_key(plan.job), &mut cost_texts),
        ] {
            if let Some(bytes) = context.app.blobs.get(&key).await? {
                texts.insert(plan.stack.clone(), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if let (Some(text), true) = (details.get_mut(&plan.stack), facts.rules.explains)
            && let Some(bytes) = context.app.blobs.get(&explained_key(plan.job)).await?
        {
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    let title = observe::module_title(context.repository, facts);
    let config_problem = first(&context.repository.diagnostics, Severity::Error);
    let config_advice = first(&context.repository.diagnostics, Severity::Warning);
    let runs_url = format!("{}/{}/actions/runs", context.app.web_url, context.repository.name);
    Ok(surface::render(&Scene {
        facts,
        module_title: &title,
        details: &details,
        policy_texts: &policy_texts,
        cost_texts: &cost_texts,
        runs_url: Some(&runs_url),
        config_problem: config_problem.as_deref(),
        config_advice: config_advice.as_deref(),
        now: context.app.clock.now(),
    }))
}

/// What was last posted for a check's name on a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PostedCheck {
    id: u64,
    sha256: String,
    concluded: bool,
    annotations: usize,
}

/// A concluded run is not reopened: a new round is a new run. False when it was as it should be.
pub(crate) async fn post_check(
    app: &App,
    repository: &Repository,
    view: &CheckView,
) -> Result<bool, CommandError> {
    let client = &repository.client;
    let key = format!("check/{}/{}/{}", repository.id, view.head, view.name);
    let known: Option<PostedCheck> = match app.store.view(View::Checks, &key).await? {
        Some(bytes) => Some(views::read(View::Checks, &key, &bytes)?),
        None => None,
    };
    let sha256 = hex::encode(Sha256::digest(format!("{view:?}")));
    if known.as_ref().is_some_and(|known| known.sha256 == sha256) {
        return Ok(false);
    }
    let run = check_run(view)?;
    let concluded = matches!(run.progress, Progress::Completed(_));
    let reusable = known.filter(|known| concluded || !known.concluded);
    let id = match reusable {
        Some(known) => match client.update_check(CheckRunId(known.id), &run, known.annotations).await {
            Ok(()) => known.id,
            Err(GitHubError { failure: Failure::Gone, .. }) => client.create_check(&run).await?.0,
            Err(error) => return Err(error.into()),
        },
        None => client.create_check(&run).await?.0,
    };
    let row = PostedCheck { id, sha256, concluded, annotations: run.output.annotations.len() };
    let change = ViewChange { view: View::Checks, key, value: Some(views::write(&row)?) };
    app.store.put_views(vec![change], Vec::new()).await?;
    Ok(true)
}

fn check_run(view: &CheckView) -> Result<checks::CheckRun, CommandError> {
    let head_sha = github::CommitSha::parse(view.head.as_str())
        .map_err(|error| CommandError::Impossible(error.to_string()))?;
    Ok(checks::CheckRun {
        name: view.name.to_owned(),
        head_sha,
        external_id: view.external_id.clone(),
        details_url: None,
        progress: progress(view.state),
        started_at: None,
        output: Output {
            title: view.title.clone(),
            summary: view.summary.clone(),
            text: Some(view.text.clone()).filter(|text| !text.is_empty()),
            annotations: view.annotations.iter().map(annotation).collect(),
        },
        actions: view.buttons.iter().map(button).collect(),
    })
}

fn progress(state: CheckState) -> Progress {
    match state {
        CheckState::Queued => Progress::Queued,
        CheckState::InProgress => Progress::InProgress,
        CheckState::Success => Progress::Completed(Conclusion::Success),
        CheckState::Neutral => Progress::Completed(Conclusion::Neutral),
        CheckState::Failure => Progress::Completed(Conclusion::Failure),
        CheckState::ActionRequired => Progress::Completed(Conclusion::ActionRequired),
    }
}

fn annotation(annotation: &surface::Annotation) -> checks::Annotation {
    checks::Annotation {
        path: annotation.path.clone(),
        start_line: annotation.line,
        end_line: annotation.line,
        annotation_level: match annotation.level {
            AnnotationLevel::Notice => checks::AnnotationLevel::Notice,
            AnnotationLevel::Warning => checks::AnnotationLevel::Warning,
            AnnotationLevel::Failure => checks::AnnotationLevel::Failure,
        },
        title: annotation.title.clone(),
        message: annotation.message.clone(),
    }
}

fn button(button: &surface::CheckButton) -> checks::Action {
    checks::Action {
        label: button.label.clone(),
        description: button.description.clone(),
        identifier: button.identifier.to_owned(),
    }
}

async fn post_sticky(context: &Context<'_>, sticky: &Sticky) -> Result<(), CommandError> {
    let place = Place { number: sticky.number, slot: "sticky", marker: STICKY_MARKER };
    if sticky.post || posted::is_written(context, &place).await? {
        posted::write(context, &place, &sticky.body).await?;
    }
    Ok(())
}

/// One label of ours at a time; labels of others stay.
async fn post_label(context: &Context<'_>, facts: &Facts, surface: &Surface) -> Result<(), CommandError> {
    let client = &context.repository.client;
    let issue = facts.request.as_ref().map(|request| request.issue);
    let pull = facts.pull.as_ref().map(|pull| pull.number);
    for number in [issue, pull].into_iter().flatten() {
        let key = format!("label/{}/{number}", context.repository.id);
        let wanted = surface.label.map(|label| label.name).unwrap_or_default();
        let known = context.app.store.view(View::Checks, &key).await?;
        if known.as_deref().unwrap_or_default() == wanted.as_bytes() {
            continue;
        }
        let mut labels: Vec<String> = client.issue(number).await?.labels;
        labels.retain(|name| !surface::LABELS.iter().any(|ours| ours.name == name));
        if let Some(label) = surface.label {
            client
                .ensure_label(&github::issues::Label {
                    name: label.name.to_owned(),
                    color: label.color.to_owned(),
                    description: Some(label.description.to_owned()),
                })
                .await?;
            labels.push(label.name.to_owned());
        }
        client.set_labels(number, &labels).await?;
        let change = ViewChange { view: View::Checks, key, value: Some(wanted.as_bytes().to_vec()) };
        context.app.store.put_views(vec![change], Vec::new()).await?;
    }
    Ok(())
}
