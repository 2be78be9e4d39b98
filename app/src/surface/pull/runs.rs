//! Links to the workflow runs that made what is shown: the last apply's, once there is one for it, else the plans'.

use std::collections::BTreeSet;

use tfpilot_engine::{ApplyStanding, Facts, Run};

use crate::surface::{Scene, tally};

/// Most runs linked.
const RUNS: usize = 3;

/// `[run 318](…)`, the latest first; nothing for runs that were no workflow's.
pub(super) fn links(scene: &Scene<'_>) -> Option<String> {
    let url = scene.runs_url?;
    let ids: BTreeSet<u64> = shown(scene.facts).iter().filter_map(|run| run.workflow_run).collect();
    let links: Vec<String> =
        ids.iter().rev().take(RUNS).map(|id| format!("[run {id}]({url}/{id})")).collect();
    (!links.is_empty()).then(|| links.join(", "))
}

/// Runs of the last apply of this head; before it, those that made the plans which are shown.
fn shown(facts: &Facts) -> Vec<&Run> {
    let head = facts.pull.as_ref().map(|pull| &pull.head);
    let is_applied = facts.apply_standing() == ApplyStanding::Running || facts.round().is_none();
    let applied: Vec<&Run> =
        facts.last_apply_runs().filter(|run| is_applied && Some(&run.head) == head).collect();
    if !applied.is_empty() {
        return applied;
    }
    let plans = facts.stacks().iter().filter_map(|stack| tally::shown_plan(facts, stack));
    plans.filter_map(|plan| facts.job(plan.job).map(|(run, _)| run)).collect()
}
