//! What the plans would do, folded, a stack each; and the outputs after an apply.

use serde_json::Value as Json;
use tfpilot_engine::Plan;

use crate::surface::escape::{code, html};
use crate::surface::words::count;
use crate::surface::{Scene, fit, tally};

/// Bytes that the table of outputs may take.
const OUTPUTS_LIMIT: usize = 10_000;

/// Bytes below which a stack's plan is not worth a fold of its own.
const LEAST: usize = 400;

/// Bytes kept for the line that counts stacks not shown.
const NOTE: usize = 40;

/// The head's plans that change something, worst first, each with its rendered details.
pub(in crate::surface) fn plans<'a>(scene: &Scene<'a>) -> Vec<(&'a Plan, &'a str)> {
    let facts = scene.facts;
    let plan = |stack| tally::shown_plan(facts, stack).filter(|plan| !plan.no_changes);
    let mut plans: Vec<(&Plan, &str)> = facts
        .stacks()
        .iter()
        .filter_map(plan)
        .filter_map(|plan| Some((plan, scene.details.get(&plan.stack)?.trim())))
        .collect();
    plans.sort_by_key(|(plan, _)| (tally::risk(plan), &plan.stack));
    plans
}

/// A fold per stack; a plan that is too long is cut inside its fold, and stacks that find no room are counted.
pub(super) fn folded(scene: &Scene<'_>, budget: usize) -> String {
    let (mut out, mut hidden) = (String::new(), 0_usize);
    for (plan, text) in plans(scene) {
        let title = match tally::changes(plan) {
            0 => html(&plan.headline),
            changes => count(changes, "change"),
        };
        let (open, close) = (
            format!("\n<details><summary>{title} in {}</summary>\n\n", html(plan.stack.as_str())),
            "\n\n</details>\n",
        );
        let room = budget.saturating_sub(out.len() + open.len() + close.len() + NOTE);
        if room < LEAST.min(text.len()) {
            hidden += 1;
        } else {
            out.push_str(&format!("{open}{}{close}", fit::lines(text, room)));
        }
    }
    if hidden > 0 { format!("\n{} not shown.\n{out}", count(hidden, "plan")) } else { out }
}

/// An output as it is shown. What things that are alike put out is one map: then each has a line.
fn shown(name: &str, value: Option<&Json>) -> Vec<(String, String)> {
    let one = |value: &Json| match value {
        Json::String(text) => code(text),
        other => code(&other.to_string()),
    };
    match value {
        None => vec![(name.to_owned(), "(sensitive)".to_owned())],
        Some(Json::Object(entries))
            if !entries.is_empty()
                && entries.values().all(|value| !value.is_object() && !value.is_array()) =>
        {
            entries.iter().map(|(key, value)| (format!("{name}[{key:?}]"), one(value))).collect()
        }
        Some(value) => vec![(name.to_owned(), one(value))],
    }
}

/// Outputs after an apply; a sensitive one without its value.
pub(in crate::surface) fn outputs_table(scene: &Scene<'_>) -> Option<String> {
    let applied = &scene.facts.applied;
    let many = applied.len() > 1;
    let mut rows = Vec::new();
    for one in applied.values() {
        for (name, shown) in one.outputs.iter().flat_map(|(name, value)| shown(name, value.as_ref())) {
            let (stack, name) = (code(one.stack.as_str()), code(&name));
            rows.push(if many { fit::row(&[&stack, &name, &shown]) } else { fit::row(&[&name, &shown]) });
        }
    }
    let header: &[&str] = if many { &["Stack", "Output", "Value"] } else { &["Output", "Value"] };
    (!rows.is_empty()).then(|| fit::table(header, &rows, OUTPUTS_LIMIT))
}
