//! Going on where nobody but a person can tell what is so: after an apply whose end is not known, and after a change
//! that was closed with what it had made.

use crate::decide::{Desk, advance, ask};
use crate::{Actor, ApplyStanding, Event, PullState, Reaction, Refusal};

/// 1. Role. 2. A reason. 3. Something to go on with.
pub(super) fn asked(
    desk: &mut Desk,
    by: &Actor,
    accept: bool,
    reason: Option<&str>,
) -> Result<Reaction, Refusal> {
    ask::require(desk, by, "resume")?;
    let Some(reason) = reason.map(str::trim).filter(|reason| !reason.is_empty()) else {
        let command = if accept { "resume accept" } else { "resume" };
        return Err(Refusal::ReasonMissing { command: command.to_owned() });
    };
    if accept { accept_change(desk, by, reason) } else { resume(desk, by, reason) }
}

/// The stack is not frozen any more. What is left is planned afresh, to be reviewed and applied like any plan.
fn resume(desk: &mut Desk, by: &Actor, reason: &str) -> Result<Reaction, Refusal> {
    if desk.facts.apply_standing() != ApplyStanding::Unknown {
        return Err(Refusal::NothingToResume { accept: false });
    }
    desk.record(Event::Resumed { by: by.person.clone(), reason: reason.to_owned(), at: desk.now });
    if desk.facts.pull.as_ref().is_some_and(crate::PullSnapshot::is_workable) {
        let stacks = desk.facts.stacks().to_vec();
        advance::request_plans(desk, &stacks, Some(&by.person));
    }
    Ok(Reaction::Rocket)
}

/// The lock is given back. Should the pull request be opened again, it begins anew.
fn accept_change(desk: &mut Desk, by: &Actor, reason: &str) -> Result<Reaction, Refusal> {
    match desk.facts.apply_standing() {
        ApplyStanding::Running => return Err(Refusal::Applying),
        ApplyStanding::Unknown => return Err(Refusal::OutcomeUnknown),
        ApplyStanding::None | ApplyStanding::Failed | ApplyStanding::Finished => {}
    }
    let closed = desk.facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Closed);
    if !closed || desk.facts.held_stacks().is_empty() {
        return Err(Refusal::NothingToResume { accept: true });
    }
    desk.record(Event::ChangeAccepted { by: by.person.clone(), reason: reason.to_owned(), at: desk.now });
    Ok(Reaction::ThumbsUp)
}
