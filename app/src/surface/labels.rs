//! One label at a time says where a change is.

use tfpilot_engine::Status;
use tfpilot_engine::gate::GateName;

use super::{Scene, pull};

/// A label of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Name.
    pub name: &'static str,
    /// Colour (hex, without `#`), from a palette that colour-blind people can tell apart.
    pub color: &'static str,
    /// What it means.
    pub description: &'static str,
}

const NEEDS_ANSWER: Label =
    Label { name: "tfpilot/needs-answer", color: "E69F00", description: "Waits for an answer" };
const NEEDS_APPROVAL: Label =
    Label { name: "tfpilot/needs-approval", color: "E69F00", description: "Waits for an approval" };
const WORKING: Label = Label {
    name: "tfpilot/working",
    color: "56B4E9",
    description: "Planning, applying or waiting for GitHub",
};
const READY: Label = Label { name: "tfpilot/ready", color: "56B4E9", description: "Ready to apply" };
const APPLIED: Label = Label { name: "tfpilot/applied", color: "009E73", description: "Applied and merged" };
const FAILED: Label =
    Label { name: "tfpilot/failed", color: "D55E00", description: "Failed: see the comment" };
const UNKNOWN: Label =
    Label { name: "tfpilot/unknown", color: "D55E00", description: "Outcome of an apply unknown" };

/// All of them.
pub const LABELS: [Label; 7] = [NEEDS_ANSWER, NEEDS_APPROVAL, WORKING, READY, APPLIED, FAILED, UNKNOWN];

/// The label for where the change is; none where we have nothing to say.
pub(super) fn choose(scene: &Scene<'_>) -> Option<Label> {
    let facts = scene.facts;
    if facts.request.is_none() && facts.pull.is_none() {
        return None;
    }
    match facts.status(scene.now) {
        Status::NeedsAnswer | Status::Refused => Some(NEEDS_ANSWER),
        Status::Planning if pull::unfit(facts).is_some() => Some(FAILED),
        Status::Opening | Status::Planning | Status::Applying => Some(WORKING),
        Status::Waiting { gate: GateName::Approved } => Some(NEEDS_APPROVAL),
        Status::Waiting { .. } | Status::AppliedUnmerged => Some(WORKING),
        Status::Ready => Some(READY),
        Status::Applied => Some(APPLIED),
        Status::Stuck
        | Status::NotAdmitted
        | Status::PlanFailed
        | Status::ApplyFailed
        | Status::Abandoned => Some(FAILED),
        Status::Unknown => Some(UNKNOWN),
        Status::NoTerraform | Status::NotManaged | Status::Fork | Status::NoChanges | Status::Closed => None,
    }
}
