//! The four check runs of a head. Waiting for people is `queued`, red is broken, every path ends in a conclusion.

use tfpilot_engine::gate::{self, GateName, GateState, Verdict};
use tfpilot_engine::{CommitSha, Operation, PullState, Refusal, Status};

use super::escape::prose;
use super::refusal::{refusal_text, sentence};
use super::words::{self, count};
use super::{Scene, TEXT_LIMIT, pull};

/// The fixed names, whatever the number of stacks.
pub const CHECK_NAMES: [&str; 4] = ["tfpilot/plan", "tfpilot/policy", "tfpilot/cost", "tfpilot/apply"];

/// Longest title, in characters.
const TITLE_LIMIT: usize = 60;

/// One check run as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// One of [`CHECK_NAMES`].
    pub name: &'static str,
    /// The commit it belongs to.
    pub head: CommitSha,
    /// Change, gate and plan: by it buttons find their way back.
    pub external_id: String,
    /// Queued, running or concluded.
    pub state: CheckState,
    /// At most 60 characters.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Markdown; may be empty.
    pub text: String,
    /// On lines of HCL.
    pub annotations: Vec<Annotation>,
    /// At most three.
    pub buttons: Vec<CheckButton>,
}

/// GitHub's `status` and `conclusion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// Waits for people or for another check.
    Queued,
    /// At work.
    InProgress,
    /// Passed.
    Success,
    /// Neither.
    Neutral,
    /// Broken.
    Failure,
    /// A person must act.
    ActionRequired,
}

/// A note on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// File.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// How bad.
    pub level: AnnotationLevel,
    /// Title.
    pub title: String,
    /// Text.
    pub message: String,
}

/// GitHub's annotation levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationLevel {
    /// For information.
    Notice,
    /// Advisory.
    Warning,
    /// Broken.
    Failure,
}

/// A button on a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckButton {
    /// At most 20 characters.
    pub label: String,
    /// At most 40.
    pub description: String,
    /// At most 20; what comes back when it is pressed.
    pub identifier: &'static str,
}

pub(super) fn render(scene: &Scene<'_>) -> Vec<CheckView> {
    let Some(pull) = &scene.facts.pull else { return Vec::new() };
    let status = scene.facts.status(scene.now);
    let [plan, policy, cost, apply] = CHECK_NAMES;
    let built = match status {
        Status::NoTerraform => CHECK_NAMES
            .iter()
            .map(|name| {
                Draft::new(name, CheckState::Success, "No Terraform changes").summary("Nothing to plan.")
            })
            .collect(),
        Status::Fork => CHECK_NAMES
            .iter()
            .map(|name| {
                Draft::new(name, CheckState::ActionRequired, "Not run: pull request from a fork")
                    .summary(&sentence(&Refusal::Fork))
            })
            .collect(),
        _ => vec![
            plan_check(scene, &status, plan),
            follower(
                scene,
                &status,
                policy,
                "No policies in force",
                "No policy is configured for this repository.",
            ),
            follower(
                scene,
                &status,
                cost,
                "Not estimated",
                "No price book is configured for these resources.",
            ),
            apply_check(scene, &status, apply),
        ],
    };
    let round = scene.facts.round().map(|round| round.reviewed.short().to_owned()).unwrap_or_default();
    built
        .into_iter()
        .map(|draft| {
            let gate = draft.name.strip_prefix("tfpilot/").unwrap_or(draft.name);
            let external_id = format!("{}:{gate}:{round}", scene.facts.stream);
            draft.finish(&pull.head, &external_id)
        })
        .collect()
}

struct Draft {
    name: &'static str,
    state: CheckState,
    title: String,
    summary: String,
    text: String,
    annotations: Vec<Annotation>,
    buttons: Vec<CheckButton>,
}

impl Draft {
    fn new(name: &'static str, state: CheckState, title: &str) -> Self {
        let (title, summary, text) = (cut(title), String::new(), String::new());
        Self { name, state, title, summary, text, annotations: Vec::new(), buttons: Vec::new() }
    }

    fn summary(mut self, summary: &str) -> Self {
        self.summary = summary.to_owned();
        self
    }

