//! Gate `cost`: what the plans add a month is known and within the limit, as far as one is set, or somebody let the
//! limit be passed. Moved by plan jobs, by plans that are judged again, and by overrides.

use crate::gate::{GateName, Verdict, overridden};
use crate::{Facts, Refusal, Standing};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let plans: Vec<_> = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack)).collect();
    if plans.len() < facts.stacks().len() {
        return Verdict::waiting(GateName::Cost, Refusal::Planning);
    }
    let overridden = overridden::overridden_rules(facts);
    let mut lacking = None;
    for plan in plans {
        let Some(judgement) = &plan.cost else {
            let why = "its cost was not estimated".to_owned();
            return Verdict::closed(GateName::Cost, Refusal::PlanUnfit { why });
        };
        let blocked = || Refusal::Cost { title: judgement.title.clone() };
        match judgement.after(&overridden) {
            Standing::Blocked => return Verdict::closed(GateName::Cost, blocked()),
            Standing::OverrideNeeded => {
                lacking =
                    lacking.or_else(|| overridden::missing(facts, judgement)).or_else(|| Some(blocked()));
            }
            Standing::Advice | Standing::Passed => {}
        }
    }
    lacking.map_or_else(|| Verdict::open(GateName::Cost), |reason| Verdict::closed(GateName::Cost, reason))
}
