//! What GitHub's limits hold back, and until when.

use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::{Executor, Run, Status};

use super::Scene;

/// `delayed by GitHub until 14:05 UTC.`, while a step is.
pub(super) fn delayed(scene: &Scene<'_>, status: &Status) -> Option<String> {
    let until = scene.facts.delayed_until.filter(|until| *until > scene.now)?;
    let undispatched =
        |run: &Run| run.is_open() && run.executor == Executor::Actions && run.waiting_since.is_none();
    let is_held = match status {
        Status::Opening => true,
        Status::Planning | Status::Applying => scene.facts.runs.iter().any(undispatched),
        _ => false,
    };
    is_held.then(|| format!("delayed by GitHub until {}.", clock(until)))
}

/// `14:05 UTC`; a part of a minute counts as a whole one, so that nobody comes too early.
pub(super) fn clock(until: Timestamp) -> String {
    let part = until.as_second().rem_euclid(60);
    let up = if part == 0 { 0 } else { 60 - part };
    let whole = until.checked_add(SignedDuration::from_secs(up)).unwrap_or(until);
    whole.strftime("%H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_minute_is_a_whole_one() {
        let check = |at: &str, expect: &str| assert_eq!(clock(at.parse().expect("a time")), expect);
        check("2026-07-20T14:05:00Z", "14:05 UTC");
        check("2026-07-20T14:05:01Z", "14:06 UTC");
        check("2026-07-20T23:59:59Z", "00:00 UTC");
    }
}
