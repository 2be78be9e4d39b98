//! Freeze windows begin and end without anybody saying so: a timer looks again at the next such moment.

use crate::decide::Desk;
use crate::gate::frozen;
use crate::{ApplyStanding, Command, PullSnapshot, Wake};

/// Whatever was decided, the next turn of a window is looked at too, as long as something may still be applied.
pub(super) fn wake(desk: &mut Desk) {
    let facts = &desk.facts;
    let open = facts.pull.as_ref().is_some_and(PullSnapshot::is_workable);
    let done = facts.apply_standing() == ApplyStanding::Finished && !facts.is_overtaken();
    if desk.is_idle() || !open || done {
        return;
    }
    if let Some(turn) = frozen::next_turn(facts, desk.now) {
        desk.order(Command::Wake { at: turn, what: Wake::Freeze { turn } });
    }
}
