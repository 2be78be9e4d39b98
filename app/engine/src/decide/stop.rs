//! A request's issue is closed or opened again: its pull request follows, as long as nothing was started.

use crate::decide::{Desk, prejudged};
use crate::{ApplyStanding, Call, Command, Event, Person, PullState, Refusal, Say, Stop};

/// What a merge closes is no stop.
pub(super) fn issue_closed(desk: &mut Desk, by: &Person) {
    let open = desk.facts.request.as_ref().is_some_and(|request| !request.closed);
    if open && !is_merged(desk) {
        desk.record(Event::RequestClosed { by: by.clone(), at: desk.now });
    }
}

/// The pull request is opened again only where it was closed with the issue; one that a person closed stays closed.
pub(super) fn issue_reopened(desk: &mut Desk, by: &Person) {
    let Some(request) = desk.facts.request.as_ref().filter(|request| request.closed) else { return };
    let closed_by_us = matches!(request.stop, Stop::Ordered | Stop::Done);
    desk.record(Event::RequestReopened { by: by.clone(), at: desk.now });
    prejudged::tell(desk);
    if closed_by_us && !is_merged(desk) {
        desk.record(Event::PullStateOrdered { open: true });
        desk.order(Command::SetPullState { open: true });
    }
}

/// Closes the pull request of a closed issue, once: who opens it again by hand has the last word.
pub(super) fn close_pull(desk: &mut Desk) {
    let wanted =
        desk.facts.request.as_ref().is_some_and(|request| request.closed && request.stop == Stop::None);
    let open = desk.facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open);
    let untouched = !desk.facts.was_started() && desk.facts.apply_standing() != ApplyStanding::Running;
    if wanted && open && untouched {
        desk.record(Event::PullStateOrdered { open: false });
        desk.order(Command::SetPullState { open: false });
    }
}

/// Tells who closed or reopened the issue that the pull request does not follow.
pub(super) fn refused(desk: &mut Desk, open: bool, why: &str) {
    let (Some(request), Some(pull)) = (&desk.facts.request, &desk.facts.pull) else { return };
    let to = request.turned_by.clone().unwrap_or_else(|| request.by.clone());
    let (pull, branch, why) = (pull.number, pull.head_ref.clone(), why.to_owned());
    let say = Say::Refused { refusal: Refusal::PullStays { pull, branch, open, why } };
    desk.say(Call { number: request.issue, key: "pull-state".to_owned(), to, say });
}

fn is_merged(desk: &Desk) -> bool {
    let merged = desk.facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
    merged || desk.facts.merged.is_some()
}
