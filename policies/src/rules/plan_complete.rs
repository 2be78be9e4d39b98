//! Was everything planned that will be done?
//!
//! A plan may have failed half-way, put changes off, or hold sections this version does not know. What was not planned was
//! not judged, so it never passes in silence.

use tfpilot_plan::Plan;

use crate::{Enforcement, Severity};

/// The rule's id.
pub const ID: &str = "plan-complete";

/// What the plan lacks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lack {
    pub(crate) enforcement: Enforcement,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

/// Asks it of a plan.
pub(crate) fn ask(plan: &Plan) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let mut lack = |enforcement, severity, message: String, hint| {
        lacks.push(Lack { enforcement, severity, message, hint });
    };
    if plan.errored == Some(true) {
        let message = "planning failed half-way: what is not in the plan was not judged".to_owned();
        lack(Enforcement::HardMandatory, Severity::High, message, "repair the error and plan again");
    }
    if plan.complete == Some(false) || !plan.deferred_changes.is_empty() {
        let put_off = plan.deferred_changes.len();
        let message = match put_off {
            0 => "the plan is not complete: another one will have to follow".to_owned(),
            1 => "1 change was put off and not judged".to_owned(),
            _ => format!("{put_off} changes were put off and not judged"),
        };
        let hint = "apply what it depends on first, or let somebody with the right override it";
        lack(Enforcement::SoftMandatory, Severity::High, message, hint);
    }
    if !plan.unknown_sections.is_empty() {
        let names: Vec<String> = plan.unknown_sections.iter().map(|name| tfpilot_plan::code(name)).collect();
        let message =
            format!("the plan holds sections which this version cannot judge: {}", names.join(", "));
        lack(Enforcement::SoftMandatory, Severity::Medium, message, "update TfPilot");
    }
    lacks
}
