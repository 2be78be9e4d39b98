//! Gate `locked`: no other change holds a stack of this one. Moved by other changes' applies and merges.

use crate::gate::{GateName, Verdict};
use crate::{Facts, Refusal};

pub(super) fn judge(facts: &Facts) -> Verdict {
    let held = facts
        .stacks()
        .iter()
        .find_map(|stack| facts.held_by_others.get(&stack.path).map(|holder| (stack.path.clone(), *holder)));
    match held {
        Some((stack, holder)) => Verdict::waiting(GateName::Locked, Refusal::Locked { stack, holder }),
        None => Verdict::open(GateName::Locked),
    }
}
