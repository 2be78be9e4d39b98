//! Plans that were judged again because policies, limits or places on the default branch changed.

use crate::decide::Desk;
use crate::{Command, Event, PlanJudged};

/// Keeps what differs, and by which configuration all of these were judged. What is shown may depend on the new
/// configuration even where nothing differs.
pub(super) fn judged(desk: &mut Desk, under: &str, plans: &[PlanJudged]) {
    let (mut known, mut changed) = (Vec::new(), Vec::new());
    for judged in plans {
        let Some(plan) = desk.facts.plans.get(&judged.stack).filter(|plan| plan.job == judged.job) else {
            continue;
        };
        if plan.judged_under.as_deref() == Some(under) {
            continue;
        }
        known.push(judged.job);
        let same = plan.policy.as_ref() == Some(&judged.policy) && plan.cost.as_ref() == Some(&judged.cost);
        if !same || plan.price != judged.price {
            changed.push(judged.clone());
        }
    }
    if known.is_empty() {
        desk.order(Command::Show);
    } else {
        desk.record(Event::PlansJudged { under: under.to_owned(), plans: known, changed });
    }
}
