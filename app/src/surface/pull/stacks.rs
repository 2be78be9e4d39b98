//! The table of stacks: failed ones first, then by risk, then by path. Stacks without changes are only counted.

use tfpilot_engine::{Facts, Failure, Grave, JobState, StackAtHead};

use crate::surface::escape::{code, prose};
use crate::surface::words::{self, count};
use crate::surface::{Scene, fit, tally};

/// Stacks of the head whose latest plan job failed, in path order.
pub(super) fn failed(facts: &Facts) -> Vec<(&StackAtHead, &Failure)> {
    let failure = |stack| match &facts.last_plan_job(stack)?.state {
        JobState::Failed { failure } => Some((stack, failure)),
        _ => None,
    };
    facts.stacks().iter().filter_map(failure).collect()
}

/// What a stack's row begins with in the order of rows: failed, then not planned yet, then by risk.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failed,
    Unplanned,
    Planned { risk: (bool, Option<Grave>, usize) },
}

/// The table, where there is more than one stack.
pub(in crate::surface) fn stack_table(scene: &Scene<'_>, budget: usize) -> Option<String> {
    let facts = scene.facts;
    if facts.stacks().len() < 2 {
        return None;
    }
    let failures = failed(facts);
    let mut rows: Vec<(Rank, &str, String, String)> = Vec::new();
    let mut unchanged = 0_usize;
    for stack in facts.stacks() {
        let path = stack.path.as_str();
        let failure =
            failures.iter().find(|(failed, _)| failed.path == stack.path).map(|(_, failure)| *failure);
        match (failure, tally::shown_plan(facts, stack)) {
            (Some(failure), _) => rows.push((Rank::Failed, path, failed_cell(path, failure), unknown())),
            (None, None) => rows.push((Rank::Unplanned, path, "planning".to_owned(), unknown())),
            (None, Some(plan)) if plan.no_changes => unchanged += 1,
            (None, Some(plan)) => {
                let risk = tally::risk(plan);
                let cost = tally::monthly_of(plan).map_or_else(unknown, cost_cell);
                rows.push((Rank::Planned { risk }, path, planned_cell(facts, stack, plan), cost));
            }
        }
    }
    rows.sort();
    let row = |(_, path, plan, cost): &(Rank, &str, String, String)| fit::row(&[&code(path), plan, cost]);
    let rows: Vec<String> = rows.iter().map(row).collect();
    let folded =
        if unchanged == 0 { String::new() } else { format!("{}: no changes.\n", count(unchanged, "stack")) };
    if rows.is_empty() {
        return Some(folded);
    }
    let gap = if folded.is_empty() { "" } else { "\n" };
    Some(format!("{}{gap}{folded}", fit::table(&["Stack", "Plan", "Cost/mo"], &rows, budget)))
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// What it adds a month, under a heading that says so.
fn cost_cell(monthly: &str) -> String {
    prose(monthly.strip_suffix("/mo").unwrap_or(monthly))
}

fn failed_cell(stack: &str, failure: &Failure) -> String {
    let place = words::first_problem(failure)
        .and_then(|problem| words::place_in(stack, problem))
        .map(|place| format!("{} ", prose(&place)));
    format!("**failed** {}{}", place.unwrap_or_default(), prose(&words::failure(failure)))
}

fn planned_cell(facts: &Facts, stack: &StackAtHead, plan: &tfpilot_engine::Plan) -> String {
    let applied =
        if facts.applied.contains_key(&stack.path) && facts.is_spent(plan) { "applied: " } else { "" };
    let doubt = if plan.unfit.is_some() { ", not complete" } else { "" };
    let grave = tally::grave(plan).map(|word| format!("**{word}** ")).unwrap_or_default();
    format!("{grave}{applied}{}{doubt}", prose(&tally::sum([plan].into_iter())))
}
