//! Gate `fresh`: no plan is older than its environment allows, and the base has not moved in what a plan depends on.
//! Moved by time, plan jobs and pushes to the base. That a plan is of this head's bytes is not asked here: only such
//! plans are current at all.

use jiff::{SignedDuration, Timestamp};

use crate::gate::{GateName, Verdict};
use crate::{Facts, Refusal};

/// Age limit where a stack belongs to no environment, in hours.
const DEFAULT_MAX_AGE_HOURS: u32 = 7 * 24;

pub(super) fn judge(facts: &Facts, now: Timestamp) -> Verdict {
    if let Some(verdict) = diverged(facts) {
        return verdict;
    }
    for stack in facts.stacks() {
        let hours = stack
            .environment
            .as_ref()
            .and_then(|name| facts.rules.environments.get(name))
            .map_or(DEFAULT_MAX_AGE_HOURS, |rules| rules.plan_max_age_hours);
        let expired = facts
            .current_plan(stack)
            .is_some_and(|plan| now.duration_since(plan.at) > SignedDuration::from_hours(i64::from(hours)));
        if expired {
            return Verdict::closed(GateName::Fresh, Refusal::PlanExpired { hours });
        }
    }
    Verdict::open(GateName::Fresh)
}

/// Merging would bring together what nobody planned together.
fn diverged(facts: &Facts) -> Option<Verdict> {
    let (stack, pull) = (facts.diverged()?, facts.pull.as_ref()?);
    let renewed = facts.renews_itself();
    let (stack, base, tip) = (stack.path.clone(), pull.base_ref.clone(), pull.base.clone());
    let reason = Refusal::Diverged { stack, base, tip, renewed };
    Some(if renewed {
        Verdict::waiting(GateName::Fresh, reason)
    } else {
        Verdict::closed(GateName::Fresh, reason)
    })
}
