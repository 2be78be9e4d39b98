//! Gate `cost`: what the plans add a month is known and within the limit, as far as one is set. Moved by plan jobs.

use crate::gate::{GateName, Verdict};
use crate::{Facts, Refusal, Standing};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let plans: Vec<_> = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack)).collect();
    if plans.len() < facts.stacks().len() {
        return Verdict::waiting(GateName::Cost, Refusal::Planning);
    }
    for plan in plans {
        let Some(judgement) = &plan.cost else {
            let why = "its cost was not estimated".to_owned();
            return Verdict::closed(GateName::Cost, Refusal::PlanUnfit { why });
        };
        if judgement.standing >= Standing::OverrideNeeded {
            return Verdict::closed(GateName::Cost, Refusal::Cost { title: judgement.title.clone() });
        }
    }
    Verdict::open(GateName::Cost)
}
