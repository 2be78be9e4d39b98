//! Small parts of sentences: plurals, lists, times, places.

use jiff::Timestamp;
use tfpilot_engine::{Facts, Failure, Operation, Problem, StackPath};

/// `1 approval`, `2 approvals`.
pub(super) fn count(number: u32, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `2026-07-20 14:05 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `2026-07-20`.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// `db.tf:14`, as far as known.
pub(super) fn place(problem: &Problem) -> Option<String> {
    let path = problem.path.as_deref()?;
    Some(problem.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}")))
}

/// Where the head's plans happen, for titles: the one stack, else how many.
pub(super) fn where_planned(facts: &Facts) -> String {
    match facts.stacks() {
        [only] => only.path.to_string(),
        many => count(u32::try_from(many.len()).unwrap_or(u32::MAX), "stack"),
    }
}

/// All plans of the head in a few words: `4 create`, `No changes`.
pub(super) fn planned(facts: &Facts) -> String {
    if facts.plans_change_nothing() {
        return "No changes".to_owned();
    }
    let plans: Vec<_> = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack)).collect();
    if let [only] = plans.as_slice() {
        return only.headline.clone();
    }
    let order = ["replace", "destroy", "update", "create", "forget", "import"];
    let sum = |action: &str| plans.iter().filter_map(|plan| plan.counts.get(action)).sum::<u32>();
    let words = order.iter().map(|action| (sum(action), action)).filter(|(count, _)| *count > 0);
    words.map(|(count, action)| format!("{count} {action}")).collect::<Vec<_>>().join(", ")
}

/// The first words of a failure.
pub(super) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::Step { phase, problems } => match problems.first() {
            Some(problem) => match place(problem) {
                Some(place) => format!("{place} {}", problem.summary),
                None => problem.summary.clone(),
            },
            None => format!("{phase} failed"),
        },
        Failure::NotAdmitted { findings } => findings.first().map_or_else(
            || "not admitted".to_owned(),
            |finding| format!("not admitted: {}:{} {}", finding.path, finding.line, finding.what),
        ),
        Failure::Stale => "the state moved since the plan".to_owned(),
        Failure::Cancelled => "cancelled".to_owned(),
        Failure::Lost => "runner lost, twice".to_owned(),
        Failure::NotStarted => "no runner in 10 min, twice".to_owned(),
        Failure::NotDispatched { why } => format!("not dispatched: {why}"),
        Failure::Unknown => "outcome unknown".to_owned(),
        Failure::Refused { why } => why.clone(),
    }
}

/// Done and all stacks of the running apply or plan.
pub(super) fn progress(facts: &Facts, operation: Operation) -> (usize, usize) {
    let stacks: Vec<&StackPath> = match operation {
        Operation::Apply => {
            facts.last_apply_runs().flat_map(|run| run.jobs.values()).map(|job| &job.stack).collect()
        }
        Operation::Plan => facts.stacks().iter().map(|stack| &stack.path).collect(),
    };
    let done = match operation {
        Operation::Apply => stacks.iter().filter(|stack| facts.applied.contains_key(**stack)).count(),
        Operation::Plan => facts.stacks().iter().filter(|stack| facts.current_plan(stack).is_some()).count(),
    };
    (done, stacks.len())
}

/// `alice` or `alice and bob` or `alice, bob and carol`.
pub(super) fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
