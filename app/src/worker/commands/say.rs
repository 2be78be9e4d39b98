//! Writes a comment of its own: one per reason, edited when the same is said again. What was said last counts: a command
//! that waits stands for every later one of its key. What is settled by then is not said.

use jiff::Timestamp;
use tfpilot_engine::{Call, Refusal, Say};

use crate::surface;
use crate::worker::commands::{Context, minimize};
use crate::worker::outbox::CommandError;
use crate::worker::posted::{self, Place};

pub(crate) async fn run(context: &Context<'_>, call: &Call) -> Result<(), CommandError> {
    let facts = context.facts().await?;
    // Settled before it was said.
    let Some(call) = facts.calls.get(&call.key) else { return Ok(()) };
    if is_over(call, context.app.clock.now()) {
        return Ok(());
    }
    let body = surface::render_call(&facts, call, context.app.clock.now());
    let opening = facts.opening(&call.key);
    let slot = surface::call_slot(&call.key, opening);
    let place = Place { number: call.number, slot: &slot, marker: &surface::call_marker(&slot) };
    posted::write(context, &place, &body).await?;
    // Settled while it was said: whoever folds it away may have been here before it was there.
    if context.facts().await?.opening(&call.key) > opening {
        minimize::run(context, call.number, &call.key, opening).await?;
    }
    Ok(())
}

/// That GitHub limits us is said while it does, or not at all: the limit may hold back the saying too.
fn is_over(call: &Call, now: Timestamp) -> bool {
    matches!(&call.say, Say::Refused { refusal: Refusal::GitHubLimits { until } } if *until <= now)
}

#[cfg(test)]
mod tests {
    use tfpilot_engine::Person;

    use super::*;

    #[test]
    fn a_limit_is_told_while_it_lasts_and_everything_else_always() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let call = |refusal| {
            let to = Person { id: 1, login: "alice".to_owned() };
            Call { number: 1, key: "k".to_owned(), to, say: Say::Refused { refusal } }
        };
        let limited = call(Refusal::GitHubLimits { until: at(100) });
        assert_eq!((is_over(&limited, at(99)), is_over(&limited, at(100))), (false, true));
        assert!(!is_over(&call(Refusal::Planning), at(1_000)));
    }
}