    fn button(mut self, label: &str, description: String, identifier: &'static str) -> Self {
        let description = description.chars().take(40).collect();
        self.buttons.push(CheckButton { label: label.to_owned(), description, identifier });
        self
    }

    fn finish(self, head: &CommitSha, external_id: &str) -> CheckView {
        CheckView {
            name: self.name,
            head: head.clone(),
            external_id: external_id.to_owned(),
            state: self.state,
            title: self.title,
            summary: self.summary,
            text: self.text,
            annotations: self.annotations,
            buttons: self.buttons,
        }
    }
}

fn cut(title: &str) -> String {
    if title.chars().count() <= TITLE_LIMIT {
        return title.to_owned();
    }
    title.chars().take(TITLE_LIMIT - 1).chain(['…']).collect()
}

fn plan_check(scene: &Scene<'_>, status: &Status, name: &'static str) -> Draft {
    let facts = scene.facts;
    if let Some(finding) =
        facts.tree.as_ref().filter(|_| facts.head_is_read()).and_then(|tree| tree.findings.first())
    {
        let title = format!("Not admitted: {}:{} {}", finding.path, finding.line, finding.what);
        let reason = Refusal::NotAdmitted { finding: finding.clone() };
        let mut draft = Draft::new(name, CheckState::Failure, &title).summary(&sentence(&reason));
        draft.annotations = facts.tree.iter().flat_map(|tree| &tree.findings).map(admission_note).collect();
        return draft;
    }
    if let Some((stack, failure)) = facts.failed_plan() {
        let title = format!("Failed in {stack}: {}", words::failure(failure));
        let reason =
            gate::judge_all(facts, scene.now).into_iter().find(|verdict| verdict.gate == GateName::Planned);
        let summary =
            reason.as_ref().and_then(|verdict| verdict.reasons.first()).map(sentence).unwrap_or_default();
        let mut draft = Draft::new(name, CheckState::Failure, &title).summary(&summary);
        draft.annotations = problem_notes(failure);
        return draft.button("Plan again", "Plan this head again".to_owned(), "plan");
    }
    if facts.reviewed_now().is_none() && !applied_or_applying(status) {
        let (done, all) = words::progress(facts, Operation::Plan);
        let title = if all == 0 {
            "Reading the pull request".to_owned()
        } else {
            format!(
                "Planning {} of {}",
                (done + 1).min(all),
                count(u32::try_from(all).unwrap_or(u32::MAX), "stack")
            )
        };
        return Draft::new(name, CheckState::InProgress, &title).summary("The plan is running.");
    }
    let title = if facts.reviewed_now().is_none() {
        "Planned and used".to_owned()
    } else if facts.plans_change_nothing() {
        "No changes".to_owned()
    } else {
        format!("{} in {}", words::planned(facts), words::where_planned(facts))
    };
    let mut draft = Draft::new(name, CheckState::Success, &title).summary(&plan_summary(scene, status));
    draft.text = plan_text(scene);
    if matches!(status, Status::Ready) { apply_button(scene, draft) } else { draft }
}

fn plan_summary(scene: &Scene<'_>, status: &Status) -> String {
    format!("Next: {}", pull::next_step(scene, status))
}

fn plan_text(scene: &Scene<'_>) -> String {
    let mut out = String::new();
    for stack in scene.facts.stacks() {
        let Some(text) = scene.details.get(&stack.path) else { continue };
        let part = format!("### {}\n\n{text}\n\n", prose(stack.path.as_str()));
        if out.len() + part.len() > TEXT_LIMIT {
            return format!("Not all stacks are shown.\n\n{out}");
        }
        out.push_str(&part);
    }
    out
}

fn admission_note(finding: &tfpilot_engine::AdmissionFinding) -> Annotation {
    Annotation {
        path: finding.path.clone(),
        line: finding.line.max(1),
        level: AnnotationLevel::Failure,
        title: finding.rule.clone(),
        message: format!("{}: {}. {}.", finding.what, finding.why, finding.next),
    }
}

