//! The four check runs of a head. Waiting for people is `queued`, red is broken, every path ends in a conclusion.

mod apply;
mod follow;
mod group;
mod notes;
mod plan;
mod shared;
mod view;

use tfpilot_engine::gate::GateName;
use tfpilot_engine::{Facts, Operation, PullState, Refusal, Status};

use super::refusal::sentence;
use super::{Scene, pull, tally};

pub use group::group_checks;
pub use shared::{Alone, worst_checks};
use view::Draft;
pub use view::{Annotation, AnnotationLevel, CheckButton, CheckState, CheckView};

/// The fixed names, whatever the number of stacks.
pub const CHECK_NAMES: [&str; 4] = ["tfpilot/plan", "tfpilot/policy", "tfpilot/cost", "tfpilot/apply"];

pub(super) fn render(scene: &Scene<'_>) -> Vec<CheckView> {
    let Some(pull) = &scene.facts.pull else { return Vec::new() };
    let status = scene.facts.status(scene.now);
    let [plan, policy, cost, apply] = CHECK_NAMES;
    let all = |state, title: &str, summary: &str| {
        CHECK_NAMES.map(|name| Draft::new(name, state, title).summary(summary)).into_iter().collect()
    };
    let before_apply = !is_applied(&status);
    let drafts: Vec<Draft> = if pull.managed && before_apply && has_no_terraform(scene) {
        all(CheckState::Success, "No Terraform changes", "Nothing to plan.")
    } else if before_apply && pull.fork && scene.facts.head_is_read() {
        all(CheckState::ActionRequired, "Not run: pull request from a fork", &sentence(&Refusal::Fork))
    } else if status == Status::NotManaged {
        let title = format!("Not managed: it goes into {}", pull::into(scene.facts));
        all(CheckState::Neutral, &title, "Into a managed branch it is planned.")
    } else if scene.facts.lost_stack().is_some() && scene.facts.stacks().is_empty() {
        let nothing =
            |name| Draft::new(name, CheckState::Neutral, "No Terraform changes").summary("Nothing to plan.");
        let stage = Stage::Planned;
        vec![nothing(plan), nothing(policy), nothing(cost), apply::check(scene, &status, stage, apply)]
    } else {
        let stage = Stage::of(scene, &status);
        vec![
            plan::check(scene, &status, stage, plan),
            follow::policy(scene, stage, policy),
            follow::cost(scene, stage, cost),
            apply::check(scene, &status, stage, apply),
        ]
    };
    let round = scene.facts.round().map(|round| round.reviewed.short()).unwrap_or_default();
    let finish = |draft: Draft| {
        let gate = draft.name.strip_prefix("tfpilot/").unwrap_or(draft.name);
        let external_id = format!("{}:{gate}:{round}", scene.facts.stream);
        draft.finish(&pull.head, external_id)
    };
    drafts.into_iter().map(finish).collect()
}

/// How far the head's plans are: what all four checks depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The code is not admitted.
    NotAdmitted,
    /// A plan failed.
    Failed,
    /// Closed before there was a plan.
    ClosedEarly,
    /// Being read or planned.
    Running,
    /// Planned, and a plan must not pass as complete.
    Unfit,
    /// Planned.
    Planned,
}

impl Stage {
    fn of(scene: &Scene<'_>, status: &Status) -> Self {
        let facts = scene.facts;
        let refused = facts.head_is_read() && facts.open_findings().next().is_some();
        let open = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open);
        if refused {
            Stage::NotAdmitted
        } else if facts.failed_plan().is_some() {
            Stage::Failed
        } else if *status != Status::Applying && tally::is_planning(facts) {
            if open { Stage::Running } else { Stage::ClosedEarly }
        } else if pull::unfit(facts).is_some() {
            Stage::Unfit
        } else {
            Stage::Planned
        }
    }
}

/// False while it waits or runs.
fn has_concluded(state: CheckState) -> bool {
    !matches!(state, CheckState::Queued | CheckState::InProgress)
}

fn has_no_terraform(scene: &Scene<'_>) -> bool {
    let no_findings = scene.facts.tree.as_ref().is_none_or(|tree| tree.findings.is_empty());
    scene.facts.head_is_read() && scene.facts.stacks().is_empty() && no_findings
}

/// True once Terraform may have changed something.
fn is_applied(status: &Status) -> bool {
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

/// The button for what people do next: approve, or apply. It means the plan in the check's external id.
fn with_button(scene: &Scene<'_>, status: &Status, draft: Draft) -> Draft {
    let plan = scene.facts.round().map(|round| round.reviewed.short()).unwrap_or_default();
    match status {
        Status::Ready => {
            let names: Vec<String> =
                scene.facts.environments().into_iter().flatten().map(ToString::to_string).collect();
            let place = if names.is_empty() { String::new() } else { format!(" to {}", names.join(", ")) };
            draft.button("Apply", &format!("Apply plan {plan}{place}"), "apply")
        }
        Status::Waiting { gate: GateName::Approved } if !plan.is_empty() => {
            draft.button("Approve", &format!("Approve plan {plan}"), "approve")
        }
        Status::Waiting { gate: GateName::Frozen } => {
            draft.button("Override", "Asks for a reason", "override")
        }
        _ => draft,
    }
}

/// The button that stops what runs, while there is something of this kind that nobody has stopped yet.
fn with_cancel(facts: &Facts, operation: Operation, draft: Draft) -> Draft {
    let runs = facts.runs.iter().filter(|run| run.operation == operation);
    let mut open = runs.flat_map(|run| run.jobs.values()).filter(|job| job.state.is_open());
    let does = match operation {
        Operation::Plan => "Stops the plans that run",
        Operation::Apply => "Stops the apply that runs",
    };
    if open.any(|job| !facts.cancelling.contains(&job.id)) {
        draft.button("Cancel", does, "cancel")
    } else {
        draft
    }
}
