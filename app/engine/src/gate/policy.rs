//! Gate `policy`: no mandatory rule stands against a plan of the head. Moved by plan jobs and overrides.

use crate::gate::{GateName, Verdict};
use crate::{Facts, Refusal, Standing};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let plans: Vec<_> = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack)).collect();
    if plans.len() < facts.stacks().len() {
        return Verdict::waiting(GateName::Policy, Refusal::Planning);
    }
    for plan in plans {
        let Some(judgement) = &plan.policy else {
            let why = "no policy has judged it".to_owned();
            return Verdict::closed(GateName::Policy, Refusal::PlanUnfit { why });
        };
        if judgement.standing >= Standing::OverrideNeeded {
            let finding = judgement.findings.first().cloned();
            let reason = Refusal::Policy { title: judgement.title.clone(), finding };
            return Verdict::closed(GateName::Policy, reason);
        }
    }
    Verdict::open(GateName::Policy)
}
