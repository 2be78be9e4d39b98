//! GitHub's limits hold a step back: recorded once for what people look at, and said to whoever asked for the run.

use jiff::Timestamp;

use crate::decide::Desk;
use crate::{Call, Event, Refusal, RunId, Say};

pub(super) fn delayed(desk: &mut Desk, until: Timestamp, run: Option<RunId>) {
    if until <= desk.now {
        return;
    }
    if desk.facts.delayed_until != Some(until) {
        desk.record(Event::Delayed { until });
    }
    let asked_by = run.and_then(|id| desk.facts.run(id)).and_then(|run| run.requested_by.clone());
    let number = desk.facts.pull.as_ref().map(|pull| pull.number);
    if let (Some(to), Some(number)) = (asked_by, number) {
        let key = format!("limited/{}", to.id);
        desk.say(Call { number, key, to, say: Say::Refused { refusal: Refusal::GitHubLimits { until } } });
    }
}
