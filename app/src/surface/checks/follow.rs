//! `tfpilot/policy` and `tfpilot/cost`: they follow the plan, and say so while there is none.

use super::Stage;
use super::view::{CheckState, Draft};

/// `title` and `summary` are said once there is a plan.
pub(super) fn check(stage: Stage, name: &'static str, title: &str, summary: &str) -> Draft {
    match stage {
        Stage::NotAdmitted | Stage::Failed | Stage::Unfit => {
            Draft::new(name, CheckState::Neutral, "Not judged: there is no plan")
                .summary("The check `tfpilot/plan` says why.")
        }
        Stage::ClosedEarly => Draft::new(name, CheckState::Neutral, "Closed before it was planned")
            .summary("Reopen the pull request to plan it."),
        Stage::Running => {
            Draft::new(name, CheckState::Queued, "Waiting for the plan").summary("Follows the plan.")
        }
        Stage::Planned => Draft::new(name, CheckState::Neutral, title).summary(summary),
    }
}
