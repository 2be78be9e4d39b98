//! Gate `policy`: no mandatory rule stands against a plan of the head, soft ones that were overridden left out. Moved by
//! plan jobs, by plans that are judged again, and by overrides.

use crate::gate::{GateName, Verdict, overridden};
use crate::{Facts, Judgement, Refusal, Standing};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let plans: Vec<_> = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack)).collect();
    if plans.len() < facts.stacks().len() {
        return Verdict::waiting(GateName::Policy, Refusal::Planning);
    }
    let judged: Option<Vec<&Judgement>> = plans.iter().map(|plan| plan.policy.as_ref()).collect();
    let Some(judged) = judged else {
        let why = "no policy has judged it".to_owned();
        return Verdict::closed(GateName::Policy, Refusal::PlanUnfit { why });
    };
    let overridden = overridden::overridden_rules(facts);
    let standings = judged.into_iter().map(|judgement| (judgement.after(&overridden), judgement));
    let worst = standings.reduce(|worst, next| if next.0 > worst.0 { next } else { worst });
    match worst {
        Some((Standing::Blocked, judgement)) => {
            Verdict::closed(GateName::Policy, refusal(judgement, Standing::Blocked))
        }
        Some((Standing::OverrideNeeded, judgement)) => {
            let reason = overridden::missing(facts, judgement);
            let reason = reason.unwrap_or_else(|| refusal(judgement, Standing::OverrideNeeded));
            Verdict::closed(GateName::Policy, reason)
        }
        _ => Verdict::open(GateName::Policy),
    }
}

fn refusal(judgement: &Judgement, standing: Standing) -> Refusal {
    let finding = judgement.findings.iter().find(|finding| finding.standing == standing);
    let finding = finding.or(judgement.findings.first()).cloned();
    Refusal::Policy { title: judgement.title.clone(), finding }
}
