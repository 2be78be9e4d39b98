//! Notes on lines of HCL: what is not admitted, and errors of plans.

use std::collections::BTreeSet;

use tfpilot_engine::{
    AdmissionFinding, Facts, Failure, JobState, JudgedFinding, Judgement, Problem, Standing,
};

use crate::surface::escape::{cut, plain};

use super::view::{Annotation, AnnotationLevel};

/// Most notes on one check: as many as GitHub takes in one request.
pub(super) const NOTES: usize = 50;

/// Longest title of a note, in characters.
const TITLE: usize = 100;

/// Longest text of a note, in characters.
const MESSAGE: usize = 4_000;

/// One note per finding.
pub(super) fn of_findings(findings: &[AdmissionFinding]) -> Vec<Annotation> {
    let note = |finding: &AdmissionFinding| {
        let message = format!("{}: {}. {}.", finding.what, finding.why, finding.next);
        note(&finding.path, finding.line, &finding.rule, &message)
    };
    findings.iter().filter_map(note).take(NOTES).collect()
}

/// One note per finding of a policy that has a place; what is advice or was overridden only warns.
pub(super) fn of_judgement(judgement: &Judgement, overridden: &BTreeSet<&str>) -> Vec<Annotation> {
    let note = |finding: &JudgedFinding| {
        let message = format!("{}: {}. {}.", finding.address, finding.message, finding.hint);
        let mut note = note(finding.path.as_deref()?, finding.line?, &finding.rule, &message)?;
        let passed_over =
            finding.standing == Standing::OverrideNeeded && overridden.contains(finding.rule.as_str());
        if finding.standing <= Standing::Advice || passed_over {
            note.level = AnnotationLevel::Warning;
        }
        Some(note)
    };
    judgement.findings.iter().filter_map(note).collect()
}

/// One note per error that has a place, over all stacks whose plan failed.
pub(super) fn of_failed_plans(facts: &Facts) -> Vec<Annotation> {
    let failures = facts.stacks().iter().filter_map(|stack| match &facts.last_plan_job(stack)?.state {
        JobState::Failed { failure } => Some(failure),
        _ => None,
    });
    let notes = failures.flat_map(|failure| match failure {
        Failure::Step { problems, .. } => problems.iter().filter_map(of_problem).collect(),
        Failure::NotAdmitted { findings } => of_findings(findings),
        _ => Vec::new(),
    });
    notes.take(NOTES).collect()
}

fn of_problem(problem: &Problem) -> Option<Annotation> {
    let message = if problem.detail.trim().is_empty() { &problem.summary } else { &problem.detail };
    note(problem.path.as_deref()?, problem.line?, &problem.summary, message)
}

fn note(path: &str, line: u32, title: &str, message: &str) -> Option<Annotation> {
    let inside = !path.is_empty()
        && path.len() <= 1_000
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.chars().any(char::is_control);
    let seen = |text: &str| -> String {
        text.chars().filter(|c| *c == '\n' || !c.is_control()).take(MESSAGE).collect()
    };
    inside.then(|| Annotation {
        path: path.to_owned(),
        line: line.max(1),
        level: AnnotationLevel::Failure,
        title: cut(&plain(title), TITLE),
        message: seen(message),
    })
}
