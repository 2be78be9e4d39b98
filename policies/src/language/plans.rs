//! The plan as a whole and what it costs: what `plan.` and `cost.` lead to.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::json;
use tfpilot_hcl::Value;
use tfpilot_plan::{ChangeHead, CheckStatus, RedactedPlan, ResourceChange};

use super::compare::Found;
use super::reach::Asked;
use crate::Code;
use crate::cost::{Estimate, estimate};
use crate::subject::World;

/// The plan as a whole and what it costs, each looked at once.
#[derive(Debug, Default)]
pub(crate) struct Plans<'a> {
    plan: Option<(&'a RedactedPlan, Option<Code<'a>>)>,
    facts: OnceCell<Value>,
    cost: OnceCell<Option<Arc<Estimate>>>,
}

impl<'a> Plans<'a> {
    /// Of a plan with its code.
    pub(crate) fn of(plan: &'a RedactedPlan, code: Option<Code<'a>>) -> Self {
        Self { plan: Some((plan, code)), ..Self::default() }
    }

    /// The same with what it costs, where that is known already.
    pub(crate) fn priced(self, estimate: Option<Arc<Estimate>>) -> Self {
        match estimate {
            Some(estimate) => Self { cost: OnceCell::from(Some(estimate)), ..self },
            None => self,
        }
    }

    /// Whether there is a plan.
    pub(crate) fn is_planned(&self) -> bool {
        self.plan.is_some()
    }

    /// Every change of the plan, also of what is left alone, without its values.
    pub(crate) fn heads(&self) -> &'a [ChangeHead] {
        self.plan.map_or(&[], |(plan, _)| plan.plan().resource_changes.as_slice())
    }

    /// One of them with its values.
    pub(crate) fn change(&self, at: usize) -> Option<ResourceChange> {
        self.plan?.0.change(at)
    }

    /// Whether the plan is of everything that the code holds.
    pub(crate) fn is_whole(&self) -> bool {
        let plan = self.plan.map(|(plan, _)| plan.plan());
        plan.is_some_and(|plan| plan.complete != Some(false) && plan.errored != Some(true))
    }

    fn facts(&self) -> &Value {
        self.facts.get_or_init(|| self.plan.map_or(Value::Unknown, |(plan, _)| facts(plan)))
    }

    fn cost(&self, world: &World<'_>) -> Option<&Estimate> {
        let cost = || self.plan.map(|(plan, code)| Arc::new(estimate(plan, code, world.context, false)));
        self.cost.get_or_init(cost).as_deref()
    }
}

impl Asked<'_, '_, '_> {
    pub(super) fn plan(&self, name: &str) -> Value {
        let context = self.world().context;
        match name {
            "environment" => Value::String(context.environment.clone()),
            "stack" => Value::String(context.stack.clone()),
            name => crate::values::member(self.world().plans.facts(), name),
        }
    }

    pub(super) fn cost(&self, name: &str) -> Found {
        let world = self.world();
        let Some(estimate) = world.plans.cost(world) else { return Found::of(Value::Unknown) };
        let money = |money: crate::cost::Money, at_least: bool| {
            let value = Value::from(&json!(money.dollars()));
            Found { at_least, ..Found::of(value) }
        };
        let doubtful = estimate.is_doubtful();
        match name {
            "diff_monthly" => money(estimate.difference, doubtful),
            "total_monthly" => money(estimate.after, estimate.not_priced + estimate.unchanged_not_priced > 0),
            "before_monthly" => {
                money(estimate.before, estimate.not_priced + estimate.unchanged_not_priced > 0)
            }
            "not_priced" => Found::of(Value::from(&json!(estimate.not_priced))),
            "usage_dependent" => Found::of(Value::from(&json!(estimate.usage_dependent))),
            "currency" => Found::of(Value::String(estimate.currency.clone())),
            _ => Found::of(Value::Null),
        }
    }
}

/// What `plan.` holds.
fn facts(plan: &RedactedPlan) -> Value {
    let summary = plan.summary();
    let counts = &summary.counts;
    let risks: std::collections::BTreeSet<String> = summary
        .rows
        .iter()
        .filter_map(|row| serde_json::to_value(row.risk).ok()?.as_str().map(str::to_owned))
        .collect();
    let failed = plan
        .plan()
        .checks
        .iter()
        .filter(|check| matches!(check.status, CheckStatus::Fail | CheckStatus::Error));
    let worst = summary.risk().and_then(|risk| serde_json::to_value(risk).ok());
    Value::from(&json!({
        "create": counts.create, "update": counts.change, "replace": counts.replace, "delete": counts.destroy,
        "forget": counts.forget, "import": counts.import, "moved": counts.moved, "unknown": counts.unknown,
        "deferred": counts.deferred, "outputs": counts.outputs,
        "changes": counts.create + counts.change + counts.replace + counts.destroy + counts.forget + counts.unknown,
        "drift": summary.drift.len(), "failed_checks": failed.count(),
        "risk": worst, "risks": risks,
        "complete": plan.plan().complete.unwrap_or(true), "errored": plan.plan().errored.unwrap_or(false),
        "terraform_version": plan.plan().terraform_version,
    }))
}
