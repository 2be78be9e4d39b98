//! Gate `planned`: every stack of the head has a plan that may be applied. Moved by a new head and by plan jobs.

use crate::gate::{GateName, Verdict};
use crate::{Facts, Failure, Refusal};

pub(super) fn judge(facts: &Facts) -> Verdict {
    if let Some((stack, failure)) = facts.failed_plan() {
        let problem = match failure {
            Failure::Step { problems, .. } => problems.first().cloned(),
            _ => None,
        };
        return Verdict::closed(GateName::Planned, Refusal::PlanFailed { stack: stack.clone(), problem });
    }
    if !facts.head_is_read() {
        return Verdict::waiting(GateName::Planned, Refusal::Planning);
    }
    for stack in facts.stacks() {
        match facts.current_plan(stack) {
            None => return Verdict::waiting(GateName::Planned, Refusal::Planning),
            Some(plan) => {
                if let Some(why) = &plan.unfit {
                    return Verdict::closed(GateName::Planned, Refusal::PlanUnfit { why: why.clone() });
                }
            }
        }
    }
    Verdict::open(GateName::Planned)
}
