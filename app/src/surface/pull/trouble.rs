//! Errors, never folded: what is not admitted, the first error of a plan, what a failed apply left.

use tfpilot_engine::{AdmissionFinding, Facts, Status};

use crate::surface::Scene;
use crate::surface::call::{failed_lines, journal_words};
use crate::surface::escape::{self, block, code, prose};
use crate::surface::tally::{self, Left};
use crate::surface::words::{self, count};

/// Findings listed.
const FINDINGS: usize = 10;

/// Most error lines shown.
const ERROR_LINES: usize = 12;

pub(in crate::surface) fn trouble(scene: &Scene<'_>, status: &Status) -> Option<String> {
    match status {
        Status::NotAdmitted => {
            let open: Vec<AdmissionFinding> = scene.facts.open_findings().cloned().collect();
            Some(findings(&open))
        }
        Status::PlanFailed => plan_error(scene.facts),
        Status::ApplyFailed => {
            let (job, failure) = tally::failed_apply(scene.facts)?;
            let left = Left::of_stack(scene.facts, &job.stack, tally::failed_journal(scene.facts));
            let said = match words::first_problem(failure) {
                Some(_) => String::new(),
                None => format!("- **failed**: {}\n", prose(&words::failure(failure))),
            };
            Some(format!(
                "{}:\n{said}{}",
                code(job.stack.as_str()),
                failed_lines(&left, words::first_problem(failure))
            ))
        }
        Status::Unknown => {
            let (job, _) = tally::failed_apply(scene.facts)?;
            let left = Left::of_stack(scene.facts, &job.stack, tally::failed_journal(scene.facts));
            Some(format!("Journal: {}.", journal_words(&left)))
        }
        _ => None,
    }
}

fn findings(findings: &[AdmissionFinding]) -> String {
    let hidden = findings.len().saturating_sub(FINDINGS);
    let note =
        if hidden == 0 { String::new() } else { format!("{} not shown.\n\n", count(hidden, "finding")) };
    let lines: Vec<String> = findings.iter().take(FINDINGS).map(finding).collect();
    format!("{note}{}", lines.join("\n"))
}

fn finding(finding: &AdmissionFinding) -> String {
    format!(
        "- {}:{} {}: {}. {}.",
        prose(&finding.path),
        finding.line,
        code(&finding.what),
        escape::sentence(&finding.why),
        words::capital(&escape::sentence(&finding.next))
    )
}

fn plan_error(facts: &Facts) -> Option<String> {
    let (stack, failure) = facts.failed_plan()?;
    if let tfpilot_engine::Failure::NotAdmitted { findings: found } = failure {
        return Some(findings(found));
    }
    let problem = words::first_problem(failure);
    let place = problem.and_then(|problem| words::place_in(stack.as_str(), problem));
    let place = place.map(|place| format!(" {}", prose(&place))).unwrap_or_default();
    let first = format!(
        "- **failed** {}:{place} {}",
        code(stack.as_str()),
        escape::sentence(&words::failure(failure))
    );
    match problem.filter(|problem| !problem.detail.trim().is_empty()) {
        Some(problem) => Some(format!("{first}\n\n{}", block(&problem.detail, ERROR_LINES))),
        None => Some(first),
    }
}
