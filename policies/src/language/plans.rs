//! The plan as a whole and what it costs: what `plan.` and `cost.` lead to.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::json;
use tfpilot_hcl::Value;
use tfpilot_plan::{
    ChangeHead, CheckResult, CheckStatus, Counts, Operation, RedactedPlan, ResourceChange, Risk,
};

use super::compare::Found;
use super::reach::Asked;
use crate::Code;
use crate::cost::{Estimate, estimate};
use crate::subject::World;

/// Changes that are kept while several policies look at what is around one resource.
const RECENT: usize = 32;

/// The plan as a whole and what it costs, each looked at once.
#[derive(Debug, Default)]
pub(crate) struct Plans<'a> {
    plan: Option<(&'a RedactedPlan, Option<Code<'a>>)>,
    risks: OnceCell<BTreeSet<Risk>>,
    drifted: OnceCell<usize>,
    gone_buckets: OnceCell<BTreeSet<String>>,
    recent: RefCell<VecDeque<(usize, Rc<ResourceChange>)>>,
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

    /// Whether it is kept.
    pub(crate) fn is_recent(&self, at: usize) -> bool {
        self.recent.borrow().iter().any(|(known, _)| *known == at)
    }

    /// One of them that others lead to, and will again soon.
    pub(crate) fn related(&self, at: usize) -> Option<Rc<ResourceChange>> {
        let mut recent = self.recent.borrow_mut();
        if let Some((_, change)) = recent.iter().find(|(known, _)| *known == at) {
            return Some(Rc::clone(change));
        }
        let change = Rc::new(self.change(at)?);
        recent.truncate(RECENT - 1);
        recent.push_front((at, Rc::clone(&change)));
        Some(change)
    }

    /// Whether a bucket of this id or name is deleted.
    pub(crate) fn is_bucket_gone(&self, bucket: &str) -> bool {
        let gone = || {
            let heads = self.heads().iter().enumerate();
            let deleted =
                heads.filter(|(_, it)| it.kind == "aws_s3_bucket" && it.operation() == Operation::Delete);
            let changes = deleted.filter_map(|(at, _)| self.change(at));
            let names = |change: ResourceChange| {
                ["id", "bucket"].map(|name| change.change.before.get(name)?.as_str().map(str::to_owned))
            };
            changes.flat_map(names).flatten().collect()
        };
        self.gone_buckets.get_or_init(gone).contains(bucket)
    }

    fn fact(&self, name: &str) -> Value {
        let Some((plan, _)) = self.plan else { return Value::Unknown };
        let risks = || self.risks.get_or_init(|| plan.risks());
        let counts = || plan.counts();
        let number = |number: u32| Value::from(&json!(number));
        match name {
            "create" => number(counts().create),
            "update" => number(counts().change),
            "replace" => number(counts().replace),
            "delete" => number(counts().destroy),
            "forget" => number(counts().forget),
            "import" => number(counts().import),
            "moved" => number(counts().moved),
            "unknown" => number(counts().unknown),
            "deferred" => number(counts().deferred),
            "outputs" => number(counts().outputs),
            "changes" => {
                let Counts { create, change, replace, destroy, forget, unknown, .. } = counts();
                number(create + change + replace + destroy + forget + unknown)
            }
            "drift" => Value::from(&json!(self.drifted.get_or_init(|| plan.drifted()))),
            "failed_checks" => Value::from(&json!(failed_checks(plan))),
            "risk" => Value::from(&json!(risks().first())),
            "risks" => {
                let words = risks().iter().filter_map(|risk| match json!(risk) {
                    serde_json::Value::String(word) => Some(word),
                    _ => None,
                });
                Value::from(&json!(words.collect::<BTreeSet<String>>()))
            }
            "complete" => Value::Bool(plan.plan().complete.unwrap_or(true)),
            "errored" => Value::Bool(plan.plan().errored.unwrap_or(false)),
            "terraform_version" => Value::String(plan.plan().terraform_version.clone()),
            _ => Value::Null,
        }
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
            name => self.world().plans.fact(name),
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

/// Conditions that do not hold, or that could not be evaluated.
fn failed_checks(plan: &RedactedPlan) -> usize {
    let is_failed = |check: &&CheckResult| matches!(check.status, CheckStatus::Fail | CheckStatus::Error);
    plan.plan().checks.iter().filter(is_failed).count()
}