fn problem_notes(failure: &tfpilot_engine::Failure) -> Vec<Annotation> {
    let tfpilot_engine::Failure::Step { problems, .. } = failure else { return Vec::new() };
    problems
        .iter()
        .filter_map(|problem| {
            Some(Annotation {
                path: problem.path.clone()?,
                line: problem.line?.max(1),
                level: AnnotationLevel::Failure,
                title: problem.summary.clone(),
                message: if problem.detail.is_empty() {
                    problem.summary.clone()
                } else {
                    problem.detail.clone()
                },
            })
        })
        .collect()
}

/// Policy and cost follow the plan.
fn follower(scene: &Scene<'_>, status: &Status, name: &'static str, title: &str, summary: &str) -> Draft {
    match status {
        Status::PlanFailed | Status::NotAdmitted => {
            Draft::new(name, CheckState::Neutral, "Not judged: there is no plan")
                .summary("The plan check says why.")
        }
        _ if scene.facts.reviewed_now().is_none() && !applied_or_applying(status) => {
            Draft::new(name, CheckState::Queued, "Waiting for the plan").summary("Follows the plan.")
        }
        _ => Draft::new(name, CheckState::Neutral, title).summary(summary),
    }
}

fn applied_or_applying(status: &Status) -> bool {
    matches!(
        status,
        Status::Applying
            | Status::Applied
            | Status::AppliedUnmerged
            | Status::ApplyFailed
            | Status::Unknown
            | Status::Abandoned
    )
}

fn apply_check(scene: &Scene<'_>, status: &Status, name: &'static str) -> Draft {
    let facts = scene.facts;
    let changed: u32 = facts.applied.values().map(|applied| applied.changed).sum();
    let summary = format!("Next: {}", pull::next_step(scene, status));
    let closed = facts.pull.as_ref().is_some_and(|pull| pull.state != PullState::Open);
    let (state, title) = match status {
        Status::Applied | Status::AppliedUnmerged | Status::Abandoned => {
            (CheckState::Success, format!("Applied {}", count(changed, "change")))
        }
        Status::NoChanges => (CheckState::Success, "Nothing to apply".to_owned()),
        Status::Applying => {
            let (done, all) = words::progress(facts, Operation::Apply);
            (CheckState::InProgress, format!("Applying {} of {all}", (done + 1).min(all)))
        }
        Status::ApplyFailed => {
            let done = facts
                .journals
                .values()
                .flatten()
                .filter(|line| line.step == tfpilot_engine::JournalStep::Completed);
            (
                CheckState::Failure,
                format!("Failed after {}", count(u32::try_from(done.count()).unwrap_or(u32::MAX), "change")),
            )
        }
        Status::Unknown => (CheckState::Failure, "Outcome unknown".to_owned()),
        Status::NotAdmitted | Status::PlanFailed => {
            (CheckState::Failure, "Not applied: there is no plan".to_owned())
        }
        _ if closed => (CheckState::Neutral, "Closed without an apply".to_owned()),
        Status::Ready => (CheckState::Queued, format!("Ready: {}", words::planned(facts))),
        Status::Waiting { .. } => (CheckState::Queued, waiting_title(scene)),
        _ => (CheckState::Queued, "Waiting for the plan".to_owned()),
    };
    let draft = Draft::new(name, state, &title).summary(&summary);
    if matches!(status, Status::Ready) { apply_button(scene, draft) } else { draft }
}

fn waiting_title(scene: &Scene<'_>) -> String {
    let verdict: Option<Verdict> =
        gate::judge_all(scene.facts, scene.now).into_iter().find(|verdict| verdict.state != GateState::Open);
    match verdict.and_then(|verdict| verdict.reasons.into_iter().next()) {
        Some(Refusal::NotApproved { given, needed, .. }) => {
            format!("Waiting for {}", count(needed.saturating_sub(given), "approval"))
        }
        Some(reason) => refusal_text(&reason).what,
        None => "Waiting".to_owned(),
    }
}

fn apply_button(scene: &Scene<'_>, draft: Draft) -> Draft {
    let plan = scene.facts.round().map(|round| round.reviewed.short().to_owned()).unwrap_or_default();
    let names: Vec<String> =
        scene.facts.environments().into_iter().flatten().map(ToString::to_string).collect();
    let place = if names.is_empty() { String::new() } else { format!(" to {}", names.join(", ")) };
    draft.button("Apply", format!("Apply plan {plan}{place}"), "apply")
}
