//! The form in which policies read the plan. There are three in the wild: the plan itself, and the plan under `tfplan` or
//! `plan`. With another one than it expects a policy finds nothing and says nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::Fault;

/// What `terraform show -json` writes at the top of a plan.
const TOP: [&str; 18] = [
    "applyable",
    "checks",
    "complete",
    "configuration",
    "deferred_changes",
    "errored",
    "format_version",
    "output_changes",
    "planned_values",
    "prior_state",
    "relevant_attributes",
    "resource_changes",
    "resource_drift",
    "terraform_version",
    "timestamp",
    "variables",
    "action_invocations",
    "proposed_unknown",
];

/// Names under which the plan as a whole is read.
const WRAPPED: [&str; 2] = ["tfplan", "plan"];

/// Names of a message.
const NAMED: usize = 4;

/// Where `input` has the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// It is the plan.
    pub itself: bool,
    /// It has the plan under these names.
    pub under: BTreeSet<String>,
}

impl Shape {
    /// The form of a policy that reads this at the top of `input`. One that reads neither the plan nor what TfPilot adds to
    /// `data` would find nothing, whatever is planned.
    pub(crate) fn of(reads: &BTreeSet<&str>, refers_to_ours: bool) -> Result<Self, Fault> {
        let under = WRAPPED.iter().filter(|name| reads.contains(**name)).map(|name| (*name).to_owned());
        let under: BTreeSet<String> = under.collect();
        let known = |name: &&str| name.is_empty() && under.is_empty() || TOP.contains(name);
        let itself = reads.iter().any(known);
        if itself || !under.is_empty() || refers_to_ours {
            return Ok(Self { itself, under });
        }
        let names: Vec<String> = reads
            .iter()
            .filter(|name| !name.is_empty())
            .take(NAMED)
            .map(|name| format!("`input.{}`", tfpilot_plan::plain(name)))
            .collect();
        let what = match names.as_slice() {
            [] => "it reads nothing of the plan".to_owned(),
            names => format!("it reads {}, which no plan has", names.join(", ")),
        };
        Err(Fault::whole(what, "read `input.resource_changes`, `input.tfplan` or `input.plan`"))
    }

    /// The plan in this form.
    pub(crate) fn input(&self, plan: &Json) -> Json {
        let mut input = match (self.itself, plan) {
            (true, plan) if self.under.is_empty() => return plan.clone(),
            (true, Json::Object(plan)) => plan.clone(),
            _ => Map::new(),
        };
        input.extend(self.under.iter().map(|name| (name.clone(), plan.clone())));
        Json::Object(input)
    }

    /// As people would write it.
    pub fn word(&self) -> String {
        let itself = self.itself.then(|| "input".to_owned());
        let under = self.under.iter().map(|name| format!("input.{name}"));
        let all: Vec<String> = itself.into_iter().chain(under).collect();
        if all.is_empty() { "data.tfpilot".to_owned() } else { all.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reads: &[&str], expected: &str) {
        let shape = Shape::of(&reads.iter().copied().collect(), false);
        assert_eq!(shape.map_or_else(|fault| fault.what, |shape| shape.word()), expected);
    }

    #[test]
    fn the_form_is_the_one_that_is_read() {
        check(&["resource_changes", "x"], "input");
        check(&["tfplan"], "input.tfplan");
        check(&["plan", "run"], "input.plan");
        check(&[""], "input");
        check(&["", "tfplan"], "input.tfplan");
        check(&["planned_values", "tfplan"], "input, input.tfplan");
        check(&[], "it reads nothing of the plan");
        check(&["kind", "metadata"], "it reads `input.kind`, `input.metadata`, which no plan has");
    }

    #[test]
    fn the_plan_lies_where_it_is_read() {
        let plan = serde_json::json!({"resource_changes": [1]});
        let shape = |reads: &[&str]| Shape::of(&reads.iter().copied().collect(), true).expect("read");
        assert_eq!(shape(&["resource_changes"]).input(&plan), plan);
        assert_eq!(shape(&["plan"]).input(&plan), serde_json::json!({"plan": plan}));
        let both = serde_json::json!({"resource_changes": [1], "tfplan": plan});
        assert_eq!(shape(&["variables", "tfplan"]).input(&plan), both);
        assert_eq!(shape(&[]).input(&plan), serde_json::json!({}));
    }
}
